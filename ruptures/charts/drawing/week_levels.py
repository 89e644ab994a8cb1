"""Geometry of the level of a week: median and middle half, a panel with its own axis for each form.

Marks on two forms do not compare, so they never stand on one axis.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ruptures.charts.axes import Axis, totals_axis
from ruptures.charts.drawing.plane import APART, Label, px, y_scale
from ruptures.charts.drawing.week_view import NAME, WeekView
from ruptures.charts.sessions import may_join, runs
from ruptures.charts.wording import total_name, week_hover
from ruptures.trend import Level
from ruptures.trend_words import SMALL

BASELINE = 4.5
GAP = 22  # between two panels, beside the name of the second

Scale = Callable[[float], float]


@dataclass(frozen=True)
class WeekDot:
    x: str
    y: str
    words: str


@dataclass(frozen=True)
class LevelPanel:
    """One form's medians on its axis."""

    name: Label
    top: str
    bottom: str
    grid: list[Label]
    break_mark: str
    bands: list[str]
    polylines: list[str]
    dots: list[WeekDot]
    labels: list[Label]
    too_few: list[Label]


def draw_levels(view: WeekView) -> tuple[list[LevelPanel], float]:
    """A panel for each form, and where the last one ends."""
    height = view.sheet.panel * 0.82
    step = height + GAP + NAME
    tops = [view.head + step * row for row in range(len(view.forms))]
    panels = [
        _panel(view, form, top, top + height) for form, top in zip(view.forms, tops, strict=True)
    ]
    return panels, tops[-1] + height


def axis_of(levels: list[Level | None]) -> Axis:
    lows = [level.q1 for level in levels if level and level.q1 is not None]
    return totals_axis(low * 10 for low in lows)


def _panel(view: WeekView, form: str, top: float, bottom: float) -> LevelPanel:
    levels = [week.level(form) for week in view.figures]
    axis = axis_of(levels)
    scale = y_scale(axis, top, bottom)
    left = view.sheet.left
    return LevelPanel(
        name=_name(view, form, top),
        top=px(top),
        bottom=px(bottom),
        grid=[Label(left - 8, scale(t), str(t // 10), "end") for t in axis.ticks],
        break_mark=f"M{left} {px(bottom)}v4l-5 3l10 5l-5 3v4" if axis.is_broken else "",
        bands=bands(view, levels, scale),
        polylines=polylines(view, levels, scale),
        dots=dots(view, levels, scale),
        labels=_labels(view, levels, scale),
        too_few=too_few(view, levels, bottom),
    )


def _name(view: WeekView, form: str, top: float) -> Label:
    """At the left of a panel, above it where there are two; on a narrow sheet the caption alone."""
    text = total_name(form, view.has_names, view.wording)
    if view.has_names:
        return Label(0 if view.sheet.is_narrow else view.sheet.left, top - 10, text)
    return Label(0, top + BASELINE, "" if view.sheet.is_narrow else text)


def bands(view: WeekView, levels: list[Level | None], scale: Scale) -> list[str]:
    """Between the quartiles, one shape for each run of weeks; a lone week becomes a bar."""
    quartiles = [level.q1 if level else None for level in levels]
    return [
        _band(view, [(place, levels[place]) for place in run], scale) for run in runs(quartiles)
    ]


def _band(view: WeekView, run: list, scale: Scale) -> str:
    weeks = [(view.x(place), level) for place, level in run]
    if len(weeks) == 1:
        ((x, level),) = weeks
        weeks = [(x - view.pitch * 0.25, level), (x + view.pitch * 0.25, level)]
    forth = [f"{px(x)} {px(scale(level.q3 * 10))}" for x, level in weeks]
    back = [f"{px(x)} {px(scale(level.q1 * 10))}" for x, level in reversed(weeks)]
    return "M" + "L".join(forth + back) + "z"


def polylines(view: WeekView, levels: list[Level | None], scale: Scale) -> list[str]:
    """One line for each run of weeks; none at all while there are too few."""
    medians = [level.median if level else None for level in levels]
    if not may_join(medians):
        return []
    return [
        " ".join(f"{px(view.x(i))},{px(scale(medians[i] * 10))}" for i in run)
        for run in runs(medians)
        if len(run) > 1
    ]


def dots(view: WeekView, levels: list[Level | None], scale: Scale) -> list[WeekDot]:
    return [
        WeekDot(
            px(view.x(place)),
            px(scale(level.median * 10)),
            ". ".join(week_hover(view.figures[place], view.wording)),
        )
        for place, level in enumerate(levels)
        if level and level.median is not None
    ]


def _labels(view: WeekView, levels: list[Level | None], scale: Scale) -> list[Label]:
    """The newest median as a number, and what line and band are, at the right edge."""
    known = [level for level in levels if level and level.median is not None]
    if not known or view.sheet.is_narrow:
        return []
    _, x, last = view.wording.translate, view.sheet.right + 6, known[-1]
    median = _("median {value}").format(value=view.wording.number(last.median))
    y = scale(last.median * 10) + BASELINE
    half = Label(x, y + APART, _("middle half"), kind="chart-band-name")
    return [Label(x, y, median, kind="chart-last"), half]


def too_few(view: WeekView, levels: list[Level | None], bottom: float) -> list[Label]:
    """“<5” where a week has too few forms for a median."""
    if view.pitch < 20:
        return []
    return [
        Label(view.x(place), bottom - 6, SMALL, "middle")
        for place, level in enumerate(levels)
        if level and level.median is None
    ]
