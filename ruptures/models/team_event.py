from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Keyed


class TeamEvent(Keyed):
    """What a supervisor noted for the axis of the weekly trend: a day and a few words, no names.

    The supervisor alone sees it. A report keeps its own copy of what was noted when it was made.
    """

    MOST_SHOWN = 26  # a letter of the alphabet each

    supervisor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="team_events"
    )
    on = models.DateField(_("day"))
    text = models.CharField(_("what happened"), max_length=60)
    noted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["supervisor", "on", "text"], name="an_event_is_noted_once"
            )
        ]

    def __str__(self):
        return f"Event {self.pk}"
