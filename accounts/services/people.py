"""What can be done with people. Every change is one transaction; `by` is the administrator."""

import datetime

from django.utils import timezone

from accounts import audit
from accounts.models import Clinic, Supervision, User
from accounts.permissions import therapists


def use_clinic_time() -> None:
    """From here on this thread counts days on the clinic's clock, as web pages do."""
    timezone.activate(Clinic.current().zone)


def everybody():
    """People by name, with what they are here."""
    return User.objects.prefetch_related("role_periods").order_by("name", "pk")


def therapists_without_supervisor():
    """Of those who work as therapists today and supervise nobody."""
    running = Supervision.objects.current().filter(supervisor__is_active=True)
    supervised, supervising = running.values("therapist"), running.values("supervisor")
    return therapists().exclude(pk__in=supervised).exclude(pk__in=supervising)


def clinic_is_led() -> bool:
    """Whether somebody who can sign in gets what nobody else acknowledges."""
    return User.objects.filter(pk=Clinic.current().lead_id, is_active=True).exists()


def supervisions():
    """Those that hold today, and those to come."""
    relations = Supervision.objects.not_ended().select_related("supervisor", "therapist")
    return relations.order_by("therapist__name", "pk")


@audit.noted(audit.Action.CHANGED)
def change_clinic(*, by: User, **changes: object) -> Clinic:
    """`changes`: what the clinic's form has validated, by field."""
    clinic = Clinic.current()
    for field, value in changes.items():
        setattr(clinic, field, value)
    clinic.save()
    return clinic


def choose_language(*, language: str, by: User) -> None:
    """Pages and mails of `by` are in this language from now on."""
    by.language = language
    by.save(update_fields=["language"])


@audit.noted(audit.Action.CHANGED, on="by")
def choose_weekly_mail(*, weekly_mail: str, by: User) -> None:
    """Whether the Monday mail of `by` carries chart and figures, or a link alone."""
    by.weekly_mail = weekly_mail
    by.save(update_fields=["weekly_mail"])


@audit.noted(audit.Action.ADDED)
def start_supervision(
    *, supervisor: User, therapist: User, from_on: datetime.date, by: User
) -> Supervision:
    return Supervision.objects.create(supervisor=supervisor, therapist=therapist, from_on=from_on)


@audit.noted(audit.Action.ENDED, on="supervision")
def end_supervision(*, supervision: Supervision, on: datetime.date, by: User) -> None:
    """The last day is the day before `on`, so that it ends at the next request."""
    supervision.end(on=on)


@audit.noted(audit.Action.ENDED, on="user")
def deactivate(*, user: User, by: User) -> None:
    """Every sign-in of theirs ends, and so does each supervision, given and received."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    today = timezone.localdate()
    for supervision in Supervision.objects.not_ended().of(user):
        end_supervision(supervision=supervision, on=today, by=by)
