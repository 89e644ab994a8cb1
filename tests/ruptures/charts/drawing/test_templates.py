"""The drawings through their templates, as pages and mail get them."""

import xml.etree.ElementTree as ET

import pytest
from django.template.loader import render_to_string

from ruptures.charts import (
    alliance_page,
    draw_alliance,
    draw_lines,
    draw_sparkline,
    draw_weekly_trend,
    weekly_trend_page,
)
from ruptures.charts.drawing.plane import LETTER
from ruptures.charts.drawing.therapist_trend import draw_therapist_trend
from ruptures.charts.week_events import marked
from ruptures.templatetags.drawings import sparkline
from ruptures.trend import TrendEvent, without_small_counts

LINE = 16  # a line of text
SVG = "{http://www.w3.org/2000/svg}"


def drawn(name, drawing, **more):
    text = render_to_string(f"ruptures/charts/{name}.svg", {"drawing": drawing} | more)
    return ET.fromstring(text)


def alliance(sessions, **more):
    return drawn("_alliance_chart", draw_alliance(sessions, cutoff=360, key="a", **more))


def of_class(root, name):
    return [each for each in root.iter() if name in each.get("class", "").split()]


def texts(root):
    return [each.text for each in root.iter(f"{SVG}text")]


def test_picture_names_and_describes_itself(chart_sessions):
    root = alliance(chart_sessions(370, 380, 375, 372))
    assert root.get("role") == "img"
    ids = {each.get("id"): each.text for each in root.iter() if each.get("id")}
    assert [ids[key] for key in root.get("aria-labelledby").split()] == [
        "Ratings by session",
        "4 of 4 appointments with a total, from 37.0 to 38.0; last 37.2.",
    ]


@pytest.mark.parametrize("narrow", [False, True])
def test_picture_has_no_style_of_its_own_in_a_page(chart_sessions, weeks, narrow):
    pictures = [
        alliance(chart_sessions(370, 380, 375, 372), narrow=narrow),
        drawn("_weekly_trend", draw_weekly_trend(weeks(36.0, None), key="w", narrow=narrow)),
        ET.fromstring(sparkline(draw_sparkline([370, None], cutoff=360))),
    ]
    for each in (node for picture in pictures for node in picture.iter()):
        assert each.get("style") is None
        assert each.tag != f"{SVG}style"


def test_lines_join_neighbours_only(chart_sessions):
    lines = of_class(alliance(chart_sessions(370, 380, None, 375, None, 372, 371)), "chart-line")
    assert [len(each.get("points").split()) for each in lines] == [2, 2]


def test_under_four_points_nothing_is_joined(chart_sessions):
    root = alliance(chart_sessions(370, 380, 375))
    assert of_class(root, "chart-line") == []
    assert len(of_class(root, "chart-dot")) == 3


def test_incomplete_forms_are_hollow_in_the_chart_of_lines(chart_sessions):
    changed = {"incomplete": True, "lines": {"goals": 80}}
    drawing = draw_lines(chart_sessions(370, None, s2=changed), cutoff=90, key="l")
    root = drawn("_alliance_chart", drawing)
    assert len(of_class(root, "chart-dot--hollow")) == 1


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({}, "no_form"),
        ({"attendance": "no_show"}, "no_show"),
        ({"attendance": "cancelled_therapist"}, "cancelled"),
        ({"incomplete": True}, "incomplete"),
        ({"markers": ("withdrawal",)}, "withdrawal"),
        ({"markers": ("confrontation",)}, "confrontation"),
        ({"repair_steps": ("Invite",)}, "repair"),
    ],
)
def test_each_kind_of_mark_has_a_named_row(chart_sessions, change, kind):
    (lane,) = of_class(alliance(chart_sessions(370, None, s2=change)), f"chart-lane--{kind}") or [
        None
    ]
    assert len(of_class(lane, "chart-mark")) == 1
    assert lane.find(f"{SVG}text").text


def test_scale_is_broken_visibly_unless_it_starts_at_zero(chart_sessions):
    assert len(of_class(alliance(chart_sessions(370)), "chart-break")) == 1
    assert of_class(alliance(chart_sessions(370), full_scale=True), "chart-break") == []
    assert of_class(alliance(chart_sessions(190)), "chart-break") == []


def test_another_form_begins_at_an_axis_of_its_own(chart_sessions):
    forms = {f"s{n}": {"form": "Our own" if n < 5 else "Their form"} for n in range(1, 9)}
    root = alliance(chart_sessions(370, 371, 372, 373, 350, 351, 352, 353, **forms))
    (axis,) = of_class(root, "chart-new-form")
    (name,) = of_class(root, "chart-break-name")
    assert axis.get("x1") == axis.get("x2")
    assert name.text == "new form: Their form"
    lines = [each.get("points").split() for each in of_class(root, "chart-line")]
    assert [len(points) for points in lines] == [4, 4]


def test_strain_is_shaded_and_named(chart_sessions):
    root = alliance(chart_sessions(370, 300, s2={"in_episode": True}))
    assert len(of_class(root, "chart-shade")) == 1
    assert "possible strain" in texts(root)


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("count", [1, 2, 3, 8, 17, 40, 120, 500])
def test_words_stay_on_the_sheet_and_apart(chart_sessions, count, narrow):
    sessions = chart_sessions(*[370 - place % 7 for place in range(count)])
    drawing = draw_alliance(sessions, cutoff=360, key="a", narrow=narrow)
    rows = {}
    for label in drawing.ticks + drawing.strain_names:
        rows.setdefault(label.height, []).append(label.span)
    for spans in rows.values():
        spans.sort()
        assert spans[0][0] >= -LETTER and spans[-1][1] <= drawing.sheet.width + LETTER
        assert all(before[1] < after[0] for before, after in zip(spans, spans[1:], strict=False))


def test_coordinates_keep_their_point_in_a_german_page(chart_sessions, settings):
    settings.LANGUAGE_CODE = "de"
    root = alliance(chart_sessions(371, 382, 375, 372))
    assert "," not in of_class(root, "chart-dot")[0].get("cx")


def test_names_are_shown_as_text_not_markup(chart_sessions):
    root = alliance(chart_sessions(370, s1={"repair_steps": ("<b>x</b>",)}))
    assert "<b>x</b>" in "".join(root.itertext())


def test_week_of_few_forms_says_so_in_the_picture(weeks):
    root = drawn("_weekly_trend", draw_weekly_trend(weeks(36.0, None, 37.0), key="w"))
    assert "<5" in texts(root)


def test_two_forms_have_a_panel_each_in_the_weekly_picture(weeks):
    figures = weeks(*[36.0] * 8, form="Our own", forms=dict.fromkeys(range(4, 8), "Their form"))
    for narrow in (False, True):
        root = drawn("_weekly_trend", draw_weekly_trend(figures, key="w", narrow=narrow))
        assert len(of_class(root, "chart-panel")) == 2
        assert len(of_class(root, "chart-new-form")) == 1
        assert {"Total, Our own", "Total, Their form", "new form"} <= set(texts(root))
        assert [len(each.get("points").split()) for each in of_class(root, "chart-line")] == [4, 4]


def test_small_count_is_no_bar_in_the_picture(weeks):
    figures = without_small_counts(weeks(36.0, 37.0, 38.0))
    root = drawn("_weekly_trend", draw_weekly_trend(figures, key="w"))
    (opened,) = of_class(root, "chart-row--opened")
    assert of_class(opened, "chart-bar") == []
    assert "<5" in texts(opened)


def test_event_is_a_letter_with_its_words_under_the_pointer(weeks):
    figures = weeks(36.0, 37.0)
    events = marked([TrendEvent(figures[1].monday, "holiday")], figures)
    root = drawn("_weekly_trend", draw_weekly_trend(figures, key="w", events=events))
    (row,) = of_class(root, "chart-row--events")
    assert texts(row) == ["Noted", "A"]
    assert "holiday" in "".join(row.itertext())


@pytest.mark.parametrize(
    "medians", [(36.0,) * 12, (36.0, 37.0, None), (), (19.0, 21.0, 36.0, 37.0)]
)
def test_small_multiple_keeps_one_axis_whatever_is_on_it(weeks, medians):
    drawing = draw_therapist_trend(weeks(*medians), key="t", title="Therapist Ash")
    root = drawn("_therapist_trend", drawing)
    ticks = [each.text for each in drawing.panels[0].grid]
    assert ticks == ["20", "30", "40"]
    assert len(of_class(root, "chart-below")) == sum(each == 19.0 for each in medians)
    assert len(of_class(root, "chart-line")) == (len(medians) >= 4)
    assert root.find(f"{SVG}title").text == "Therapist Ash"


@pytest.mark.parametrize("count", [1, 12])
def test_name_of_the_form_row_stands_clear_of_its_number(weeks, count):
    drawing = draw_therapist_trend(weeks(*[36.0] * count), key="t", title="Therapist Ash")
    room = float(drawing.last_rate.y) - float(drawing.rate_name.y)
    assert room >= LINE
    assert float(drawing.rate_name.y) - float(drawing.panels[0].bottom) >= LINE


def test_weekly_trend_without_weeks_is_an_empty_picture(weeks):
    root = drawn("_weekly_trend", draw_weekly_trend([], key="w"))
    assert of_class(root, "chart-dot") == []


def test_sparkline_shows_the_last_ten_on_one_scale():
    drawing = draw_sparkline([100] * 5 + [400] * 9 + [None], cutoff=360)
    assert len(drawing.dots) == 9
    assert drawing.gaps == ["116"]
    assert {y for _, y in drawing.dots} == {"4"}
    assert drawing.words.endswith("40.0, none")


def test_sparkline_without_ratings_says_so():
    root = ET.fromstring(sparkline(draw_sparkline([], cutoff=360)))
    assert root.get("aria-label") == "No ratings yet"


def test_sparkline_draws_a_dot_for_each_total_and_a_cross_where_there_is_none():
    root = ET.fromstring(sparkline(draw_sparkline([370, None, 310], cutoff=360)))
    assert len(of_class(root, "chart-dot")) == 2
    assert len(of_class(root, "chart-gap")) == 1
    assert root.find(f"{SVG}title").text == "Last totals, oldest first: 37.0, none, 31.0"


def test_figure_holds_both_pictures_the_data_and_the_table(chart_sessions, weeks):
    charts = [
        alliance_page(chart_sessions(370, 380), cutoff=360, key="pair"),
        weekly_trend_page(weeks(36.0, 37.0), key="team"),
    ]
    for chart in charts:
        html = render_to_string("ruptures/charts/_chart_figure.html", {"chart": chart})
        assert html.count("<svg xmlns") == 2
        assert f'<script id="{chart.key}-figure" type="application/json">' in html
        assert html.count("<tr>") == 3
        ids = [part.split('"')[0] for part in html.split(' id="')[1:]]
        assert len(ids) == len(set(ids))
