from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Marker(models.Model):
    """Something the therapist noticed that moved the client away from the work, salience 1–5."""

    therapy_session = models.ForeignKey(
        "sessions_app.TherapySession", on_delete=models.CASCADE, related_name="markers"
    )
    code = models.CharField(_("marker"), max_length=30)
    salience = models.PositiveSmallIntegerField(_("salience"))

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["therapy_session", "code"], name="a_marker_once_a_session"
            ),
            models.CheckConstraint(
                condition=Q(salience__range=(1, 5)), name="salience_from_1_to_5"
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.salience}"
