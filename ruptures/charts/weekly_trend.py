"""The weekly trend as a Plotly figure: level, form rate and strains in rows over the same weeks."""

from collections.abc import Sequence

from ruptures.charts import colours
from ruptures.charts import plotly_parts as parts
from ruptures.charts.axes import totals_axis
from ruptures.charts.sessions import bounded, may_join, runs
from ruptures.charts.wording import PLAIN, Wording, count_names, week_hover, week_mark
from ruptures.trend import WeekFigures

LEVEL, ROW, FURNITURE = 220, 44, 110
BARS = {
    "opened": {"color": colours.STRAIN},
    "verified": {"color": colours.REPAIR},
    "open": {"color": colours.SURFACE, "line": {"color": colours.INK_SOFT, "width": 1.5}},
}


def weekly_trend_chart(figures: Sequence[WeekFigures], *, wording: Wording = PLAIN) -> dict:
    """One place an ISO week, oldest first. Raises TooManyPoints over 500 weeks."""
    figures = bounded(figures)
    counts = count_names(wording)
    heights = [LEVEL, ROW] + [ROW] * len(counts)
    domains = parts.domains(heights)
    layout = parts.layout(parts.stacked(heights) + FURNITURE)
    layout["yaxis"] = _level_axis(figures, domains[0])
    layout["yaxis2"] = _row_axis(domains[1], 1)
    layout["shapes"] = [parts.break_mark(domains[0])] if layout["yaxis"]["range"][0] else []
    titles = [wording.gettext("Form given, %"), *counts.values()]
    layout["annotations"] = list(map(parts.panel_name, domains[1:], titles))
    most = max((getattr(week, name) for week in figures for name in counts), default=0) or 1
    data = [_middle_half(figures, wording), _median(figures, wording), _rate(figures, wording)]
    for row, (name, title) in enumerate(counts.items(), 3):
        layout[parts.layout_key(row)] = _row_axis(domains[row - 1], most)
        data.append(_bars(figures, name, title, row, wording))
    anchor = parts.axis_name("y", len(domains))
    layout["xaxis"] = _week_axis(figures, anchor, parts.MOST_TICKS, wording)
    narrow = _week_axis(figures, anchor, parts.MOST_TICKS_NARROW, wording)
    layout["meta"]["narrow"]["xaxis"] = narrow
    return {"data": data, "layout": layout}


def _level_axis(figures: list[WeekFigures], domain: list[float]) -> dict:
    tenths = [None if week.q1 is None else week.q1 * 10 for week in figures]
    return parts.score_axis(totals_axis(tenths), domain)


def _row_axis(domain: list[float], most: int) -> dict:
    """A low row from 0 to `most`; its bars carry their numbers, so it needs no ticks."""
    return {
        "domain": domain,
        "range": [0, most * 1.6],
        "tickvals": [],
        "showgrid": False,
        "fixedrange": True,
        "autorange": False,
        "zeroline": True,
        "zerolinecolor": colours.RULE,
    }


def _week_axis(figures: list[WeekFigures], anchor: str, most: int, wording: Wording) -> dict:
    """Week numbers, the newest always, at most about `most` of them."""
    step = parts.every(len(figures), most)
    places = list(range(len(figures), 0, -step))[::-1]
    texts = [week_mark(figures[place - 1], wording) for place in places]
    axis = parts.x_axis(1, max(len(figures), 1), "", anchor)
    return axis | {"tickvals": places, "ticktext": texts}


def _middle_half(figures: list[WeekFigures], wording: Wording) -> dict:
    """The band between the quartiles, broken where a week has too few forms."""
    x, y = [], []
    for run in runs([week.q1 for week in figures]):
        weeks = [figures[place] for place in run]
        forth = [place + 1 for place in run]
        if len(run) == 1:
            forth, weeks = [forth[0] - 0.2, forth[0] + 0.2], weeks * 2
        x += forth + forth[::-1] + [forth[0], None]
        lows, highs = [week.q1 for week in weeks], [week.q3 for week in weeks]
        y += lows + highs[::-1] + [lows[0], None]
    return {
        "type": "scatter",
        "name": wording.gettext("Middle half"),
        "mode": "lines",
        "x": x,
        "y": y,
        "fill": "toself",
        "fillcolor": colours.BAND,
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


def _median(figures: list[WeekFigures], wording: Wording) -> dict:
    medians = [week.median for week in figures]
    return _over_weeks(figures, medians, wording.gettext("Median"), 1, wording) | {
        "type": "scatter",
        "mode": "lines+markers" if may_join(medians) else "markers",
        "connectgaps": False,
        "line": {"color": colours.LINE, "width": 2},
        "marker": {"color": colours.LINE, "size": 8},
        "cliponaxis": False,
    }


def _rate(figures: list[WeekFigures], wording: Wording) -> dict:
    rates = [week.form_rate for week in figures]
    texts = ["" if rate is None else f"{100 * rate:.0f}" for rate in rates]
    trace = _over_weeks(figures, rates, wording.gettext("Form given"), 2, wording)
    return trace | _bar_look(texts, {"color": colours.RULE_STRONG})


def _bars(figures: list[WeekFigures], name: str, title: str, row: int, wording: Wording) -> dict:
    counts = [getattr(week, name) or None for week in figures]
    texts = ["" if count is None else str(count) for count in counts]
    trace = _over_weeks(figures, counts, title, row, wording)
    return trace | _bar_look(texts, BARS[name])


def _bar_look(texts: list[str], marker: dict) -> dict:
    return {
        "type": "bar",
        "width": 0.5,
        "marker": marker,
        "text": texts,
        "textposition": "outside",
        "textangle": 0,
        "textfont": {"color": colours.INK},
        "cliponaxis": False,
        "showlegend": False,
    }


def _over_weeks(
    figures: list[WeekFigures], values: list, name: str, row: int, wording: Wording
) -> dict:
    return {
        "name": name,
        "x": list(range(1, len(figures) + 1)),
        "y": values,
        "yaxis": parts.axis_name("y", row),
        "hovertext": [week_hover(week, wording) for week in figures],
        "hoverinfo": "text",
    }
