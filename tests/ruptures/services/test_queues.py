"""The order in which cases wait, and what each row says."""

import datetime

import time_machine
from django.utils import timezone

from ruptures.models import Episode
from ruptures.services import episodes, queues, repairs, supervision
from tests import factories
from tests.conftest import SUDDEN_FALL


def groups_of(supervisor) -> dict[str, list[str]]:
    return {
        group: [case.episode.pair.client.case_label for case in cases]
        for group, cases in queues.queue_of(supervisor).groups
    }


def strain(therapist, label: str, *, days_ago: int = 0, **changes) -> Episode:
    """A strain after a sudden fall, so many days old, with some of its fields as told."""
    pair = factories.PairFactory(therapist=therapist, client__case_label=label)
    with time_machine.travel(timezone.now() - datetime.timedelta(days=days_ago)):
        factories.weekly(pair, SUDDEN_FALL)
    Episode.objects.filter(pair=pair).update(**changes)
    return Episode.objects.get(pair=pair)


def test_queue_is_of_those_supervised_today(episode, supervisor, other_supervisor):
    assert groups_of(supervisor) == {"unanswered": ["Heron-14"]}
    assert groups_of(other_supervisor) == {}


def test_queue_leaves_out_ones_own_clients(supervisor):
    strain(supervisor, "Own-1")
    assert groups_of(supervisor) == {}


def test_queue_groups_by_what_is_asked_of_the_reader(therapist, supervisor):
    strain(therapist, "Waiting")
    strain(therapist, "High", severity="high")
    strain(therapist, "Unresolved", state="unresolved")
    spoken = strain(therapist, "Spoken")
    repairs.log_step(
        episode=spoken,
        step="acknowledge",
        done="done",
        on=timezone.localdate(),
        note="",
        by=therapist,
    )
    strain(therapist, "Taken", for_supervision_at=timezone.now())
    asked = strain(therapist, "Asked")
    supervision.comment(episode=asked, text="I pushed too early.", by=therapist)
    assert groups_of(supervisor) == {
        "high": ["High"],
        "unresolved": ["Unresolved"],
        "unanswered": ["Waiting"],
        "to_review": ["Spoken", "Taken", "Asked"],
    }


def test_queue_puts_what_is_not_recovered_before_the_moderate(therapist, supervisor):
    """It became high by waiting; only the high that nobody has talked about stands before it."""
    strain(therapist, "Moderate", days_ago=9)
    strain(therapist, "Unresolved", severity="high", state="unresolved")
    strain(therapist, "High", severity="high")
    strain(therapist, "Spoken", days_ago=9, state="addressed")
    order = [label for labels in groups_of(supervisor).values() for label in labels]
    assert order == ["High", "Unresolved", "Moderate", "Spoken"]


def test_word_of_a_supervisor_is_no_answer_of_the_therapist(episode, supervisor):
    supervision.comment(episode=episode, text="How was it?", is_question=True, by=supervisor)
    assert list(groups_of(supervisor)) == ["unanswered"]


def test_strain_that_is_both_high_and_unresolved_stands_with_the_unresolved(therapist, supervisor):
    strain(therapist, "Both", severity="high", state="unresolved")
    assert groups_of(supervisor) == {"unresolved": ["Both"]}


def test_counts_are_of_all_pages_and_a_page_is_bounded(therapist, supervisor, monkeypatch):
    monkeypatch.setattr(queues, "CASES_A_PAGE", 2)
    for label in ("First", "Second", "Third"):
        strain(therapist, label)
    first, second = (queues.queue_of(supervisor, page=number) for number in (1, 2))
    assert first.counts["unanswered"] == second.counts["unanswered"] == 3
    assert [len(cases) for queue in (first, second) for _group, cases in queue.groups] == [2, 1]


def test_small_line_shows_the_last_ten_attended_sessions(therapist, supervisor):
    pair = factories.PairFactory(therapist=therapist)
    factories.weekly(pair, [30.0, *[38.0] * 7, None, 38.0, (5.8, 8.6, 8.4, 8.2)])
    pair.therapy_sessions.filter(srs_entry=None).update(attendance="attended")
    ((_group, (case,)),) = queues.queue_of(supervisor).groups
    words = case.sparkline.words
    assert words.count("38.0") == 8
    assert "30.0" not in words
    assert "none" in words
    assert words.endswith("31.0")


def test_queue_calls_a_step_not_yet_taken_no_answer(therapist, supervisor):
    planned = strain(therapist, "Planned")
    repairs.log_step(
        episode=planned,
        step="acknowledge",
        done="not",
        on=timezone.localdate(),
        note="",
        by=therapist,
    )
    assert groups_of(supervisor) == {"unanswered": ["Planned"]}


def test_queue_shows_what_waits_longest_first(therapist, supervisor):
    for label, days_ago in [("Second", 3), ("First", 8), ("Third", 0)]:
        strain(therapist, label, days_ago=days_ago)
    assert groups_of(supervisor) == {"unanswered": ["First", "Second", "Third"]}


def test_queue_says_why_in_the_words_of_the_gravest_finding(episode, supervisor):
    ((_group, (case,)),) = queues.queue_of(supervisor).groups
    gravest = episode.findings.filter(severity="moderate")
    assert case.why in [finding.why for finding in gravest]


def test_queue_says_when_a_strain_was_noted_by_hand(pair, supervisor):
    factories.weekly(pair, [40.0])
    episodes.open_by_hand(pair=pair, type="mixed", component="bond", by=pair.therapist)
    ((_group, (case,)),) = queues.queue_of(supervisor).groups
    assert case.why == "The therapist noted it by hand."
