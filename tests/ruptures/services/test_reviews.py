"""What supervisors do with a case."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Clinic, Supervision
from ruptures.models import Alert, Episode, SupervisorReview
from ruptures.services import (
    alerts,
    episodes,
    ladders,
    queues,
    reconciling,
    reviews,
    vigilance,
)
from tests import factories
from tests.conftest import SUDDEN_FALL


@pytest.fixture
def second_supervisor(therapist):
    second = factories.therapist(name="Supervisor Elm")
    factories.SupervisionFactory(supervisor=second, therapist=therapist)
    return second


def cases_of(supervisor, **kwargs) -> list[queues.Case]:
    return [
        case for _group, cases in queues.queue_of(supervisor, **kwargs).groups for case in cases
    ]


def waiting_for(supervisor, **kwargs) -> list[Episode]:
    return [case.episode for case in cases_of(supervisor, **kwargs)]


def strain(therapist, label: str, *, days_ago: int = 0, **changes) -> Episode:
    """A strain after a sudden fall, so many days old, with some of its fields as told."""
    pair = factories.PairFactory(therapist=therapist, client__case_label=label)
    with time_machine.travel(timezone.now() - datetime.timedelta(days=days_ago)):
        factories.weekly(pair, SUDDEN_FALL)
    Episode.objects.filter(pair=pair).update(**changes)
    return Episode.objects.get(pair=pair)


def test_case_handed_over_is_told_to_whoever_has_it_now(
    episode, supervisor, second_supervisor, post_office
):
    reviews.hand_to(episode=episode, owner=supervisor, by=supervisor)
    assert not Alert.objects.filter(kind="handed").exists()
    for _twice in range(2):
        reviews.hand_to(episode=episode, owner=second_supervisor, by=supervisor)
    handed = Alert.objects.get(kind="handed")
    with time_machine.travel(handed.due_at):
        alerts.deliver_due()
    (message,) = (m for m in post_office.messages if "handed" in m["Subject"])
    assert message["To"] == second_supervisor.email
    assert "Heron" not in message.get_content()


@pytest.mark.parametrize("meanwhile", ["acknowledged", "handed back"])
def test_case_handed_over_is_not_told_late(
    episode, supervisor, second_supervisor, post_office, meanwhile
):
    reviews.hand_to(episode=episode, owner=second_supervisor, by=supervisor)
    if meanwhile == "acknowledged":
        reviews.acknowledge(episode=episode, by=second_supervisor)
    else:
        reviews.hand_to(episode=episode, owner=supervisor, by=supervisor)
    with time_machine.travel(Alert.objects.get(kind="handed").due_at):
        alerts.deliver_due()
    assert not [m for m in post_office.messages if "handed" in m["Subject"]]


# --- acknowledging and resolving --------------------------------------------------------------


def test_acknowledging_is_personal(episode, supervisor, second_supervisor):
    reviews.acknowledge(episode=episode, by=supervisor)
    seen = {person: cases_of(person)[0].is_seen for person in (supervisor, second_supervisor)}
    assert seen == {supervisor: True, second_supervisor: False}


def test_acknowledging_ends_with_news_of_the_case(episode, supervisor):
    first = reviews.acknowledge(episode=episode, by=supervisor).acknowledged_at
    with time_machine.travel(timezone.now() + datetime.timedelta(days=7)):
        factories.rate(factories.TherapySessionFactory(pair=episode.pair), 30.0)
        (case,) = cases_of(supervisor)
        assert not case.is_seen
        assert reviews.acknowledge(episode=case.episode, by=supervisor).acknowledged_at > first
        assert cases_of(supervisor)[0].is_seen


def test_acknowledging_twice_keeps_the_first_moment(episode, supervisor):
    first = reviews.acknowledge(episode=episode, by=supervisor).acknowledged_at
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=1)):
        assert reviews.acknowledge(episode=episode, by=supervisor).acknowledged_at == first
    assert SupervisorReview.objects.count() == 1


def test_acknowledging_before_one_was_told_counts_for_the_ladder(pair, supervisor):
    Clinic.objects.update_or_create(pk=1, defaults={"alert_at_once_from": "moderate"})
    factories.weekly(pair, SUDDEN_FALL)
    second = factories.therapist(name="Supervisor Elm")
    factories.SupervisionFactory(supervisor=second, therapist=pair.therapist)
    reviews.acknowledge(episode=Episode.objects.get(), by=second)
    reconciling.reconcile()
    alert = Alert.objects.get(recipient=second, kind="strain")
    assert alert.acknowledged_at
    assert ladders.next_step_of(Episode.objects.get()) is None


def test_acknowledging_quiets_ones_own_alert_alone(pair, supervisor, second_supervisor):
    Clinic.objects.update_or_create(pk=1, defaults={"alert_at_once_from": "moderate"})
    factories.weekly(pair, SUDDEN_FALL)
    reviews.acknowledge(episode=Episode.objects.get(), by=supervisor)
    quiet = Alert.objects.exclude(acknowledged_at=None)
    assert list(quiet.values_list("recipient", flat=True)) == [supervisor.pk]


def test_reopened_strain_comes_back_to_who_had_closed_its_review(episode, supervisor):
    episodes.dismiss(episode=episode, because="misread", by=episode.pair.therapist)
    reviews.resolve(episode=episode, outcome="no_strain", by=supervisor)
    assert waiting_for(supervisor) == []
    episodes.reopen(episode=episode, by=episode.pair.therapist)
    (case,) = cases_of(supervisor)
    assert (case.episode, case.is_seen) == (episode, False)


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

    with time_machine.travel(timezone.now() + datetime.timedelta(days=15)):
        factories.TherapySessionFactory(
            pair=episode.pair, starts_at=timezone.now() + datetime.timedelta(days=1)
        )
        vigilance.screen_open_episodes()
        episode.refresh_from_db()
        assert episode.severity == "high"
        assert waiting_for(supervisor) == [episode]


def test_dismissed_strain_waits_until_the_reader_has_seen_it(
    episode, supervisor, second_supervisor
):
    episodes.dismiss(episode=episode, reason="The client was ill.", by=episode.pair.therapist)
    assert waiting_for(supervisor) == [episode]
    reviews.acknowledge(episode=episode, by=supervisor)
    assert waiting_for(supervisor) == []
    assert waiting_for(second_supervisor) == [episode]


def test_strain_that_was_seen_before_it_closed_waits_again(episode, supervisor):
    reviews.acknowledge(episode=episode, by=supervisor)
    episodes.dismiss(episode=episode, reason="The client was ill.", by=episode.pair.therapist)
    assert waiting_for(supervisor) == [episode]


def test_closed_strain_waits_no_longer_than_four_weeks(episode, supervisor):
    episodes.dismiss(episode=episode, reason="The client was ill.", by=episode.pair.therapist)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=29)):
        assert waiting_for(supervisor) == []


def test_reopened_review_waits_for_all(episode, supervisor, second_supervisor):
    reviews.resolve(episode=episode, outcome="plan_agreed", by=supervisor)
    reviews.reopen(episode=episode, by=second_supervisor)
    assert waiting_for(supervisor) == waiting_for(second_supervisor) == [episode]
    assert set(SupervisorReview.objects.values_list("outcome", flat=True)) == {""}


def test_several_are_acknowledged_at_once_and_none_is_closed(therapist, supervisor):
    rows = [strain(therapist, "First"), strain(therapist, "Second")]
    assert reviews.acknowledge_all(episodes=rows, by=supervisor) == 2
    assert [case.is_seen for case in cases_of(supervisor)] == [True, True]
    assert not SupervisorReview.objects.exclude(resolved_at=None).exists()


# --- snoozing ---------------------------------------------------------------------------------


def in_days(days: int):
    return time_machine.travel(timezone.now() + datetime.timedelta(days=days))


def test_snoozed_case_sleeps_for_the_reader_alone(episode, supervisor, second_supervisor):
    reviews.snooze(episode=episode, days=7, by=supervisor)
    assert waiting_for(supervisor) == []
    assert waiting_for(supervisor, shown="snoozed") == [episode]
    assert queues.queue_of(supervisor).counts["snoozed"] == 1
    assert waiting_for(second_supervisor) == [episode]


@pytest.mark.parametrize(("days", "sleeps"), [(6, True), (7, False)])
def test_snoozed_case_wakes_on_its_day(episode, supervisor, days, sleeps):
    reviews.snooze(episode=episode, days=7, by=supervisor)
    with in_days(days):
        assert waiting_for(supervisor) == ([] if sleeps else [episode])


def test_snoozed_case_wakes_on_a_new_finding(episode, supervisor):
    reviews.snooze(episode=episode, days=14, by=supervisor)
    with in_days(1):
        factories.rate(factories.TherapySessionFactory(pair=episode.pair), 30.0)
        assert waiting_for(supervisor) == [episode]
        assert queues.queue_of(supervisor).counts["snoozed"] == 0


def test_snoozed_case_wakes_when_the_therapist_takes_it_to_supervision(episode, supervisor):
    reviews.snooze(episode=episode, days=14, by=supervisor)
    with in_days(1):
        episodes.take_to_supervision(episode=episode, wanted=True, by=episode.pair.therapist)
        assert waiting_for(supervisor) == [episode]


def test_snoozed_case_can_be_woken(episode, supervisor):
    reviews.snooze(episode=episode, days=14, by=supervisor)
    reviews.wake(episode=episode, by=supervisor)
    assert waiting_for(supervisor) == [episode]


@pytest.mark.parametrize("days", [0, 15])
def test_case_sleeps_no_longer_than_two_weeks(episode, supervisor, days):
    with pytest.raises(ValueError):
        reviews.snooze(episode=episode, days=days, by=supervisor)
    assert waiting_for(supervisor) == [episode]


# --- who has it -------------------------------------------------------------------------------


def test_case_that_was_taken_names_its_owner_to_all(episode, supervisor, second_supervisor):
    reviews.hand_to(episode=episode, owner=supervisor, by=supervisor)
    assert [cases_of(person)[0].owner for person in (supervisor, second_supervisor)] == [
        supervisor,
        supervisor,
    ]


def test_owner_whose_supervision_ended_has_the_case_no_longer(
    episode, supervisor, second_supervisor, yesterday
):
    reviews.hand_to(episode=episode, owner=supervisor, by=supervisor)
    Supervision.objects.filter(supervisor=supervisor).update(until_on=yesterday)
    assert cases_of(second_supervisor)[0].owner is None


def test_delegate_may_have_a_case(episode, supervisor, delegate):
    reviews.hand_to(episode=episode, owner=delegate, by=supervisor)
    assert cases_of(supervisor)[0].owner == delegate
