"""Each score rule at its threshold, and a tenth beside it."""

import pytest

from ruptures.detection.policy import DEFAULT_POLICY
from tests.ruptures.detection.cases import even, last, lines, screened, severities, usual


@pytest.mark.parametrize(("total", "found"), [(36.0, None), (35.9, "prompt")])
def test_low_total_at_its_threshold(total, found):
    assert last("low_total", 38.0, total) == found


@pytest.mark.parametrize(("goals", "found"), [(9.0, None), (8.9, "prompt")])
def test_low_line_at_its_threshold(goals, found):
    assert last("low_line", {"lines": lines(9.0, goals, 9.0, 9.0)}) == found


def test_low_line_names_the_first_of_equal_lines():
    (finding,) = [
        each
        for each in screened({"lines": lines(9.0, 8.0, 8.0, 8.0)}).sessions[0].findings
        if each.rule == "low_line"
    ]
    assert (finding.line, finding.component) == ("goals", "goals")


def test_line_rules_are_silent_where_lines_are_unknown():
    result = screened(39.0, 12.0)
    found = {each.rule for each in result.sessions[1].findings}
    assert not found & {"low_line", "negative_pole", "line_split", "line_drop"}


@pytest.mark.parametrize(("mark", "found"), [(5.0, None), (4.9, "moderate")])
def test_negative_pole_at_its_threshold_even_in_the_first_session(mark, found):
    assert last("negative_pole", {"lines": lines(mark, 9.5, 9.5, 9.5)}) == found


@pytest.mark.parametrize(("total", "found"), [(38.1, None), (38.0, "prompt")])
def test_step_drop_at_its_threshold(total, found):
    assert last("step_drop", 39.0, total) == found


def test_step_drop_looks_past_a_missing_form():
    assert last("step_drop", 39.0, None, 38.0) == "prompt"


@pytest.mark.parametrize(("on", "found"), [("2026-03-06", "prompt"), ("2026-03-07", None)])
def test_step_drop_does_not_look_back_more_than_sixty_days(on, found):
    assert last("step_drop", 39.0, {"on": on, "total": 30.0}) == found


@pytest.mark.parametrize(("total", "found"), [(31.1, None), (31.0, "moderate")])
def test_sudden_drop_with_one_total_before(total, found):
    assert last("sudden_drop", 38.0, total) == found


@pytest.mark.parametrize(("total", "found"), [(33.0, "moderate"), (33.1, None)])
def test_sudden_drop_needs_the_fall(total, found):
    # m 37.537, p 2.130: two spreads below lies 33.277, so 33.1 is low enough but fell too little
    assert last("sudden_drop", *usual(total)) == found


@pytest.mark.parametrize(("total", "found"), [(33.2, "moderate"), (33.3, None)])
def test_sudden_drop_needs_to_be_unusual(total, found):
    assert last("sudden_drop", *usual(38.4, total)) == found


@pytest.mark.parametrize(
    ("total", "found"), [(33.3, None), (33.2, "prompt"), (31.2, "prompt"), (31.1, "moderate")]
)
def test_personal_low_at_both_thresholds(total, found):
    assert last("personal_low", *usual(total)) == found


def test_personal_low_is_silent_before_two_totals():
    assert last("personal_low", 38.0, 20.0) is None


# z of −1.5 lies at 34.342
@pytest.mark.parametrize(
    ("before", "total", "found"), [(34.3, 34.3, "moderate"), (34.3, 34.4, None), (34.4, 34.3, None)]
)
def test_sustained_low_needs_two_running(before, total, found):
    assert last("sustained_low", *usual(before, total)) == found


def test_sustained_low_holds_across_a_missing_form():
    assert last("sustained_low", *usual(34.3, None, 34.3)) == "moderate"


def test_drift_at_both_thresholds():
    # z −1.426 each time: the sum grows by 0.926 to 3.70, 4.63 and 5.55
    result = screened(*usual(*[34.5] * 6))
    assert severities("drift", result)[4:] == [None, None, None, None, "prompt", "moderate"]


@pytest.mark.parametrize(("limit", "found"), [(2.5, "prompt"), (2.6, None)])
def test_drift_cuts_z_at_three(limit, found):
    policy = DEFAULT_POLICY.with_overrides({"drift": limit, "drift_moderate": 9.0})
    assert last("drift", *usual(12.0), policy=policy) == found


def test_drift_is_silent_without_a_form():
    assert last("drift", *usual(12.0, 12.0, 12.0, None)) is None


@pytest.mark.parametrize(("final", "found"), [(36.0, "prompt"), (36.1, None)])
def test_steady_decline_needs_two_points(final, found):
    assert last("steady_decline", 38.0, 37.5, 37.0, 36.5, final) == found


@pytest.mark.parametrize(
    ("first", "final", "found"),
    [(40.0, 35.9, "prompt"), (40.0, 35.0, "moderate"), (39.9, 35.0, "prompt")],
)
def test_steady_decline_moderate_needs_five_points(first, final, found):
    assert last("steady_decline", first, 39.0, 38.0, 37.0, final) == found


def test_steady_decline_moderate_needs_a_low_total():
    policy = DEFAULT_POLICY.with_overrides({"steady_decline_moderate_below": 35.0})
    assert last("steady_decline", 40.0, 39.0, 38.0, 37.0, 35.0, policy=policy) == "prompt"
    assert last("steady_decline", 40.0, 39.0, 38.0, 37.0, 34.9, policy=policy) == "moderate"


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ((39.0, 38.0, 38.0, 36.5, 36.4), "prompt"),  # one tie: S = −9
        ((39.0, 37.0, 38.0, 36.5, 36.4), "prompt"),  # one step up: S = −8
        ((39.0, 37.0, 38.0, 38.0, 36.4), None),  # S = −5
        ((39.0, 37.0, 37.5, 37.5, 36.4), None),  # S = −5
    ],
)
def test_steady_decline_needs_kendall(values, found):
    assert last("steady_decline", *values) == found


@pytest.mark.parametrize(("mark", "found"), [(7.5, "prompt"), (7.6, None)])
def test_line_split_at_its_threshold(mark, found):
    assert last("line_split", {"lines": lines(9.5, mark, 9.5, 9.5)}) == found


@pytest.mark.parametrize(
    ("mark", "found"), [(7.1, None), (7.0, "prompt"), (6.1, "prompt"), (6.0, "moderate")]
)
def test_line_drop_at_both_thresholds(mark, found):
    before = {"lines": lines(9.5, 9.5, 9.5, 9.5)}
    assert last("line_drop", before, {"lines": lines(9.5, 9.5, mark, 9.5)}) == found


def test_line_drop_reports_each_line_that_falls():
    before = {"lines": lines(9.5, 9.5, 9.5, 9.5)}
    session = screened(before, {"lines": lines(7.0, 9.5, 6.0, 7.1)}).sessions[1]
    drops = {each.line: each.severity for each in session.findings if each.rule == "line_drop"}
    assert drops == {"relationship": "prompt", "approach": "moderate"}


def test_line_drop_does_not_reach_past_a_total_alone():
    before = {"lines": lines(9.5, 9.5, 9.5, 9.5)}
    assert last("line_drop", before, 38.0, {"lines": lines(5.5, 9.5, 9.5, 9.5)}) is None


@pytest.mark.parametrize(
    ("before", "total", "found"), [(29.9, 29.9, "moderate"), (30.0, 29.9, None), (29.9, 30.0, None)]
)
def test_low_level_needs_two_running(before, total, found):
    assert last("low_level", before, total) == found


def test_low_level_keeps_silent_for_five_visits():
    found = severities("low_level", screened(*[29.0] * 9))
    assert [place for place, severity in enumerate(found, 1) if severity] == [2, 8]


def test_low_level_alone_opens_no_episode():
    result = screened(29.0, 29.0)
    assert result.sessions[1].severity == "moderate"
    assert not result.episodes


def test_score_rules_are_capped_in_the_first_attended_session():
    policy = DEFAULT_POLICY.with_overrides({"low_level_running": 1})
    result = screened({"lines": even(25.0)}, {"lines": even(25.0)}, policy=policy)
    assert severities("low_level", result) == ["prompt", None]


def test_low_but_steady_needs_three_running_close_to_the_usual_level():
    assert [bool(each.notes) for each in screened(*[33.0] * 4).sessions] == [0, 0, 1, 1]
    assert not screened(33.0, 33.0, 36.0, 33.0, 33.0).sessions[-1].notes
    assert not screened(33.0, 33.5, 25.0).sessions[-1].notes
