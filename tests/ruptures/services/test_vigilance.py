"""What the clock brings: signs of life, and strains that age without an entry."""

import datetime

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from ruptures.models import Episode
from ruptures.services import vigilance
from tests import factories
from tests.conftest import SUDDEN_FALL


def test_worker_leaves_a_sign_of_life(db):
    assert vigilance.worker_seen_at() is None
    vigilance.worker_was_here()
    assert timezone.now() - vigilance.worker_seen_at() < datetime.timedelta(seconds=5)


def test_strain_without_an_answer_becomes_high_with_time(episode):
    factories.TherapySessionFactory(
        pair=episode.pair, starts_at=timezone.now() + datetime.timedelta(days=30)
    )
    with time_machine.travel(timezone.now() + datetime.timedelta(days=15)):
        vigilance.screen_open_episodes()
    episode.refresh_from_db()
    assert episode.severity == "high"


def test_strain_without_a_next_date_becomes_high_after_a_day(episode):
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=25)):
        vigilance.screen_open_episodes()
    episode.refresh_from_db()
    assert episode.severity == "high"
    assert episode.findings.filter(rule="no_next_session").exists()


def test_pair_that_cannot_be_read_does_not_keep_the_others_waiting(therapist, episode):
    """The stored values of the first pair are spoiled, as after a lost key."""
    second = factories.PairFactory(therapist=therapist)
    factories.weekly(second, SUDDEN_FALL)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sessions_app_therapysession SET feelings = 'spoiled' WHERE pair_id = %s",
            [episode.pair_id],
        )
    a_day_on = timezone.now() + datetime.timedelta(hours=25)
    with time_machine.travel(a_day_on), pytest.raises(vigilance.PairsNotScreened, match="1 pairs"):
        vigilance.screen_open_episodes()
    assert Episode.objects.get(pair=second).severity == "high"
