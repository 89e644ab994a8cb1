import json

import plotly.graph_objects as go
import pytest

from ruptures.charts import weekly_trend_chart


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


def test_newest_week_is_always_named(weeks):
    axis = weekly_trend_chart(weeks(*[36.0] * 53))["layout"]["xaxis"]
    assert axis["tickvals"][-1] == 53
    assert len(axis["tickvals"]) <= 20
