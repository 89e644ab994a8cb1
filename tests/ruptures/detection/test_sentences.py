"""Two sentences a finding: why, and when not."""

import re
from dataclasses import fields

import pytest

from ruptures.detection import legend, sentences
from ruptures.detection.counterfactual import speaks_up_to
from ruptures.detection.history import History
from ruptures.detection.policy import Policy
from ruptures.detection.rules import RULES
from ruptures.detection.screen import screen
from tests.ruptures.detection.cases import even, marked, screened, usual
from tests.ruptures.detection.series import random_pair


def finding(rule, *sessions):
    return next(each for each in screened(*sessions).sessions[-1].findings if each.rule == rule)


EXAMPLES = [
    ("low_total", (33.2,), "Today's total is 33.2", "At 36.0 or above, 2.8 more, this"),
    ("step_drop", (38.0, 36.8), "1.2 lower than last time.", "above 37.0"),
    ("sudden_drop", usual(31.8), "outside this client's usual range (33.3–40.0)", "above 33.0"),
    ("sudden_drop", (38.0, 30.0), "before this client's usual range is known", "above 31.0"),
    ("personal_low", usual(33.0), "about 98 of 100 sessions", "above 33.2"),
    ("sustained_low", usual(34.0, 34.0), "Second session running", "above 34.3"),
    ("steady_decline", (38.0, 37.5, 37.0, 36.5, 36.0), "38.0 to 36.0", "above 36.0"),
    ("confrontation_marker", (marked(("complaint_pace", 4)),), "pace, clear and strong", "of 3,"),
    (
        "unseen_by_therapist",
        (36.0, {"total": 34.2, "prediction": even(38.5)}),
        "38.5",
        "above 34.5",
    ),
]


@pytest.mark.parametrize(("rule", "sessions", "why", "unless"), EXAMPLES)
def test_sentences_name_the_numbers(rule, sessions, why, unless):
    found = finding(rule, *sessions)
    assert why in sentences.why(found)
    assert unless in sentences.unless(found)


def test_every_rule_has_words():
    assert set(sentences.WORDS) == set(RULES)
    assert all(sentences.title(rule) for rule in RULES)


def test_every_number_of_the_policy_has_its_words_once():
    named = [name for numbers in legend.GROUPS.values() for name in numbers]
    assert sorted(named) == sorted(number.name for number in fields(Policy))
    assert {number.metadata["unit"] for number in fields(Policy)} == set(legend.UNITS)


def test_every_finding_can_be_said():
    said = set()
    for result in screen(History.from_pairs([random_pair(n) for n in range(600)])).pairs():
        for found in (each for session in result.sessions for each in session.findings):
            for sentence in (sentences.why(found), sentences.unless(found)):
                assert sentence.endswith("."), found
                assert "%(" not in sentence and "None" not in sentence, found
            said.add(found.rule)
    assert said == set(RULES)


def test_tone_is_calm():
    texts = [
        text
        for words in sentences.WORDS.values()
        for text in (words.title, *words.why.values(), *words.unless.values())
    ]
    loud = re.compile(
        r"alert|warning|violat|fail|danger|!|excellent|great|bad\b|fired", re.IGNORECASE
    )
    assert [text for text in texts if loud.search(text)] == []


def test_template_is_translated_before_it_is_filled_in():
    found = finding("low_total", 33.2)
    asked = []

    def translate(message):
        asked.append(message)
        return "%(threshold)s > %(total)s"

    assert sentences.why(found, translate) == "36.0 > 33.2"
    assert asked == [sentences.WORDS["low_total"].why[None]]


OF_A_TOTAL = {
    "low_total",
    "step_drop",
    "sudden_drop",
    "personal_low",
    "sustained_low",
    "drift",
    "steady_decline",
    "low_level",
}


def with_last_total(pair: dict, total: float) -> dict:
    *before, newest = pair["sessions"]
    kept = {key: value for key, value in newest.items() if key != "lines"}
    return pair | {"sessions": [*before, kept | {"total": round(total, 1)}]}


def rules_at_the_end(pairs: list[dict]) -> list[set[str]]:
    numbered = [pair | {"id": number} for number, pair in enumerate(pairs)]
    results = screen(History.from_pairs(numbered)).pairs()
    return [{each.rule for each in result.sessions[-1].findings} for result in results]


def test_when_it_would_not_have_fired_is_true():
    """Each rule on totals speaks at its bound and is silent a tenth above it."""
    pairs = [pair for pair in map(random_pair, range(1500)) if pair["sessions"]]
    cases = [
        (pair, found.rule, speaks_up_to(found))
        for pair, result in zip(pairs, screen(History.from_pairs(pairs)).pairs(), strict=True)
        for found in result.sessions[-1].findings
        if found.rule in OF_A_TOTAL and speaks_up_to(found) < 40
    ]
    at = rules_at_the_end([with_last_total(pair, bound) for pair, _, bound in cases])
    above = rules_at_the_end([with_last_total(pair, bound + 0.1) for pair, _, bound in cases])
    wrong = [
        (rule, bound, pair["id"])
        for (pair, rule, bound), speaks, silent in zip(cases, at, above, strict=True)
        if rule not in speaks or rule in silent
    ]
    assert wrong == []
    assert {rule for _, rule, _ in cases} == OF_A_TOTAL


def test_slide_that_no_total_would_have_hidden_says_so():
    found = finding("drift", *usual(*[34.0] * 9))
    assert "No total in this session" in sentences.unless(found)


def test_missing_rating_says_which_count_made_it_a_question():
    repeated = finding("missing_rating", 38.0, None, None)
    assert "With a rating the time before" in sentences.unless(repeated)
    often = finding("missing_rating", None, 38.0, None, 38.0, None)
    assert "3 of the last 5 visits had none" in sentences.unless(often)
