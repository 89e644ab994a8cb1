"""What the rows of a pair's chart show, whoever draws them: totals, or the four lines."""

from dataclasses import dataclass

from ruptures.charts.axes import LINE_MARKS, Axis, totals_axis
from ruptures.charts.sessions import LINES, ChartSession, Score, form_changes, segments
from ruptures.charts.wording import Wording, line_name


@dataclass(frozen=True)
class Panel:
    """One row: its name, what it reads from a session, its scale. The usual range is one of
    totals, so `has_band` is true of their panel alone."""

    name: str
    score: Score
    axis: Axis
    has_band: bool = False

    def valid(self, sessions: list[ChartSession]) -> list[int | None]:
        """Scores of complete forms; a line may join these and no others."""
        return [None if each.incomplete else self.score(each) for each in sessions]

    def by_form(self, sessions: list[ChartSession]) -> list[list[int | None]]:
        """Those scores once for each stretch of one form, None outside of it."""
        values = self.valid(sessions)
        return [
            [value if place in part else None for place, value in enumerate(values)]
            for part in segments(len(values), form_changes(sessions))
        ]


def total_panels(sessions: list[ChartSession], full_scale: bool, wording: Wording) -> list[Panel]:
    axis = totals_axis((each.total for each in sessions), full_scale)
    return [Panel(wording.gettext("Total"), lambda each: each.total, axis, has_band=True)]


def line_panels(wording: Wording) -> list[Panel]:
    return [
        Panel(line_name(code, wording), lambda each, code=code: each.line(code), LINE_MARKS)
        for code in LINES
    ]
