import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

LASTS = datetime.timedelta(days=7)


def in_seven_days() -> datetime.datetime:
    return timezone.now() + LASTS


class InvitationQuerySet(models.QuerySet):
    def waiting(self):
        """Neither accepted nor withdrawn, whether or not it has run out."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def open(self):
        return self.waiting().filter(expires_at__gt=timezone.now())


class Invitation(models.Model):
    """A link by mail, good once and for seven days, by which a person chooses their password."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="invitations"
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(default=in_seven_days)
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="one_waiting_invitation_for_a_person",
            )
        ]

    def __str__(self):
        return f"Invitation {self.pk}"

    @property
    def has_run_out(self) -> bool:
        return self.expires_at <= timezone.now()
