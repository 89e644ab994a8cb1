import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class AlertQuerySet(models.QuerySet):
    def unsent(self):
        return self.filter(sent_at=None, withdrawn_at=None)

    def due(self, at=None):
        """Unsent, its time has come, and no worker holds a lease on it."""
        at = at or timezone.now()
        return self.unsent().filter(Q(leased_until=None) | Q(leased_until__lte=at), due_at__lte=at)


class Alert(models.Model):
    """A message to one person, written in the transaction of its cause; a worker sends it later.

    `cause` makes it unique: the same cause never makes two alerts. `key` names the mail.
    """

    class Kind(models.TextChoices):
        STRAIN = "strain"
        DIGEST = "digest"
        WEEKLY = "weekly"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    cause = models.CharField(max_length=120)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="alerts"
    )
    episode = models.ForeignKey(
        "ruptures.Episode", on_delete=models.CASCADE, null=True, related_name="alerts"
    )
    weekly_report = models.ForeignKey(
        "ruptures.WeeklyReport", on_delete=models.CASCADE, null=True, related_name="alerts"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(sent_at=None), name="alert_unsent_by_due_time"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "cause"], name="one_alert_for_recipient_and_cause"
            )
        ]

    def __str__(self):
        return f"Alert {self.pk} ({self.kind})"
