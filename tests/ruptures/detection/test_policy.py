from dataclasses import FrozenInstanceError, fields

import pytest

from ruptures.detection.history import History
from ruptures.detection.policy import DEFAULT_POLICY, Evidence, Policy, PolicyError
from ruptures.detection.screen import screen
from tests.ruptures.detection.cases import last
from tests.ruptures.detection.series import random_pair

HISTORY = History.from_pairs([random_pair(seed) for seed in range(12)])


def test_every_number_says_where_it_comes_from():
    for each in fields(Policy):
        assert each.metadata["source"], each.name
        assert each.metadata["mark"] in Evidence, each.name
        assert each.metadata["unit"], each.name


def test_policy_cannot_be_changed_in_place():
    with pytest.raises(FrozenInstanceError):
        DEFAULT_POLICY.low_total = 30.0


def test_overrides_change_what_fires():
    assert last("low_total", 35.5, policy=DEFAULT_POLICY.with_overrides({"low_total": 35})) is None
    assert last("low_total", 35.5) == "prompt"


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"low_totl": 35.0}, "did you mean 'low_total'"),
        ({"quite else": 35.0}, "no such number"),
        ({"low_total": "35"}, "not a number"),
        ({"low_total": True}, "not a number"),
        ({"low_total": None}, "not a number"),
        ({"low_total": float("nan")}, "not a number"),
        ({"low_total": 10**400}, "not a number"),
        ({"missing_of": 5.0}, "not a whole number"),
        ({"missing_of": 0}, "below 1"),
        ({"prior_spread": 0.0}, "below"),
    ],
)
def test_overrides_refuse_what_they_do_not_know(overrides, message):
    with pytest.raises(PolicyError, match=message):
        DEFAULT_POLICY.with_overrides(overrides)


def test_version_names_the_numbers():
    same = DEFAULT_POLICY.with_overrides({"low_total": 36})
    other = DEFAULT_POLICY.with_overrides({"low_total": 35.9})
    assert same.version == DEFAULT_POLICY.version == Policy().version
    assert other.version != DEFAULT_POLICY.version


@pytest.mark.parametrize("each", fields(Policy), ids=lambda each: each.name)
def test_every_number_can_be_changed(each):
    lowest = each.metadata["at_least"]
    for value in (each.default + 1, each.default + 7, lowest or 0):
        changed = DEFAULT_POLICY.with_overrides({each.name: each.type(value)})
        assert getattr(changed, each.name) == value
        assert (changed.version == DEFAULT_POLICY.version) is (value == each.default)
        told = list(screen(HISTORY, changed).pairs())
        assert [len(pair.sessions) for pair in told] == HISTORY.lengths.tolist()
