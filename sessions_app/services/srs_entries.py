"""Recording what the client marked: once, whole, and with everything that follows from it."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from accounts.prepared import (
    Given,
    Write,
    insert_unless_there,
    prepared,
    prepared_update,
    together,
)
from sessions_app import srs
from sessions_app.models import InstrumentPack, SRSEntry, TherapySession
from sessions_app.signals import srs_entry_recorded, therapy_session_recorded


class EntryRefused(ValueError):
    """The entry cannot be stored; the message says why, in the reader's language."""


class EntryConflict(EntryRefused):
    """The same UUID arrived before with other marks."""


@dataclass(frozen=True)
class Rating:
    """One filled-in form. `lines` in tenths 0–100; `seconds` and `line_length_mm` where known,
    `filled_in_on` where it was on paper, `came_late` where it waited on the device until after
    its ticket had run out."""

    uuid: UUID
    lines: dict[str, int | None]
    pack: InstrumentPack
    language: str
    source: str
    client_asks: bool = False
    seconds: int | None = None
    line_length_mm: int | None = None
    filled_in_on: datetime.date | None = None
    came_late: bool = False


@transaction.atomic
def record(
    *, therapy_session: TherapySession, rating: Rating, by: User | None = None
) -> tuple[SRSEntry, bool]:
    """The stored entry, and whether it is new. `by` typed it in from paper.

    The same UUID with the same marks answers with the first result. Raises EntryConflict for the
    same UUID with other marks, EntryRefused where the session has its rating already or was not
    attended. Entry, findings, episode and alerts are one transaction.
    """
    return record_within(locked=lock(therapy_session.pk), rating=rating, by=by)


def record_within(
    *,
    locked: TherapySession,
    rating: Rating,
    by: User | None = None,
    along: Sequence[Write] = (),
) -> tuple[SRSEntry, bool]:
    """As `record`, inside the transaction of the caller, who has locked session, pair and client.
    `along` is written too, also where the entry was there already; not where it is refused."""
    entry = _entry(locked, rating)
    if not locked.takes_place or not insert_unless_there(entry):
        there = _entry_there(locked, rating)
        together(*along)
        return there, False
    together(
        _on_session(locked, client_asks=rating.client_asks, missing_reason=""),
        _noting(audit.Action.ADDED, locked, "srs_entries.record", by),
        *along,
    )
    srs_entry_recorded.send(sender=SRSEntry, therapy_session=locked, locked_pair=locked.pair)
    return entry, True


def _entry(locked: TherapySession, rating: Rating) -> SRSEntry:
    """Not stored."""
    return SRSEntry(
        therapy_session=locked,
        uuid=rating.uuid,
        pack=rating.pack,
        language=rating.language,
        source=rating.source,
        seconds=rating.seconds,
        line_length_mm=rating.line_length_mm,
        filled_in_on=rating.filled_in_on,
        came_late=rating.came_late,
        **rating.lines,
    )


def _entry_there(locked: TherapySession, rating: Rating) -> SRSEntry:
    """The one that came by the same form. Raises EntryRefused where there is none."""
    of_session = SRSEntry.objects.filter(Q(uuid=rating.uuid) | Q(therapy_session=locked))
    stored = {entry.uuid: entry for entry in of_session}
    if rating.uuid in stored:
        return _same_or_conflict(stored[rating.uuid], locked, rating)
    if stored:
        raise _rated_already()
    if not locked.takes_place:
        raise _before_its_time()
    raise IntegrityError("SQLite lets a row go, unsaid, that the checks of its table refuse.")


def _noting(action: str, locked: TherapySession, deed: str, by: User | None) -> Write:
    return audit.noting(action, by=by, on=locked, deed=deed, client_key=locked.pair.client.key)


def decline_within(
    *, locked: TherapySession, client_asks: bool, along: Sequence[Write] = ()
) -> None:
    """The client would rather not. Saying so twice changes nothing. Inside the transaction of the
    caller, who has locked session, pair and client. `along` is written too, unless it is refused.
    Raises EntryRefused."""
    refuse_impossible(locked)
    declined = TherapySession.MissingReason.DECLINED
    if locked.missing_reason == declined:
        together(*along)
        return
    together(
        _on_session(locked, client_asks=client_asks, missing_reason=declined),
        _noting(audit.Action.CHANGED, locked, "srs_entries.decline", None),
        *along,
    )
    therapy_session_recorded.send(
        sender=TherapySession, therapy_session=locked, locked_pair=locked.pair
    )


def lock(session_pk: int) -> TherapySession:
    """The session as it is now, its pair and its client, locked for the screening that follows, and
    without what is the therapist's alone. Its rating is not asked for with it: what is joined and
    not locked comes as it was before a wait. Raises TherapySession.DoesNotExist."""
    found = _locked_session(pk=session_pk)
    if not found:
        raise TherapySession.DoesNotExist
    return found[0]


@prepared
def _locked_session():
    of = ("self", "pair", "pair__client")
    sessions = TherapySession.objects.select_for_update(of=of, no_key=True)
    sessions = sessions.select_related("pair__client__sealing_key").defer("note", "feelings")
    return sessions.filter(pk=Given("pk", models.BigIntegerField()))


def _same_or_conflict(earlier: SRSEntry, therapy_session: TherapySession, rating: Rating):
    of = earlier.therapy_session_id or earlier.replaced_in_id  # the second where it was corrected
    same = of == therapy_session.pk and earlier.lines == {
        line: rating.lines.get(line) for line in srs.LINES
    }
    if not same:
        raise EntryConflict(_("This form was sent before with other marks. The first ones count."))
    return earlier


def entry_of_form(therapy_session: TherapySession, uuid: UUID) -> SRSEntry | None:
    """What came in by the form `uuid`, also where it was corrected since."""
    entry = getattr(therapy_session, "srs_entry", None)
    if entry is None or entry.uuid == uuid:
        return entry
    return therapy_session.replaced_entries.filter(uuid=uuid).first()


def refuse_impossible(therapy_session: TherapySession) -> None:
    if hasattr(therapy_session, "srs_entry"):
        raise _rated_already()
    if not therapy_session.takes_place:
        raise _before_its_time()


def _rated_already() -> EntryRefused:
    return EntryRefused(_("This session has its rating already."))


def _before_its_time() -> EntryRefused:
    return EntryRefused(_("This session did not take place yet, so there is nothing to rate."))


def _on_session(
    therapy_session: TherapySession, *, client_asks: bool, missing_reason: str
) -> Write:
    """Who hands in a form was there, so a booked session becomes an attended one."""
    therapy_session.attendance = TherapySession.Attendance.ATTENDED
    therapy_session.client_asks = client_asks
    therapy_session.missing_reason = missing_reason
    return _write_on_session(
        pk=therapy_session.pk, client_asks=client_asks, missing_reason=missing_reason
    )


@prepared_update
def _write_on_session():
    therapy_session = TherapySession.objects.filter(pk=Given("pk", models.BigIntegerField()))
    return therapy_session, {
        "attendance": TherapySession.Attendance.ATTENDED,
        "client_asks": Given("client_asks", models.BooleanField()),
        "missing_reason": Given("missing_reason", models.CharField()),
    }
