import json
from datetime import timedelta

import plotly.graph_objects as go
import pytest

from ruptures.charts import week_rows, weekly_trend_chart
from ruptures.charts.week_events import marked
from ruptures.trend import TrendEvent

LINE = 16  # px: a line of text


def trace(figure, name):
    return next(each for each in figure["data"] if each["name"] == name)


@pytest.mark.parametrize("medians", [(), (36.0,), (None,) * 3, (36.0, None, 37.0, 38.0, 35.0) * 20])
def test_figure_is_one_that_plotly_accepts(weeks, medians):
    figure = weekly_trend_chart(weeks(*medians))
    go.Figure(figure)
    json.dumps(figure, allow_nan=False)


def test_week_with_few_forms_leaves_a_gap_in_line_and_band(weeks):
    figure = weekly_trend_chart(weeks(36.0, 37.0, None, 38.0, 35.0))
    assert trace(figure, "Median")["y"][2] is None
    assert trace(figure, "Median")["connectgaps"] is False
    assert trace(figure, "Middle half")["y"].count(None) == 2


def test_lone_week_still_has_a_band_to_be_seen(weeks):
    band = trace(weekly_trend_chart(weeks(None, 36.0, None)), "Middle half")
    assert min(x for x in band["x"] if x) < 2 < max(x for x in band["x"] if x)


def test_under_four_weeks_there_is_no_line(weeks):
    assert trace(weekly_trend_chart(weeks(36.0, 37.0, 36.5)), "Median")["mode"] == "markers"


def test_axis_is_fixed_and_opens_to_0_for_low_quartiles(weeks):
    assert weekly_trend_chart(weeks(36.0))["layout"]["yaxis"]["range"] == [20, 40]
    assert weekly_trend_chart(weeks(21.0))["layout"]["yaxis"]["range"] == [0, 40]


def test_strains_stand_in_rows_over_the_same_weeks(weeks):
    figure = weekly_trend_chart(weeks(36.0, 37.0, 38.0))
    rows = {name: trace(figure, name)["yaxis"] for name in ("Opened", "Verified", "Open")}
    assert len(set(rows.values())) == 3
    assert trace(figure, "Open")["text"] == ["", "1", "2"]


def test_hover_of_few_forms_tells_no_score(weeks):
    text = trace(weekly_trend_chart(weeks(None)), "Median")["hovertext"][0]
    assert "Fewer than 5 forms" in text


def test_name_of_a_row_stands_clear_of_the_number_on_its_longest_bar(weeks):
    layout = weekly_trend_chart(weeks(36.0, 37.0))["layout"]
    drawn = layout["height"] - layout["margin"]["t"] - layout["margin"]["b"]
    for row in ("yaxis2", "yaxis3"):
        height = drawn * (layout[row]["domain"][1] - layout[row]["domain"][0])
        bar = height / layout[row]["range"][1]  # of 1, the most there is
        assert height - bar >= 1.5 * LINE  # the name stands above the row


def test_newest_week_is_always_named(weeks):
    axis = weekly_trend_chart(weeks(*[36.0] * 53))["layout"]["xaxis"]
    assert axis["tickvals"][-1] == 53
    assert len(axis["tickvals"]) <= 20


def test_each_form_has_an_axis_of_its_own_and_the_change_is_marked(weeks):
    figures = weeks(*[36.0] * 4, *[39.0] * 4, form="Our own", forms=dict.fromkeys(range(4, 8), "B"))
    chart = weekly_trend_chart(figures)
    ours, theirs = [each for each in chart["data"] if each["name"] == "Median"]
    assert (ours["yaxis"], theirs["yaxis"]) == ("y", "y2")
    assert ours["y"] == [36.0] * 4 + [None] * 4
    assert theirs["y"] == [None] * 4 + [39.0] * 4
    layout = chart["layout"]
    assert layout["yaxis"]["range"] == layout["yaxis2"]["range"] == [20, 40]
    (line,) = [shape for shape in layout["shapes"] if shape.get("name") == "new-form"]
    assert line["x0"] == 4.5
    named = [each["text"] for each in layout["annotations"]]
    assert {"Total, Our own", "Total, B", "new form"} <= set(named)
    go.Figure(chart)


def test_events_stand_as_letters_over_their_weeks(weeks):
    figures = weeks(36.0, 37.0, 38.0)
    noted = [
        TrendEvent(figures[2].sunday, "<b>holiday</b>"),
        TrendEvent(figures[0].monday, "new therapist"),
        TrendEvent(figures[0].monday - timedelta(days=1), "too early"),
    ]
    chart = weekly_trend_chart(figures, events=marked(noted, figures))
    letters = trace(chart, "Noted")
    assert letters["text"] == ["A", "", "B"]
    assert "B: 2026-03-22, &lt;b&gt;holiday&lt;/b&gt;" in letters["hovertext"][2]
    go.Figure(chart)


def test_table_names_form_and_event_only_where_there_are_some(weeks):
    assert week_rows(weeks(36.0)).heads[-1] == "Open"
    figures = weeks(36.0, 39.0, form="A", forms={1: "B"})
    table = week_rows(figures, events=marked([TrendEvent(figures[0].monday, "holiday")], figures))
    assert {"Median, A", "Median, B", "Noted"} <= set(table.heads)
    assert [row[-1] for row in table.rows] == ["A: 2026-03-02, holiday", "–"]
