"""Pieces that the Plotly figures share: page furniture, stacked rows, the broken axis."""

from ruptures.charts import colours
from ruptures.charts.axes import ALL_TOTALS, Axis

ROW_GAP = 32  # px; room for the name of the next row
MOST_TICKS, MOST_TICKS_NARROW = 20, 8


def layout(height: float, head: int = 28) -> dict:
    """A calm figure: no title, no grid but hairlines, fixed scales, words on hover."""
    return {
        "height": height,
        "margin": {"l": 120, "r": 96, "t": head, "b": 64},
        "font": {"size": 13, "color": colours.INK_SOFT},
        "paper_bgcolor": colours.SURFACE,
        "plot_bgcolor": colours.SURFACE,
        "hovermode": "closest",
        "hoverlabel": {"bgcolor": colours.SURFACE, "font": {"color": colours.INK}, "align": "left"},
        "dragmode": "zoom",
        "uniformtext": {"mode": "hide", "minsize": 10},
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "y": -0.16, "yanchor": "top"},
        "meta": {
            "variables": colours.VARIABLES,
            "narrow": {"margin": {"l": 32, "r": 40, "t": head, "b": 64}},
            "full_scale": _ticks(ALL_TOTALS),
        },
    }


def stacked(heights: list[float]) -> float:
    """Height of rows in px, the gaps between them included."""
    return sum(heights) + ROW_GAP * (len(heights) - 1)


def domains(heights: list[float]) -> list[list[float]]:
    """Rows of these heights, from top to bottom, as shares of the figure."""
    whole, top, found = stacked(heights), 1.0, []
    for height in heights:
        bottom = max(top - height / whole, 0)
        found.append([round(bottom, 4), round(top, 4)])
        top = bottom - ROW_GAP / whole
    return found


def score_axis(axis: Axis, domain: list[float]) -> dict:
    """A fixed y axis in points."""
    return {
        "domain": domain,
        "range": [axis.bottom / 10, axis.top / 10],
        **_ticks(axis),
        "fixedrange": True,
        "autorange": False,
        "zeroline": False,
        "gridcolor": colours.RULE,
        "ticklabelstandoff": 6,
    }


def _ticks(axis: Axis) -> dict:
    return {
        "tickvals": [tick / 10 for tick in axis.ticks],
        "ticktext": [str(tick // 10) for tick in axis.ticks],
    }


def x_axis(first: int, last: int, title: str, anchor: str) -> dict:
    """From place `first` to `last`; zoom runs along it, a double click shows all again."""
    return {
        "range": [first - 0.5, last + 0.5],
        "autorange": False,
        "title": {"text": title, "standoff": 8, "font": {"size": 13}},
        "anchor": anchor,
        "tick0": 0,
        "dtick": every(last - first + 1),
        "tickangle": 0,
        "showgrid": False,
        "zeroline": False,
        "linecolor": colours.RULE_STRONG,
    }


def every(count: int, most: int = MOST_TICKS) -> int:
    """A number at every place, or at every fifth and so on where there is no room for all."""
    return next(step for step in (1, 2, 5, 10, 25, 50, 100) if count <= most * step)


def axis_name(letter: str, row: int) -> str:
    """Plotly's name for the axis of a row: y, y2, y3 …"""
    return letter if row == 1 else f"{letter}{row}"


def layout_key(row: int) -> str:
    return "yaxis" if row == 1 else f"yaxis{row}"


def break_mark(domain: list[float]) -> dict:
    """A zigzag at the foot of an axis that does not start at zero."""
    return {
        "name": "axis-break",
        "type": "path",
        "path": "M0 0 L0 -4 L-5 -7 L5 -12 L0 -15 L0 -19",
        "xref": "paper",
        "yref": "paper",
        "xsizemode": "pixel",
        "ysizemode": "pixel",
        "xanchor": 0,
        "yanchor": domain[0],
        "line": {"color": colours.RULE_STRONG, "width": 1.5},
    }


def cutoff_line(row: int, cutoff: int) -> dict:
    y = axis_name("y", row)
    return {
        "type": "line",
        "name": "cut-off",
        "xref": "paper",
        "yref": y,
        "x0": 0,
        "x1": 1,
        "y0": cutoff / 10,
        "y1": cutoff / 10,
        "line": {"color": colours.CUTOFF, "width": 1.5, "dash": "dash"},
        "layer": "below",
    }


def panel_name(domain: list[float], text: str) -> dict:
    """The name of a panel, above its left corner."""
    return {
        "text": text,
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "xshift": 10,
        "y": domain[1],
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"color": colours.INK, "weight": 600},
    }


def cutoff_name(row: int, cutoff: int, text: str) -> dict:
    """What the dashed line is, at its right end."""
    return {
        "name": "cut-off",
        "text": text,
        "xref": "paper",
        "yref": axis_name("y", row),
        "x": 1,
        "y": cutoff / 10,
        "xanchor": "left",
        "xshift": 8,
        "showarrow": False,
        "font": {"color": colours.CUTOFF},
    }


def new_form_line(place: float, foot: float, top: float) -> dict:
    """The axis once more, before the place at which another form begins."""
    return {
        "type": "line",
        "name": "new-form",
        "xref": "x",
        "yref": "paper",
        "x0": place - 0.5,
        "x1": place - 0.5,
        "y0": foot,
        "y1": top,
        "line": {"color": colours.INK_SOFT, "width": 2.5},
    }


def new_form_name(place: float, height: float, text: str, anchor: str) -> dict:
    """What begins there, beside that line."""
    return {
        "name": "new-form",
        "text": text,
        "xref": "x",
        "yref": "paper",
        "x": place - 0.5,
        "y": height,
        "xanchor": "left",
        "xshift": 4,
        "yanchor": anchor,
        "showarrow": False,
        "font": {"color": colours.INK},
    }
