"""Goals and tasks with their history, how far both agree, and the relational pattern."""

import datetime

import pytest
from django.db import connection
from django.utils import timezone

from sessions_app.services import agreements, patterns

TODAY = timezone.localdate()
A_MONTH_AGO = TODAY - datetime.timedelta(days=30)


@pytest.fixture
def goal(pair):
    return agreements.agree(
        pair=pair, kind="goal", text="Sleep better", on=A_MONTH_AGO, by=pair.therapist
    )


def test_reworded_goal_keeps_its_earlier_words(pair, goal):
    agreements.stand(agreement=goal, level="partly", on=A_MONTH_AGO, by=pair.therapist)
    agreements.reword(agreement=goal, text="Sleep through", on=TODAY, by=pair.therapist)
    [row], past = agreements.agreements_of(pair)
    assert row.agreement.text == "Sleep through"
    assert row.now is None  # how far both agree is asked anew of new words
    assert [(old.text, old.until_on) for old in row.before] == [("Sleep better", TODAY)]
    assert past == []


def test_same_words_change_nothing(pair, goal):
    agreements.reword(agreement=goal, text="Sleep better", on=TODAY, by=pair.therapist)
    assert pair.agreements.get().until_on is None


def test_goal_that_ended_meanwhile_is_not_reworded(pair, goal):
    agreements.end(agreement=goal, on=TODAY, by=pair.therapist)
    with pytest.raises(agreements.AlreadyEnded):
        agreements.reword(agreement=goal, text="Rest", on=TODAY, by=pair.therapist)
    current, [row] = agreements.agreements_of(pair)
    assert (current, row.agreement) == ([], goal)


def test_of_one_day_the_last_answer_counts_and_other_days_stay(pair, goal):
    agreements.stand(agreement=goal, level="not", on=A_MONTH_AGO, by=pair.therapist)
    agreements.stand(agreement=goal, level="partly", on=TODAY, by=pair.therapist)
    agreements.stand(agreement=goal, level="together", on=TODAY, by=pair.therapist)
    [row], _past = agreements.agreements_of(pair)
    assert row.now.level == "together"
    assert [each.level for each in row.standings] == ["together", "not"]


def test_pattern_keeps_each_version_and_none_twice(pair):
    for text in ("Wishes to be seen", "Wishes to be seen", "Expects to be judged"):
        patterns.write(pair=pair, text=text, by=pair.therapist)
    versions = patterns.versions_of(pair)
    assert [each.text for each in versions] == ["Expects to be judged", "Wishes to be seen"]


def test_pattern_lies_encrypted(pair):
    patterns.write(pair=pair, text="Wishes to be seen", by=pair.therapist)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM sessions_app_relationalpattern")
        assert "seen" not in cursor.fetchone()[0]
