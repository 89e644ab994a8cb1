"""Geometry of the weekly trend: level above, form rate, strains and events in rows beneath."""

from collections.abc import Sequence
from dataclasses import dataclass

from ruptures.charts.drawing.plane import (
    LETTER,
    NARROW,
    WIDE,
    Drawing,
    Label,
    Sheet,
    px,
    within,
    without_overlap,
)
from ruptures.charts.drawing.week_levels import LevelPanel, draw_levels
from ruptures.charts.drawing.week_view import WeekView
from ruptures.charts.sessions import bounded
from ruptures.charts.week_events import MarkedEvent, letters_of
from ruptures.charts.wording import PLAIN, Wording, count_names, week_hover, week_mark
from ruptures.trend import FORMS_FOR_AN_AGGREGATE, WeekFigures
from ruptures.trend_words import SMALL, sentence

ROWS_BELOW, BAR, FOOT = 26, 24, 44


@dataclass(frozen=True)
class Bar:
    x: str
    y: str
    width: str
    height: str
    number: Label


@dataclass(frozen=True)
class Row:
    """Bars of one kind on a common foot; `words` stand where a bar would tell too much."""

    kind: str
    name: Label
    foot: str
    bars: list[Bar]
    words: list[Label]


@dataclass(frozen=True)
class EventMark:
    letters: Label
    words: str


@dataclass(frozen=True)
class NewForm:
    """Where another form came into use."""

    x: str
    name: Label


@dataclass(frozen=True)
class WeeklyTrendDrawing(Drawing):
    """All that _weekly_trend.svg draws, top to bottom."""

    key: str
    sheet: Sheet
    height: int
    title: str
    description: str
    panels: list[LevelPanel]
    new_forms: list[NewForm]
    rows: list[Row]
    events: list[EventMark]
    events_name: Label | None
    weeks: list[Label]

    @property
    def top(self) -> str:
        return self.panels[0].top

    @property
    def bottom(self) -> str:
        return self.panels[-1].bottom


def draw_weekly_trend(
    figures: Sequence[WeekFigures],
    *,
    key: str,
    narrow: bool = False,
    events: Sequence[MarkedEvent] = (),
    wording: Wording = PLAIN,
) -> WeeklyTrendDrawing:
    """`figures` oldest first. `key` makes the ids of one drawing unique in its page."""
    view = WeekView(bounded(figures), NARROW if narrow else WIDE, wording)
    _ = wording.translate
    panels, bottom = draw_levels(view)
    rows, foot = _rows(view, bottom)
    events_name, marks, foot = _events(view, events, foot)
    return WeeklyTrendDrawing(
        key=key,
        sheet=view.sheet,
        height=int(foot + FOOT - 14),
        title=_("Weekly trend"),
        description=sentence(view.figures[-1], _, wording.number, wording.day)
        if view.figures
        else "",
        panels=panels,
        new_forms=_new_forms(view),
        rows=rows,
        events=marks,
        events_name=events_name,
        weeks=_weeks(view, foot + 18),
    )


def _new_forms(view: WeekView) -> list[NewForm]:
    text = view.wording.gettext("new form")
    found = [(view.x(place - 0.5), view.head) for place in view.form_starts()]
    return [
        NewForm(px(x), within(Label(x + 6, head + 12, text), 0, view.sheet.width))
        for x, head in found
    ]


def _events(
    view: WeekView, events: Sequence[MarkedEvent], foot: float
) -> tuple[Label | None, list[EventMark], float]:
    """The letters of the events in a row of their own, and where it ends."""
    if not events:
        return None, [], foot
    is_narrow = view.sheet.is_narrow
    y = foot + (48 if is_narrow else 30)
    name = Label(0, y - 20 if is_narrow else y, view.wording.gettext("Noted"))
    marks = [
        EventMark(
            Label(view.x(place), y, letters_of(week, events), "middle"),
            ". ".join(week_hover(week, view.wording, events)),
        )
        for place, week in enumerate(view.figures)
        if letters_of(week, events)
    ]
    return name, marks, y + 6


def _rows(view: WeekView, bottom: float) -> tuple[list[Row], float]:
    counts = count_names(view.wording)
    known = [getattr(week, name) or 0 for week in view.figures for name in counts]
    most = max(known, default=0) or FORMS_FOR_AN_AGGREGATE
    rates = [week.form_rate for week in view.figures]
    shown = [("rate", view.wording.gettext("Form given, %"), rates, 1)]
    shown += [
        (name, title, [getattr(week, name) for week in view.figures], most)
        for name, title in counts.items()
    ]
    step = BAR + (44 if view.sheet.is_narrow else 30)
    feet = [bottom + ROWS_BELOW + step * (row + 1) - 8 for row in range(len(shown))]
    return [_row(view, foot, *row) for foot, row in zip(feet, shown, strict=True)], feet[-1]


def _row(view: WeekView, foot: float, kind: str, title: str, values: list, most: float) -> Row:
    top = foot - BAR - (14 if view.sheet.is_narrow else 0)
    name_y = top - 8 if view.sheet.is_narrow else foot - 2
    texts = _numbers(view, kind, values)
    bars = [
        _bar(view, place, value / most, foot, text)
        for place, (value, text) in enumerate(zip(values, texts, strict=True))
        if value
    ]
    small = [] if kind == "rate" or view.pitch < LETTER * len(SMALL) else _small(view, values, foot)
    return Row(kind, Label(0, name_y, title), px(foot), bars, small)


def _small(view: WeekView, values: list, foot: float) -> list[Label]:
    """“<5” in place of a bar."""
    return [
        Label(view.x(place), foot - 4, SMALL, "middle")
        for place, value in enumerate(values)
        if value is None
    ]


def _numbers(view: WeekView, kind: str, values: list) -> list[str]:
    """What stands over each bar; nothing in the whole row where one would not fit."""
    share = 100 if kind == "rate" else 1
    texts = ["" if value is None else f"{share * value:.0f}" for value in values]
    widest = LETTER * max(map(len, texts), default=0)
    return texts if view.pitch >= widest + 4 else [""] * len(texts)


def _bar(view: WeekView, place: int, share: float, foot: float, text: str) -> Bar:
    width, height = min(view.pitch * 0.5, 18), max(BAR * share, 1)
    number = Label(view.x(place), foot - height - 4, text, "middle")
    return Bar(px(view.x(place) - width / 2), px(foot - height), px(width), px(height), number)


def _weeks(view: WeekView, y: float) -> list[Label]:
    """The newest week always, then as many as there is room for."""
    labels = [
        Label(view.x(place), y, week_mark(week, view.wording), "middle")
        for place, week in enumerate(view.figures)
    ]
    return without_overlap(
        [within(label, 0, view.sheet.width) for label in reversed(labels)], gap=14
    )
