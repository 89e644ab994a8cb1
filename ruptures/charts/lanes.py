"""Rows of marks beneath a chart: what was noted, and where there is no total.

A row for each kind that occurs, named at its side, so that marks never cover dots or each other.
"""

from collections.abc import Sequence

from ruptures.charts.sessions import ChartSession

LANES = (
    "withdrawal",
    "confrontation",
    "repair",
    "partial",
    "recovered",
    "held",
    "unresolved",
    "incomplete",
    "no_form",
    "no_show",
    "cancelled",
)


def lanes(sessions: Sequence[ChartSession]) -> list[tuple[str, list[int]]]:
    """(kind, places in the sequence) for each kind that occurs, in the order of LANES."""
    found = [(kind, _places(sessions, kind)) for kind in LANES]
    return [(kind, places) for kind, places in found if places]


def _places(sessions: Sequence[ChartSession], kind: str) -> list[int]:
    return [place for place, each in enumerate(sessions) if kind in _kinds(each)]


def _kinds(chart_session: ChartSession) -> set[str]:
    repair = {"repair"} if chart_session.repair_steps else set()
    states = {kind for kind, _words in chart_session.states if kind in LANES}
    return {chart_session.status, *chart_session.markers} | repair | states
