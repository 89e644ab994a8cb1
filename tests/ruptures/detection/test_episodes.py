"""Episodes: how they open, what type and component they get, each state of the recovery table."""

import pytest

from ruptures.detection.episodes import type_of
from ruptures.detection.policy import DEFAULT_POLICY
from tests.ruptures.detection.cases import (
    THREE_STEPS,
    cancelled,
    even,
    lines,
    marked,
    no_show,
    screened,
    states,
    usual,
    week,
)

# after `usual`: B 37.537, s 1.916, so RECOVERED from 35.7 on; with L 28.0 PARTIAL from 32.8 on
FALL = usual(28.0)
BACK = 36.0


def repaired(total, **more):
    return {"total": total, "repair_steps": THREE_STEPS, **more}


def test_no_episode_below_moderate():
    assert not screened(38.0, 35.0, 34.0).episodes


def test_two_independent_prompts_open_an_episode():
    result = screened(38.0, marked(("topic_shift", 2), total=35.9))
    assert result.sessions[1].severity == "moderate"
    assert states(result) == [(2, "open")]


def test_two_prompts_of_one_source_do_not():
    result = screened({"lines": even(38.0)}, {"lines": even(35.9)})
    assert len(result.sessions[1].findings) > 1
    assert result.sessions[1].severity == "prompt"


def test_own_feelings_are_never_a_source():
    feelings = {"feelings": {"irritation": 5}}
    assert screened(38.0, {"total": 35.9, **feelings}).sessions[1].severity == "prompt"


def test_severity_is_raised_to_high_at_most():
    session = screened(
        38.0, marked(("complaint_pace", 5), ("denial", 5), total=20.0, client_asks=True)
    ).sessions[1]
    assert session.severity == "high"


def test_one_episode_is_open_at_most():
    result = screened(*FALL, marked(("complaint_pace", 4), total=28.0))
    assert len(result.episodes) == 1
    assert result.episodes[0].points["confrontation"] == 1 + 3


def test_episode_opens_by_hand():
    result = screened(38.0, {"total": 38.0, "opened_by_hand": True})
    assert states(result) == [(2, "open")]
    assert result.episodes[0].severity == "moderate"


def test_low_level_with_another_source_opens():
    result = screened(29.0, marked(("topic_shift", 2), total=29.0))
    assert states(result) == [(2, "open")]


@pytest.mark.parametrize(
    ("withdrawal", "confrontation", "expected"),
    [
        (0, 0, "undetermined"),
        (1, 0, "undetermined"),
        (2, 0, "withdrawal"),
        (3, 1, "withdrawal"),
        (1, 3, "confrontation"),
        (2, 1, "undetermined"),
        (2, 2, "mixed"),
        (3, 2, "mixed"),
        (4, 2, "withdrawal"),
    ],
)
def test_type_by_points(withdrawal, confrontation, expected):
    assert type_of(withdrawal, confrontation, DEFAULT_POLICY) == expected


@pytest.mark.parametrize(
    ("session", "points"),
    [
        (marked(("complaint_pace", 3), total=38.0), (0, 3)),
        (marked(("topic_shift", 3), total=38.0), (3, 0)),
        ({"total": 38.0, "client_asks": True}, (0, 2)),
        ({"total": 29.0}, (0, 1)),
        ({"total": 30.0}, (0, 0)),
        (no_show(), (2, 0)),
        ({"lines": lines(4.9, 10, 10, 10)}, (0, 2)),
        ({"total": 28.0, "next_booked": False}, (2, 1)),
        (marked(("topic_shift", 2), total=38.0, minutes_late=10), (1, 0)),
    ],
)
def test_points_for_the_type(session, points):
    first = ({"total": 37.0, "minutes_late": 10}, 38.0, 37.5)
    result = screened(*first, {"total": 38.0, "minutes_late": 10}, session)
    (episode,) = result.episodes
    assert (episode.points["withdrawal"], episode.points["confrontation"]) == points


def test_component_is_the_line_lowest_against_its_own_mean():
    calm = {"lines": lines(9.8, 8.8, 9.8, 9.8)}
    fall = {"lines": lines(7.0, 6.5, 7.5, 8.0)}  # 2.8 and 2.3 below
    assert screened(calm, calm, calm, calm, fall).episodes[0].component == "bond"


def test_component_is_the_lowest_line_without_a_block():
    first = {"lines": lines(9.0, 4.0, 9.0, 9.0)}
    assert screened(first).episodes[0].component == "goals"


@pytest.mark.parametrize(
    "marks", [(4.0, 4.0, 9.0, 9.0), (9.0, 9.0, 9.0, 4.0)], ids=["tie", "overall"]
)
def test_component_is_unspecified_for_ties_and_overall(marks):
    assert screened({"lines": lines(*marks)}).episodes[0].component == "unspecified"


def test_component_follows_a_person():
    first = {"lines": lines(9.0, 4.0, 9.0, 9.0), "component": "tasks"}
    assert screened(first).episodes[0].component == "tasks"
    later = {"total": 30.0, "component": "bond"}
    assert screened({"lines": lines(9.0, 4.0, 9.0, 9.0)}, later).episodes[0].component == "bond"


def test_frozen_at_opening():
    (episode,) = screened(*FALL, 27.0, 30.0).episodes
    assert episode.baseline_mean == pytest.approx(37.5369, abs=1e-4)
    assert episode.baseline_spread == pytest.approx(1.9156, abs=1e-4)
    assert episode.lowest == 27.0


def test_addressed_when_a_step_is_logged():
    assert states(screened(*FALL, {"total": 28.0, "repair_steps": ["invite"]})) == [
        (5, "open"),
        (6, "addressed"),
    ]


def test_addressed_in_the_session_that_opens():
    assert states(screened(*usual(repaired(28.0)))) == [(5, "open"), (5, "addressed")]


@pytest.mark.parametrize(("total", "reached"), [(32.7, False), (32.8, True)])
def test_partial_is_half_of_the_way(total, reached):
    assert ((6, "partial") in states(screened(*FALL, total))) is reached


@pytest.mark.parametrize(("total", "state"), [(35.6, "partial"), (35.7, "recovered")])
def test_recovered_is_one_spread_below_the_old_level(total, state):
    assert states(screened(*FALL, total))[-1] == (6, state)


@pytest.mark.parametrize(("bond", "state"), [(8.3, "open"), (8.4, "recovered")])
def test_recovered_needs_the_struck_line(bond, state):
    calm = {"lines": lines(9.4, 9.4, 9.4, 9.4)}
    fall = {"lines": lines(5.0, 9.0, 9.0, 9.0)}
    result = screened(calm, calm, calm, calm, fall, {"lines": lines(bond, 9.4, 9.4, 9.4)})
    assert result.episodes[0].component == "bond"
    assert states(result)[-1][1] == state


def test_recovered_without_lines_asks_for_the_total_alone():
    calm = {"lines": lines(9.4, 9.4, 9.4, 9.4)}
    fall = {"lines": lines(5.0, 9.0, 9.0, 9.0)}
    assert states(screened(calm, calm, calm, calm, fall, 36.0))[-1] == (6, "recovered")


def test_verified_after_two_running_with_three_steps():
    result = screened(*FALL, repaired(BACK), BACK)
    assert states(result) == [
        (5, "open"),
        (6, "addressed"),
        (6, "recovered"),
        (7, "verified"),
    ]
    assert result.sessions[6].cusum == 0.0


@pytest.mark.parametrize("between", [None, cancelled()], ids=["no form", "cancelled"])
def test_verified_across_a_session_without_a_form(between):
    between = between or {}
    assert states(screened(*FALL, repaired(BACK), between, BACK))[-1] == (8, "verified")


def test_verified_not_across_a_no_show():
    result = screened(*FALL, repaired(BACK), no_show(), BACK, BACK)
    assert states(result)[-2:] == [(6, "recovered"), (9, "verified")]


def test_recovered_stays_open_with_fewer_steps():
    few = {"total": BACK, "repair_steps": ["acknowledge", "invite"]}
    result = screened(*FALL, few, BACK, BACK)
    assert states(result)[-1] == (6, "recovered")
    last_step = {"total": BACK, "repair_steps": ["validate"]}
    assert states(screened(*FALL, few, BACK, last_step))[-1] == (8, "verified")


def test_recovered_stays_open_when_the_client_says_no():
    no = {"total": BACK, "settled": "no"}
    assert states(screened(*FALL, repaired(BACK), no))[-1] == (6, "recovered")
    yes = {"total": BACK, "settled": "yes"}
    assert states(screened(*FALL, repaired(BACK), no, yes))[-1] == (8, "verified")
    partly = {"total": BACK, "settled": "partly"}
    assert states(screened(*FALL, repaired(BACK), partly))[-1] == (7, "verified")


def test_came_back_by_itself_without_a_step():
    result = screened(*FALL, BACK, BACK)
    assert states(result)[-1] == (7, "came_back_by_itself")
    no = {"total": BACK, "settled": "no"}
    assert states(screened(*FALL, BACK, no))[-1] == (6, "recovered")


@pytest.mark.parametrize(
    ("steps", "low", "state"),
    [(False, 30.0, "open"), (True, 30.0, "addressed"), (True, 33.0, "partial")],
)
def test_fall_out_of_recovered(steps, low, state):
    back = repaired(BACK) if steps else BACK
    result = screened(*FALL, back, low, BACK)
    assert states(result)[-2:] == [(7, state), (8, "recovered")]


@pytest.mark.parametrize(
    ("total", "strengthened"), [(39.4, False), (39.5, True)], ids=["below", "above"]
)
def test_strengthened_is_one_spread_above(total, strengthened):
    result = screened(*FALL, repaired(total), total)
    assert result.episodes[0].strengthened is strengthened
    assert ((7, "strengthened") in states(result)) is strengthened


def test_strengthened_cannot_be_judged_near_the_top():
    top = [39.9] * 4
    result = screened(*top, 28.0, repaired(40.0), 40.0)
    assert result.episodes[0].state == "verified"
    assert result.episodes[0].strengthened is None


def test_unresolved_after_three_attended_sessions():
    result = screened(*FALL, 28.0, 28.0, no_show(), 28.0)
    assert states(result)[-1] == (9, "unresolved")


def test_unresolved_raises_to_high_once():
    step = {"total": 28.0, "repair_steps": ["invite"]}
    (episode,) = screened(*FALL, step, 28.0, 28.0, 28.0).episodes
    assert episode.severity == "high"
    assert [(each.session, each.reason) for each in episode.escalated] == [(8, "unresolved")]


def test_unresolved_is_replaced_by_partial_and_recovered():
    result = screened(*FALL, 28.0, 28.0, 28.0, 33.0, 36.0)
    assert states(result)[1:] == [(8, "unresolved"), (9, "partial"), (10, "recovered")]


def test_unresolved_is_not_set_after_a_recovered():
    result = screened(*FALL, BACK, 28.0, 28.0, 28.0)
    assert "unresolved" not in [state for _, state in states(result)]


@pytest.mark.parametrize(("visits", "closed"), [(5, False), (6, True)])
def test_new_level_from_the_sixth_attended_session(visits, closed):
    agreed = {"total": 28.0, "new_level": True}
    result = screened(*FALL, *[28.0] * (visits - 1), agreed, 28.0)
    assert ((5 + visits, "new_level") in states(result)) is closed
    if closed:
        after = result.sessions[-1]
        assert (after.baseline.n, result.sessions[-2].cusum) == (3, 0.0)
        assert after.baseline.mean == pytest.approx(28.7, abs=0.1)


def test_new_level_is_not_for_an_episode_that_recovered():
    agreed = {"total": 28.0, "new_level": True}
    result = screened(*FALL, BACK, *[28.0] * 5, agreed)
    assert states(result)[-1] == (7, "open")


def test_new_level_needs_the_clinician():
    reached = [state for _, state in states(screened(*FALL, *[28.0] * 9))]
    assert "new_level" not in reached


@pytest.mark.parametrize(
    ("key", "state"),
    [("not_a_strain", "not_a_strain"), ("closed", "resolved"), ("left", "ended_early")],
)
def test_decisions_close_the_episode(key, state):
    result = screened(*FALL, {"total": 30.0, key: True})
    assert states(result)[-1] == (6, state)
    assert screened(*usual({"total": 28.0, key: True})).episodes[0].state == state


def test_decisions_without_an_episode_change_nothing():
    result = screened(38.0, {"total": 38.0, "not_a_strain": True, "left": True, "closed": True})
    assert not result.episodes


def test_moderate_becomes_high_after_two_visits_without_response():
    (episode,) = screened(*usual(30.5, 31.0, None, cancelled())).episodes
    assert [(each.session, each.reason) for each in episode.escalated] == [(7, "no_response")]
    assert episode.severity == "high"


@pytest.mark.parametrize(("on", "escalated"), [(week(5), False), (week(6), True)])
def test_moderate_becomes_high_after_fourteen_days(on, escalated):
    result = screened(*usual(30.5, {"on": on, "attendance": "cancelled_therapist"}))
    assert bool(result.episodes[0].escalated) is escalated


@pytest.mark.parametrize(("today", "escalated"), [("2026-02-15", False), ("2026-02-16", True)])
def test_fourteen_days_are_judged_at_the_callers_today(today, escalated):
    (episode,) = screened(*usual(30.5), as_of=today).episodes
    assert [(each.session, each.reason) for each in episode.escalated] == (
        [(5, "no_response")] if escalated else []
    )


def test_a_logged_step_is_a_response():
    step = {"total": 31.0, "repair_steps": ["acknowledge"]}
    (episode,) = screened(*usual(30.5, step, 31.0), as_of="2026-06-01").episodes
    assert episode.severity == "moderate"
