"""Rows of a pair → the plain values the detector reads."""

import datetime
from collections.abc import Iterable

from django.utils import timezone

from accounts.models import Clinic
from ruptures.models import Episode, Finding, RepairStep
from sessions_app import srs
from sessions_app.models import Pair, TherapySession

NO_NEXT_SESSION = "no_next_session"


def sessions_of(pair: Pair) -> list[TherapySession]:
    """What is known to have happened, in order, with all that the detector asks about."""
    return list(
        pair.therapy_sessions.happened()
        .select_related("srs_entry__pack", "prediction", "screening")
        .defer("note", "srs_entry__pack__content")
        .prefetch_related("markers")
        .order_by("starts_at", "pk")
    )


def history_of(
    pair: Pair, therapy_sessions: list[TherapySession], findings: Iterable[Finding] = ()
) -> dict:
    """One pair in the shape of the detector's published interface, days by the clinic's clock.

    `findings` are those stored of the pair so far.
    """
    with timezone.override(Clinic.current().zone):
        return _describe_pair(pair, therapy_sessions, findings)


def _describe_pair(
    pair: Pair, therapy_sessions: list[TherapySession], findings: Iterable[Finding]
) -> dict:
    pack = _pack_in_use(therapy_sessions)
    described = [_describe(therapy_session, pack) for therapy_session in therapy_sessions]
    days = [session["on"] for session in described]
    for episode in sorted(pair.episodes.all(), key=lambda episode: episode.opened_at):
        _describe_episode(episode, days, described, therapy_sessions)
    _say_whether_next_is_booked(pair, therapy_sessions, described, findings)
    return {
        "id": str(pair.pk),
        "as_of": max([timezone.localdate().isoformat(), *days]),
        "sessions": described,
    }


def _pack_in_use(therapy_sessions: list[TherapySession]) -> str | None:
    """The instrument of the newest rating. Ratings by another one are not pooled with it."""
    codes = [
        session.srs_entry.pack.code for session in therapy_sessions if hasattr(session, "srs_entry")
    ]
    return codes[-1] if codes else None


def _describe(therapy_session: TherapySession, pack: str | None) -> dict:
    return {
        "on": timezone.localdate(therapy_session.starts_at).isoformat(),
        "attendance": therapy_session.attendance,
        "minutes_late": therapy_session.minutes_late,
        "cancelled_hours_ahead": therapy_session.cancelled_hours_ahead,
        "missing_reason": therapy_session.missing_reason or None,
        "client_asks": therapy_session.client_asks,
        "markers": [
            {"code": marker.code, "salience": marker.salience}
            for marker in therapy_session.markers.all()
        ],
        "feelings": therapy_session.feelings,
        "prediction": _points(getattr(therapy_session, "prediction", None)),
    } | _rating(therapy_session, pack)


def _rating(therapy_session: TherapySession, pack: str | None) -> dict:
    entry = getattr(therapy_session, "srs_entry", None)
    if entry is not None and entry.pack.code != pack:
        return {"lines": None, "missing_reason": TherapySession.MissingReason.TECHNICAL}
    if entry is None or entry.total is None:
        return {"lines": None}
    return {"lines": _points(entry), "seconds": entry.seconds}


def _points(four_lines) -> dict | None:
    if four_lines is None:
        return None
    return {line: getattr(four_lines, line) / 10 for line in srs.LINES}


def _describe_episode(episode: Episode, days, described, therapy_sessions) -> None:
    """What people did about a strain, told at the last session on or before that day."""
    opened = next(
        i for i, session in enumerate(therapy_sessions) if session.pk == episode.opened_session_id
    )

    def at(day) -> dict:
        last = max((i for i, on in enumerate(days) if on <= day.isoformat()), default=opened)
        return described[max(last, opened)]

    if episode.opened_by_hand:
        described[opened]["opened_by_hand"] = True
    if episode.confirmed_by_id and episode.component != Episode.Component.UNSPECIFIED:
        described[opened]["component"] = episode.component
    for step in episode.repair_steps.all():
        if step.done != RepairStep.Done.NOT:
            at(step.taken_on).setdefault("repair_steps", []).append(step.step)
    if episode.settled and episode.settled_on:
        at(episode.settled_on)["settled"] = episode.settled
    _describe_ending(episode, opened, described, therapy_sessions)


def _describe_ending(episode: Episode, opened: int, described, therapy_sessions) -> None:
    """Told at the last session before the moment, so that a later one of that day is free."""
    told = {
        Episode.State.NOT_A_STRAIN: "not_a_strain",
        Episode.State.RESOLVED: "closed",
        Episode.State.ENDED_EARLY: "left",
        Episode.State.NEW_LEVEL: "new_level",
    }.get(episode.state)
    if told and episode.closed_at:
        before = [
            i
            for i, session in enumerate(therapy_sessions)
            if session.starts_at <= episode.closed_at
        ]
        described[max([opened, *before])][told] = True


def _say_whether_next_is_booked(
    pair: Pair, therapy_sessions, described, findings: Iterable[Finding]
) -> None:
    """False where a day passed after a session and nothing was booked. Once that was found it
    stays true of that session, though a date is made later."""
    reported = {row.therapy_session_id for row in findings if row.rule == NO_NEXT_SESSION}
    for session, told in zip(therapy_sessions, described, strict=True):
        if session.pk in reported:
            told["next_booked"] = False
    if therapy_sessions and _nothing_is_booked_after(pair, therapy_sessions[-1]):
        described[-1]["next_booked"] = False


def _nothing_is_booked_after(pair: Pair, last: TherapySession) -> bool:
    if pair.client.status == pair.client.Status.ENDED:
        return False
    a_day_ago = timezone.now() - datetime.timedelta(hours=24)
    if last.starts_at >= a_day_ago:
        return False
    return not pair.therapy_sessions.booked().filter(starts_at__gt=last.starts_at).exists()
