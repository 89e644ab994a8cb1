from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ruptures import repair
from sessions_app.fields import ClientTextField
from sessions_app.models.shown import ShownByChoice, shown_at


class RepairStepQuerySet(models.QuerySet):
    def taken(self):
        """Steps that were done, or partly done."""
        return self.exclude(done=RepairStep.Done.NOT)


class RepairStep(ShownByChoice):
    """One of the five steps of repair, as far as it was taken, on a day, with a note.

    `therapy_session`: the session of that day; none where the step was taken between sessions.
    """

    class Done(models.TextChoices):
        DONE = "done", _("Done")
        PARTLY = "partly", _("Partly")
        NOT = "not", _("Not yet")

    shown_parts = ("note",)

    episode = models.ForeignKey(
        "ruptures.Episode", on_delete=models.CASCADE, related_name="repair_steps"
    )
    step = models.CharField(max_length=15, choices=[(step, step) for step in repair.STEPS])
    done = models.CharField(_("how far"), max_length=10, choices=Done, default=Done.DONE)
    taken_on = models.DateField(_("on"), default=timezone.localdate)
    therapy_session = models.ForeignKey(
        "sessions_app.TherapySession", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    note = ClientTextField(_("note"), blank=True, of="episode.pair.client")
    note_shown_at = shown_at(_("note shown to supervision on"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    logged_at = models.DateTimeField(auto_now_add=True)

    objects = RepairStepQuerySet.as_manager()

    class Meta:
        ordering = ["taken_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["episode", "step", "taken_on"], name="a_step_once_a_day"
            )
        ]

    def __str__(self):
        return f"{self.step} ({self.done})"
