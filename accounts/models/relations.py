import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.keyed import Keyed


class DatedQuerySet(models.QuerySet):
    def current(self, on=None):
        """Relations that hold on the day `on` (today unless told); the last day is included."""
        on = on or timezone.localdate()
        return self.filter(Q(until_on=None) | Q(until_on__gte=on), from_on__lte=on)

    def not_ended(self):
        """Relations that hold today, or are going to."""
        return self.filter(Q(until_on=None) | Q(until_on__gte=timezone.localdate()))


class Dated(models.Model):
    """A relation that holds from one day to another, or until further notice."""

    from_on = models.DateField(_("from"), default=timezone.localdate)
    until_on = models.DateField(_("until"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")),
                name="%(class)s_ends_after_it_starts",
            )
        ]

    def end(self, *, on: datetime.date) -> None:
        """Its last day is the day before `on`; what began no earlier never was."""
        last_day = on - datetime.timedelta(days=1)
        if last_day < self.from_on:
            self.delete()
            return
        self.until_on = last_day
        self.save(update_fields=["until_on"])


class RolePeriod(Dated):
    """What a person is in the clinic, and since when. A supervisor is made by `Supervision`."""

    class Role(models.TextChoices):
        THERAPIST = "therapist", _("Therapist")
        ADMINISTRATOR = "administrator", _("Administrator")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="role_periods"
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)

    class Meta(Dated.Meta):
        ordering = ["from_on"]

    def __str__(self):
        return f"{self.get_role_display()} {self.from_on}"


class SupervisionQuerySet(DatedQuerySet):
    def held_by(self, person, on=None):
        """Relations of today in which `person` supervises, for themselves or standing in for
        somebody who is away. Standing in is not handed on, and reaches nobody's own record."""
        today = on or timezone.localdate()
        standing_in = Q(
            supervisor__is_active=True,
            supervisor__delegations_given__delegate=person,
            supervisor__delegations_given__from_on__lte=today,
            supervisor__delegations_given__until_on__gte=today,
        )
        holding = self.current(today).filter(Q(supervisor=person) | standing_in)
        return holding.exclude(therapist=person)

    def of(self, user):
        """Relations in which the person is one of the two."""
        return self.filter(Q(supervisor=user) | Q(therapist=user))

    def open_ended(self, supervisor, therapist):
        """Relations of the two that run without an end, or are going to."""
        return self.filter(supervisor=supervisor, therapist=therapist, until_on=None)


class Supervision(Keyed, Dated):
    """Who supervises whom, from when until when. It opens the therapist's clinical record."""

    supervisor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="supervisions_given"
    )
    therapist = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="supervisions_received"
    )

    objects = SupervisionQuerySet.as_manager()

    class Meta(Dated.Meta):
        ordering = ["from_on"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(supervisor=F("therapist")), name="nobody_supervises_themselves"
            ),
            models.UniqueConstraint(
                fields=["supervisor", "therapist"],
                condition=Q(until_on=None),
                name="one_open_supervision_for_two_people",
            ),
        ]

    def __str__(self):
        return f"Supervision {self.pk}"


class Delegation(Keyed, Dated):
    """Who stands in for a supervisor who is away, from when until when, the last day included.

    For these days it opens the clinical record of the supervisor's therapists to the delegate,
    who is told of their strains as well.
    """

    supervisor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="delegations_given"
    )
    delegate = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="delegations_received"
    )
    until_on = models.DateField(_("until"))

    class Meta(Dated.Meta):
        ordering = ["from_on"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(supervisor=F("delegate")), name="nobody_stands_in_for_themselves"
            ),
        ]

    def __str__(self):
        return f"Delegation {self.pk}"
