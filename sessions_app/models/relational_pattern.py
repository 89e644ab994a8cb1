from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Keyed
from sessions_app.fields import ClientTextField


class RelationalPattern(Keyed):
    """How this client tends to be with people, as the therapist understands it on one day: what
    they wish for, what they expect back, what they then do. Never edited: the newest row counts.

    Part of the clinical record, so a supervisor of today reads it too; encrypted, since it is free
    text about a person.
    """

    pair = models.ForeignKey(
        "sessions_app.Pair", on_delete=models.CASCADE, related_name="relational_patterns"
    )
    text = ClientTextField(_("the pattern"), of="pair.client")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-written_at", "-pk"]
        indexes = [models.Index(fields=["pair", "-written_at"])]

    def __str__(self):
        return f"Relational pattern {self.pk}"
