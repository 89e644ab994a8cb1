"""Forms and visits that did not happen, or came late."""

import pytest

from tests.ruptures.detection.cases import (
    cancelled,
    last,
    marked,
    no_show,
    screened,
    severities,
    usual,
)

CALM = (38.0, 38.0, 38.0)
LATE = {"total": 38.0, "minutes_late": 10}
TECHNICAL = {"missing_reason": "technical"}


def test_missing_rating_grows_with_its_number():
    assert severities("missing_rating", screened(38.0, None, None)) == [None, "info", "prompt"]


def test_missing_rating_three_of_five_visits():
    assert last("missing_rating", None, 38.0, None, 38.0, None) == "prompt"
    assert last("missing_rating", None, 38.0, 38.0, None, 38.0, None) == "info"


def test_missing_rating_right_after_a_low_form():
    assert last("missing_rating", 38.0, 35.9, None) == "moderate"
    assert last("missing_rating", 38.0, 36.0, None) == "moderate"  # step_drop, two points
    assert last("missing_rating", 36.9, 36.0, None) == "info"


def test_missing_rating_right_after_a_marker():
    assert last("missing_rating", marked(("topic_shift", 2), total=38.0), None) == "moderate"
    assert last("missing_rating", marked(("topic_shift", 1), total=38.0), None) == "info"


def test_missing_rating_with_a_session_between():
    assert last("missing_rating", 38.0, 35.0, cancelled(), None) == "info"


def test_missing_rating_for_a_technical_reason_never_escalates():
    assert last("missing_rating", 38.0, 35.0, TECHNICAL) == "info"
    assert last("missing_rating", 38.0, None, TECHNICAL) == "info"
    assert last("missing_rating", 38.0, TECHNICAL, None) == "info"


def test_missing_rating_is_about_attended_sessions():
    assert last("missing_rating", 38.0, no_show()) is None
    assert last("missing_rating", 38.0, {"attendance": "cancelled_therapist"}) is None


@pytest.mark.parametrize(
    ("visits", "early", "later"), [(0, "high", None), (2, "high", None), (3, None, "moderate")]
)
def test_early_no_show_before_the_third_attended_session(visits, early, later):
    result = screened(*[38.0] * visits, no_show())
    assert severities("early_no_show", result)[-1] == early
    assert severities("no_show", result)[-1] == later


def test_no_show_twice_in_four_bookings():
    assert last("no_show", *CALM, no_show(not_a_strain=True), 38.0, 38.0, no_show()) == "high"
    assert last("no_show", *CALM, no_show(not_a_strain=True), *CALM, no_show()) == "moderate"


def test_no_show_while_an_episode_is_open():
    assert last("no_show", *usual(28.0), 38.0, no_show()) == "high"


def test_cancel_or_late_for_cancellations():
    assert last("cancel_or_late", *CALM, cancelled()) == "info"
    assert last("cancel_or_late", cancelled(), 38.0, 38.0, cancelled()) == "prompt"
    assert last("cancel_or_late", cancelled(), *CALM, cancelled()) == "info"
    assert last("cancel_or_late", *CALM, {"attendance": "cancelled_therapist"}) is None


def test_cancel_or_late_for_coming_late():
    assert last("cancel_or_late", LATE) is None
    assert last("cancel_or_late", LATE, LATE) == "prompt"
    assert last("cancel_or_late", LATE, 38.0, LATE) == "prompt"
    assert last("cancel_or_late", LATE, 38.0, 38.0, LATE) is None
    assert last("cancel_or_late", LATE, {**LATE, "minutes_late": 9}) is None


@pytest.mark.parametrize(("booked", "found"), [(False, "high"), (True, None), (None, None)])
def test_no_next_session_in_an_open_episode(booked, found):
    low = {"total": 28.0, "next_booked": booked}
    assert last("no_next_session", *usual(low)) == found


def test_no_next_session_without_an_episode():
    assert last("no_next_session", 38.0, {"total": 38.0, "next_booked": False}) is None
