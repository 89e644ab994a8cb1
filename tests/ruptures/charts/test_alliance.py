import json

import plotly.graph_objects as go
import pytest

from ruptures.charts import TooManyPoints, alliance_chart, lines_chart, session_rows
from ruptures.charts.alliance_traces import SYMBOLS
from ruptures.charts.wording import PLAIN, chart_summary

LOST = {"attendance": "no_show"}


def chart(sessions, **more):
    return alliance_chart(sessions, cutoff=360, **more)


def trace(figure, name):
    return next(each for each in figure["data"] if each["name"] == name)


def shapes(figure, name):
    return [each for each in figure["layout"]["shapes"] if each.get("name") == name]


@pytest.mark.parametrize("count", [0, 1, 3, 40, 500])
def test_figure_is_one_that_plotly_accepts(chart_sessions, count):
    go.Figure(chart(chart_sessions(*[370] * count)))


def test_figure_with_everything_in_it_is_accepted_and_is_json(chart_sessions):
    sessions = chart_sessions(
        370, 380, None, None, None, 300, 310, 170,
        s3={"incomplete": True, "lines": {"goals": 80}}, s4=LOST,
        s5={"attendance": "cancelled_client"},
        s6={"markers": ("withdrawal", "confrontation"), "in_episode": True},
        s7={"repair_steps": ("Invite",), "in_episode": True},
    )  # fmt: skip
    for figure in (chart(sessions), lines_chart(sessions, cutoff=90)):
        go.Figure(figure)
        json.dumps(figure, allow_nan=False)


def test_more_than_500_points_are_refused(chart_sessions):
    with pytest.raises(TooManyPoints, match="at most 500"):
        chart(chart_sessions(*[370] * 501))


def test_numbers_that_do_not_follow_are_refused(chart_sessions):
    sessions = chart_sessions(370, 380, 390)
    with pytest.raises(ValueError, match="Session 3 does not follow session 1"):
        chart([sessions[0], sessions[2]])


def test_window_of_later_sessions_keeps_its_numbers(chart_sessions):
    figure = chart(chart_sessions(370, 380, 390, 375, first=31))
    assert trace(figure, "Total")["x"] == [31, 32, 33, 34]
    assert figure["layout"]["xaxis"]["range"] == [30.5, 34.5]


def test_no_line_runs_across_a_missing_session(chart_sessions):
    total = trace(chart(chart_sessions(370, 380, None, 375, 372)), "Total")
    assert total["y"] == [37.0, 38.0, None, 37.5, 37.2]
    assert total["connectgaps"] is False
    assert total["mode"] == "lines+markers"


def test_under_four_points_there_is_no_line(chart_sessions):
    assert trace(chart(chart_sessions(370, None, 380, 375)), "Total")["mode"] == "markers"


def test_axis_runs_from_20_to_40_with_a_visible_break(chart_sessions):
    figure = chart(chart_sessions(370, 200))
    assert figure["layout"]["yaxis"]["range"] == [20, 40]
    assert len(shapes(figure, "axis-break")) == 1


@pytest.mark.parametrize(("totals", "full"), [((370, 199), False), ((370, 380), True)])
def test_axis_runs_from_0_for_a_low_value_or_on_request(chart_sessions, totals, full):
    figure = chart(chart_sessions(*totals), full_scale=full)
    assert figure["layout"]["yaxis"]["range"] == [0, 40]
    assert shapes(figure, "axis-break") == []


def test_axes_never_fit_themselves_to_the_data(chart_sessions):
    layout = lines_chart(chart_sessions(370, 380), cutoff=90)["layout"]
    axes = [axis for key, axis in layout.items() if key.startswith("yaxis")]
    assert all(axis["fixedrange"] and axis["autorange"] is False for axis in axes)
    assert [axis["range"] for axis in axes] == [[0, 10]] * 4


def test_cutoff_is_dashed_and_named(chart_sessions):
    figure = chart(chart_sessions(370, 380))
    (line,) = shapes(figure, "cut-off")
    assert (line["y0"], line["y1"], line["line"]["dash"]) == (36, 36, "dash")
    assert "cut-off 36.0" in [each["text"] for each in figure["layout"]["annotations"]]


def test_band_is_cut_at_40_and_steps_where_it_changes(chart_sessions):
    changed = {"band": (340.0, 390.0)}
    band = trace(chart(chart_sessions(370, 380, 375, s3=changed)), "Usual range")
    assert max(y for y in band["y"] if y is not None) == 40
    assert band["x"] == [0.5, 2.5, 2.5, 0.5, 0.5, None, 2.5, 3.5, 3.5, 2.5, 2.5, None]


def test_each_state_has_its_own_sign_in_its_own_row(chart_sessions):
    sessions = chart_sessions(370, None, None, None, s2=LOST, s4={"incomplete": True})
    figure = chart(sessions)
    assert trace(figure, "No-show")["x"] == [2]
    assert trace(figure, "No form")["marker"]["symbol"] == "x-thin"
    assert trace(figure, "Incomplete form")["marker"]["symbol"] == "circle-open"
    names = figure["layout"]["yaxis2"]["ticktext"]
    assert names == ["Incomplete form", "No form", "No-show"]


def test_signs_of_markers_and_repair_differ_in_shape(chart_sessions):
    noted = {"markers": ("withdrawal", "confrontation"), "repair_steps": ("Invite",)}
    figure = chart(chart_sessions(370, 380, s2=noted))
    signs = {trace(figure, name)["marker"]["symbol"] for name in ("Withdrawal", "Confrontation")}
    assert signs == {"triangle-down", "triangle-up"}
    assert trace(figure, "Repair step")["marker"]["symbol"] == SYMBOLS["repair"] == "cross"


def test_possible_strain_is_shaded_once_a_stretch(chart_sessions):
    strained = {"in_episode": True}
    figure = chart(chart_sessions(370, 300, 310, 380, 290, s2=strained, s3=strained, s5=strained))
    spans = [(each["x0"], each["x1"]) for each in shapes(figure, "possible-strain")]
    assert spans == [(1.5, 3.5), (4.5, 5.5)]


def test_hover_says_it_in_words(chart_sessions):
    noted = {"markers": ("withdrawal",), "in_episode": True}
    text = trace(chart(chart_sessions(370, 316, s2=noted)), "Total")["hovertext"][1]
    assert text.split("<br>") == [
        "Session 2, 2026-01-20",
        "Total 31.6",
        "Usual range 33.0 to 40.0",
        "Noted: withdrawal",
        "Possible strain open",
    ]


def test_hover_shows_foreign_markup_as_text(chart_sessions):
    steps = {"repair_steps": ("<a href='javascript:1'>x</a>",)}
    text = trace(chart(chart_sessions(370, s1=steps)), "Total")["hovertext"][0]
    assert "<a" not in text


def test_lines_of_an_incomplete_form_are_hollow_and_joined_to_nothing(chart_sessions):
    lines = dict.fromkeys(("relationship", "goals", "approach", "overall"), 90)
    changes = {f"s{n}": {"lines": lines} for n in (1, 2, 4, 5)}
    changes["s3"] = {"incomplete": True, "lines": {"goals": 80}}
    figure = lines_chart(chart_sessions(360, 360, None, 360, 360, **changes), cutoff=90)
    assert trace(figure, "Goals")["y"] == [9, 9, None, 9, 9]
    hollow = next(each for each in figure["data"] if each["y"] == [8])
    assert hollow["marker"]["symbol"] == "circle-open"
    assert hollow["mode"] == "markers"


def test_incomplete_form_with_a_total_is_refused(chart_sessions):
    with pytest.raises(ValueError, match="incomplete form has no total"):
        chart_sessions(370, s1={"incomplete": True})


def test_narrow_screens_get_signs_in_place_of_names(chart_sessions):
    narrow = chart(chart_sessions(370, None))["layout"]["meta"]["narrow"]
    assert narrow["yaxis2"]["ticktext"] == ["×"]


def test_names_of_strains_close_together_do_not_pile_up(chart_sessions):
    strained = {"in_episode": True}
    figure = chart(chart_sessions(*[370] * 12, s2=strained, s4=strained, s11=strained))
    named = [each for each in figure["layout"]["annotations"] if "strain" in each["text"]]
    # the last begins too near to the edge: it ends with its shade, within the figure
    assert [(each["x"], each["xanchor"]) for each in named] == [(1.5, "left"), (11.5, "right")]


def two_forms(make):
    """Four marks on one form, a session missed, then five on another."""
    return make(
        370, 375, 372, 371, None, 350, 352, 351, 353, 354,
        **{f"s{n}": {"form": "Our own"} for n in range(1, 5)},
        s5=LOST,
        **{f"s{n}": {"form": "Their <form>"} for n in range(6, 11)},
    )  # fmt: skip


def test_another_form_is_a_marked_break_and_nothing_is_joined_across_it(chart_sessions):
    figure = chart(two_forms(chart_sessions))
    ours, theirs = [each for each in figure["data"] if each["name"] == "Total"]
    assert ours["y"][:4] == [37.0, 37.5, 37.2, 37.1] and set(ours["y"][4:]) == {None}
    assert set(theirs["y"][:5]) == {None} and theirs["y"][5] == 35.0
    (line,) = shapes(figure, "new-form")
    assert (line["x0"], line["x1"]) == (5.5, 5.5)
    named = [each["text"] for each in figure["layout"]["annotations"]]
    assert "new form: Their &lt;form&gt;" in named
    go.Figure(figure)


def test_points_on_two_forms_do_not_add_up_to_a_line(chart_sessions):
    forms = {f"s{n}": {"form": "Our own" if n < 4 else "Their form"} for n in range(1, 7)}
    figure = chart(chart_sessions(370, 375, 372, 350, 352, 351, **forms))
    assert {each["mode"] for each in figure["data"] if each["name"] == "Total"} == {"markers"}


def test_summary_and_table_keep_two_forms_apart(chart_sessions):
    sessions = two_forms(chart_sessions)
    said = chart_summary(sessions, PLAIN)
    assert said.startswith("Another form since session 6. ")
    assert said.endswith("5 of 5 appointments with a total, from 35.0 to 35.4; last 35.4.")
    table = session_rows(sessions)
    assert table.heads[2] == "Form"
    assert [row[2] for row in table.rows][3:6] == ["Our own", "–", "Their <form>"]


def test_each_strain_has_a_shade_of_its_own(chart_sessions):
    after_another = {"s2": {"in_episode": 1}, "s3": {"in_episode": 2}}
    figure = alliance_chart(chart_sessions(370, 300, 310, 370, **after_another), cutoff=360)
    shades = [each for each in figure["layout"]["shapes"] if each.get("name") == "possible-strain"]
    assert [(each["x0"], each["x1"]) for each in shades] == [(1.5, 2.5), (2.5, 3.5)]


def test_what_a_strain_became_is_a_mark_with_words(chart_sessions):
    states = {
        "s3": {"states": (("partial", "Partly recovered"),)},
        "s4": {"states": (("held", "Repair verified"),)},
    }
    figure = alliance_chart(chart_sessions(370, 300, 340, 370, **states), cutoff=360)
    marks = {each["name"]: each for each in figure["data"]}
    assert marks["Partly recovered"]["marker"]["symbol"] == "diamond-open"
    assert marks["Repair verified"]["x"] == [4]
    assert "Repair verified" in marks["Repair verified"]["hovertext"][0]
