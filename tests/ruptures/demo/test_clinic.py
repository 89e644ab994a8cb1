"""The demo clinic looks like one in use, whenever it is loaded."""

from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from ruptures.demo import accounts
from ruptures.models import Alert
from ruptures.services import caseloads, queues, reconciling
from sessions_app.models import Client

SUNDAY_NIGHT = "2026-03-22T23:50:00+00:00"


@pytest.fixture
def demo(db, settings):
    settings.DEMO = True
    with time_machine.travel(SUNDAY_NIGHT):
        call_command("seed_demo", stdout=StringIO())
        yield


def person(who: tuple[str, str]) -> User:
    return User.objects.get(email=who[0])


def test_demo_is_a_clinic_in_use(demo):
    assert Client.objects.count() == 60
    _the_day_is_under_way(person(accounts.THERAPISTS[0]))
    for supervisor in accounts.SUPERVISORS:
        _each_group_of_the_queue_has_a_case(person(supervisor))
    _everybody_was_told()
    lead = queues.queue_of(person(accounts.LEAD))
    assert sum(lead.counts.values()) == 1


def _the_day_is_under_way(therapist: User):
    day = caseloads.day_of(therapist, timezone.localdate())
    over = [row for row in day.therapy_sessions if caseloads.chip(row) == "rated"]
    assert [row.logged_at is None for row in over] == [False] * (len(over) - 1) + [True]
    assert len(over) >= 2
    assert day.therapy_sessions[len(over)].can_be_rated
    assert len(day.unlogged) == 1
    assert [word.asks for word in day.comments] == [True, False]


def _each_group_of_the_queue_has_a_case(supervisor: User):
    queue = queues.queue_of(supervisor)
    assert all(queue.counts.values()), queue.counts
    seen = {case.is_seen for _group, cases in queue.groups for case in cases}
    assert seen == {True, False}


def _everybody_was_told():
    """So the hourly look finds nothing to mend and nothing goes out that is not of today."""
    done = reconciling.reconcile()
    assert (done.alerts_restored, done.strains_opened, done.unreached) == (0, 0, 0)
    assert not Alert.objects.unsent().exists()
