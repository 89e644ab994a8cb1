"""What therapist and supervisor say to each other about a case, and agree on."""

import datetime

import pytest
from django.utils import timezone

from ruptures.models import UsefulAnswer
from ruptures.services import caseloads, supervision


def section(episode, reader) -> dict:
    return supervision.section_of(episode, reader=reader)


def today_of(therapist) -> list[tuple[str, bool]]:
    day = caseloads.day_of(therapist, timezone.localdate())
    return [(comment.text, comment.asks) for comment in day.comments]


def test_words_stand_in_order_with_their_authors(episode, supervisor, therapist):
    supervision.comment(episode=episode, text="What do you make of it?", by=supervisor)
    supervision.comment(episode=episode, text="I pushed too early.", by=therapist)
    thread = [(word.comment.by, word.comment.text) for word in supervision.thread_of(episode)]
    assert thread == [
        (supervisor, "What do you make of it?"),
        (therapist, "I pushed too early."),
    ]


def test_question_is_open_until_a_word_answers_it(episode, supervisor, therapist):
    asked = supervision.comment(episode=episode, text="How?", is_question=True, by=supervisor)
    supervision.comment(episode=episode, text="By the way.", by=therapist)
    assert [word.is_open for word in supervision.thread_of(episode)] == [True, False]
    answer = supervision.comment(episode=episode, text="So.", answers=asked, by=therapist)
    question, _word = supervision.thread_of(episode)
    assert question.replies == [answer]
    assert not question.is_open


def test_open_question_stands_first_on_today_until_it_is_answered(episode, supervisor, therapist):
    asked = supervision.comment(episode=episode, text="How?", is_question=True, by=supervisor)
    for number in range(caseloads.COMMENTS_SHOWN + 1):
        supervision.comment(episode=episode, text=str(number), by=supervisor)
    assert today_of(therapist)[0] == ("How?", True)
    assert len(today_of(therapist)) == 1 + caseloads.COMMENTS_SHOWN
    supervision.comment(episode=episode, text="So.", answers=asked, by=therapist)
    assert ("How?", True) not in today_of(therapist)


def test_older_plans_are_kept_below_the_newest(episode, supervisor, therapist):
    today = timezone.localdate()
    for seen, (text, by) in enumerate([("Ask first.", supervisor), ("Wait.", therapist)]):
        supervision.agree_on_plan(episode=episode, text=text, on=today, seen=seen, by=by)
    for reader in (supervisor, therapist):
        plans = section(episode, reader)["plans"]
        assert [(plan.text, plan.by) for plan in plans] == [
            ("Wait.", therapist),
            ("Ask first.", supervisor),
        ]


def test_plan_written_without_seeing_the_newest_is_not_stored(episode, supervisor, therapist):
    today = timezone.localdate()
    supervision.agree_on_plan(episode=episode, text="Ask first.", on=today, seen=0, by=supervisor)
    with pytest.raises(supervision.PlanHasChanged) as changed:
        supervision.agree_on_plan(episode=episode, text="Wait.", on=today, seen=0, by=therapist)
    stored = changed.value.stored
    assert (stored["newest"].text, stored["count"]) == ("Ask first.", 1)
    assert episode.plans.count() == 1


def test_day_of_a_discussion_is_noted_once(episode, supervisor):
    today = timezone.localdate()
    for days in (0, 0, 1):
        on = today - datetime.timedelta(days=days)
        supervision.note_discussion(episode=episode, on=on, by=supervisor)
    days = [row.discussed_on for row in section(episode, supervisor)["discussions"]]
    assert days == [today, today - datetime.timedelta(days=1)]


def test_newest_answer_of_a_person_on_a_finding_counts(episode, supervisor, therapist):
    finding = episode.findings.first()
    for is_useful, by in [(True, supervisor), (False, therapist), (False, supervisor)]:
        supervision.say_whether_useful(is_useful=is_useful, finding=finding, by=by)
    supervision.say_whether_useful(is_useful=True, episode=episode, by=supervisor)
    answers = UsefulAnswer.objects.filter(by=supervisor).values_list("finding", "is_useful")
    assert set(answers) == {(finding.pk, False), (None, True)}
    assert UsefulAnswer.objects.count() == 3
    assert section(episode, supervisor)["own_answer"] is True
    assert section(episode, therapist)["own_answer"] is None
