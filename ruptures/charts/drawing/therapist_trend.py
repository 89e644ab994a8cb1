"""Geometry of one therapist's weeks, as a small multiple: median and form rate.

Every small multiple has the same axis, 20-40, whatever is on it, and the same size, so that a
person's weeks are read against themselves; they are never set in an order of score.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ruptures.charts.axes import UPPER_TOTALS
from ruptures.charts.drawing.plane import (
    Drawing,
    Label,
    Sheet,
    px,
    within,
    without_overlap,
    y_scale,
)
from ruptures.charts.drawing.week_levels import WeekDot, bands, dots, polylines, too_few
from ruptures.charts.drawing.week_view import WeekView
from ruptures.charts.sessions import bounded
from ruptures.charts.wording import PLAIN, Wording, total_name, week_mark
from ruptures.trend import WeekFigures
from ruptures.trend_words import percent, short_sentence

SHEET = Sheet(width=340, left=30, right=330, is_narrow=True, panel=96, lane=0)
HEAD, GAP, BAR, RATE_BELOW, FOOT = 28, 40, 20, 58, 26
NAME_OVER_BARS = 26  # the number of the newest bar stands between
HALF = 200  # tenths: where the scale begins


@dataclass(frozen=True)
class SmallPanel:
    name: Label
    top: str
    bottom: str
    grid: list[Label]
    break_mark: str
    bands: list[str]
    polylines: list[str]
    dots: list[WeekDot]
    below: list[WeekDot]
    too_few: list[Label]


@dataclass(frozen=True)
class RateBar:
    x: str
    y: str
    width: str
    height: str
    words: str


@dataclass(frozen=True)
class TherapistTrendDrawing(Drawing):
    """All that _therapist_trend.svg draws."""

    key: str
    sheet: Sheet
    height: int
    title: str
    description: str
    panels: list[SmallPanel]
    rate_name: Label
    rate_foot: str
    rates: list[RateBar]
    last_rate: Label | None
    weeks: list[Label]


def draw_therapist_trend(
    figures: Sequence[WeekFigures], *, key: str, title: str, wording: Wording = PLAIN
) -> TherapistTrendDrawing:
    """`figures` oldest first; `title` says whose weeks they are."""
    view = WeekView(bounded(figures), SHEET, wording)
    tops = [HEAD + (SHEET.panel + GAP) * row for row in range(len(view.forms))]
    foot = tops[-1] + SHEET.panel + RATE_BELOW + BAR
    return TherapistTrendDrawing(
        key=key,
        sheet=SHEET,
        height=int(foot + FOOT),
        title=title,
        description=_described(view),
        panels=[_panel(view, form, top) for form, top in zip(view.forms, tops, strict=True)],
        rate_name=Label(0, foot - BAR - NAME_OVER_BARS, wording.gettext("Form given, %")),
        rate_foot=px(foot),
        rates=_rates(view, foot),
        last_rate=_last_rate(view, foot),
        weeks=_weeks(view, foot + 16),
    )


def _panel(view: WeekView, form: str, top: float) -> SmallPanel:
    bottom = top + SHEET.panel
    scale = y_scale(UPPER_TOTALS, top, bottom)
    levels = [week.level(form) for week in view.figures]
    found = dots(view, levels, scale)
    medians = [level.median for level in levels if level and level.median is not None]
    is_below = [median * 10 < HALF for median in medians]
    return SmallPanel(
        name=Label(0, top - 12, total_name(form, view.has_names, view.wording)),
        top=px(top),
        bottom=px(bottom),
        grid=[
            Label(SHEET.left - 6, scale(tick), str(tick // 10), "end") for tick in (200, 300, 400)
        ],
        break_mark=f"M{SHEET.left} {px(bottom)}v3l-4 2l8 4l-4 2v3",
        bands=bands(view, levels, scale),
        polylines=polylines(view, levels, scale),
        dots=[dot for dot, below in zip(found, is_below, strict=True) if not below],
        below=[dot for dot, below in zip(found, is_below, strict=True) if below],
        too_few=too_few(view, levels, bottom),
    )


def _rates(view: WeekView, foot: float) -> list[RateBar]:
    width = min(view.pitch * 0.5, 14)
    return [
        RateBar(
            px(view.x(place) - width / 2),
            px(foot - max(BAR * week.form_rate, 1)),
            px(width),
            px(max(BAR * week.form_rate, 1)),
            percent(week.form_rate, view.wording.translate),
        )
        for place, week in enumerate(view.figures)
        if week.form_rate is not None
    ]


def _last_rate(view: WeekView, foot: float) -> Label | None:
    """The newest share as a number over its bar."""
    known = [
        (place, week.form_rate)
        for place, week in enumerate(view.figures)
        if week.form_rate is not None
    ]
    if not known:
        return None
    place, rate = known[-1]
    label = Label(view.x(place), foot - BAR * rate - 4, f"{100 * rate:.0f}", "middle")
    return within(label, 0, SHEET.width)


def _described(view: WeekView) -> str:
    if not view.figures:
        return ""
    words = view.wording
    return short_sentence(view.figures[-1], words.translate, words.number, words.day)


def _weeks(view: WeekView, y: float) -> list[Label]:
    """The newest and the oldest week."""
    ends = sorted({0, len(view.figures) - 1}, reverse=True) if view.figures else []
    labels = [
        Label(view.x(place), y, week_mark(view.figures[place], view.wording), "middle")
        for place in ends
    ]
    return without_overlap([within(label, 0, SHEET.width) for label in labels])
