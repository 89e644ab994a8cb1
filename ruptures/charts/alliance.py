"""A pair's ratings, appointment by appointment, as a Plotly figure.

Appointments stand at even distance in the order they came: what matters is what followed what.
Their dates are in the words on hover and in the table.
"""

from collections.abc import Sequence
from html import escape

from ruptures.charts import alliance_traces as traces
from ruptures.charts import colours
from ruptures.charts import plotly_parts as parts
from ruptures.charts.lanes import lanes
from ruptures.charts.panels import Panel, line_panels, total_panels
from ruptures.charts.sessions import ChartSession, form_changes, in_order, stretches
from ruptures.charts.wording import PLAIN, Wording, lane_name, new_form_name

# Where there is no room for the names of the rows, the sign stands for it.
SIGNS = {
    "withdrawal": "▼",
    "confrontation": "▲",
    "repair": "✚",
    "partial": "◇",
    "recovered": "◆",
    "held": "★",
    "unresolved": "■",
    "incomplete": "○",
    "no_form": "×",
    "no_show": "⊘",
    "cancelled": "–",
}
TALL, LOW, LANE, NAME, FURNITURE = 240, 110, 24, 18, 130
SHARE_OF_A_NAME = 0.4  # of a narrow figure's width, taken by “possible strain”


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
    lift = 0 if panels[0].has_band else NAME  # over the name of the first panel
    layout = parts.layout(parts.stacked(heights) + FURNITURE, head=28 + lift)
    layout["shapes"] = _strain_shades(sessions, domains[len(panels) - 1][0])
    layout["annotations"] = []
    data = []
    for row, panel in enumerate(panels, 1):
        data += _panel_traces(sessions, panel, row, wording)
        _add_scale(layout, panel, row, domains[row - 1], cutoff, wording)
    if marks:
        data += traces.lane_traces(sessions, marks, len(panels) + 1, wording)
        _add_lane_axis(layout, marks, len(panels) + 1, domains[-1], wording)
    layout["shapes"] += _form_breaks(sessions, domains[: len(panels)])
    layout["annotations"] += _form_names(sessions, domains[len(panels) - 1], wording)
    layout["annotations"] += _strain_names(sessions, lift, wording)
    layout["meta"]["narrow"]["annotations"] = _shortened(layout["annotations"], cutoff, wording)
    ends = (sessions[0].number, sessions[-1].number) if sessions else (1, 1)
    anchor = parts.axis_name("y", len(domains))
    layout["xaxis"] = parts.x_axis(*ends, wording.gettext("Session"), anchor)
    step = parts.every(len(sessions), parts.MOST_TICKS_NARROW)
    layout["meta"]["narrow"]["xaxis"] = layout["xaxis"] | {"dtick": step}
    return {"data": data, "layout": layout}


def _panel_traces(
    sessions: list[ChartSession], panel: Panel, row: int, wording: Wording
) -> list[dict]:
    band = [traces.band(sessions, panel.axis, wording)] if panel.has_band else []
    dots = traces.dots(sessions, panel, row, wording)
    return band + dots + traces.hollow_dots(sessions, panel, row, wording)


def _add_scale(
    layout: dict, panel: Panel, row: int, domain: list[float], cutoff: int, wording: Wording
) -> None:
    layout[parts.layout_key(row)] = parts.score_axis(panel.axis, domain)
    layout["shapes"].append(parts.cutoff_line(row, cutoff))
    text = wording.gettext("cut-off {value}").format(value=wording.score(cutoff))
    layout["annotations"].append(parts.cutoff_name(row, cutoff, text))
    if not panel.has_band:
        layout["annotations"].append(parts.panel_name(domain, panel.name))
    if panel.axis.is_broken:
        layout["shapes"].append(parts.break_mark(domain))


def _add_lane_axis(
    layout: dict, marks: list, row: int, domain: list[float], wording: Wording
) -> None:
    key = parts.layout_key(row)
    layout[key] = {
        "domain": domain,
        "range": [len(marks) - 0.5, -0.5],
        "tickvals": list(range(len(marks))),
        "ticktext": [lane_name(kind, wording) for kind, _ in marks],
        "fixedrange": True,
        "autorange": False,
        "zeroline": False,
        "gridcolor": colours.RULE,
        "ticklabelstandoff": 6,
    }
    signs = [SIGNS[kind] for kind, _ in marks]
    layout["meta"]["narrow"][key] = layout[key] | {"ticktext": signs}


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
            "opacity": 0.6,
            "line": {"color": colours.STRAIN, "width": 1, "dash": "dot"},
        }
        for left, right in _strains(sessions)
    ]


def _strain_names(sessions: list[ChartSession], lift: int, wording: Wording) -> list[dict]:
    """One above each shade, within the figure; a shade too near to the last named goes without."""
    text, room = wording.gettext("possible strain"), len(sessions) * SHARE_OF_A_NAME
    names, taken_until = [], 0.0
    for left, right in _strains(sessions):
        fits_from_left = left + room <= sessions[-1].number
        begins = left if fits_from_left else right - room
        if not names or begins > taken_until:
            at, anchor = (left, "left") if fits_from_left else (right, "right")
            names.append(_strain_name(text, at, lift, anchor))
            taken_until = begins + room
    return names


def _form_breaks(sessions: list[ChartSession], domains: list[list[float]]) -> list[dict]:
    """The axis once more, in each panel, where another form begins."""
    return [
        parts.new_form_line(sessions[place].number, foot, top)
        for place in form_changes(sessions)
        for foot, top in domains
    ]


def _form_names(sessions: list[ChartSession], domain: list[float], wording: Wording) -> list[dict]:
    """What begins at each break, at the foot of the last panel."""
    begun = [sessions[place] for place in form_changes(sessions)]
    return [
        parts.new_form_name(
            each.number, domain[0], escape(new_form_name(each.form, wording)), "bottom"
        )
        for each in begun
    ]


def _strain_name(text: str, at: float, lift: int, anchor: str) -> dict:
    return {
        "text": text,
        "xref": "x",
        "yref": "paper",
        "x": at,
        "y": 1,
        "yshift": lift,
        "xanchor": anchor,
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"color": colours.ON_STRAIN},
    }


def _shortened(annotations: list[dict], cutoff: int, wording: Wording) -> list[dict]:
    """The same annotations with the bare number at the cut-off line."""
    value = {"text": wording.score(cutoff)}
    return [each | value if each.get("name") == "cut-off" else each for each in annotations]
