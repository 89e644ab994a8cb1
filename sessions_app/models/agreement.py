from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Dated, Keyed


class Agreement(Keyed, Dated):
    """A goal or a task that client and therapist agreed on, with its history by dates."""

    class Kind(models.TextChoices):
        GOAL = "goal", _("Goal")
        TASK = "task", _("Task")

    pair = models.ForeignKey(
        "sessions_app.Pair", on_delete=models.CASCADE, related_name="agreements"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.GOAL)
    text = models.CharField(_("in the client's words"), max_length=300)

    class Meta(Dated.Meta):
        ordering = ["kind", "from_on", "pk"]

    def __str__(self):
        return f"Agreement {self.pk}"
