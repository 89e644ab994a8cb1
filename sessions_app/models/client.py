import datetime

from django.apps import apps
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Keyed, User
from sessions_app.fields import ClientTextField
from sessions_app.models.client_key import ClientKey


class ClientQuerySet(models.QuerySet):
    def ended(self):
        return self.filter(status=Client.Status.ENDED)

    def ended_with(self, therapist: User):
        """Ended, and `therapist` was the last one."""
        pairs = apps.get_model("sessions_app", "Pair").objects.filter(client=OuterRef("pk"))
        last = pairs.order_by("-from_on", "-pk").values("therapist")[:1]
        return self.ended().alias(last_therapist=Subquery(last)).filter(last_therapist=therapist.pk)

    def kept_long_enough(self, years: int):
        """Ended so many years ago, or longer."""
        return self.ended().filter(ended_on__lte=_years_before(timezone.localdate(), years))


def _years_before(day: datetime.date, years: int) -> datetime.date:
    """The 29th of February counts as the 28th."""
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return day.replace(year=day.year - years, day=last)


class Client(Keyed):
    """A person in therapy. The screens show the case label; the name is for the therapist."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("In therapy")
        ENDED = "ended", _("Ended")

    class Ending(models.TextChoices):
        PLANNED = "planned", _("Planned, together")
        DROP_OUT = "drop_out", _("Stopped coming")
        TRANSFER = "transfer", _("Went to another therapist")
        OTHER = "other", _("Another way")

    case_label = models.CharField(
        _("case label"),
        max_length=40,
        help_text=_("A pseudonym such as Heron-14. It is what supervisors see."),
    )
    sealing_key = models.OneToOneField(
        ClientKey, on_delete=models.PROTECT, null=True, editable=False, related_name="client"
    )
    name = ClientTextField(_("name"), max_length=120, blank=True)
    email = ClientTextField(_("e-mail address"), max_length=254, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    ending = models.CharField(_("how it ended"), max_length=10, choices=Ending, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ClientQuerySet.as_manager()

    class Meta:
        ordering = ["case_label"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="active", ended_on=None, ending="")
                | Q(Q(status="ended"), ~Q(ending=""), ended_on__isnull=False),
                name="an_ended_client_has_a_date_and_a_kind_of_ending",
            )
        ]

    def __str__(self):
        return self.case_label

    def kept_until(self, years: int) -> datetime.date:
        """The first day on which it was kept for so many years; it has ended."""
        year, day = self.ended_on.year + years, self.ended_on
        if (day.month, day.day) == (2, 29):
            return datetime.date(year, 3, 1)
        return day.replace(year=year)

    @property
    def has_ended(self) -> bool:
        return self.status == self.Status.ENDED

    def save(self, *args, **kwargs):
        """A new client gets a key before anything is written under it."""
        if self.sealing_key_id is None:
            self.sealing_key = ClientKey.objects.create()
        super().save(*args, **kwargs)
