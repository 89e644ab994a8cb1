"""Two sentences a finding: why, and when not."""

import re

import pytest

from ruptures.detection import sentences
from ruptures.detection.history import History
from ruptures.detection.rules import RULES
from ruptures.detection.screen import screen
from tests.ruptures.detection.cases import even, last, marked, screened, usual
from tests.ruptures.detection.series import random_pair


def finding(rule, *sessions):
    return next(each for each in screened(*sessions).sessions[-1].findings if each.rule == rule)


EXAMPLES = [
    ("low_total", (33.2,), "Today's total is 33.2", "It would not have fired at 36.0 or above."),
    ("step_drop", (38.0, 36.8), "1.2 lower than last time.", "a fall of less than 1.0."),
    ("sudden_drop", usual(31.8), "outside this client's usual range (33.3–40.0)", "above 33.3"),
    ("sudden_drop", (38.0, 30.0), "before this client's usual range is known", "than 7.0"),
    ("personal_low", usual(33.0), "about 98 of 100 sessions", "above 33.3"),
    ("sustained_low", usual(34.0, 34.0), "Second session running", "above 34.3"),
    ("steady_decline", (38.0, 37.5, 37.0, 36.5, 36.0), "38.0 to 36.0", "less than 2.0"),
    ("confrontation_marker", (marked(("complaint_pace", 4)),), "pace, clear and strong", "of 3."),
    ("unseen_by_therapist", (36.0, {"total": 34.2, "prediction": even(38.5)}), "38.5", "4.0"),
]


@pytest.mark.parametrize(("rule", "sessions", "why", "unless"), EXAMPLES)
def test_sentences_name_the_numbers(rule, sessions, why, unless):
    found = finding(rule, *sessions)
    assert why in sentences.why(found)
    assert unless in sentences.unless(found)


def test_every_rule_has_words():
    assert set(sentences.WORDS) == set(RULES)
    assert all(sentences.title(rule) for rule in RULES)


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
    loud = re.compile(r"alert|warning|violat|fail|danger|!|excellent|great|bad\b", re.IGNORECASE)
    assert [text for text in texts if loud.search(text)] == []


def test_template_is_translated_before_it_is_filled_in():
    found = finding("low_total", 33.2)
    asked = []

    def translate(message):
        asked.append(message)
        return "%(threshold)s > %(total)s"

    assert sentences.why(found, translate) == "36.0 > 33.2"
    assert asked == [sentences.WORDS["low_total"].why[None]]


def test_when_it_would_not_have_fired_is_true():
    assert last("sudden_drop", *usual(33.3)) is None
    assert last("sustained_low", *usual(34.0, 34.4)) is None
