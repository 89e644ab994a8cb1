import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone


class OutgoingQuerySet(models.QuerySet):
    def unsent(self):
        return self.filter(sent_at=None, withdrawn_at=None)

    def due(self, at=None):
        """Unsent, its time has come, and no worker holds a lease on it."""
        at = at or timezone.now()
        return self.unsent().filter(Q(leased_until=None) | Q(leased_until__lte=at), due_at__lte=at)


class Outgoing(models.Model):
    """A mail that has to go out: written in the transaction of its cause, sent by a worker later.

    `key` names the mail. Fields named in `only_until_over` are blanked when it was sent or
    withdrawn.
    """

    only_until_over: tuple[str, ...] = ()

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = OutgoingQuerySet.as_manager()

    class Meta:
        abstract = True
