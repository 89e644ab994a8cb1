"""A pair's ratings, appointment by appointment, as a Plotly figure.

Appointments stand at even distance in the order they came: what matters is what followed what.
Their dates are in the words on hover and in the table.
"""

from collections.abc import Sequence

from ruptures.charts import alliance_traces as traces
from ruptures.charts import colours
from ruptures.charts import plotly_parts as parts
from ruptures.charts.lanes import lanes
from ruptures.charts.panels import Panel, line_panels, total_panels
from ruptures.charts.sessions import ChartSession, in_order, stretches
from ruptures.charts.wording import PLAIN, Wording, lane_name

TALL, LOW, LANE, FURNITURE = 240, 110, 24, 130


def alliance_chart(
    sessions: Sequence[ChartSession],
    *,
    cutoff: int,
    full_scale: bool = False,
    wording: Wording = PLAIN,
) -> dict:
    """Totals of one pair in the order of `sessions`; `cutoff` in tenths.

    The y axis runs from 20 to 40 with a visible break, or from 0 where `full_scale` asks for it
    or a total lies below 20. Raises TooManyPoints over 500 appointments.
    """
    sessions = in_order(sessions)
    panels = total_panels(sessions, full_scale, wording)
    return _figure(sessions, panels, TALL, cutoff, wording)


def lines_chart(sessions: Sequence[ChartSession], *, cutoff: int, wording: Wording = PLAIN) -> dict:
    """The four lines, one beneath the other on 0-10; `cutoff` of a line in tenths."""
    return _figure(in_order(sessions), line_panels(wording), LOW, cutoff, wording)


def _figure(
    sessions: list[ChartSession], panels: list[Panel], height: int, cutoff: int, wording: Wording
) -> dict:
    marks = lanes(sessions)
    heights = [height] * len(panels) + ([LANE * len(marks)] if marks else [])
    domains = parts.domains(heights)
    layout = parts.layout(sum(heights) + FURNITURE)
    layout["shapes"] = _strain_shades(sessions, domains[len(panels) - 1][0])
    layout["annotations"] = []
    data = []
    for row, panel in enumerate(panels, 1):
        data += _panel_traces(sessions, panel, row, wording)
        _add_scale(layout, panel, row, domains[row - 1], cutoff, wording)
    if marks:
        data += traces.lane_traces(sessions, marks, len(panels) + 1, wording)
        _add_lane_axis(layout, marks, len(panels) + 1, domains[-1], wording)
    layout["annotations"] += _strain_names(sessions, wording)
    ends = (sessions[0].number, sessions[-1].number) if sessions else (1, 1)
    anchor = parts.axis_name("y", len(domains))
    layout["xaxis"] = parts.x_axis(*ends, wording.translate("Session"), anchor)
    return {"data": data, "layout": layout}


def _panel_traces(
    sessions: list[ChartSession], panel: Panel, row: int, wording: Wording
) -> list[dict]:
    band = [traces.band(sessions, panel.axis, wording)] if panel.has_band else []
    dots = [traces.dots(sessions, panel, row, wording)]
    return band + dots + traces.hollow_dots(sessions, panel, row, wording)


def _add_scale(
    layout: dict, panel: Panel, row: int, domain: list[float], cutoff: int, wording: Wording
) -> None:
    layout[parts.layout_key(row)] = parts.score_axis(panel.axis, domain)
    layout["shapes"].append(parts.cutoff_line(row, cutoff))
    text = wording.translate("cut-off {value}").format(value=wording.score(cutoff))
    layout["annotations"].append(parts.side_note(row, cutoff / 10, text, colours.CUTOFF))
    if not panel.has_band:
        layout["annotations"].append(parts.panel_name(domain, panel.name))
    if panel.axis.is_broken:
        layout["shapes"].append(parts.break_mark(domain))


def _add_lane_axis(
    layout: dict, marks: list, row: int, domain: list[float], wording: Wording
) -> None:
    layout[parts.layout_key(row)] = {
        "domain": domain,
        "range": [len(marks) - 0.5, -0.5],
        "tickvals": list(range(len(marks))),
        "ticktext": [lane_name(kind, wording) for kind, _ in marks],
        "fixedrange": True,
        "autorange": False,
        "zeroline": False,
        "gridcolor": colours.RULE,
    }


def _strains(sessions: list[ChartSession]) -> list[tuple[float, float]]:
    """Left and right edge of each stretch in which a possible strain was open."""
    return [
        (sessions[first].number - 0.5, sessions[last].number + 0.5)
        for first, last, _ in stretches([each.in_episode for each in sessions])
    ]


def _strain_shades(sessions: list[ChartSession], foot: float) -> list[dict]:
    """Ground behind a possible strain, with an edge that grey print keeps."""
    return [
        {
            "type": "rect",
            "name": "possible-strain",
            "layer": "below",
            "xref": "x",
            "yref": "paper",
            "x0": left,
            "x1": right,
            "y0": foot,
            "y1": 1,
            "fillcolor": colours.STRAIN_GROUND,
            "line": {"color": colours.STRAIN, "width": 1, "dash": "dot"},
        }
        for left, right in _strains(sessions)
    ]


def _strain_names(sessions: list[ChartSession], wording: Wording) -> list[dict]:
    return [
        {
            "text": wording.translate("possible strain"),
            "xref": "x",
            "yref": "paper",
            "x": left,
            "y": 1,
            "xanchor": "left",
            "yanchor": "bottom",
            "showarrow": False,
            "font": {"color": colours.ON_STRAIN},
        }
        for left, _ in _strains(sessions)
    ]
