"""Booking a session and logging what happened in it."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from sessions_app.models import LogDraft, Marker, Pair, Prediction, TherapySession, UndoStep
from sessions_app.services import srs_entries
from sessions_app.signals import therapy_session_recorded

LOGGED = (
    "attendance",
    "minutes_late",
    "cancelled_at",
    "missing_reason",
    "note",
    "feelings",
)


@dataclass(frozen=True)
class Log:
    """What a therapist says of a session. `markers` and `feelings`: code → 1–5.

    `prediction` holds the four lines in tenths, or nothing where none was made.
    """

    attendance: str
    minutes_late: int = 0
    cancelled_at: datetime | None = None
    missing_reason: str = ""
    note: str = ""
    markers: dict[str, int] = field(default_factory=dict)
    feelings: dict[str, int] = field(default_factory=dict)
    prediction: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """Which opening of the log's page a save comes from, and the version it showed."""

    key: UUID
    version: int


class LogRefused(ValueError):
    """The log contradicts what arrived meanwhile; the message says what."""


class BuiltOn(ValueError):
    """Somebody has gone on from what would be taken back."""


class SavedElsewhere(ValueError):
    """The log was saved from another page since this one was opened."""


class HandedOver(SavedElsewhere):
    """The session went to another therapist with its client."""


@audit.noted(audit.Action.ADDED)
def book(
    *, pair: Pair, starts_at: datetime, duration_minutes: int, medium: str, by: User
) -> TherapySession:
    """An appointment. The same one sent twice at once is one appointment."""
    return TherapySession.objects.get_or_create(
        pair=pair,
        starts_at=starts_at,
        defaults={"duration_minutes": duration_minutes, "medium": medium},
    )[0]


@audit.noted(audit.Action.CHANGED, on="therapy_session")
def record(
    *, therapy_session: TherapySession, log: Log, by: User, page: Page | None = None
) -> TherapySession:
    """Stores the whole log in place of what was there, then tells the floor above. What was there
    is kept for an undo; the author's draft goes.

    Raises SavedElsewhere where `page` shows an older version, HandedOver where the client went on,
    LogRefused where the client's rating says otherwise. Nothing is stored then.
    """
    locked = _locked(therapy_session)
    if page and page.version != locked.version and page.key != locked.saved_from:
        raise SavedElsewhere
    if hasattr(locked, "srs_entry") and log.attendance != TherapySession.Attendance.ATTENDED:
        raise LogRefused(_("The client rated this session, so it must have taken place."))
    _keep_for_undo(locked, by)
    # Before the log is saved, since from then on the marks are there to be seen.
    keep_prediction(locked, log.prediction)
    locked.hide_what_changes(vars(log))
    for name in LOGGED:
        setattr(locked, name, getattr(log, name))
    locked.logged_at = timezone.now()
    locked.saved_from = page.key if page else None
    _save(locked, log.markers)
    LogDraft.objects.filter(therapy_session=locked, author=by).delete()
    therapy_session_recorded.send(sender=TherapySession, therapy_session=locked)
    return locked


def _locked(therapy_session: TherapySession) -> TherapySession:
    """The session as it is now, with its client's key, which is known already."""
    locked = TherapySession.objects.select_for_update(no_key=True).get(pk=therapy_session.pk)
    if locked.pair_id != therapy_session.pair_id:
        raise HandedOver
    locked.pair = therapy_session.pair
    return locked


def state_of(therapy_session: TherapySession) -> dict:
    """The log as it stands, for an undo: without the client's rating, which no undo touches."""
    prediction = getattr(therapy_session, "prediction", None)
    return {name: _plain(getattr(therapy_session, name)) for name in (*LOGGED, "logged_at")} | {
        "markers": dict(therapy_session.markers.values_list("code", "salience")),
        "prediction": prediction.lines if prediction else {},
    }


def _plain(value):
    return value.isoformat() if isinstance(value, datetime) else value


def _keep_for_undo(therapy_session: TherapySession, by: User) -> None:
    UndoStep.objects.create(
        kind=UndoStep.Kind.LOG,
        by=by,
        pair=therapy_session.pair,
        therapy_session=therapy_session,
        before=state_of(therapy_session) | {"next_version": therapy_session.version + 1},
    )


@audit.noted(audit.Action.CHANGED, on="therapy_session")
def restore(*, therapy_session: TherapySession, state: dict, by: User) -> None:
    """Puts a log back to `state`, an earlier `state_of`. Of a session that the client has rated
    since, attendance, prediction and the missing form's reason stay as the rating left them.

    Raises SavedElsewhere where the log was saved once more, BuiltOn where somebody has gone on from
    it.
    """
    locked = _locked(therapy_session)
    if locked.version != state["next_version"]:
        raise SavedElsewhere
    _keep_for_undo(locked, by)
    rated = hasattr(locked, "srs_entry")
    stays = ("attendance", "cancelled_at", "missing_reason") if rated else ()
    locked.hide_what_changes(state)
    for name in LOGGED:
        if name not in stays:
            setattr(locked, name, _typed(name, state[name]))
    if locked.attendance != TherapySession.Attendance.ATTENDED:
        locked.minutes_late = 0
    locked.logged_at = _typed("logged_at", state["logged_at"])
    locked.saved_from = None
    if rated:
        locked.marks_seen_at = locked.marks_seen_at or timezone.now()
    else:
        Prediction.objects.filter(therapy_session=locked).delete()
        if state["prediction"]:
            Prediction.objects.create(therapy_session=locked, **state["prediction"])
    _save(locked, state["markers"])
    therapy_session_recorded.send(sender=TherapySession, therapy_session=locked)


@audit.noted(audit.Action.CHANGED, on="therapy_session")
def show(
    *, therapy_session: TherapySession, part: str, wanted: bool, by: User, seen: str = ""
) -> None:
    """The note or the feelings to whoever supervises the pair's therapist, for as long as they do;
    or no longer. `seen` is the print of what the author read; raises TextHasChanged, HandedOver."""
    _locked(therapy_session).choose(part, wanted=wanted, seen=seen)


def _typed(name: str, value):
    return (
        datetime.fromisoformat(value) if name in {"cancelled_at", "logged_at"} and value else value
    )


def _save(therapy_session: TherapySession, markers: dict[str, int]) -> None:
    therapy_session.version += 1
    therapy_session.save()
    therapy_session.markers.all().delete()
    Marker.objects.bulk_create(
        Marker(therapy_session=therapy_session, code=code, salience=salience)
        for code, salience in markers.items()
    )


def keep_prediction(therapy_session: TherapySession, lines: dict[str, int]) -> None:
    """A prediction counts only while the client's marks are unseen. Made once and rated since, it
    is not replaced; without a rating it may still change."""
    if lines and (therapy_session.marks_are_unseen or not hasattr(therapy_session, "srs_entry")):
        Prediction.objects.update_or_create(therapy_session=therapy_session, defaults=lines)


def see_marks(pair: Pair) -> None:
    """The pair's therapist opens a page that shows its marks: what they did not predict by now they
    cannot predict any more."""
    unseen = pair.therapy_sessions.marks_unseen().values("pk")
    TherapySession.objects.filter(pk__in=unseen).update(marks_seen_at=timezone.now())


@audit.noted(audit.Action.CHANGED, on="therapy_session")
def note_missing(*, therapy_session: TherapySession, reason: str, by: User) -> None:
    """Says why an attended session has no rating. A form nobody opened is called back; one that
    may be on its way is not, and counts when it arrives.

    Raises EntryRefused where there is a rating, or nothing took place.
    """
    locked = TherapySession.objects.select_for_update(no_key=True).get(pk=therapy_session.pk)
    locked.pair = therapy_session.pair
    srs_entries.refuse_impossible(locked)
    _keep_for_undo(locked, by)
    locked.attendance = TherapySession.Attendance.ATTENDED
    locked.missing_reason = reason
    locked.version += 1
    locked.saved_from = None
    locked.save(update_fields=["attendance", "missing_reason", "version", "saved_from"])
    locked.tablet_links.usable().filter(opened_at=None).update(revoked_at=timezone.now())
    therapy_session_recorded.send(sender=TherapySession, therapy_session=locked)
