"""What a policy would have raised on the clinic's own history, without storing anything."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from accounts.models import Clinic
from ruptures.detection.history import History
from ruptures.detection.policy import DEFAULT_POLICY
from ruptures.detection.screen import screen
from ruptures.detection.vocabulary import Attendance, MissingReason
from ruptures.models import RepairStep
from ruptures.repair import STEPS
from sessions_app import client_secrets, srs
from sessions_app.markers import FEELINGS, MARKERS
from sessions_app.models import Marker, TherapySession

OF_CLIENT_KEY = "pair__client__sealing_key__wrapped"
UNKNOWN = -1
DAYS_A_WEEK = 7
SESSION_FIELDS = (
    "pk",
    "pair_id",
    "starts_at",
    "attendance",
    "minutes_late",
    "missing_reason",
    "client_asks",
)
ENTRY_FIELDS = tuple(f"srs_entry__{line}" for line in srs.LINES)
PREDICTION_FIELDS = tuple(f"prediction__{line}" for line in srs.LINES)
ATTENDANCE = {code.value: place for place, code in enumerate(Attendance)}
MISSING = {code.value: place for place, code in enumerate(MissingReason)} | {"": UNKNOWN}
MARKER_PLACES = {marker.code: place for place, marker in enumerate(MARKERS)}
STEP_BITS = {step: 1 << place for place, step in enumerate(STEPS)}


@dataclass(frozen=True)
class WhatIf:
    """Findings by rule and severity, strains opened, and alerts to a supervisor in a week.

    An alert is counted for every strain that opens and for every one that becomes high later.
    """

    sessions: int
    weeks: float
    findings: dict[str, dict[str, int]]
    strains: int
    alerts_a_week: float


def what_if(overrides: dict) -> WhatIf:
    """The answer for the published policy with `overrides`. Raises PolicyError for a number that
    does not exist or cannot be.

    Left out are what people decided meanwhile (dismissals, answers: they belong to the strains
    that were really raised) and whether a next date was booked, which no longer is known. Ratings
    of every instrument pack count."""
    policy = DEFAULT_POLICY.with_overrides(overrides)
    history, days = clinic_history()
    screening = screen(history, policy)
    weeks = max((max(days) - min(days) + 1) / DAYS_A_WEEK, 1) if days else 1
    strains = int(screening.episodes_opened().sum())
    return WhatIf(
        sessions=len(days),
        weeks=weeks,
        findings=screening.counts(),
        strains=strains,
        alerts_a_week=(strains + screening.escalated()) / weeks,
    )


def clinic_history() -> tuple[History, list[int]]:
    """Every session that is known to have happened, as the detector's columns, and their days."""
    rows = list(
        TherapySession.objects.happened()
        .order_by("pair_id", "starts_at", "pk")
        .values_list(*SESSION_FIELDS, *ENTRY_FIELDS, *PREDICTION_FIELDS)
    )
    keys, pairs, moments, attendance, late, missing, asks = _columns(rows, 0, len(SESSION_FIELDS))
    place = {key: row for row, key in enumerate(keys)}
    days = _days(moments)
    lengths = {pair: sum(1 for _ in group) for pair, group in groupby(pairs)}
    history = History.from_columns(
        list(lengths),
        list(lengths.values()),
        on=days,
        attendance=[ATTENDANCE[code] for code in attendance],
        minutes_late=late,
        missing_reason=[MISSING[code] for code in missing],
        client_asks=asks,
        lines=_lines(rows, len(SESSION_FIELDS)),
        prediction=_lines(rows, len(SESSION_FIELDS) + len(ENTRY_FIELDS)),
        markers=_markers(place),
        feelings=_feelings(keys),
        repair_steps=_repair_steps(rows, days),
    )
    return history, days


def _columns(rows, first: int, count: int) -> list[list]:
    if not rows:
        return [[] for _ in range(count)]
    return [list(map(itemgetter(column), rows)) for column in range(first, first + count)]


def _lines(rows, first: int) -> list[list[int]]:
    return [
        [UNKNOWN if tenths is None else tenths for tenths in column]
        for column in _columns(rows, first, len(srs.LINES))
    ]


def _days(moments) -> list[int]:
    zone = Clinic.current().zone
    return [moment.astimezone(zone).toordinal() for moment in moments]


def _markers(place: dict[int, int]) -> list[tuple[int, int, int]]:
    rows = Marker.objects.values_list("therapy_session_id", "code", "salience")
    return [
        (place[session], MARKER_PLACES[code], salience)
        for session, code, salience in rows
        if session in place
    ]


def _feelings(keys: list[int]) -> list[list[int]]:
    """Decrypted where there are any, which is seldom."""
    fernets = {}
    noted = {}
    rows = TherapySession.objects.exclude(feelings={})
    for key, feelings, wrapped in rows.values_list("pk", "feelings", OF_CLIENT_KEY).iterator():
        if wrapped not in fernets:
            fernets[wrapped] = client_secrets.fernet_of(wrapped)
        noted[key] = client_secrets.open_json(feelings, fernets[wrapped])
    return [[noted[key].get(code, 0) if key in noted else 0 for key in keys] for code in FEELINGS]


def _repair_steps(rows, days: list[int]) -> list[int]:
    """Steps as bits, each at the pair's last session on or before its day."""
    of_pair: dict[int, list[int]] = defaultdict(list)
    steps = RepairStep.objects.taken().values_list("episode__pair_id", "step", "taken_on")
    taken = list(steps)
    wanted = {pair for pair, _step, _day in taken}
    for row, fields in enumerate(rows):
        if fields[1] in wanted:
            of_pair[fields[1]].append(row)
    bits = [0] * len(rows)
    for pair, step, day in taken:
        before = [row for row in of_pair[pair] if days[row] <= day.toordinal()]
        if before:
            bits[before[-1]] |= STEP_BITS[step]
    return bits
