"""The one question over a form: which text a session's findings and marks lead to."""

import pytest

from ruptures import together
from ruptures.detection.rules import REGISTER
from ruptures.detection.vocabulary import Source
from sessions_app import client_texts

LINES = {"relationship": 80, "goals": 60, "approach": 85, "overall": 82}
LEVEL = {"relationship": 90, "goals": 86, "approach": 91, "overall": 88}


@pytest.mark.parametrize(
    ("findings", "lines", "wish", "asked"),
    [
        ([], LINES, True, "ask_wish"),
        ([("sudden_drop", "")], LINES, True, "ask_wish"),
        ([], LINES, False, "ask_low_goals"),
        ([], LEVEL, False, "ask_level"),
        ([("low_total", "")], LEVEL, False, "ask_low_goals"),
        ([("low_line", "approach")], LINES, False, "ask_low_approach"),
        ([("line_drop", "relationship")], LINES, False, "ask_lower_relationship"),
        ([("sudden_drop", ""), ("low_line", "approach")], LINES, False, "ask_lower_goals"),
        ([("ceiling_flat", "")], LEVEL, False, "ask_top"),
        ([("withdrawal_marker", ""), ("low_line", "overall")], LINES, False, "ask_low_overall"),
        ([("therapist_feelings", "")], LEVEL, False, "ask_level"),
    ],
)
def test_question_follows_the_leading_finding_or_the_lowest_line(findings, lines, wish, asked):
    assert together.question(findings, lines, wish=wish) == asked


def test_only_what_the_client_said_speaks_and_all_of_it():
    scores = {rule.id for rule in REGISTER if rule.source is Source.SCORE}
    assert set(together.DIRECTION) == scores


@pytest.mark.parametrize("language", client_texts.own_names())
def test_every_question_has_its_words_in_every_language(language):
    texts = client_texts.texts_of(language)
    names = {f"{way}_{line}" for way in (together.LOW, together.LOWER) for line in LINES}
    names |= {together.TOP, together.WISH, together.LEVEL}
    asked = [texts[name] for name in names]
    assert len(set(asked)) == len(names)
    assert all(text.endswith(("?", "؟")) for text in asked)


@pytest.mark.parametrize(
    ("totals", "seen"),
    [
        ([300, 360], "look_higher"),
        ([360, 370], "look_level"),
        ([371, 360], "look_lower"),
        ([10, 360, 350], "look_level"),
    ],
)
def test_change_is_what_the_eye_sees(totals, seen):
    assert together.change(totals) == seen
