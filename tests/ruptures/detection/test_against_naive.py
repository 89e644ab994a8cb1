"""The columns against a plain scalar reading of the same rules, to the last finding."""

import pytest

from ruptures.detection.history import History
from ruptures.detection.screen import screen
from tests.ruptures.detection.naive import Pair
from tests.ruptures.detection.series import random_pair

BATCH = 250


@pytest.mark.parametrize("batch", range(6))
def test_screen_agrees_with_the_scalar_reading(batch):
    pairs = [random_pair(seed) for seed in range(batch * BATCH, (batch + 1) * BATCH)]
    for given, result in zip(pairs, screen(History.from_pairs(pairs)).pairs(), strict=True):
        compare(Pair(given).run(), result)


def compare(naive, result):
    for place, session in enumerate(result.sessions):
        where = (result.id, session.index)
        found = {(each.rule, each.severity, each.line) for each in session.findings}
        assert found == naive.found[place], where
        assert session.severity == naive.severities[place], where
        assert session.cusum == pytest.approx(naive.cusums[place], abs=1e-9), where
        assert (session.z is None) == (naive.z_of[session.index] is None), where
        assert session.z == pytest.approx(naive.z_of[session.index], abs=1e-9), where
        assert bool(session.notes) == naive.notes[place], where
    assert len(result.episodes) == len(naive.episodes), result.id
    for episode, expected in zip(result.episodes, naive.episodes, strict=True):
        compare_episode(episode, expected, result.id)


def compare_episode(episode, expected, where):
    assert episode.opened == expected["opened"], where
    assert episode.component == expected["component"], where
    assert [(each.session, each.state) for each in episode.states] == expected["states"], where
    points = {name: expected[name] for name in ("withdrawal", "confrontation")}
    assert episode.points == points, where
    assert episode.severity == expected["severity"], where
    assert [(each.session, each.reason) for each in episode.escalated] == expected["escalated"]
    assert episode.baseline_mean == pytest.approx(expected["B"], abs=1e-9), where
    assert episode.baseline_spread == pytest.approx(expected["s"], abs=1e-9), where
    assert episode.lowest == expected["L"], where
