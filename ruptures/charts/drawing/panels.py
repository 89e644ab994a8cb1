"""Geometry of one panel: scale, usual range, cut-off, dots, and the lines between neighbours."""

from collections.abc import Callable
from dataclasses import dataclass

from ruptures.charts.drawing.plane import Label, Sheet, beside, px, within, y_scale
from ruptures.charts.drawing.view import View
from ruptures.charts.panels import Panel
from ruptures.charts.sessions import form_changes, may_join, runs, stretches
from ruptures.charts.wording import new_form_name

BIGGEST_DOT, SMALLEST_DOT = 4.5, 1.4
BASELINE = 4.5  # from the middle of small letters down to what they stand on

Scale = Callable[[float], float]


@dataclass(frozen=True)
class Dot:
    x: str
    y: str
    words: str
    is_hollow: bool


@dataclass(frozen=True)
class Band:
    """One level of the usual range: its ground, and its upper and lower edge."""

    ground: str
    edges: str


@dataclass(frozen=True)
class Break:
    """Where another form begins: its axis and its name."""

    x: str
    name: Label


@dataclass(frozen=True)
class DrawnPanel:
    """Everything between a panel's top and bottom; `labels` are words at its right edge."""

    name: Label
    top: str
    bottom: str
    ticks: list[Label]
    grid: list[str]
    break_mark: str
    breaks: list[Break]
    bands: list[Band]
    cutoff_y: str
    polylines: list[str]
    dots: list[Dot]
    radius: str
    labels: list[Label]


def draw_panel(view: View, panel: Panel, top: float, bottom: float) -> DrawnPanel:
    """One panel between two heights in px."""
    y = y_scale(panel.axis, top, bottom)
    left = view.sheet.left
    return DrawnPanel(
        name=_name(panel, top, view.sheet),
        top=px(top),
        bottom=px(bottom),
        ticks=[Label(left - 8, y(t) + BASELINE, str(t // 10), "end") for t in panel.axis.ticks],
        grid=[px(y(tick)) for tick in panel.axis.ticks],
        break_mark=f"M{left} {px(bottom)}v4l-5 3l10 5l-5 3v4" if panel.axis.is_broken else "",
        breaks=_breaks(view, bottom),
        bands=_bands(view, y) if panel.has_band else [],
        cutoff_y=px(y(view.cutoff)),
        polylines=_polylines(view, panel, y),
        dots=_dots(view, panel, y),
        radius=px(min(BIGGEST_DOT, max(SMALLEST_DOT, view.pitch * 0.34))),
        labels=_side_labels(view, panel, y),
    )


def _name(panel: Panel, top: float, sheet: Sheet) -> Label:
    """Beside the panel, or above it on a narrow sheet, where the caption names totals."""
    if sheet.is_narrow:
        return Label(0, top - 9, "" if panel.has_band else panel.name)
    return Label(0, top + BASELINE, panel.name)


def _bands(view: View, y: Scale) -> list[Band]:
    """A step for each level, cut at the edges of the panel."""
    return [
        _band(px(view.x(first - 0.5)), px(view.x(last + 0.5)), px(y(low)), px(y(high)))
        for first, last, (low, high) in stretches([each.band for each in view.sessions])
    ]


def _band(left: str, right: str, low: str, high: str) -> Band:
    return Band(
        ground=f"M{left} {high}H{right}V{low}H{left}z",
        edges=f"M{left} {high}H{right}M{left} {low}H{right}",
    )


def _polylines(view: View, panel: Panel, y: Scale) -> list[str]:
    """One line for each run of neighbours on one form; none while there are too few points."""
    return [
        " ".join(f"{px(view.x(place))},{px(y(values[place]))}" for place in run)
        for values in panel.by_form(view.sessions)
        if may_join(values)
        for run in runs(values)
        if len(run) > 1
    ]


def _breaks(view: View, bottom: float) -> list[Break]:
    """The axis once more where another form begins, with the name of that form."""
    return [
        Break(px(view.x(place - 0.5)), _break_name(view, place, bottom))
        for place in form_changes(view.sessions)
    ]


def _break_name(view: View, place: int, bottom: float) -> Label:
    text = new_form_name(view.sessions[place].form, view.wording)
    label = Label(view.x(place - 0.5) + 7, bottom - 8, text, kind="chart-break-name")
    return within(label, view.sheet.left, view.sheet.width)


def _dots(view: View, panel: Panel, y: Scale) -> list[Dot]:
    return [
        Dot(px(view.x(place)), px(y(panel.score(each))), view.said[place], each.incomplete)
        for place, each in enumerate(view.sessions)
        if panel.score(each) is not None
    ]


def _side_labels(view: View, panel: Panel, y: Scale) -> list[Label]:
    """Cut-off and usual range beside what they name, the last value at its dot."""
    _ = view.wording.translate
    x, value = view.sheet.right + 8, view.wording.score(view.cutoff)
    text = value if view.sheet.is_narrow else _("cut-off {value}").format(value=value)
    cutoff = Label(x, y(view.cutoff) + BASELINE, text, kind="chart-cutoff-name")
    band = view.sessions[-1].band if view.sessions and panel.has_band else None
    labels = [cutoff, *_last_value(view, panel, y)]
    if band and not view.sheet.is_narrow:
        middle = (y(band[0]) + y(band[1])) / 2 + BASELINE
        usual = Label(x, middle, _("usual range"), kind="chart-band-name")
        labels.append(beside(usual, cutoff))
    return labels


def _last_value(view: View, panel: Panel, y: Scale) -> list[Label]:
    """The newest score as a number at its dot, on the side from which no line comes."""
    values = panel.valid(view.sessions)
    rated = [place for place, value in enumerate(values) if value is not None]
    if not rated:
        return []
    last, before = values[rated[-1]], values[rated[-2]] if len(rated) > 1 else 0
    is_below = before > last or y(last) < y(panel.axis.top) + 2 * BASELINE
    height = y(last) + (18 if is_below else -10)
    text = view.wording.score(last)
    label = Label(view.x(rated[-1]), height, text, "middle", "chart-last")
    return [within(label, view.sheet.left, view.sheet.right)]
