from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Outgoing
from accounts.models.outgoing import OutgoingQuerySet
from ruptures.ladder import Rung
from ruptures.models.finding import Severity


class AlertQuerySet(OutgoingQuerySet):
    def mails(self):
        """Rows that go out as a mail of their own."""
        return self.exclude(kind=Alert.Kind.LISTED)

    def listed(self):
        return self.filter(kind=Alert.Kind.LISTED)

    def of_strains(self):
        """Messages about one strain each, that were not taken back."""
        told = (Alert.Kind.STRAIN, Alert.Kind.LISTED)
        return self.filter(kind__in=told, withdrawn_at=None)

    def unanswered(self):
        return self.filter(acknowledged_at=None)


class Alert(Outgoing):
    """A message to one person. `cause` makes it unique: the same cause never makes two alerts.

    A strain is told by a mail of its own, or listed in the summary of a day: `listed_on` says of
    which, and the summary is a row of its own, whose fate it shares. `rung` says how far up the
    ladder the person stands. Whoever a case is handed to is told of that apart from all others.
    """

    class Kind(models.TextChoices):
        STRAIN = "strain"
        LISTED = "listed"
        DIGEST = "digest"
        WEEKLY = "weekly"
        HANDED = "handed"

    kind = models.CharField(max_length=10, choices=Kind)
    cause = models.CharField(max_length=120)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="alerts"
    )
    episode = models.ForeignKey(
        "ruptures.Episode", on_delete=models.CASCADE, null=True, related_name="alerts"
    )
    severity = models.CharField(max_length=10, choices=Severity, blank=True)
    rung = models.PositiveSmallIntegerField(
        choices=[(rung.value, rung.name) for rung in Rung], default=Rung.SUPERVISORS
    )
    listed_on = models.DateField(null=True, blank=True)
    weekly_report = models.ForeignKey(
        "ruptures.WeeklyReport", on_delete=models.CASCADE, null=True, related_name="alerts"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(sent_at=None), name="alert_unsent_by_due_time"
            ),
            models.Index(
                fields=["recipient"], condition=Q(rung__gt=0), name="alert_escalated_by_recipient"
            ),
            models.Index(
                fields=["failed_at"],
                condition=Q(failed_at__isnull=False),
                name="alert_failed_by_time",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "cause"], name="one_alert_for_recipient_and_cause"
            )
        ]

    def __str__(self):
        return f"Alert {self.pk} ({self.kind})"

    @property
    def said_once(self) -> str:
        """A week is reported once. The number of a strain may come again after a restore, so that
        nothing is taken for said by it."""
        return f"{self.cause}:{self.recipient.key}" if self.kind == self.Kind.WEEKLY else ""
