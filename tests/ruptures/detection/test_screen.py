"""What a screening tells as columns agrees with what it tells as objects."""

from collections import Counter

from ruptures.detection.history import History
from ruptures.detection.policy import DEFAULT_POLICY
from ruptures.detection.screen import screen
from tests.ruptures.detection.cases import pair, usual
from tests.ruptures.detection.series import random_pair

PAIRS = [random_pair(seed) for seed in range(150)]


def test_counts_agree_with_the_objects():
    screening = screen(History.from_pairs(PAIRS))
    sessions = [session for result in screening.pairs() for session in result.sessions]
    counted = Counter((each.rule, each.severity) for s in sessions for each in s.findings)
    told = {
        (rule, severity): number
        for rule, levels in screening.counts().items()
        for severity, number in levels.items()
        if number
    }
    assert told == counted
    severities = Counter(session.severity for session in sessions if session.severity)
    assert {k: v for k, v in screening.sessions_by_severity().items() if v} == severities


def test_episodes_opened_agree_with_the_objects():
    screening = screen(History.from_pairs(PAIRS))
    opened = Counter(each.opened for result in screening.pairs() for each in result.episodes)
    told = dict(enumerate(screening.episodes_opened().tolist(), 1))
    assert {session: number for session, number in told.items() if number} == opened


def test_history_is_not_changed_and_a_second_run_agrees():
    history = History.from_pairs(PAIRS)
    assert list(screen(history).pairs()) == list(screen(history).pairs())


def test_policy_changes_a_window():
    policy = DEFAULT_POLICY.with_overrides({"sustained_low_running": 3})
    (result,) = screen(History.from_pairs([pair(*usual(34.0, 34.0, 34.0))]), policy).pairs()
    found = [
        session.index
        for session in result.sessions
        for each in session.findings
        if each.rule == "sustained_low"
    ]
    assert found == [7]
