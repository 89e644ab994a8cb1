"""Forms at the very top."""

import pytest

from tests.ruptures.detection.cases import last, lines, marked, no_show, screened

TOP = {"lines": lines(10, 10, 10, 10)}


def top(**more):
    return {**TOP, **more}


@pytest.mark.parametrize(
    ("marks", "found"),
    [((9.7, 9.8, 9.8, 9.7), "info"), ((9.7, 9.8, 9.8, 9.6), None)],
)
def test_ceiling_flat_needs_totals_of_39(marks, found):
    top_but_lower = {"lines": lines(*marks)}
    assert last("ceiling_flat", top_but_lower, top_but_lower, top_but_lower) == found


@pytest.mark.parametrize(("mark", "found"), [(9.5, "info"), (9.4, None)])
def test_ceiling_flat_needs_lines_close_together(mark, found):
    assert last("ceiling_flat", {"lines": lines(10, 10, 10, mark)}, TOP, TOP) == found


def test_ceiling_flat_needs_three_forms():
    assert last("ceiling_flat", TOP, TOP) is None
    assert last("ceiling_flat", TOP, TOP, None, TOP) == "info"


def test_ceiling_flat_is_silent_without_lines():
    assert last("ceiling_flat", 40.0, 40.0, 40.0) is None


@pytest.mark.parametrize(
    ("third", "found"),
    [
        (top(), None),
        (marked(("appeasing", 2), **TOP), "moderate"),
        (marked(("appeasing", 1), **TOP), None),
        (marked(("complaint_pace", 2), **TOP), None),
        (top(prediction=lines(8, 8, 8, 8)), "moderate"),
        (top(prediction=lines(8, 8, 8, 8.1)), None),
    ],
)
def test_ceiling_masked_by_marker_and_prediction(third, found):
    assert last("ceiling_masked", TOP, TOP, third) == found


@pytest.mark.parametrize(("minutes", "found"), [(10, "moderate"), (9, None)])
def test_ceiling_masked_by_coming_late_twice(minutes, found):
    late = top(minutes_late=minutes)
    assert last("ceiling_masked", TOP, late, late) == found


def test_ceiling_masked_by_a_no_show_in_the_last_three_sessions():
    assert last("ceiling_masked", TOP, no_show(), TOP, TOP) == "moderate"
    assert last("ceiling_masked", no_show(), TOP, TOP, TOP) is None


@pytest.mark.parametrize(("seconds", "found"), [(3.9, "moderate"), (4, None), (None, None)])
def test_ceiling_masked_by_three_forms_in_no_time(seconds, found):
    assert last("ceiling_masked", top(seconds=2), top(seconds=3), top(seconds=seconds)) == found


def test_ceiling_masked_does_not_count_its_inputs_again():
    result = screened(TOP, TOP, marked(("appeasing", 2), **TOP))
    assert result.sessions[2].severity == "moderate"
    assert last_signs(result) == ["marker"]


def test_ceiling_masked_counts_what_was_no_input():
    result = screened(TOP, TOP, marked(("appeasing", 2), client_asks=True, **TOP))
    assert result.sessions[2].severity == "high"


def last_signs(result):
    return next(
        each.values["signs"]
        for each in result.sessions[-1].findings
        if each.rule == "ceiling_masked"
    )
