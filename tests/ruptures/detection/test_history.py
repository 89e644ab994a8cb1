"""Reading histories: what is accepted, and how each fault is named."""

import numpy as np
import pytest

from ruptures.detection.history import History, HistoryError
from ruptures.detection.screen import screen
from tests.ruptures.detection.cases import lines, pair
from tests.ruptures.detection.series import random_pair

MARKS = lines(9.0, 9.0, 9.0, 9.0)
FAULTS = [
    ({"lines": {**MARKS, "goals": 10.1}}, "lines.goals", "0.0–10.0"),
    ({"lines": {**MARKS, "goals": -0.1}}, "lines.goals", "0.0–10.0"),
    ({"lines": {**MARKS, "goals": 9.05}}, "lines.goals", "one decimal"),
    ({"lines": {**MARKS, "goals": float("nan")}}, "lines.goals", "not a number"),
    ({"lines": {**MARKS, "goals": 10**400}}, "lines.goals", "0.0–10.0"),
    ({"seconds": 10**400}, "seconds", "0 or more"),
    ({"minutes_late": float("inf")}, "minutes_late", "0 or more"),
    ({"lines": {**MARKS, "goals": "9"}}, "lines.goals", "not a number"),
    ({"lines": {**MARKS, "goals": True}}, "lines.goals", "not a number"),
    ({"lines": {**MARKS, "trust": 9}}, "lines.trust", "unknown line"),
    ({"lines": [9, 9, 9, 9]}, "lines", "four lines"),
    ({"lines": MARKS, "total": 36.1}, "total", "36.0"),
    ({"lines": {"goals": 9.0}, "total": 36.0}, "total", "all four"),
    ({"total": 40.1}, "total", "0.0–40.0"),
    ({"attendance": "late"}, "attendance", "no_show"),
    ({"minutes_late": -1}, "minutes_late", "0 or more"),
    ({"seconds": "fast"}, "seconds", "0 or more"),
    ({"missing_reason": "lazy"}, "missing_reason", "technical"),
    ({"prediction": {"goals": 11}}, "prediction.goals", "0.0–10.0"),
    ({"markers": [{"code": "sulking", "salience": 2}]}, "markers[1].code", "appeasing"),
    ({"markers": [{"code": "denial", "salience": 6}]}, "markers[1].salience", "1 to 5"),
    ({"markers": [{"code": "denial"}]}, "markers[1]", "code and salience"),
    ({"markers": "denial"}, "markers", "list"),
    ({"feelings": {"joy": 1}}, "feelings.joy", "boredom"),
    ({"feelings": {"boredom": 6}}, "feelings.boredom", "0 to 5"),
    ({"client_asks": "yes"}, "client_asks", "true or false"),
    ({"repair_steps": ["hug"]}, "repair_steps[1]", "acknowledge"),
    ({"settled": "maybe"}, "settled", "partly"),
    ({"component": "trust"}, "component", "bond"),
    ({"mood": 3}, "'mood'", "unknown"),
    ({"on": "2026-13-01"}, "on", "date"),
    ({"on": None}, "on", "date"),
    ({"on": "20260112"}, "on", "date"),
    ({"on": "2026-01-04"}, "on", "oldest to the newest"),
]


@pytest.mark.parametrize(("session", "field", "hint"), FAULTS)
def test_fault_names_pair_session_and_field(session, field, hint):
    with pytest.raises(HistoryError) as error:
        History.from_pairs([pair(38.0, session)])
    assert f"pair 'a', session 2, field {field}:" in str(error.value)
    assert hint in str(error.value)


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ({}, "a list of pairs"),
        ([3], "pair number 1"),
        ([{"sessions": []}], "field id"),
        ([pair(38.0), pair(37.0)], "given twice"),
        ([{"id": "a"}], "field sessions"),
        ([{"id": "a", "sessions": [3]}], "session 1"),
        ([{"id": "a", "sessions": [{}]}], "field on: missing"),
        ([{"id": "a", "sessions": [], "name": "x"}], "field 'name': unknown"),
        ([pair(38.0, as_of="soon")], "field as_of"),
        ([pair(38.0, as_of="2026-01-04")], "before the last session"),
    ],
)
def test_fault_of_a_pair_is_named(pairs, message):
    with pytest.raises(HistoryError, match=message):
        History.from_pairs(pairs)


def test_what_is_null_or_left_out_is_unknown():
    everything = (
        *("attendance", "minutes_late", "cancelled_hours_ahead", "lines", "total", "seconds"),
        *("missing_reason", "prediction", "markers", "feelings", "client_asks", "repair_steps"),
        *("settled", "new_level", "next_booked", "not_a_strain", "opened_by_hand", "component"),
        *("left", "closed"),
    )
    blank = screen(History.from_pairs([pair(38.0, {})])).pair(0)
    null = screen(History.from_pairs([pair(38.0, dict.fromkeys(everything))])).pair(0)
    assert blank == null


def test_a_form_with_a_missing_line_is_no_valid_form():
    session = screen(History.from_pairs([pair({"lines": {**MARKS, "goals": None}})])).pair(0)
    assert session.sessions[0].total is None
    assert [each.rule for each in session.sessions[0].findings] == ["missing_rating"]


def test_lines_and_total_may_agree():
    history = History.from_pairs([pair({"lines": MARKS, "total": 36.0})])
    assert history.total.tolist() == [360]


def test_two_sessions_on_one_day_are_possible():
    days = [{"on": "2026-01-05", "total": 38.0}, {"on": "2026-01-05", "total": 37.0}]
    assert History.from_pairs([pair(*days)]).lengths.tolist() == [2]


def test_no_pairs_and_pairs_without_sessions_are_fine():
    assert list(screen(History.from_pairs([])).pairs()) == []
    assert screen(History.from_pairs([pair()])).pair(0).sessions == ()


def test_columns_and_pairs_give_the_same():
    pairs = [random_pair(seed) for seed in range(20)]
    history = History.from_pairs(pairs)
    markers = [
        (row, history.marker_code[kind, place, row], history.marker_salience[kind, place, row])
        for kind in (0, 1)
        for place in (0, 1)
        for row in np.flatnonzero(history.marker_salience[kind, place])
    ]
    names = ("on", "attendance", "minutes_late", "lines", "total", "missing_reason", "seconds")
    names += ("feelings", "client_asks", "repair_steps", "settled", "new_level", "next_booked")
    names += ("not_a_strain", "opened_by_hand", "component", "left", "closed", "as_of")
    columns = {name: getattr(history, name) for name in names}
    again = History.from_columns(history.ids, history.lengths, markers=markers, **columns)
    for column in (*names, "marker_salience", "marker_code"):
        np.testing.assert_array_equal(getattr(history, column), getattr(again, column))


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"on": [1, 2]}, "column on: 3 values"),
        ({"on": [1, 3, 2]}, "pair 'b', session 2, field on"),
        ({"on": [1, 2, 3], "total": [380, 401, 380]}, "pair 'b', session 1, field total"),
        ({"on": [1, 2, 3], "mood": [1, 1, 1]}, "unknown mood"),
        ({"on": [1, 2, 3], "lines": np.full((3, 3), 90)}, "column lines: 4 × 3"),
        ({"on": [1, 2, 3], "lines": np.full((4, 3), 101)}, "pair 'a', session 1, field lines"),
        (
            {"on": [1, 2, 3], "lines": [[90, 90, 101], *[[90] * 3] * 3]},
            "pair 'b', session 2, field lines: 10.1",
        ),
        (
            {"on": [1, 2, 3], "lines": [*[[90] * 3] * 3, [90, -2, 90]]},
            "pair 'b', session 1, field lines: -0.2",
        ),
        ({"on": [1, 2, 3], "attendance": [0, 0, 99]}, "pair 'b', session 2, field attendance: 99"),
        ({"on": [1, 2, 3], "repair_steps": [0, 0, 255]}, "session 2, field repair_steps"),
        ({"on": [1, 2, 3], "feelings": np.full((7, 3), -2)}, "session 1, field feelings: -2"),
        ({"on": [1, 2, 3], "markers": [(0, 21, 3)]}, "markers: row 0"),
        ({"on": [1, 2, 3], "markers": [(3, 0, 3)]}, "markers: row 3"),
    ],
)
def test_faults_in_columns_are_named(columns, message):
    with pytest.raises(HistoryError, match=message):
        History.from_columns(["a", "b"], [1, 2], **columns)


def test_pairs_do_not_need_dates_in_order_between_them():
    history = History.from_columns(["a", "b"], [1, 2], on=[5, 1, 2])
    assert history.place(2) == "pair 'b', session 2"
