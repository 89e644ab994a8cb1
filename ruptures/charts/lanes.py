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
    places: dict[str, list[int]] = {}
    for place, each in enumerate(sessions):
        for kind in _kinds(each):
            places.setdefault(kind, []).append(place)
    return [(kind, places[kind]) for kind in LANES if kind in places]


def _kinds(chart_session: ChartSession) -> set[str]:
    repair = {"repair"} if chart_session.repair_steps else set()
    states = {kind for kind, _words in chart_session.states}
    return {chart_session.status, *chart_session.markers} | repair | states
