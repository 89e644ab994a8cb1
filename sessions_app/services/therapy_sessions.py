"""Booking a session and logging what happened in it."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from sessions_app.models import Marker, Pair, Prediction, TherapySession
from sessions_app.services import srs_entries
from sessions_app.signals import therapy_session_recorded


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


class LogRefused(ValueError):
    """The log contradicts what arrived meanwhile; the message says what."""


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
def record(*, therapy_session: TherapySession, log: Log, by: User) -> TherapySession:
    """Stores the whole log in place of what was there, then tells the floor above.

    Raises LogRefused where the client's rating says otherwise.
    """
    locked = TherapySession.objects.select_for_update(no_key=True).get(pk=therapy_session.pk)
    locked.pair = therapy_session.pair  # its client's key is known already
    if hasattr(locked, "srs_entry") and log.attendance != TherapySession.Attendance.ATTENDED:
        raise LogRefused(_("The client rated this session, so it must have taken place."))
    for name in (
        "attendance",
        "minutes_late",
        "cancelled_at",
        "missing_reason",
        "note",
        "feelings",
    ):
        setattr(locked, name, getattr(log, name))
    locked.logged_at = timezone.now()
    locked.save()
    _replace_markers(locked, log.markers)
    _keep_prediction(locked, log.prediction)
    therapy_session_recorded.send(sender=TherapySession, therapy_session=locked)
    return locked


def _replace_markers(therapy_session: TherapySession, markers: dict[str, int]) -> None:
    therapy_session.markers.all().delete()
    Marker.objects.bulk_create(
        Marker(therapy_session=therapy_session, code=code, salience=salience)
        for code, salience in markers.items()
    )


def _keep_prediction(therapy_session: TherapySession, lines: dict[str, int]) -> None:
    """A prediction counts only while the client's marks are unseen, so it is never replaced
    once they are there."""
    if lines and not hasattr(therapy_session, "srs_entry"):
        Prediction.objects.update_or_create(therapy_session=therapy_session, defaults=lines)


@audit.noted(audit.Action.CHANGED, on="therapy_session")
def note_missing(*, therapy_session: TherapySession, reason: str, by: User) -> None:
    """Says why an attended session has no rating. A form nobody opened is called back; one that
    may be on its way is not, and counts when it arrives.

    Raises EntryRefused where there is a rating, or nothing took place.
    """
    locked = TherapySession.objects.select_for_update(no_key=True).get(pk=therapy_session.pk)
    srs_entries.refuse_impossible(locked)
    locked.attendance = TherapySession.Attendance.ATTENDED
    locked.missing_reason = reason
    locked.save(update_fields=["attendance", "missing_reason"])
    locked.tablet_links.usable().filter(opened_at=None).update(revoked_at=timezone.now())
    therapy_session_recorded.send(sender=TherapySession, therapy_session=locked)
