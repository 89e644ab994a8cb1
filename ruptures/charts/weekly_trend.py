"""The weekly trend as a Plotly figure: level, form rate, strains and events over the same weeks."""

from collections.abc import Sequence
from html import escape

from ruptures.charts import colours
from ruptures.charts import plotly_parts as parts
from ruptures.charts.axes import totals_axis
from ruptures.charts.sessions import bounded, may_join, runs
from ruptures.charts.week_events import MarkedEvent, letters_of
from ruptures.charts.wording import (
    PLAIN,
    Wording,
    count_names,
    total_name,
    week_hover,
    week_mark,
)
from ruptures.trend import FORMS_FOR_AN_AGGREGATE, Level, WeekFigures, forms_of

LEVEL, ROW, FURNITURE = 220, 54, 110
ROOM_OVER_BARS = 2.0  # in heights of the longest bar: its number, and the name of the row over that
MOST_WEEKS, MOST_WEEKS_NARROW = 6, 4  # a date is wider than the number of a session
BARS = {
    "opened": {"color": colours.STRAIN},
    "verified": {"color": colours.REPAIR},
    "open": {"color": colours.SURFACE, "line": {"color": colours.INK_SOFT, "width": 1.5}},
}


def weekly_trend_chart(
    figures: Sequence[WeekFigures],
    *,
    events: Sequence[MarkedEvent] = (),
    wording: Wording = PLAIN,
) -> dict:
    """One place an ISO week, oldest first; a panel with its own axis for each form. Raises
    TooManyPoints over 500 weeks."""
    weeks = _Weeks(bounded(figures), events, wording)
    forms, counts = forms_of(weeks.figures) or [""], count_names(wording)
    rows = 1 + len(counts) + bool(events)
    domains = parts.domains([LEVEL] * len(forms) + [ROW] * rows)
    head = 28 + 18 * (len(forms) > 1)
    layout = parts.layout(parts.stacked([LEVEL] * len(forms) + [ROW] * rows) + FURNITURE, head=head)
    layout["shapes"], layout["annotations"], data = [], [], []
    for row, form in enumerate(forms, 1):
        data += _level_traces(weeks, form, row)
        _add_level_axis(layout, weeks, form, row, domains[row - 1], is_named=len(forms) > 1)
    _add_new_forms(layout, weeks, forms, domains)
    first = len(forms) + 1
    _add_row(layout, first, domains, wording.gettext("Form given, %"), 1)
    data.append(_rate(weeks, first))
    known = [getattr(week, name) or 0 for week in weeks.figures for name in counts]
    most = max(known, default=0) or FORMS_FOR_AN_AGGREGATE
    for row, (name, title) in enumerate(counts.items(), first + 1):
        _add_row(layout, row, domains, title, most)
        data.append(_bars(weeks, name, title, row))
    if events:
        _add_row(layout, len(domains), domains, wording.gettext("Noted"), 1)
        data.append(_events(weeks, len(domains)))
    anchor = parts.axis_name("y", len(domains))
    layout["xaxis"] = _week_axis(weeks, anchor, MOST_WEEKS)
    layout["meta"]["narrow"]["xaxis"] = _week_axis(weeks, anchor, MOST_WEEKS_NARROW)
    return {"data": data, "layout": layout}


class _Weeks:
    """The weeks, what was noted in them, and the words."""

    def __init__(self, figures: list[WeekFigures], events: Sequence[MarkedEvent], wording: Wording):
        self.figures, self.events, self.wording = figures, events, wording

    def levels(self, form: str) -> list[Level | None]:
        return [week.level(form) for week in self.figures]

    def trace(self, values: list, name: str, row: int) -> dict:
        """`values` over the weeks, each with its week in words on hover."""
        return {
            "name": name,
            "x": list(range(1, len(self.figures) + 1)),
            "y": values,
            "yaxis": parts.axis_name("y", row),
            "hovertext": [self.hover(week) for week in self.figures],
            "hoverinfo": "text",
        }

    def hover(self, week: WeekFigures) -> str:
        return "<br>".join(map(escape, week_hover(week, self.wording, self.events)))


def _add_level_axis(
    layout: dict, weeks: _Weeks, form: str, row: int, domain: list[float], *, is_named: bool
) -> None:
    lows = [level.q1 for level in weeks.levels(form) if level and level.q1 is not None]
    axis = totals_axis(low * 10 for low in lows)
    layout[parts.layout_key(row)] = parts.score_axis(axis, domain)
    if axis.is_broken:
        layout["shapes"].append(parts.break_mark(domain))
    if is_named:
        name = escape(total_name(form, is_named, weeks.wording))
        layout["annotations"].append(parts.panel_name(domain, name))


def _add_new_forms(layout: dict, weeks: _Weeks, forms: list[str], domains: list) -> None:
    """A line through the panels of level where another form came into use."""
    for form in forms[1:]:
        place = next(place for place, level in enumerate(weeks.levels(form), 1) if level)
        layout["shapes"].append(parts.new_form_line(place, domains[len(forms) - 1][0], 1))
        text = weeks.wording.gettext("new form")
        layout["annotations"].append(parts.new_form_name(place, 1, text, "top"))


def _add_row(layout: dict, row: int, domains: list, title: str, most: int) -> None:
    """A low row from 0 to `most`; its bars carry their numbers, so it needs no ticks."""
    layout[parts.layout_key(row)] = {
        "domain": domains[row - 1],
        "range": [0, most * ROOM_OVER_BARS],
        "tickvals": [],
        "showgrid": False,
        "fixedrange": True,
        "autorange": False,
        "zeroline": True,
        "zerolinecolor": colours.RULE,
    }
    layout["annotations"].append(parts.panel_name(domains[row - 1], title))


def _week_axis(weeks: _Weeks, anchor: str, most: int) -> dict:
    """Mondays, the newest always, at most about `most` of them."""
    count = len(weeks.figures)
    places = list(range(count, 0, -parts.every(count, most)))[::-1]
    texts = [week_mark(weeks.figures[place - 1], weeks.wording) for place in places]
    axis = parts.x_axis(1, max(count, 1), "", anchor)
    return axis | {"tickvals": places, "ticktext": texts}


def _level_traces(weeks: _Weeks, form: str, row: int) -> list[dict]:
    both = [_middle_half(weeks, form, row), _median(weeks, form, row)]
    return [trace | {"showlegend": row == 1} for trace in both]


def _middle_half(weeks: _Weeks, form: str, row: int) -> dict:
    """The band between the quartiles, broken where a week has too few forms."""
    x, y = [], []
    levels = weeks.levels(form)
    for run in runs([level.q1 if level else None for level in levels]):
        shown = [levels[place] for place in run]
        forth = [place + 1 for place in run]
        if len(run) == 1:
            forth, shown = [forth[0] - 0.2, forth[0] + 0.2], shown * 2
        x += forth + forth[::-1] + [forth[0], None]
        lows, highs = [level.q1 for level in shown], [level.q3 for level in shown]
        y += lows + highs[::-1] + [lows[0], None]
    return {
        "type": "scatter",
        "name": weeks.wording.gettext("Middle half"),
        "mode": "lines",
        "x": x,
        "y": y,
        "yaxis": parts.axis_name("y", row),
        "fill": "toself",
        "fillcolor": colours.BAND,
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


def _median(weeks: _Weeks, form: str, row: int) -> dict:
    medians = [level.median if level else None for level in weeks.levels(form)]
    return weeks.trace(medians, weeks.wording.gettext("Median"), row) | {
        "type": "scatter",
        "mode": "lines+markers" if may_join(medians) else "markers",
        "connectgaps": False,
        "line": {"color": colours.LINE, "width": 2},
        "marker": {"color": colours.LINE, "size": 8},
        "cliponaxis": False,
    }


def _rate(weeks: _Weeks, row: int) -> dict:
    rates = [week.form_rate for week in weeks.figures]
    texts = ["" if rate is None else f"{100 * rate:.0f}" for rate in rates]
    trace = weeks.trace(rates, weeks.wording.gettext("Form given"), row)
    return trace | _bar_look(texts, {"color": colours.RULE_STRONG})


def _bars(weeks: _Weeks, name: str, title: str, row: int) -> dict:
    counts = [getattr(week, name) or None for week in weeks.figures]
    texts = ["" if count is None else str(count) for count in counts]
    return weeks.trace(counts, title, row) | _bar_look(texts, BARS[name])


def _events(weeks: _Weeks, row: int) -> dict:
    """Their letters, in the weeks in which they were noted."""
    letters = [letters_of(week, weeks.events) for week in weeks.figures]
    name = weeks.wording.gettext("Noted")
    return weeks.trace([0.6 if each else None for each in letters], name, row) | {
        "type": "scatter",
        "mode": "text",
        "text": letters,
        "textfont": {"color": colours.INK, "weight": 600},
        "cliponaxis": False,
        "showlegend": False,
    }


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
