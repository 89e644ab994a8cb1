"""The way to one client's record in an emergency: who, why, for how long, and who hears of it."""

import datetime

from django.utils import timezone

from accounts import audit
from accounts.models import AccountMail, Clinic, User
from accounts.permissions import supervisors_of
from accounts.services import account_mails
from sessions_app.models import BreakGlass, Pair
from sessions_app.models.break_glass import LASTS

SHOWN = 100
REVIEWED_WITHIN = datetime.timedelta(days=7)
OPEN_IN_SESSION = "break_glass"


class NothingToOpen(ValueError):
    """No client has exactly this label, more than one has, or the person may read it anyway."""


def may_open(user: User) -> bool:
    """Who treats or supervises clients here. An administrator sees no clinical record, ever."""
    return (user.is_therapist or user.is_supervisor) and not user.is_administrator


@audit.noted(audit.Action.ADDED)
def open_record(*, case_label: str, reason: str, by: User) -> BreakGlass:
    """Opens one record for an hour and tells whose it is, in one transaction. Raises
    NothingToOpen."""
    labelled = Pair.objects.current().filter(client__case_label=case_label)
    beyond = labelled.exclude(pk__in=Pair.objects.visible_to(by).values("pk"))
    pairs = list(beyond.select_related("client__sealing_key", "therapist")[:2])
    if len(pairs) != 1:
        raise NothingToOpen
    now = timezone.now()
    opened = BreakGlass.objects.create(
        pair=pairs[0], by=by, reason=reason, began_at=now, ends_at=now + LASTS
    )
    for person in _who_is_told(opened):
        account_mails.write(to=person, kind=AccountMail.Kind.BREAK_GLASS)
    return opened


def _who_is_told(opened: BreakGlass) -> set[User]:
    """The therapist, who supervises them, and the clinic's lead."""
    therapist = opened.pair.therapist
    people = {therapist, *supervisors_of(therapist)}
    if lead := Clinic.current().lead:
        people.add(lead)
    return {person for person in people if person.is_active} - {opened.by}


@audit.noted(audit.Action.ENDED, on="opened")
def end(*, opened: BreakGlass, by: User) -> None:
    """Before the hour is over, by whoever opened it."""
    BreakGlass.objects.open(by).filter(pk=opened.pk).update(ends_at=timezone.now())


@audit.noted(audit.Action.CHANGED, on="opened")
def review(*, opened: BreakGlass, by: User) -> None:
    """Somebody else has looked at it. The first one counts."""
    waiting = BreakGlass.objects.waiting().reviewable_by(by).filter(pk=opened.pk)
    waiting.update(reviewed_at=timezone.now(), reviewed_by=by)


def overdue():
    """Those that nobody has reviewed within a week."""
    return BreakGlass.objects.waiting().filter(began_at__lt=timezone.now() - REVIEWED_WITHIN)


def told_to(user: User) -> list[tuple[BreakGlass, bool]]:
    """What the person hears of, the newest first, each with whether it is theirs to review."""
    rows = BreakGlass.objects.told_to(user).select_related(
        "pair__client__sealing_key", "pair__therapist", "by", "reviewed_by"
    )
    theirs = set(BreakGlass.objects.reviewable_by(user).values_list("pk", flat=True))
    return [(row, row.pk in theirs and row.reviewed_at is None) for row in rows[:SHOWN]]


def for_session(user: User) -> dict | None:
    """What the session keeps, so that each page can say so without asking the database."""
    opened = BreakGlass.objects.open(user).select_related("pair__client").first()
    return session_note(opened) if opened else None


def session_note(opened: BreakGlass) -> dict:
    return {
        "key": str(opened.key),
        "client": str(opened.pair.client.key),
        "until": opened.ends_at.timestamp(),
    }
