"""The four lines of a session rating, their bounds and their total.

Scores are whole tenths: a line 0–100, a total 0–400 (10 cm lines read to the
millimetre; Duncan and others 2003, as quoted in the manuals). Each line asks about
one component of the working alliance after Bordin (1979).
"""

from collections.abc import Mapping
from enum import StrEnum


class Line(StrEnum):
    """The four lines in the order of the form."""

    RELATIONSHIP = "relationship"
    GOALS = "goals"
    APPROACH = "approach"
    OVERALL = "overall"


class Component(StrEnum):
    """Bordin's components of the alliance."""

    BOND = "bond"
    GOALS = "goals"
    TASKS = "tasks"
    NONE = "none"


LINES = tuple(Line)
COMPONENT_OF = {
    Line.RELATIONSHIP: Component.BOND,
    Line.GOALS: Component.GOALS,
    Line.APPROACH: Component.TASKS,
    Line.OVERALL: Component.NONE,
}

LINE_MIN = 0
LINE_MAX = 100
TOTAL_MIN = 0
TOTAL_MAX = 400


def total(lines: Mapping[str, int | None]) -> int | None:
    """Sum of the four lines in tenths, or None unless all four are there.

    Nothing is imputed. Raises ValueError where a line lies outside 0–100.
    """
    marks = [lines.get(line) for line in LINES]
    for line, mark in zip(LINES, marks, strict=True):
        if mark is not None and not LINE_MIN <= mark <= LINE_MAX:
            raise ValueError(f"{line}: {mark} lies outside {LINE_MIN}–{LINE_MAX} tenths")
    if any(mark is None for mark in marks):
        return None
    return sum(marks)
