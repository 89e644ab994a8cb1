"""Geometry of the weekly trend: level above, form rate and strains in rows beneath."""

from collections.abc import Sequence
from dataclasses import dataclass

from ruptures.charts.axes import totals_axis
from ruptures.charts.drawing.plane import (
    APART,
    LETTER,
    NARROW,
    WIDE,
    Drawing,
    Label,
    Sheet,
    px,
    within,
    without_overlap,
    y_scale,
)
from ruptures.charts.sessions import bounded, may_join, runs
from ruptures.charts.wording import PLAIN, Wording, count_names, week_hover, week_mark
from ruptures.trend import FORMS_FOR_AN_AGGREGATE, WeekFigures, sentence

HEAD, ROWS_BELOW, BAR, FOOT = 26, 26, 24, 44
BASELINE = 4.5


@dataclass(frozen=True)
class Bar:
    x: str
    y: str
    width: str
    height: str
    number: Label


@dataclass(frozen=True)
class Row:
    """Bars of one kind on a common foot."""

    kind: str
    name: Label
    foot: str
    bars: list[Bar]


@dataclass(frozen=True)
class WeekDot:
    x: str
    y: str
    words: str


@dataclass(frozen=True)
class WeeklyTrendDrawing(Drawing):
    """All that _weekly_trend.svg draws, top to bottom."""

    key: str
    sheet: Sheet
    height: int
    title: str
    description: str
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
    rows: list[Row]
    weeks: list[Label]


def draw_weekly_trend(
    figures: Sequence[WeekFigures], *, key: str, narrow: bool = False, wording: Wording = PLAIN
) -> WeeklyTrendDrawing:
    """`figures` oldest first. `key` makes the ids of one drawing unique in its page."""
    return _Weeks(bounded(figures), NARROW if narrow else WIDE, wording).drawing(key)


class _Weeks:
    """The weeks on their sheet."""

    def __init__(self, figures: list[WeekFigures], sheet: Sheet, wording: Wording):
        self.figures, self.sheet, self.wording = figures, sheet, wording
        self.axis = totals_axis(None if week.q1 is None else week.q1 * 10 for week in figures)
        self.bottom = HEAD + sheet.panel * 0.82
        self.scale = y_scale(self.axis, HEAD, self.bottom)

    def drawing(self, key: str) -> WeeklyTrendDrawing:
        left, _ = self.sheet.left, self.wording.translate
        rows, foot = self.rows()
        return WeeklyTrendDrawing(
            key=key,
            sheet=self.sheet,
            height=int(foot + FOOT - 14),
            title=_("Weekly trend"),
            description=sentence(self.figures[-1], _, self.wording.number) if self.figures else "",
            name=self.name(_("Total"), HEAD),
            top=px(HEAD),
            bottom=px(self.bottom),
            grid=[Label(left - 8, self.scale(t), str(t // 10), "end") for t in self.axis.ticks],
            break_mark=f"M{left} {px(self.bottom)}v4l-5 3l10 5l-5 3v4"
            if self.axis.is_broken
            else "",
            bands=self.bands(),
            polylines=self.polylines(),
            dots=self.dots(),
            labels=self.labels(),
            too_few=self.too_few(),
            rows=rows,
            weeks=self.weeks(foot + 18),
        )

    def x(self, place: float) -> float:
        return self.sheet.x(place, len(self.figures))

    def y(self, points: float) -> float:
        return self.scale(points * 10)

    @property
    def pitch(self) -> float:
        return self.sheet.pitch(len(self.figures))

    def name(self, text: str, top: float) -> Label:
        """At the left of a panel; on a narrow sheet there is the caption alone."""
        return Label(0, top + BASELINE, "" if self.sheet.is_narrow else text)

    def bands(self) -> list[str]:
        """Between the quartiles, one shape for each run of weeks; a lone week becomes a bar."""
        return [self._band(run) for run in runs([week.q1 for week in self.figures])]

    def _band(self, run: range) -> str:
        weeks = [(self.x(place), self.figures[place]) for place in run]
        if len(weeks) == 1:
            ((x, week),) = weeks
            weeks = [(x - self.pitch * 0.25, week), (x + self.pitch * 0.25, week)]
        forth = [f"{px(x)} {px(self.y(week.q3))}" for x, week in weeks]
        back = [f"{px(x)} {px(self.y(week.q1))}" for x, week in reversed(weeks)]
        return "M" + "L".join(forth + back) + "z"

    def polylines(self) -> list[str]:
        medians = [week.median for week in self.figures]
        if not may_join(medians):
            return []
        return [
            " ".join(f"{px(self.x(i))},{px(self.y(medians[i]))}" for i in run)
            for run in runs(medians)
            if len(run) > 1
        ]

    def dots(self) -> list[WeekDot]:
        return [
            WeekDot(
                px(self.x(place)),
                px(self.y(week.median)),
                week_hover(week, self.wording).replace("<br>", ". "),
            )
            for place, week in enumerate(self.figures)
            if week.median is not None
        ]

    def labels(self) -> list[Label]:
        """The newest median as a number, and what line and band are, at the right edge."""
        known = [week for week in self.figures if week.median is not None]
        if not known or self.sheet.is_narrow:
            return []
        _, x, last = self.wording.translate, self.sheet.right + 6, known[-1]
        median = _("median {value}").format(value=self.wording.number(last.median))
        y = self.y(last.median) + BASELINE
        half = Label(x, y + APART, _("middle half"), kind="chart-band-name")
        return [Label(x, y, median, kind="chart-last"), half]

    def too_few(self) -> list[Label]:
        """“<5” where a week has too few forms for a median."""
        if self.pitch < 20:
            return []
        text = f"<{FORMS_FOR_AN_AGGREGATE}"
        return [
            Label(self.x(place), self.bottom - 6, text, "middle")
            for place, week in enumerate(self.figures)
            if week.median is None
        ]

    def rows(self) -> tuple[list[Row], float]:
        counts = count_names(self.wording)
        most = max((getattr(week, name) for week in self.figures for name in counts), default=0)
        rates = [week.form_rate for week in self.figures]
        shown = [("rate", self.wording.gettext("Form given, %"), rates, 1)]
        shown += [
            (name, title, [getattr(week, name) for week in self.figures], most or 1)
            for name, title in counts.items()
        ]
        step = BAR + (44 if self.sheet.is_narrow else 30)
        feet = [self.bottom + ROWS_BELOW + step * (row + 1) - 8 for row in range(len(shown))]
        return [self._row(foot, *row) for foot, row in zip(feet, shown, strict=True)], feet[-1]

    def _row(self, foot: float, kind: str, title: str, values: list, most: float) -> Row:
        top = foot - BAR - (14 if self.sheet.is_narrow else 0)
        name_y = top - 8 if self.sheet.is_narrow else foot - 2
        texts = self._numbers(kind, values)
        bars = [
            self._bar(place, value / most, foot, text)
            for place, (value, text) in enumerate(zip(values, texts, strict=True))
            if value
        ]
        return Row(kind, Label(0, name_y, title), px(foot), bars)

    def _numbers(self, kind: str, values: list) -> list[str]:
        """What stands over each bar; nothing in the whole row where one would not fit."""
        share = 100 if kind == "rate" else 1
        texts = ["" if value is None else f"{share * value:.0f}" for value in values]
        widest = LETTER * max(map(len, texts), default=0)
        return texts if self.pitch >= widest + 4 else [""] * len(texts)

    def _bar(self, place: int, share: float, foot: float, text: str) -> Bar:
        width, height = min(self.pitch * 0.5, 18), max(BAR * share, 1)
        number = Label(self.x(place), foot - height - 4, text, "middle")
        return Bar(px(self.x(place) - width / 2), px(foot - height), px(width), px(height), number)

    def weeks(self, y: float) -> list[Label]:
        """The newest week always, then as many as there is room for."""
        labels = [
            Label(self.x(place), y, week_mark(week, self.wording), "middle")
            for place, week in enumerate(self.figures)
        ]
        return without_overlap(
            [within(label, 0, self.sheet.width) for label in reversed(labels)], gap=14
        )
