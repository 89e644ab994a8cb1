"""The weekly trend as a Plotly figure: level, form rate and strains in rows over the same weeks."""

from collections.abc import Sequence

from ruptures.charts import colours
from ruptures.charts import plotly_parts as parts
from ruptures.charts.axes import totals_axis
from ruptures.charts.sessions import bounded, may_join, runs
from ruptures.charts.wording import PLAIN, Wording, count_names, week_hover
from ruptures.trend import WeekFigures

LEVEL, ROW, FURNITURE = 220, 56, 100


def weekly_trend_chart(figures: Sequence[WeekFigures], *, wording: Wording = PLAIN) -> dict:
    """One place an ISO week, oldest first. Raises TooManyPoints over 500 weeks."""
    figures = bounded(figures)
    counts = count_names(wording)
    heights = [LEVEL, ROW] + [ROW] * len(counts)
    domains = parts.domains(heights)
    layout = parts.layout(sum(heights) + FURNITURE)
    layout["yaxis"] = _level_axis(figures, domains[0])
    layout["yaxis2"] = _row_axis(domains[1], wording.translate("Form given"), 1, "100 %")
    layout["shapes"] = [parts.break_mark(domains[0])] if layout["yaxis"]["range"][0] else []
    most = max((getattr(week, name) for week in figures for name in counts), default=0) or 1
    data = [_middle_half(figures, wording), _median(figures, wording), _rate(figures, wording)]
    for row, (name, title) in enumerate(counts.items(), 3):
        layout[parts.layout_key(row)] = _row_axis(domains[row - 1], title, most, str(most))
        data.append(_bars(figures, name, title, row, wording))
    layout["xaxis"] = _week_axis(figures, parts.axis_name("y", len(domains)))
    return {"data": data, "layout": layout}


def _level_axis(figures: list[WeekFigures], domain: list[float]) -> dict:
    tenths = [None if week.q1 is None else week.q1 * 10 for week in figures]
    return parts.score_axis(totals_axis(tenths), domain)


def _row_axis(domain: list[float], title: str, most: int, text: str) -> dict:
    """A low row from 0 to `most`, its name where the ticks would be."""
    return {
        "domain": domain,
        "range": [0, most * 1.15],
        "tickvals": [0, most],
        "ticktext": [title, text],
        "fixedrange": True,
        "autorange": False,
        "zeroline": False,
        "gridcolor": colours.RULE,
    }


def _week_axis(figures: list[WeekFigures], anchor: str) -> dict:
    axis = parts.x_axis(1, max(len(figures), 1), "", anchor)
    every = max(1, -(-len(figures) // 13))
    places = list(range(len(figures), 0, -every))[::-1]
    texts = [figures[place - 1].week.partition("-")[2] for place in places]
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
        "name": wording.translate("Middle half"),
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
    return _over_weeks(figures, medians, wording.translate("Median"), 1, wording) | {
        "type": "scatter",
        "mode": "lines+markers" if may_join(medians) else "markers",
        "connectgaps": False,
        "line": {"color": colours.LINE, "width": 2},
        "marker": {"color": colours.LINE, "size": 8},
        "cliponaxis": False,
    }


def _rate(figures: list[WeekFigures], wording: Wording) -> dict:
    rates = [week.form_rate for week in figures]
    title = wording.translate("Form given")
    return _bar_look(_over_weeks(figures, rates, title, 2, wording), colours.RULE_STRONG)


def _bars(figures: list[WeekFigures], name: str, title: str, row: int, wording: Wording) -> dict:
    counts = [getattr(week, name) for week in figures]
    colour = {"opened": colours.STRAIN, "verified": colours.REPAIR}.get(name, colours.INK_SOFT)
    bars = _bar_look(_over_weeks(figures, counts, title, row, wording), colour)
    return bars | {"text": [str(count) if count else "" for count in counts]}


def _bar_look(trace: dict, colour: str) -> dict:
    return trace | {
        "type": "bar",
        "width": 0.5,
        "marker": {"color": colour},
        "textposition": "outside",
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
