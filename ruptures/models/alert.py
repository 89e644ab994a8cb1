from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Outgoing


class Alert(Outgoing):
    """A message to one person. `cause` makes it unique: the same cause never makes two alerts."""

    class Kind(models.TextChoices):
        STRAIN = "strain"
        DIGEST = "digest"
        WEEKLY = "weekly"

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
    acknowledged_at = models.DateTimeField(null=True, blank=True)

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
