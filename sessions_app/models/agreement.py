from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Dated, Keyed


class Agreement(Keyed, Dated):
    """A goal or a task that client and therapist agreed on, with its history by dates.

    Its words are never edited: other words are a new row that `follows` the old one.
    """

    class Kind(models.TextChoices):
        GOAL = "goal", _("Goal")
        TASK = "task", _("Task")

    pair = models.ForeignKey(
        "sessions_app.Pair", on_delete=models.CASCADE, related_name="agreements"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.GOAL)
    text = models.CharField(_("in the client's words"), max_length=300)
    follows = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="followed_by"
    )

    class Meta(Dated.Meta):
        ordering = ["kind", "from_on", "pk"]

    def __str__(self):
        return f"Agreement {self.pk}"


class AgreementStanding(models.Model):
    """How far client and therapist were at one on a goal or a task, on one day. A later day adds
    a row; the newest one says how it stands."""

    class Level(models.TextChoices):
        TOGETHER = "together", _("At one")
        PARTLY = "partly", _("In part")
        NOT = "not", _("Not at one")

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="standings")
    level = models.CharField(_("how far you agree"), max_length=10, choices=Level)
    asked_on = models.DateField(_("asked on"), default=timezone.localdate)

    class Meta:
        ordering = ["-asked_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "asked_on"], name="one_standing_of_an_agreement_a_day"
            )
        ]

    def __str__(self):
        return f"Standing {self.pk}"
