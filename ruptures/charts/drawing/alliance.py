"""Geometry of a pair's chart: panels of ratings above rows of marks, for _alliance_chart.svg."""

from collections.abc import Sequence
from dataclasses import dataclass

from ruptures.charts.drawing.panels import DrawnPanel, draw_panel
from ruptures.charts.drawing.plane import (
    NARROW,
    WIDE,
    Drawing,
    Label,
    Sheet,
    px,
    within,
    without_overlap,
)
from ruptures.charts.drawing.rows import DrawnLane, draw_lanes
from ruptures.charts.drawing.view import View, in_words
from ruptures.charts.panels import Panel, line_panels, total_panels
from ruptures.charts.sessions import ChartSession, in_order, stretches
from ruptures.charts.wording import PLAIN, Wording, chart_summary

HEAD, LOW_PANEL, PANEL_GAP, LANES_BELOW, FOOT = 26, 76, 26, 20, 44
ROOM_FOR_A_NUMBER = 22


@dataclass(frozen=True)
class Shade:
    """Ground behind the sessions of one possible strain."""

    x: str
    width: str


@dataclass(frozen=True)
class AllianceDrawing(Drawing):
    """All that the template draws, top to bottom."""

    key: str
    sheet: Sheet
    height: int
    title: str
    description: str
    shades: list[Shade]
    shade_top: str
    shade_height: str
    strain_names: list[Label]
    panels: list[DrawnPanel]
    lanes: list[DrawnLane]
    ticks: list[Label]


def draw_alliance(
    sessions: Sequence[ChartSession],
    *,
    cutoff: int,
    key: str,
    narrow: bool = False,
    full_scale: bool = False,
    wording: Wording = PLAIN,
    said: Sequence[str] | None = None,
) -> AllianceDrawing:
    """Totals of a pair. `key` makes the ids of one drawing unique in its page. `said`: the sessions
    `in_words`, where somebody has written them already."""
    sessions = in_order(sessions)
    panels = total_panels(sessions, full_scale, wording)
    sheet = NARROW if narrow else WIDE
    view = View(sessions, sheet, cutoff, wording, said or in_words(sessions, wording))
    return _drawing(view, panels, sheet.panel, key)


def draw_lines(
    sessions: Sequence[ChartSession],
    *,
    cutoff: int,
    key: str,
    narrow: bool = False,
    wording: Wording = PLAIN,
) -> AllianceDrawing:
    """The four lines of a pair, a panel each."""
    said = in_words(sessions, wording)
    view = View(in_order(sessions), NARROW if narrow else WIDE, cutoff, wording, said)
    return _drawing(view, line_panels(wording), LOW_PANEL, key)


def _drawing(view: View, panels: list[Panel], height: int, key: str) -> AllianceDrawing:
    is_named_above = view.sheet.is_narrow and not panels[0].has_band
    head = HEAD + 18 * is_named_above
    gap = PANEL_GAP + 10 * view.sheet.is_narrow
    tops = [head + row * (height + gap) for row in range(len(panels))]
    foot = tops[-1] + height
    lanes, lanes_foot = draw_lanes(view, foot + LANES_BELOW)
    return AllianceDrawing(
        key=key,
        sheet=view.sheet,
        height=int(lanes_foot + FOOT),
        title=view.wording.gettext("Ratings by session"),
        description=chart_summary(view.sessions, view.wording),
        shades=[Shade(px(left), px(right - left)) for left, right in _strains(view)],
        shade_top=px(head),
        shade_height=px(foot - head),
        strain_names=_strain_names(view),
        panels=[
            draw_panel(view, panel, top, top + height)
            for panel, top in zip(panels, tops, strict=True)
        ],
        lanes=lanes,
        ticks=session_ticks(view, lanes_foot + 16),
    )


def _strains(view: View) -> list[tuple[float, float]]:
    return [
        (view.x(first - 0.5), view.x(last + 0.5))
        for first, last, _ in stretches([each.in_episode for each in view.sessions])
    ]


def _strain_names(view: View) -> list[Label]:
    text = view.wording.gettext("possible strain")
    labels = [Label(left, HEAD - 9, text) for left, _ in _strains(view)]
    return without_overlap([within(label, 0, view.sheet.width) for label in labels])


def session_ticks(view: View, y: float) -> list[Label]:
    """Numbers in one row, first and last date beneath, and what they number where there is room."""
    numbers = [
        Label(view.x(place), y, str(each.number), "middle")
        for place, each in enumerate(view.sessions)
    ]
    round_ones = [label for label in numbers if int(label.text) % 5 == 0]
    name = [] if view.sheet.is_narrow else [Label(0, y, view.wording.gettext("Session"))]
    dates = without_overlap(_dates(view, y + 17))
    if view.pitch > ROOM_FOR_A_NUMBER:
        return name + numbers + dates
    return name + without_overlap(numbers[:1] + numbers[-1:] + round_ones, 12) + dates


def _dates(view: View, y: float) -> list[Label]:
    """First and last day, moved inwards at the edges of the sheet."""
    places = sorted({0, len(view.sessions) - 1}) if view.sessions else []
    labels = [
        Label(view.x(place), y, view.wording.day(view.sessions[place].on), "middle")
        for place in places
    ]
    left = 0 if view.sheet.is_narrow else view.sheet.left
    return [within(label, left, view.sheet.width) for label in labels]
