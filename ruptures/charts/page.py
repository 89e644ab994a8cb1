"""A chart as a page shows it: still picture for two widths, live figure and table in one value.

For `{% include "ruptures/charts/_chart_figure.html" with chart=… %}`. Without figure and table the
page names the addresses they are at, as `figure_url` and `table_url`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ruptures.charts.alliance import alliance_chart, lines_chart
from ruptures.charts.drawing.alliance import draw_alliance, draw_lines
from ruptures.charts.drawing.therapist_trend import TherapistTrendDrawing, draw_therapist_trend
from ruptures.charts.drawing.view import in_words
from ruptures.charts.drawing.weekly_trend import draw_weekly_trend
from ruptures.charts.sessions import ChartSession
from ruptures.charts.tables import Table, session_rows, therapist_rows, week_rows
from ruptures.charts.week_events import marked
from ruptures.charts.weekly_trend import weekly_trend_chart
from ruptures.charts.wording import PLAIN, Wording, event_words
from ruptures.trend import TrendEvent, WeekFigures

PAIR, WEEKS = "ruptures/charts/_alliance_chart.svg", "ruptures/charts/_weekly_trend.svg"


@dataclass(frozen=True)
class PageChart:
    """`key` is unique in the page; all ids start with it."""

    key: str
    caption: str
    template: str
    wide: object
    narrow: object
    figure: dict | None = None
    table: Table | None = None
    can_show_full_scale: bool = False
    events: tuple[str, ...] = ()
    has_key: bool = False

    @property
    def figure_id(self) -> str:
        return f"{self.key}-figure"


def alliance_page(sessions: Sequence[ChartSession], *, key: str, **look) -> PageChart:
    """As `alliance_still`, whose look it takes, with its figure and its table."""
    return replace(
        alliance_still(sessions, key=key, **look),
        figure=alliance_chart(sessions, **look),
        table=session_rows(sessions, look.get("wording", PLAIN)),
    )


def alliance_still(
    sessions: Sequence[ChartSession],
    *,
    cutoff: int,
    key: str,
    full_scale: bool = False,
    wording: Wording = PLAIN,
) -> PageChart:
    """Totals of a pair, drawn; `cutoff` in tenths. Its figure and its table are asked for later."""
    look = {"cutoff": cutoff, "full_scale": full_scale, "wording": wording}
    look["said"] = in_words(sessions, wording)
    wide = draw_alliance(sessions, key=key, **look)
    return PageChart(
        key=key,
        caption=wording.gettext("Total by session"),
        template=PAIR,
        wide=wide,
        narrow=draw_alliance(sessions, key=f"{key}-narrow", narrow=True, **look),
        can_show_full_scale=bool(wide.panels[0].break_mark),
        has_key=True,
    )


def lines_page(
    sessions: Sequence[ChartSession], *, cutoff: int, key: str, wording: Wording = PLAIN
) -> PageChart:
    """The four lines of a pair; `cutoff` of a line in tenths."""
    look = {"cutoff": cutoff, "wording": wording}
    return PageChart(
        key=key,
        caption=wording.gettext("The four lines by session"),
        template=PAIR,
        wide=draw_lines(sessions, key=key, **look),
        narrow=draw_lines(sessions, key=f"{key}-narrow", narrow=True, **look),
        figure=lines_chart(sessions, **look),
        table=session_rows(sessions, wording),
    )


def weekly_trend_page(
    figures: Sequence[WeekFigures],
    *,
    key: str,
    events: Sequence[TrendEvent] = (),
    wording: Wording = PLAIN,
) -> PageChart:
    """The weekly trend of a team; beneath it what each letter on its axis stands for."""
    shown = marked(events, figures)
    look = {"events": shown, "wording": wording}
    return PageChart(
        key=key,
        caption=wording.gettext("Ratings and possible strains by week"),
        template=WEEKS,
        wide=draw_weekly_trend(figures, key=key, **look),
        narrow=draw_weekly_trend(figures, key=f"{key}-narrow", narrow=True, **look),
        figure=weekly_trend_chart(figures, **look),
        table=week_rows(figures, wording, shown),
        events=tuple(event_words(each, wording) for each in shown),
    )


@dataclass(frozen=True)
class SmallMultiple:
    """One therapist's weeks: a still picture, the newest week in a sentence, and the table."""

    name: str
    sentence: str
    drawing: TherapistTrendDrawing
    table: Table


def small_multiple(
    figures: Sequence[WeekFigures], *, name: str, key: str, wording: Wording = PLAIN
) -> SmallMultiple:
    drawing = draw_therapist_trend(figures, key=key, title=name, wording=wording)
    table = therapist_rows(figures, wording)
    return SmallMultiple(name, drawing.description, drawing, table)
