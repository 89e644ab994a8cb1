import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sessions_app import srs


def _line(label):
    return models.PositiveSmallIntegerField(label, null=True, blank=True)


class FourLines(models.Model):
    """The four marks in tenths, 0–100 each, higher is better."""

    relationship = _line(_("relationship"))
    goals = _line(_("goals"))
    approach = _line(_("approach"))
    overall = _line(_("overall"))

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(**{f"{line}__isnull": True})
                | Q(**{f"{line}__range": (0, srs.LINE_MAX)}),
                name=f"%(class)s_{line}_lies_on_the_line",
            )
            for line in srs.LINES
        ]

    @property
    def lines(self) -> dict[str, int | None]:
        return {line: getattr(self, line) for line in srs.LINES}

    @property
    def total(self) -> int | None:
        """Tenths, 0–400, or None unless all four lines are marked."""
        return srs.total(self.lines)


class SRSEntry(FourLines):
    """What the client marked at the end of one session. Never edited.

    `filled_in_on` is the day of a form on paper; the others are recorded as they are made.
    """

    class Source(models.TextChoices):
        HAND_OVER = "hand_over", _("On the therapist's device")
        LINK = "link", _("On a second device")
        TABLET = "tablet", _("On a tablet of the clinic")
        PAPER = "paper", _("Entered from paper")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    therapy_session = models.OneToOneField(
        "sessions_app.TherapySession", on_delete=models.CASCADE, related_name="srs_entry"
    )
    pack = models.ForeignKey(
        "sessions_app.InstrumentPack", on_delete=models.PROTECT, related_name="entries"
    )
    language = models.CharField(max_length=10)
    source = models.CharField(max_length=10, choices=Source)
    seconds = models.PositiveIntegerField(null=True, blank=True)
    line_length_mm = models.PositiveSmallIntegerField(null=True, blank=True)
    filled_in_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    came_late = models.BooleanField(default=False)

    class Meta(FourLines.Meta):
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")

    def __str__(self):
        return f"Rating {self.pk}"


class Prediction(FourLines):
    """What the therapist thinks the client marked, before seeing it."""

    therapy_session = models.OneToOneField(
        "sessions_app.TherapySession", on_delete=models.CASCADE, related_name="prediction"
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta(FourLines.Meta):
        pass

    def __str__(self):
        return f"Prediction {self.pk}"
