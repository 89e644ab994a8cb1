"""From columns to plain values and to the published JSON shape."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from ruptures.detection.episodes import NO_TOTAL, type_of
from ruptures.detection.results import (
    Baseline,
    EpisodeResult,
    Escalation,
    FindingResult,
    PairResult,
    SessionResult,
    StateChange,
)
from ruptures.detection.rules import Rule
from ruptures.detection.rules.fired import Fired
from ruptures.detection.vocabulary import SEVERITIES, EpisodeComponent, EpisodeState, Note
from sessions_app import srs
from sessions_app.markers import MARKER_BY_CODE

COMPONENTS = tuple(EpisodeComponent)
STATES = tuple(EpisodeState)
CANNOT_JUDGE = -1


class Teller:
    """Builds the plain objects of one pair after another from the columns of a screening."""

    def __init__(self, screening: Any):
        self.screening = screening
        self.columns = screening.columns
        self._starts = screening.history.starts.tolist()
        self._lengths = screening.history.lengths.tolist()
        self._episodes = _group_episodes(screening.episodes)
        self._states = _group_states(screening.episodes)
        self._escalations = _group_escalations(screening.episodes)

    def pair(self, place: int) -> PairResult:
        rows = slice(self._starts[place], self._starts[place] + self._lengths[place])
        episodes = tuple(self._episode(number) for number in self._episodes[place])
        return PairResult(self.screening.history.ids[place], tuple(self._sessions(rows)), episodes)

    def _findings(self, start: int, end: int) -> dict[int, list[FindingResult]]:
        found: dict[int, list[FindingResult]] = defaultdict(list)
        for rule, fired in self.screening.findings:
            for row in (fired.severity[start:end].nonzero()[0] + start).tolist():
                found[row].append(_finding(rule, fired, row))
        return found

    def _sessions(self, rows: slice) -> Iterator[SessionResult]:
        columns = self.columns
        told = (
            columns.total,
            columns.n,
            columns.mean,
            columns.spread,
            columns.expected,
            columns.z,
            columns.cusum_after,
            columns.severity,
            self.screening.low_but_steady,
        )
        findings = self._findings(rows.start, rows.stop)
        each = zip(*(column[rows].tolist() for column in told), strict=True)
        for index, figures in enumerate(each, 1):
            total, n, mean, spread, expected, z, cusum, severity, is_steady = figures
            yield SessionResult(
                index=index,
                total=total / 10 if total >= 0 else None,
                baseline=Baseline(n, mean, spread, expected),
                z=z if z == z else None,
                cusum=cusum,
                severity=_name(severity),
                findings=tuple(findings[rows.start + index - 1]),
                notes=(Note.LOW_BUT_STEADY.value,) if is_steady else (),
            )

    def _episode(self, number: int) -> EpisodeResult:
        table = self.screening.episodes.table
        withdrawal, confrontation = int(table.withdrawal[number]), int(table.confrontation[number])
        lowest, strengthened = int(table.lowest[number]), int(table.strengthened[number])
        return EpisodeResult(
            opened=int(table.opened[number]),
            component=COMPONENTS[int(table.component[number])].value,
            type=type_of(withdrawal, confrontation, self.screening.policy).value,
            points={"withdrawal": withdrawal, "confrontation": confrontation},
            states=tuple(self._states[number]),
            severity=SEVERITIES[int(table.severity[number]) - 1].value,
            escalated=tuple(self._escalations[number]),
            baseline_mean=float(table.mean[number]),
            baseline_spread=float(table.spread[number]),
            lowest=None if lowest == NO_TOTAL else lowest / 10,
            strengthened=None if strengthened == CANNOT_JUDGE else bool(strengthened),
            struck_mean=_known(float(table.struck_mean[number])),
            recovered=int(table.recovered[number]),
            attended=int(table.attended[number]),
            ever_recovered=bool(table.ever_recovered[number]),
        )


def _known(mean: float) -> float | None:
    return mean if math.isfinite(mean) else None


def _name(level: int) -> str | None:
    return SEVERITIES[level - 1].value if level else None


def _finding(rule: Rule, fired: Fired, row: int) -> FindingResult:
    level = int(fired.severity[row])
    values = fired.values(row)
    if isinstance(fired.threshold, Mapping):
        values["least"] = next(iter(fired.threshold.values()))
    line = _line(fired, row)
    leans = rule.leaning and (fired.leans is None or bool(fired.leans[row]))
    return FindingResult(
        rule=rule.id,
        severity=SEVERITIES[level - 1].value,
        line=line,
        component=_component(line, values),
        values=values,
        threshold=_threshold(fired.threshold, level),
        leaning=rule.leaning.value if leans else None,
    )


def _threshold(threshold: float | Mapping[int, float] | None, level: int) -> float | None:
    """The threshold of the level; one capped below its levels keeps the lowest."""
    if isinstance(threshold, Mapping):
        return threshold.get(level, next(iter(threshold.values())))
    return threshold


def _line(fired: Fired, row: int) -> str | None:
    if fired.line is None:
        return None
    return srs.LINES[fired.line if isinstance(fired.line, int) else int(fired.line[row])].value


def _component(line: str | None, values: Mapping[str, Any]) -> str | None:
    """Of the line named, or of the marker where it is clear about one."""
    component = srs.Component.NONE
    if line is not None:
        component = srs.COMPONENT_OF[srs.Line(line)]
    elif values.get("marker"):
        component = MARKER_BY_CODE[values["marker"]].component
    return None if component is srs.Component.NONE else component.value


def _group_episodes(episodes: Any) -> dict[int, list[int]]:
    numbers: dict[int, list[int]] = defaultdict(list)
    for number, pair in enumerate(episodes.table.pair[: episodes.count].tolist()):
        numbers[pair].append(number)
    return numbers


def _group_states(episodes: Any) -> dict[int, list[StateChange]]:
    states: dict[int, list[StateChange]] = defaultdict(list)
    for ids, session, state in episodes.log:
        for number in ids.tolist():
            states[number].append(StateChange(session, STATES[state].value))
    return states


def _group_escalations(episodes: Any) -> dict[int, list[Escalation]]:
    escalations: dict[int, list[Escalation]] = defaultdict(list)
    for ids, session, reason in episodes.escalations:
        for number in ids.tolist():
            escalations[number].append(Escalation(session, reason.value))
    return escalations
