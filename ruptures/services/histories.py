"""Rows of a pair → the plain values the detector reads."""

import datetime
import json
from dataclasses import dataclass
from operator import attrgetter

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Subquery
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.models import Clinic
from accounts.prepared import Given, prepared
from ruptures.detection.history import ROW_COLUMNS, History
from ruptures.detection.reading import FEELING_CODES, MARKER_CODES, UNKNOWN
from ruptures.detection.vocabulary import (
    Attendance,
    EpisodeComponent,
    MissingReason,
    Settled,
    numbers_of,
)
from ruptures.models import Episode, Finding, PolicyVersion, RepairStep
from ruptures.repair import STEPS
from sessions_app import client_secrets, srs
from sessions_app.fields import client_fernet
from sessions_app.models import Marker, Pair, TherapySession
from sessions_app.models.therapy_session import latest_begun

NO_NEXT_SESSION = "no_next_session"
# A row is a tuple with these names: twenty sessions as model instances, each with its rating, its
# prediction and its screening, took longer than screening them.
OF_SESSION = (
    "pk",
    "starts_at",
    "logged_at",
    "attendance",
    "minutes_late",
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
ATTENDANCE = numbers_of(Attendance)
MISSING = numbers_of(MissingReason) | {"": UNKNOWN}
COMPONENT, SETTLED = numbers_of(EpisodeComponent), numbers_of(Settled)
NOTHING = (UNKNOWN,) * len(srs.LINES)
BESIDE = ("has_markers", "has_findings", "has_episodes", "policy_pk", "policy_overrides")


@dataclass
class Course:
    """A pair and all that is stored of it, read once while the pair is locked.

    `therapy_sessions`: what is known to have happened, in order, as rows of `COLUMNS`.
    `episodes`: the oldest first. `markers`: code and salience, by
    session.
    """

    pair: Pair
    policy_version: PolicyVersion
    therapy_sessions: list
    markers: dict[int, list[tuple[str, int]]]
    findings: list[Finding]
    episodes: list[Episode]


def course_of(pair_id: int, locked_pair: Pair | None = None) -> Course:
    """Locks pair and client until the transaction ends, unless the caller has. Markers, findings
    and strains, which most clients have none of, are asked for where there are any."""
    pair = locked_pair or _locked(pair_id)
    rows = _rows_of_sessions(pair=pair.pk, latest=latest_begun())
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
    pairs = Pair.objects.select_for_update(of=("self", "client"), no_key=True)
    return pairs.select_related("client__sealing_key").get(pk=pair_id)


def _policy_version(rows) -> PolicyVersion:
    """The newest, which came with the sessions."""
    if not rows or rows[0].policy_pk is None:
        return PolicyVersion.current()
    return PolicyVersion(pk=rows[0].policy_pk, overrides=json.loads(rows[0].policy_overrides))


@prepared
def _rows_of_sessions():
    session = OuterRef("pk")
    # As text: it comes with each row, and is read once.
    overrides = Cast("overrides", models.TextField())
    newest_policy = PolicyVersion.objects.annotate(as_text=overrides)
    return (
        TherapySession.objects.filter(pair=Given("pair", models.BigIntegerField()))
        .happened(Given("latest", models.DateTimeField()))
        .order_by("starts_at", "pk")
        .annotate(
            has_markers=Exists(Marker.objects.filter(therapy_session=session)),
            has_findings=Exists(Finding.objects.filter(therapy_session=session)),
            has_episodes=Exists(Episode.objects.filter(pair=OuterRef("pair"))),
            policy_pk=Subquery(newest_policy.values("pk")[:1]),
            policy_overrides=Subquery(newest_policy.values("as_text")[:1]),
        )
        .values_list(*COLUMNS, *BESIDE, named=True)
    )


def _markers(sessions: list[int]) -> dict[int, list[tuple[str, int]]]:
    by_session: dict[int, list[tuple[str, int]]] = {}
    noted = Marker.objects.filter(therapy_session__in=sessions)
    for session, code, salience in noted.values_list("therapy_session_id", "code", "salience"):
        by_session.setdefault(session, []).append((code, salience))
    return by_session


def _findings(sessions: list[int]) -> list[Finding]:
    return list(Finding.objects.filter(therapy_session__in=sessions))


def _episodes(pair: Pair) -> list[Episode]:
    steps = Prefetch("repair_steps", RepairStep.objects.taken().defer("note"))
    return list(pair.episodes.prefetch_related(steps, "states").order_by("opened_at"))


def history_of(course: Course, *, as_stored: bool = False) -> History:
    """One pair as the detector's columns, days by the clinic's clock.

    `as_stored`: with every open strain told as open since its session and every closed one as over
    by its end, whether or not the detector would say so by itself.
    """
    zone = Clinic.current().zone
    days = [row.starts_at.astimezone(zone).toordinal() for row in course.therapy_sessions]
    told = _told_of_sessions(course)
    for episode in course.episodes:
        _tell_of_episode(episode, days, told, course.therapy_sessions)
        if as_stored:
            _tell_where_it_stands(episode, told, course.therapy_sessions)
    _say_whether_next_is_booked(course, told)
    as_of = max([timezone.localdate(timezone=zone).toordinal(), *days])
    return History.from_columns([course.pair.pk], [len(days)], as_of=[as_of], on=days, **told)


def _told_of_sessions(course: Course) -> dict[str, list]:
    """Column by column what is known of each session by itself. A rating by another instrument
    than the one in use counts as missing for a technical reason."""
    rows = course.therapy_sessions
    pack = _pack_in_use(rows)
    pooled = [row.srs_entry__pack__code in (None, pack) for row in rows]
    return {
        "attendance": [ATTENDANCE[row.attendance] for row in rows],
        "minutes_late": [row.minutes_late for row in rows],
        "missing_reason": [
            MISSING[row.missing_reason] if own else MISSING[TherapySession.MissingReason.TECHNICAL]
            for row, own in zip(rows, pooled, strict=True)
        ],
        "client_asks": [row.client_asks for row in rows],
        "seconds": [
            row.srs_entry__seconds if own else None for row, own in zip(rows, pooled, strict=True)
        ],
        "lines": _four_lines(rows, "srs_entry", pooled),
        "prediction": _four_lines(rows, "prediction", [True] * len(rows)),
        "markers": [
            (place, MARKER_CODES[code], salience)
            for place, row in enumerate(rows)
            for code, salience in course.markers.get(row.pk, ())
        ],
        "feelings": _feelings(rows, course.pair),
    }


def _pack_in_use(therapy_sessions) -> str | None:
    """The instrument of the newest rating. Ratings by another one are not pooled with it."""
    codes = [row.srs_entry__pack__code for row in therapy_sessions]
    return next((code for code in reversed(codes) if code is not None), None)


def _four_lines(rows, table: str, pooled: list[bool]) -> list[list[int]]:
    """Tenths by line, unknown unless all four are there."""
    marks_of = attrgetter(*(f"{table}__{line}" for line in srs.LINES))
    marks = [marks_of(row) if own else NOTHING for row, own in zip(rows, pooled, strict=True)]
    complete = [NOTHING if None in four else four for four in marks]
    return [list(line) for line in zip(*complete, strict=True)]


def _feelings(rows, pair: Pair) -> list[list[int]] | None:
    """Opened with the client's key, which came with the pair, where there are any."""
    if not any(row.feelings for row in rows):
        return None
    fernet = client_fernet(pair.client, "")
    opened = [
        client_secrets.open_json(row.feelings, fernet) if row.feelings else {} for row in rows
    ]
    return [[feelings.get(code, 0) for feelings in opened] for code in FEELING_CODES]


def _tell(told: dict[str, list], place: int, name: str, value) -> None:
    """Of one session something that is said of few."""
    _dtype, blank = ROW_COLUMNS[name]
    told.setdefault(name, [blank] * len(told["attendance"]))[place] = value


def _tell_of_episode(episode: Episode, days: list[int], told, therapy_sessions) -> None:
    """What people did about a strain, told at the last session on or before that day."""
    opened = _opening(episode, therapy_sessions)

    def at(day: datetime.date) -> int:
        last = max((i for i, on in enumerate(days) if on <= day.toordinal()), default=opened)
        return max(last, opened)

    if episode.opened_by_hand:
        _tell(told, opened, "opened_by_hand", True)
    if episode.confirmed_by_id and episode.component != Episode.Component.UNSPECIFIED:
        _tell(told, opened, "component", COMPONENT[episode.component])
    for step in episode.repair_steps.all():
        place = at(step.taken_on)
        taken_before = told["repair_steps"][place] if "repair_steps" in told else 0
        _tell(told, place, "repair_steps", taken_before | 1 << STEPS.index(step.step))
    if episode.settled and episode.settled_on:
        _tell(told, at(episode.settled_on), "settled", SETTLED[episode.settled])
    _tell_of_ending(episode, opened, told, therapy_sessions)


def _opening(episode: Episode, therapy_sessions) -> int:
    keys = [session.pk for session in therapy_sessions]
    return keys.index(episode.opened_session_id)


def _tell_of_ending(episode: Episode, opened: int, told, therapy_sessions) -> None:
    """Told at the last session before the moment, so that a later one of that day is free."""
    ending = {
        Episode.State.NOT_A_STRAIN: "not_a_strain",
        Episode.State.RESOLVED: "closed",
        Episode.State.ENDED_EARLY: "left",
        Episode.State.NEW_LEVEL: "new_level",
    }.get(episode.state)
    if ending and episode.closed_at:
        _tell(told, _last_before(episode.closed_at, opened, therapy_sessions), ending, True)


def _last_before(moment: datetime.datetime, opened: int, therapy_sessions) -> int:
    """The last session that began by then, the opening one at the earliest."""
    begun = [i for i, session in enumerate(therapy_sessions) if session.starts_at <= moment]
    return max([opened, *begun])


def _tell_where_it_stands(episode: Episode, told, therapy_sessions) -> None:
    opened = _opening(episode, therapy_sessions)
    if episode.is_open:
        _tell(told, opened, "opened_by_hand", True)
    else:
        ended = _last_before(episode.closed_at, opened, therapy_sessions)
        _tell(told, ended, "closed", True)


def _say_whether_next_is_booked(course: Course, told) -> None:
    """False where a day passed after a session and nothing was booked. Once that was found it
    stays true of that session, though a date is made later."""
    reported = {row.therapy_session_id for row in course.findings if row.rule == NO_NEXT_SESSION}
    for place, session in enumerate(course.therapy_sessions):
        if session.pk in reported:
            _tell(told, place, "next_booked", False)
    if _nothing_is_booked_after(course.pair, course.therapy_sessions[-1]):
        _tell(told, len(course.therapy_sessions) - 1, "next_booked", False)


def _nothing_is_booked_after(pair: Pair, last) -> bool:
    if pair.client.status == pair.client.Status.ENDED:
        return False
    if last.starts_at >= timezone.now() - datetime.timedelta(hours=24):
        return False
    return not pair.therapy_sessions.booked().filter(starts_at__gt=last.starts_at).exists()
