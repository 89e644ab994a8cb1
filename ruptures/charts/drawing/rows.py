"""Geometry of the rows of marks beneath a pair's chart."""

from dataclasses import dataclass

from ruptures.charts.drawing.glyphs import GLYPHS
from ruptures.charts.drawing.panels import BASELINE
from ruptures.charts.drawing.plane import Label, px
from ruptures.charts.drawing.view import View
from ruptures.charts.lanes import lanes
from ruptures.charts.wording import lane_name

SMALLEST = 0.6  # share of a mark's full size


@dataclass(frozen=True)
class Mark:
    place: str
    words: str


@dataclass(frozen=True)
class DrawnLane:
    """A row of one kind of mark: its name, its hairline, its marks."""

    kind: str
    name: Label
    y: str
    outline: str
    marks: list[Mark]


def draw_lanes(view: View, top: float) -> tuple[list[DrawnLane], float]:
    """The rows, and the height at which they end."""
    found = lanes(view.sessions)
    step = view.sheet.lane
    drawn = [
        _lane(view, kind, places, top + (row + 0.5) * step)
        for row, (kind, places) in enumerate(found)
    ]
    return drawn, top + step * len(found)


def _lane(view: View, kind: str, places: list[int], middle: float) -> DrawnLane:
    y = middle + 9 if view.sheet.is_narrow else middle
    name_y = middle - 6 if view.sheet.is_narrow else middle + BASELINE
    return DrawnLane(
        kind=kind,
        name=Label(0, name_y, lane_name(kind, view.wording)),
        y=px(y),
        outline=GLYPHS[kind],
        marks=[_mark(view, place, y) for place in places],
    )


def _mark(view: View, place: int, y: float) -> Mark:
    scale = min(1.0, max(SMALLEST, view.pitch / 13))
    transform = f"translate({px(view.x(place))} {px(y)}) scale({scale:.2f})"
    return Mark(transform, view.said[place])
