"""Rows of a pair → the plain values the detector reads."""

import datetime
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Subquery
from django.utils import timezone

from accounts.models import Clinic
from ruptures.models import Episode, Finding, PolicyVersion, RepairStep
from sessions_app import client_secrets, srs
from sessions_app.fields import client_fernet
from sessions_app.models import Marker, Pair, TherapySession
from sessions_app.models.therapy_session import hours_ahead

NO_NEXT_SESSION = "no_next_session"
# A row is a tuple with these names: twenty sessions as model instances, each with its rating, its
# prediction and its screening, took longer than screening them.
OF_SESSION = (
    "pk",
    "starts_at",
    "logged_at",
    "attendance",
    "minutes_late",
    "cancelled_at",
    "missing_reason",
    "client_asks",
    "feelings",
)
OF_RATING = (*srs.LINES, "seconds", "pack__code")
OF_SCREENING = (
    "baseline_n",
    "baseline_mean",
    "baseline_spread",
    "expected_spread",
    "z",
    "cusum",
    "severity",
    "notes",
)
COLUMNS = (
    *OF_SESSION,
    *(f"srs_entry__{name}" for name in OF_RATING),
    *(f"prediction__{line}" for line in srs.LINES),
    "screening__pk",
    *(f"screening__{name}" for name in OF_SCREENING),
)
BESIDE = ("has_markers", "has_findings", "has_episodes", "policy_pk", "policy_overrides")


@dataclass
class Course:
    """A pair and all that is stored of it, read once while the pair is locked.

    `therapy_sessions`: what is known to have happened, in order, as rows of `COLUMNS`.
    `episodes`: the oldest first. `markers`: by session.
    """

    pair: Pair
    policy_version: PolicyVersion
    therapy_sessions: list
    markers: dict[int, list[dict[str, Any]]]
    findings: list[Finding]
    episodes: list[Episode]


def course_of(pair_id: int, locked_pair: Pair | None = None) -> Course:
    """Locks the pair until the transaction ends, unless the caller has. Markers, findings and
    strains, which most clients have none of, are asked for where there are any."""
    pair = locked_pair or _locked(pair_id)
    rows = list(_sessions_of(pair))
    keys = [row.pk for row in rows]
    return Course(
        pair=pair,
        policy_version=_policy_version(rows),
        therapy_sessions=rows,
        markers=_markers(keys) if any(row.has_markers for row in rows) else {},
        findings=_findings(keys) if any(row.has_findings for row in rows) else [],
        episodes=_episodes(pair) if any(row.has_episodes for row in rows) else [],
    )


def _locked(pair_id: int) -> Pair:
    pairs = Pair.objects.select_for_update(of=("self",), no_key=True)
    return pairs.select_related("client__sealing_key").get(pk=pair_id)


def _policy_version(rows) -> PolicyVersion:
    """The newest, which came with the sessions."""
    if not rows or rows[0].policy_pk is None:
        return PolicyVersion.current()
    return PolicyVersion(pk=rows[0].policy_pk, overrides=rows[0].policy_overrides)


def _sessions_of(pair: Pair):
    return _rows_of_sessions().filter(pair=pair).happened()


@cache
def _rows_of_sessions():
    """Built once, since building it costs Python more than the database needs to answer; whoever
    asks narrows it down."""
    session = OuterRef("pk")
    newest_policy = PolicyVersion.objects.all()
    return (
        TherapySession.objects.order_by("starts_at", "pk")
        .annotate(
            has_markers=Exists(Marker.objects.filter(therapy_session=session)),
            has_findings=Exists(Finding.objects.filter(therapy_session=session)),
            has_episodes=Exists(Episode.objects.filter(pair=OuterRef("pair"))),
            policy_pk=Subquery(newest_policy.values("pk")[:1]),
            policy_overrides=Subquery(newest_policy.values("overrides")[:1]),
        )
        .values_list(*COLUMNS, *BESIDE, named=True)
    )


def _markers(sessions: list[int]) -> dict[int, list[dict[str, Any]]]:
    by_session: dict[int, list[dict[str, Any]]] = {}
    noted = Marker.objects.filter(therapy_session__in=sessions)
    for session, code, salience in noted.values_list("therapy_session_id", "code", "salience"):
        by_session.setdefault(session, []).append({"code": code, "salience": salience})
    return by_session


def _findings(sessions: list[int]) -> list[Finding]:
    return list(Finding.objects.filter(therapy_session__in=sessions))


def _episodes(pair: Pair) -> list[Episode]:
    steps = Prefetch("repair_steps", RepairStep.objects.taken().defer("note"))
    return list(pair.episodes.prefetch_related(steps, "states").order_by("opened_at"))


def history_of(course: Course) -> dict:
    """One pair in the shape of the detector's published interface, days by the clinic's clock."""
    with timezone.override(Clinic.current().zone):
        return _describe_pair(course)


def as_stored(course: Course) -> dict:
    """As `history_of`, with every open strain told as open since its session and every closed one
    as over by its end, whether or not the detector would say so by itself."""
    described = history_of(course)
    sessions = described["sessions"]
    for episode in course.episodes:
        opened = _opening(episode, course.therapy_sessions)
        if episode.is_open:
            sessions[opened]["opened_by_hand"] = True
        else:
            sessions[_last_before(episode.closed_at, opened, course.therapy_sessions)]["closed"] = (
                True
            )
    return described


def _describe_pair(course: Course) -> dict:
    therapy_sessions = course.therapy_sessions
    pack = _pack_in_use(therapy_sessions)
    described = [
        _describe(row, course.markers.get(row.pk, []), pack, _feelings(row, course.pair))
        for row in therapy_sessions
    ]
    days = [session["on"] for session in described]
    for episode in course.episodes:
        _describe_episode(episode, days, described, therapy_sessions)
    _say_whether_next_is_booked(course, described)
    return {
        "id": str(course.pair.pk),
        "as_of": max([timezone.localdate().isoformat(), *days]),
        "sessions": described,
    }


def _pack_in_use(therapy_sessions) -> str | None:
    """The instrument of the newest rating. Ratings by another one are not pooled with it."""
    codes = [row.srs_entry__pack__code for row in therapy_sessions]
    return next((code for code in reversed(codes) if code is not None), None)


def _feelings(row, pair: Pair) -> dict[str, int]:
    """Opened with the client's key, which came with the pair, where there are any."""
    if not row.feelings:
        return {}
    return client_secrets.open_json(row.feelings, client_fernet(pair.client, ""))


def _describe(
    row, markers: list[dict[str, Any]], pack: str | None, feelings: dict[str, int]
) -> dict:
    return {
        "on": timezone.localdate(row.starts_at).isoformat(),
        "attendance": row.attendance,
        "minutes_late": row.minutes_late,
        "cancelled_hours_ahead": hours_ahead(row.cancelled_at, row.starts_at),
        "missing_reason": row.missing_reason or None,
        "client_asks": row.client_asks,
        "markers": markers,
        "feelings": feelings,
        "prediction": _points(row, "prediction"),
    } | _rating(row, pack)


def _rating(row, pack: str | None) -> dict:
    if row.srs_entry__pack__code not in (None, pack):
        return {"lines": None, "missing_reason": TherapySession.MissingReason.TECHNICAL}
    return {"lines": _points(row, "srs_entry"), "seconds": row.srs_entry__seconds}


def _points(row, table: str) -> dict | None:
    """Four lines in points, None unless all four are there."""
    tenths = {line: getattr(row, f"{table}__{line}") for line in srs.LINES}
    if None in tenths.values():
        return None
    return {line: mark / 10 for line, mark in tenths.items()}


def _describe_episode(episode: Episode, days, described, therapy_sessions) -> None:
    """What people did about a strain, told at the last session on or before that day."""
    opened = _opening(episode, therapy_sessions)

    def at(day) -> dict:
        last = max((i for i, on in enumerate(days) if on <= day.isoformat()), default=opened)
        return described[max(last, opened)]

    if episode.opened_by_hand:
        described[opened]["opened_by_hand"] = True
    if episode.confirmed_by_id and episode.component != Episode.Component.UNSPECIFIED:
        described[opened]["component"] = episode.component
    for step in episode.repair_steps.all():
        at(step.taken_on).setdefault("repair_steps", []).append(step.step)
    if episode.settled and episode.settled_on:
        at(episode.settled_on)["settled"] = episode.settled
    _describe_ending(episode, opened, described, therapy_sessions)


def _opening(episode: Episode, therapy_sessions) -> int:
    keys = [session.pk for session in therapy_sessions]
    return keys.index(episode.opened_session_id)


def _describe_ending(episode: Episode, opened: int, described, therapy_sessions) -> None:
    """Told at the last session before the moment, so that a later one of that day is free."""
    told = {
        Episode.State.NOT_A_STRAIN: "not_a_strain",
        Episode.State.RESOLVED: "closed",
        Episode.State.ENDED_EARLY: "left",
        Episode.State.NEW_LEVEL: "new_level",
    }.get(episode.state)
    if told and episode.closed_at:
        described[_last_before(episode.closed_at, opened, therapy_sessions)][told] = True


def _last_before(moment: datetime.datetime, opened: int, therapy_sessions) -> int:
    """The last session that began by then, the opening one at the earliest."""
    begun = [i for i, session in enumerate(therapy_sessions) if session.starts_at <= moment]
    return max([opened, *begun])


def _say_whether_next_is_booked(course: Course, described) -> None:
    """False where a day passed after a session and nothing was booked. Once that was found it
    stays true of that session, though a date is made later."""
    reported = {row.therapy_session_id for row in course.findings if row.rule == NO_NEXT_SESSION}
    for session, told in zip(course.therapy_sessions, described, strict=True):
        if session.pk in reported:
            told["next_booked"] = False
    if described and _nothing_is_booked_after(course.pair, course.therapy_sessions[-1]):
        described[-1]["next_booked"] = False


def _nothing_is_booked_after(pair: Pair, last) -> bool:
    if pair.client.status == pair.client.Status.ENDED:
        return False
    a_day_ago = timezone.now() - datetime.timedelta(hours=24)
    booked = pair.therapy_sessions.booked().filter(starts_at__gt=last.starts_at)
    return last.starts_at < a_day_ago and not booked.exists()
