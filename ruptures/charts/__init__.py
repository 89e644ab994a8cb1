"""Charts from plain values. Nothing here reads the database; the caller fills the values.

    alliance_chart, lines_chart, weekly_trend_chart    a Plotly figure as a plain dict
    draw_alliance, draw_lines, draw_weekly_trend,
    draw_sparkline                                     geometry for the SVG templates
    session_rows, week_rows                            the same data as a table
    alliance_page, lines_page, weekly_trend_page       all of it, for _chart_figure.html
    alliance_still                                     the drawings alone
    small_multiple                                     one therapist's weeks, for the report

Scores are tenths throughout: a line 0-100, a total 0-400.
"""

from ruptures.charts.alliance import alliance_chart, lines_chart
from ruptures.charts.drawing.alliance import draw_alliance, draw_lines
from ruptures.charts.drawing.sparkline import draw_sparkline
from ruptures.charts.drawing.weekly_trend import draw_weekly_trend
from ruptures.charts.page import (
    alliance_page,
    alliance_still,
    lines_page,
    small_multiple,
    weekly_trend_page,
)
from ruptures.charts.sessions import Attendance, ChartSession, TooManyPoints
from ruptures.charts.tables import session_rows, week_rows
from ruptures.charts.weekly_trend import weekly_trend_chart
from ruptures.charts.wording import Wording

__all__ = [
    "Attendance",
    "ChartSession",
    "TooManyPoints",
    "Wording",
    "alliance_chart",
    "alliance_page",
    "alliance_still",
    "draw_alliance",
    "draw_lines",
    "draw_sparkline",
    "draw_weekly_trend",
    "lines_chart",
    "lines_page",
    "session_rows",
    "small_multiple",
    "week_rows",
    "weekly_trend_chart",
    "weekly_trend_page",
]
