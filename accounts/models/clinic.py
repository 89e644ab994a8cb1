import datetime
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

_KNOWN: ContextVar["Clinic | None"] = ContextVar("clinic of this request", default=None)


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
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("lead of the clinic"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_(
            "Told of a possible strain that nobody acknowledged for five working days, and where "
            "nobody else can be told. May read that one case."
        ),
    )
    quiet_from = models.TimeField(
        _("no e-mail from"),
        default=datetime.time(20),
        help_text=_(
            "In these hours e-mail waits. Summaries and the weekly trend wait for a working day "
            "as well. The same hour twice: no quiet hours."
        ),
    )
    quiet_until = models.TimeField(_("until"), default=datetime.time(7))
    closed_on = models.JSONField(_("closing days"), default=list, blank=True)

    weekly_mail_link_only = models.BooleanField(
        _("weekly mails carry a link only"),
        default=False,
        help_text=_(
            "For all supervisors: no chart and no figures leave by e-mail. Otherwise each may "
            "choose it for themselves."
        ),
    )

    keep_years = models.PositiveSmallIntegerField(
        _("years to keep a record after the therapy ended"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(99)],
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="one_clinic_an_installation")
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        _KNOWN.set(None)

    @classmethod
    def current(cls) -> "Clinic":
        known = _KNOWN.get()
        if known is not None:
            return known
        clinic, _made = cls.objects.get_or_create(pk=1)
        return clinic

    @classmethod
    @contextmanager
    def remembered(cls) -> Iterator["Clinic"]:
        """One reading of the clinic serves a whole request: everything in it goes by one clock."""
        token = _KNOWN.set(cls.current())
        try:
            yield _KNOWN.get()
        finally:
            _KNOWN.reset(token)

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)
