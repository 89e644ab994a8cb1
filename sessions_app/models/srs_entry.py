import uuid

from django.conf import settings
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
    """What the client marked at the end of one session. Its marks are never edited: a correction is
    a new version, and the one before moves from `therapy_session` to `replaced_in`.

    `filled_in_on` is the day of a form on paper; the others are recorded as they are made.
    """

    class Source(models.TextChoices):
        HAND_OVER = "hand_over", _("On the therapist's device")
        LINK = "link", _("On a second device")
        TABLET = "tablet", _("On a tablet of the clinic")
        PAPER = "paper", _("Entered from paper")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    therapy_session = models.OneToOneField(
        "sessions_app.TherapySession", on_delete=models.CASCADE, null=True, related_name="srs_entry"
    )
    replaced_in = models.ForeignKey(
        "sessions_app.TherapySession",
        on_delete=models.CASCADE,
        null=True,
        related_name="replaced_entries",
    )
    corrects = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, related_name="correction"
    )
    correction_reason = models.CharField(_("reason"), max_length=300, blank=True)
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
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
        constraints = [
            *FourLines.Meta.constraints,
            models.CheckConstraint(
                condition=Q(therapy_session__isnull=False, replaced_in=None)
                | Q(therapy_session=None, replaced_in__isnull=False),
                name="a_rating_counts_or_was_replaced",
            ),
        ]

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
