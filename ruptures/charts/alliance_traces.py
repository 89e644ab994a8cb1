"""What is drawn from sessions in a Plotly figure: the band, the dots, the rows of marks."""

from html import escape

from ruptures.charts import colours
from ruptures.charts.axes import Axis
from ruptures.charts.panels import Panel
from ruptures.charts.plotly_parts import axis_name
from ruptures.charts.sessions import ChartSession, may_join, stretches
from ruptures.charts.wording import (
    Wording,
    band_words,
    lane_name,
    noted_words,
    session_name,
    status_words,
)

SYMBOLS = {
    "withdrawal": "triangle-down",
    "confrontation": "triangle-up",
    "repair": "cross",
    "partial": "diamond-open",
    "recovered": "diamond",
    "held": "star",
    "unresolved": "square",
    "incomplete": "circle-open",
    "no_form": "x-thin",
    "no_show": "circle-open",
    "cancelled": "line-ew",
}


def band(sessions: list[ChartSession], axis: Axis, wording: Wording) -> dict:
    """The usual range before each session, a step for each level, cut at the scale's ends."""
    x, y = [], []
    for first, last, (low, high) in stretches([each.band for each in sessions]):
        low, high = max(low, axis.bottom) / 10, min(high, axis.top) / 10
        left, right = sessions[first].number - 0.5, sessions[last].number + 0.5
        x += [left, right, right, left, left, None]
        y += [low, low, high, high, low, None]
    return {
        "type": "scatter",
        "name": wording.gettext("Usual range"),
        "mode": "lines",
        "x": x,
        "y": y,
        "fill": "toself",
        "fillcolor": colours.BAND,
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": bool(x),
    }


def dots(sessions: list[ChartSession], panel: Panel, row: int, wording: Wording) -> list[dict]:
    """Valid scores, a trace for each stretch of one form; a line joins neighbours only, and only
    once there are points enough."""
    stretches_of_form = panel.by_form(sessions)
    return [
        _dots(sessions, panel, row, wording, values)
        | {
            "legendgroup": panel.name,
            "showlegend": panel.has_band and values is stretches_of_form[0],
        }
        for values in stretches_of_form
    ]


def _dots(
    sessions: list[ChartSession],
    panel: Panel,
    row: int,
    wording: Wording,
    values: list[int | None],
) -> dict:
    return {
        "type": "scatter",
        "name": panel.name,
        "mode": "lines+markers" if may_join(values) else "markers",
        "x": [each.number for each in sessions],
        "y": [None if value is None else value / 10 for value in values],
        "yaxis": axis_name("y", row),
        "connectgaps": False,
        "line": {"color": colours.LINE, "width": 2},
        "marker": {"color": colours.LINE, "size": 8, "symbol": "circle"},
        "cliponaxis": False,
        "hovertext": [hover(each, wording) for each in sessions],
        "hoverinfo": "text",
    }


def hollow_dots(
    sessions: list[ChartSession], panel: Panel, row: int, wording: Wording
) -> list[dict]:
    """Single lines of an incomplete form, where they were marked; joined to nothing."""
    marked = [each for each in sessions if each.incomplete and panel.score(each) is not None]
    if not marked:
        return []
    heights = [panel.score(each) / 10 for each in marked]
    return [_marks(marked, heights, "incomplete", row, wording)]


def lane_traces(
    sessions: list[ChartSession], marks: list, row: int, wording: Wording
) -> list[dict]:
    """One trace a row of marks; a no-show is a circle with a stroke through it."""
    found = []
    for level, (kind, places) in enumerate(marks):
        marked = [sessions[place] for place in places]
        trace = _marks(marked, [level] * len(marked), kind, row, wording)
        found.append(trace)
        if kind == "no_show":
            found.append(trace | {"marker": trace["marker"] | {"symbol": "line-ne"}})
    return found


def hover(chart_session: ChartSession, wording: Wording) -> str:
    """The session in words, one phrase a line."""
    usual = band_words(chart_session.band, wording)
    phrases = [session_name(chart_session, wording), status_words(chart_session, wording)]
    if usual:
        phrases.append(wording.gettext("Usual range {range}").format(range=usual))
    return "<br>".join(escape(each) for each in phrases + noted_words(chart_session, wording))


def _marks(
    marked: list[ChartSession], heights: list[float], kind: str, row: int, wording: Wording
) -> dict:
    colour = colours.MARKS[kind]
    return {
        "type": "scatter",
        "name": lane_name(kind, wording),
        "mode": "markers",
        "x": [each.number for each in marked],
        "y": heights,
        "yaxis": axis_name("y", row),
        "marker": {
            "symbol": SYMBOLS[kind],
            "size": 10,
            "color": colour,
            "line": {"color": colour, "width": 2 if kind in colours.STROKED else 0},
        },
        "cliponaxis": False,
        "hovertext": [hover(each, wording) for each in marked],
        "hoverinfo": "text",
        "showlegend": False,
    }
