import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Keyed
from sessions_app.fields import ClientJSONField

UNDO_FOR = datetime.timedelta(minutes=15)


class UndoStepQuerySet(models.QuerySet):
    def too_old(self):
        return self.filter(made_at__lt=timezone.now() - UNDO_FOR)


class UndoStep(Keyed):
    """What was there before somebody changed it, so that they can take it back for a while.

    It names one thing of its pair: the session whose log was saved, the goal or task that was
    ended; or neither, where the therapy ended. `before` is encrypted, since it may hold a note. A
    rating is never part of it, nor is a prediction once there is a rating.
    """

    class Kind(models.TextChoices):
        LOG = "log", _("Session log")
        AGREEMENT_END = "agreement_end", _("End of a goal or task")
        ENDING = "ending", _("End of the therapy")

    kind = models.CharField(max_length=20, choices=Kind)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="undo_steps"
    )
    pair = models.ForeignKey("sessions_app.Pair", on_delete=models.CASCADE, related_name="+")
    therapy_session = models.ForeignKey(
        "sessions_app.TherapySession", on_delete=models.CASCADE, null=True, related_name="+"
    )
    agreement = models.ForeignKey(
        "sessions_app.Agreement", on_delete=models.CASCADE, null=True, related_name="+"
    )
    before = ClientJSONField(default=dict, of="pair.client")
    made_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)

    objects = UndoStepQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["made_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="log", therapy_session__isnull=False, agreement=None)
                | Q(kind="agreement_end", therapy_session=None, agreement__isnull=False)
                | Q(kind="ending", therapy_session=None, agreement=None),
                name="an_undo_step_names_what_it_takes_back",
            )
        ]

    def __str__(self):
        return f"Undo step {self.pk}"
