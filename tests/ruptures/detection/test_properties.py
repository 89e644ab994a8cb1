"""What must hold of every series, whatever is in it."""

import copy
from random import Random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ruptures.detection.columns import Columns
from ruptures.detection.history import History
from ruptures.detection.policy import DEFAULT_POLICY
from ruptures.detection.rules import REGISTER, RULES
from ruptures.detection.screen import screen
from ruptures.detection.vocabulary import SEVERITIES, Source
from tests.ruptures.detection.cases import LINES, even
from tests.ruptures.detection.series import random_pair

seeds = st.integers(0, 10**9)
# How far one line lies from the others, and how flat the top is, are not about a mark being low
ABOUT_SHAPE = {"line_split", "ceiling_flat", "ceiling_masked"}
SCORE_RULES = {rule.id for rule in RULES.values() if rule.source is Source.SCORE}


def results(*pairs):
    return list(screen(History.from_pairs(pairs)).pairs())


def rank(severity):
    return SEVERITIES.index(severity) + 1 if severity else 0


def with_last_form(pair, lines):
    """The pair, its last session attended and marked so (None: no form)."""
    changed = copy.deepcopy(pair)
    session = changed["sessions"][-1]
    for key in ("attendance", "lines", "total", "missing_reason"):
        session.pop(key, None)
    if lines:
        session["lines"] = lines
    return changed


def worst_scores(result):
    """Worst severity of each score rule in the last session."""
    worst = {}
    for finding in result.sessions[-1].findings:
        if finding.rule in SCORE_RULES:
            worst[finding.rule] = max(worst.get(finding.rule, 0), rank(finding.severity))
    return worst


@settings(max_examples=25, deadline=None)
@given(st.lists(seeds, min_size=2, max_size=6, unique=True), st.randoms())
@example([0, 46570896], Random(1))  # the second has no form at all
def test_order_of_pairs_never_matters(chosen, chance):
    pairs = [random_pair(seed) for seed in chosen]
    shuffled = pairs[:]
    chance.shuffle(shuffled)
    together = {result.id: result for result in results(*shuffled)}
    for pair in pairs:
        assert results(pair) == [together[pair["id"]]]


def test_rule_has_nothing_to_say_without_what_it_needs():
    """So that not asking it changes nothing."""
    asked_in_vain = 0
    for seed in range(300):
        pair = random_pair(seed)
        few = pair["sessions"][: seed % 3 + 1]  # so that much is not there
        columns = Columns(History.from_pairs([{**pair, "sessions": few}]), DEFAULT_POLICY)
        for rule in REGISTER:
            if rule.stepwise or rule.needs is None or getattr(columns, rule.needs).any():
                continue
            asked_in_vain += 1
            said = rule.judge(columns, DEFAULT_POLICY)
            assert not any(each.severity.any() for each in said), (rule.id, seed)
    assert asked_in_vain > 100


@settings(max_examples=60, deadline=None)
@given(seeds, st.integers(0, 40))
def test_a_later_session_never_changes_what_was_found_before(seed, cut):
    pair = random_pair(seed)
    pair.pop("as_of", None)
    early = {**pair, "sessions": pair["sessions"][:cut]}
    before, after = results(early)[0], results(pair)[0]
    cut = len(early["sessions"])
    assert before.sessions == after.sessions[:cut]
    opened = [episode for episode in after.episodes if episode.opened <= cut]
    assert len(before.episodes) == len(opened)
    for old, new in zip(before.episodes, opened, strict=True):
        assert old.states == tuple(each for each in new.states if each.session <= cut)
        assert old.escalated == tuple(each for each in new.escalated if each.session <= cut)


@settings(max_examples=100, deadline=None)
@given(seeds, st.floats(36, 38.9))
@example(20110, 36.0)
def test_a_missing_form_is_never_better_than_a_good_one(seed, total):
    """Good: a form about which no score rule speaks at prompt or above. Nobody takes a new usual
    level in that session: that ends a strain which a good form leaves open as recovered."""
    pair = random_pair(seed)
    if not pair["sessions"]:
        return
    pair["sessions"][-1].pop("new_level", None)
    good, missing = results(with_last_form(pair, even(round(total, 1))))[0], None
    if any(level >= rank("prompt") for level in worst_scores(good).values()):
        return
    missing = results(with_last_form(pair, None))[0]
    assert rank(missing.sessions[-1].severity) >= rank(good.sessions[-1].severity)
    assert any(each.rule == "missing_rating" for each in missing.sessions[-1].findings)


@settings(max_examples=100, deadline=None)
@given(seeds, st.lists(st.integers(20, 100), min_size=4, max_size=4), st.integers(0, 3))
def test_one_more_point_on_a_line_never_makes_a_score_finding_worse(seed, marks, line):
    pair = random_pair(seed)
    if not pair["sessions"]:
        return
    higher = marks[:]
    higher[line] = min(100, marks[line] + 10)
    before, after = (
        worst_scores(results(with_last_form(pair, form(each)))[0]) for each in (marks, higher)
    )
    for rule in after:
        if rule not in ABOUT_SHAPE:
            assert after[rule] <= before.get(rule, 0), rule


@settings(max_examples=60, deadline=None)
@given(seeds, st.lists(st.integers(20, 90), min_size=4, max_size=4))
def test_one_more_point_on_every_line_never_splits_them(seed, marks):
    pair = random_pair(seed)
    if not pair["sessions"]:
        return
    higher = [mark + 10 for mark in marks]
    before, after = (
        worst_scores(results(with_last_form(pair, form(each)))[0]) for each in (marks, higher)
    )
    assert after.get("line_split", 0) == before.get("line_split", 0)


def form(marks):
    return {line: mark / 10 for line, mark in zip(LINES, marks, strict=True)}
