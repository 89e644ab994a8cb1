import zoneinfo

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


def validate_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("%(name)s is not a time zone. Write it as in Europe/London."), params={"name": name}
        )


class Clinic(models.Model):
    """The one clinic of an installation: its name, its clock, how it wants to be told."""

    class AlertFrom(models.TextChoices):
        MODERATE = "moderate", _("Every possible strain")
        HIGH = "high", _("Only a high one")

    class LookTogether(models.TextChoices):
        NOW = "now", _("Right after the rating, on the same device")
        LATER = "later", _("Next time, on the therapist's device")

    name = models.CharField(_("name"), max_length=120, default="Clinic")
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Europe/London", validators=[validate_time_zone]
    )
    alert_at_once_from = models.CharField(
        _("tell supervisors at once of"),
        max_length=10,
        choices=AlertFrom,
        default=AlertFrom.HIGH,
    )

    look_together = models.CharField(
        _("when client and therapist look at the form together"),
        max_length=10,
        choices=LookTogether,
        default=LookTogether.LATER,
        help_text=_("Clients read on their first page which it is."),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="one_clinic_an_installation")
        ]

    def __str__(self):
        return self.name

    @classmethod
    def current(cls) -> "Clinic":
        clinic, _made = cls.objects.get_or_create(pk=1)
        return clinic

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)
