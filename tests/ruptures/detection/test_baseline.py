"""The block, its frozen level, and the three ways it is set again."""

import numpy as np
import pytest

from ruptures.detection.baseline import cusum_step, usual_level
from ruptures.detection.policy import DEFAULT_POLICY
from tests.ruptures.detection.cases import THREE_STEPS, screened, usual


def level(*totals):
    """Level of a block of totals in points."""
    tenths = np.array([round(total * 10) for total in totals])
    figures = (np.array([len(tenths)]), tenths.sum()[None], (tenths**2).sum()[None])
    return [float(each[0]) for each in usual_level(*figures, DEFAULT_POLICY)]


def test_usual_level_without_totals_is_the_prior():
    assert level() == pytest.approx([36.0, 2.5, 4.716990566])


def test_usual_level_has_a_smallest_spread():
    policy = DEFAULT_POLICY.with_overrides({"prior_spread": 0.5})
    one = np.array([1])
    assert usual_level(one, one * 380, one * 380**2, policy)[1][0] == pytest.approx(1.0)


def test_baseline_is_the_one_before_the_session_and_freezes_at_four():
    found = [each.baseline.n for each in screened(38.0, 38.0, None, 38.0, 38.0, 38.0).sessions]
    assert found == [0, 1, 2, 2, 3, 4]


def test_baseline_does_not_follow_a_slide():
    sessions = screened(*usual(36.5, 36.0, 35.6)).sessions
    assert sessions[4].baseline == sessions[6].baseline


def test_baseline_rises_with_the_last_four_free_totals():
    # block of 34.0: m 34.106, s 1.890; four of 36.0 average 1.894 above it, of 35.9 1.794
    sessions = screened(*[34.0] * 4, *[36.0] * 4, 36.0).sessions
    assert sessions[7].baseline.mean == pytest.approx(34.1057, abs=1e-4)
    assert sessions[8].baseline.mean == pytest.approx(36.0, abs=1e-9)
    below = screened(*[34.0] * 4, *[35.9] * 4, 35.9).sessions
    assert below[8].baseline.mean == pytest.approx(34.1057, abs=1e-4)


def test_total_that_opens_an_episode_is_not_free():
    sessions = screened(38.0, 38.0, 30.0, 38.0).sessions
    assert [each.baseline.n for each in sessions] == [0, 1, 2, 2]


def test_verifying_totals_fill_a_short_block():
    steps = {"total": 37.0, "repair_steps": THREE_STEPS}
    sessions = screened(38.0, 38.0, 30.0, steps, 37.0, 37.0).sessions
    assert [each.baseline.n for each in sessions] == [0, 1, 2, 2, 2, 4]


def test_cusum_step_cuts_z():
    before = np.array([0.0, 1.0, 1.0])
    z = np.array([-9.0, 0.2, 9.0])
    assert cusum_step(before, z, 0.5, 3.0).tolist() == pytest.approx([2.5, 0.3, 0.0])
