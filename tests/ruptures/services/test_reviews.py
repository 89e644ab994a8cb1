"""What supervisors do with a case, and the order in which cases wait."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Clinic
from ruptures.models import Alert, Episode, SupervisorReview
from ruptures.services import episodes, queues, repairs, reviews
from tests import factories
from tests.conftest import SUDDEN_FALL


@pytest.fixture
def second_supervisor(therapist):
    second = factories.therapist(name="Supervisor Elm")
    factories.SupervisionFactory(supervisor=second, therapist=therapist)
    return second


def waiting_for(supervisor) -> list[Episode]:
    return [case.episode for cases in queues.queue_of(supervisor).values() for case in cases]


def groups_of(supervisor) -> dict[str, list[str]]:
    queue = queues.queue_of(supervisor)
    return {
        group: [case.episode.pair.client.case_label for case in cases]
        for group, cases in queue.items()
        if cases
    }


def strain(therapist, label: str, *, days_ago: int = 0, **changes) -> Episode:
    """A strain after a sudden fall, so many days old, with some of its fields as told."""
    pair = factories.PairFactory(therapist=therapist, client__case_label=label)
    with time_machine.travel(timezone.now() - datetime.timedelta(days=days_ago)):
        factories.weekly(pair, SUDDEN_FALL)
    Episode.objects.filter(pair=pair).update(**changes)
    return Episode.objects.get(pair=pair)


# --- acknowledging and resolving --------------------------------------------------------------


def test_acknowledging_is_personal(episode, supervisor, second_supervisor):
    reviews.acknowledge(episode=episode, by=supervisor)
    seen = {
        person: queues.queue_of(person)["unanswered"][0].review
        for person in (supervisor, second_supervisor)
    }
    assert seen[supervisor].acknowledged_at
    assert seen[second_supervisor] is None


def test_acknowledging_twice_keeps_the_first_moment(episode, supervisor):
    first = reviews.acknowledge(episode=episode, by=supervisor).acknowledged_at
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=1)):
        assert reviews.acknowledge(episode=episode, by=supervisor).acknowledged_at == first
    assert SupervisorReview.objects.count() == 1


def test_acknowledging_quiets_ones_own_alert_alone(pair, supervisor, second_supervisor):
    Clinic.objects.update_or_create(pk=1, defaults={"alert_at_once_from": "moderate"})
    factories.weekly(pair, SUDDEN_FALL)
    reviews.acknowledge(episode=Episode.objects.get(), by=supervisor)
    quiet = Alert.objects.exclude(acknowledged_at=None)
    assert list(quiet.values_list("recipient", flat=True)) == [supervisor.pk]


def test_acknowledged_case_still_waits(episode, supervisor):
    reviews.acknowledge(episode=episode, by=supervisor)
    assert waiting_for(supervisor) == [episode]


def test_resolving_hides_the_case_for_all(episode, supervisor, second_supervisor):
    reviews.resolve(episode=episode, outcome="plan_agreed", by=supervisor)
    assert waiting_for(supervisor) == []
    assert waiting_for(second_supervisor) == []


def test_newer_finding_brings_a_resolved_case_back(episode, supervisor, second_supervisor):
    reviews.resolve(episode=episode, outcome="plan_agreed", by=supervisor)
    later = timezone.now() + datetime.timedelta(days=7)
    with time_machine.travel(later):
        factories.rate(factories.TherapySessionFactory(pair=episode.pair), 30.0)
        assert waiting_for(supervisor) == [episode]
        assert waiting_for(second_supervisor) == [episode]


def test_finding_of_the_therapists_own_feelings_brings_nothing_back(episode, supervisor):
    from sessions_app.services import therapy_sessions
    from sessions_app.services.therapy_sessions import Log

    reviews.resolve(episode=episode, outcome="plan_agreed", by=supervisor)
    therapy_sessions.record(
        therapy_session=episode.opened_session,
        log=Log(attendance="attended", feelings={"irritation": 5}),
        by=episode.pair.therapist,
    )
    assert waiting_for(supervisor) == []


def test_case_that_became_high_by_waiting_comes_back(episode, supervisor):
    reviews.resolve(episode=episode, outcome="plan_agreed", by=supervisor)
    from ruptures.services import vigilance

    with time_machine.travel(timezone.now() + datetime.timedelta(days=15)):
        factories.TherapySessionFactory(
            pair=episode.pair, starts_at=timezone.now() + datetime.timedelta(days=1)
        )
        vigilance.screen_open_episodes()
        episode.refresh_from_db()
        assert episode.severity == "high"
        assert waiting_for(supervisor) == [episode]


def test_closed_strain_waits_for_nobody(episode, supervisor):
    episodes.dismiss(episode=episode, reason="The client was ill.", by=episode.pair.therapist)
    assert waiting_for(supervisor) == []


def test_comments_stand_in_order_with_their_authors(episode, supervisor):
    therapist = episode.pair.therapist
    reviews.comment(episode=episode, text="What do you make of it?", by=supervisor)
    reviews.comment(episode=episode, text="I pushed too early.", by=therapist)
    thread = episode.comments.values_list("by__name", "text")
    assert list(thread) == [
        (supervisor.name, "What do you make of it?"),
        (therapist.name, "I pushed too early."),
    ]


# --- the queue --------------------------------------------------------------------------------


def test_queue_is_of_those_supervised_today(episode, supervisor, other_supervisor):
    assert waiting_for(supervisor) == [episode]
    assert waiting_for(other_supervisor) == []


def test_queue_leaves_out_ones_own_clients(supervisor):
    strain(supervisor, "Own-1")
    assert waiting_for(supervisor) == []


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
    assert groups_of(supervisor) == {
        "high": ["High"],
        "unanswered": ["Waiting"],
        "unresolved": ["Unresolved"],
        "under_way": ["Spoken"],
    }


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
    (case,) = queues.queue_of(supervisor)["unanswered"]
    gravest = episode.findings.filter(severity="moderate")
    assert case.why in [finding.why for finding in gravest]


def test_queue_says_when_a_strain_was_noted_by_hand(pair, supervisor):
    factories.weekly(pair, [40.0])
    episodes.open_by_hand(pair=pair, type="mixed", component="bond", by=pair.therapist)
    (case,) = queues.queue_of(supervisor)["unanswered"]
    assert case.why == "The therapist noted it by hand."
