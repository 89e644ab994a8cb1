from django.db import models
from django.db.models import Case, F, Value, When, Window
from django.db.models.functions import Rank, RowNumber
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.fields import EncryptedJSONField
from ruptures.detection import sentences, workings
from ruptures.writing import one_decimal

# Rules that speak to the therapist of the therapist: what they felt, what they expected.
ABOUT_THE_THERAPIST = ("therapist_feelings", "unseen_by_therapist", "gloomier_than_client")


class Severity(models.TextChoices):
    INFO = "info", _("For the record")
    PROMPT = "prompt", _("Worth a question")
    MODERATE = "moderate", _("Possible strain")
    HIGH = "high", _("High")


GRAVITY = {severity.value: place for place, severity in enumerate(Severity)}


class Screening(models.Model):
    """What the detector computed for one session: the client's usual level before it, and z.

    Levels are in points of the total (0–40), as in docs/detection.md.
    """

    therapy_session = models.OneToOneField(
        "sessions_app.TherapySession", on_delete=models.CASCADE, related_name="screening"
    )
    baseline_n = models.PositiveSmallIntegerField(default=0)
    baseline_mean = models.FloatField(null=True)
    baseline_spread = models.FloatField(null=True)
    expected_spread = models.FloatField(null=True)
    z = models.FloatField(null=True)
    cusum = models.FloatField(default=0)
    severity = models.CharField(max_length=10, choices=Severity, blank=True)
    notes = models.JSONField(default=list)

    def __str__(self):
        return f"Screening of session {self.therapy_session_id}"


class FindingQuerySet(models.QuerySet):
    def worth_asking(self):
        """Findings a therapist is shown: those at prompt or above."""
        return self.exclude(severity=Severity.INFO)

    def of_the_newest_session(self):
        """Of each strain those of its newest session that has any."""
        newest_first = F("therapy_session__starts_at").desc()
        place = Window(Rank(), partition_by=F("episode"), order_by=newest_first)
        return self.annotate(place=place).filter(place=1)

    def gravest_of_the_newest_session(self):
        """Of each strain the one of its newest session that weighs most, of several the first."""
        weight = Case(*(When(severity=name, then=Value(place)) for name, place in GRAVITY.items()))
        order = [F("therapy_session__starts_at").desc(), weight.desc(), F("pk").asc()]
        place = Window(RowNumber(), partition_by=F("episode"), order_by=order)
        return self.annotate(place=place).filter(place=1)

    def for_supervision(self):
        """Without what speaks of the therapist's own feelings and expectations."""
        return self.exclude(rule__in=ABOUT_THE_THERAPIST)


class Finding(models.Model):
    """What one rule reported of one session, with its numbers and the policy that was in force."""

    therapy_session = models.ForeignKey(
        "sessions_app.TherapySession", on_delete=models.CASCADE, related_name="findings"
    )
    episode = models.ForeignKey(
        "ruptures.Episode", on_delete=models.SET_NULL, null=True, related_name="findings"
    )
    rule = models.CharField(max_length=30)
    severity = models.CharField(max_length=10, choices=Severity)
    line = models.CharField(max_length=15, blank=True)
    component = models.CharField(max_length=15, blank=True)
    leaning = models.CharField(max_length=15, blank=True)
    values = EncryptedJSONField(default=dict)
    threshold = models.JSONField(default=None, null=True)
    policy_version = models.ForeignKey("ruptures.PolicyVersion", on_delete=models.PROTECT)
    found_at = models.DateTimeField(auto_now_add=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["therapy_session", "rule", "line"], name="a_rule_reports_once_a_session"
            )
        ]

    def __str__(self):
        return f"{self.rule} ({self.severity})"

    def get_severity_display(self) -> str:
        """As Django's own, which gathers all choices anew for each row of a list."""
        return str(Severity(self.severity).label)

    @property
    def gravity(self) -> int:
        """Place of its severity, so that findings can be put in order."""
        return GRAVITY[self.severity]

    @property
    def title(self) -> str:
        return sentences.title(self.rule, translate=gettext)

    @property
    def why(self) -> str:
        return sentences.why(self, translate=gettext, number=one_decimal)

    @property
    def unless(self) -> str:
        return sentences.unless(self, translate=gettext, number=one_decimal)

    @property
    def workings(self) -> workings.Workings:
        return workings.workings(self, translate=gettext, number=one_decimal)
