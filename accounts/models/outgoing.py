import datetime
import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LONGEST_LEASE = datetime.timedelta(minutes=31)


class OutgoingQuerySet(models.QuerySet):
    def unsent(self):
        return self.filter(sent_at=None, withdrawn_at=None)

    def due(self, at=None):
        """Unsent, its time has come, and no worker holds a lease on it. A lease longer than any
        that is given was written while the clock was wrong."""
        at = at or timezone.now()
        free = (
            Q(leased_until=None) | Q(leased_until__lte=at) | Q(leased_until__gt=at + LONGEST_LEASE)
        )
        return self.unsent().filter(free, due_at__lte=at)

    def overdue(self, since):
        """Due since then and not sent, though nobody refused it: no mail goes out."""
        return self.unsent().filter(due_at__lt=since).exclude(failure=Outgoing.Failure.REFUSED)


class Outgoing(models.Model):
    """A mail that has to go out: written in the transaction of its cause, sent by a worker later.

    `key` names the mail; `said_once`, where there is one, what is said to somebody once for good,
    by whatever row. Fields named in `only_until_over` are blanked when it was sent or
    withdrawn. `failed_at`: since when it is clear that it does not reach its recipient, and
    `failure` how. A mail that came back was sent all the same; the others are tried on.
    """

    class Failure(models.TextChoices):
        NO_ANSWER = "no_answer", _("The mail server does not take it")
        REFUSED = "refused", _("The recipient was refused")
        CAME_BACK = "came_back", _("It came back")

    only_until_over: tuple[str, ...] = ()
    said_once = ""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=10, choices=Failure, blank=True)

    objects = OutgoingQuerySet.as_manager()

    class Meta:
        abstract = True
