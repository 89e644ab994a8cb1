"""Booking and logging a session."""

import pytest
from cryptography.fernet import InvalidToken
from django.db import connection

from ruptures.services import screening
from sessions_app.models import Marker, Pair, TherapySession
from sessions_app.services import therapy_sessions
from sessions_app.services.therapy_sessions import Log
from tests import factories
from tests.blocking import meanwhile

NOTE = "He spoke of his brother for the first time."


def log(therapy_session, attendance="attended", **fields):
    return therapy_sessions.record(
        therapy_session=therapy_session,
        log=Log(attendance=attendance, **fields),
        by=therapy_session.pair.therapist,
    )


def test_record_replaces_the_log_as_a_whole(therapy_session):
    log(therapy_session, markers={"appeasing": 2, "giving_up": 1}, feelings={"boredom": 3})
    log(therapy_session, markers={"appeasing": 4}, minutes_late=12)
    assert list(Marker.objects.values_list("code", "salience")) == [("appeasing", 4)]
    therapy_session.refresh_from_db()
    assert therapy_session.minutes_late == 12
    assert therapy_session.feelings == {}


def test_record_screens_the_session(therapy_session):
    log(therapy_session, markers={"complaint_pace": 4})
    found = dict(therapy_session.findings.values_list("rule", "severity"))
    assert found["confrontation_marker"] == "high"


def test_record_of_a_corrected_attendance_takes_its_finding_back(pair):
    factories.weekly(pair, [36.8])
    later = factories.TherapySessionFactory(pair=pair)
    log(later, "no_show")
    assert later.findings.filter(rule="early_no_show").exists()
    log(later, "attended", missing_reason="technical")
    assert not later.findings.filter(rule="early_no_show").exists()


def test_record_of_a_rated_session_as_no_show_is_refused(therapy_session):
    """The form was checked before the tablet's rating came in."""
    factories.rate(therapy_session, 37.0)
    with pytest.raises(ValueError, match="rated"):
        log(therapy_session, "no_show")
    therapy_session.refresh_from_db()
    assert therapy_session.attendance == "attended"


def test_note_is_encrypted_at_rest_and_read_back(therapy_session):
    log(therapy_session, note=NOTE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM sessions_app_therapysession")
        (at_rest,) = cursor.fetchone()
    assert at_rest.startswith("gAAAA")
    assert "brother" not in at_rest
    assert TherapySession.objects.get().note == NOTE


def test_note_written_with_an_older_key_is_still_read(therapy_session, settings):
    log(therapy_session, note=NOTE)
    settings.NOTE_KEYS = ["a newer key", *settings.NOTE_KEYS]
    assert TherapySession.objects.get().note == NOTE


def test_note_is_unreadable_without_its_key(therapy_session, settings):
    log(therapy_session, note=NOTE)
    settings.NOTE_KEYS = ["another key"]
    with pytest.raises(InvalidToken):
        _ = TherapySession.objects.get().note


def test_feelings_are_encrypted_at_rest_and_read_back(therapy_session):
    log(therapy_session, feelings={"irritation": 4})
    with connection.cursor() as cursor:
        cursor.execute("SELECT feelings FROM sessions_app_therapysession")
        (at_rest,) = cursor.fetchone()
    assert "irritation" not in at_rest
    assert TherapySession.objects.get().feelings == {"irritation": 4}


def test_note_that_is_empty_stays_empty(therapy_session):
    log(therapy_session, note="")
    assert TherapySession.objects.get().note == ""


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_log_saved_during_a_rescreening_waits_and_does_not_deadlock(episode):
    """The hourly look finds something of the very session whose log is being saved."""
    last = episode.pair.therapy_sessions.last()
    TherapySession.objects.filter(pk=last.pk).update(client_asks=True)
    meanwhile(
        lambda: Pair.objects.select_for_update().get(pk=episode.pair_id),
        lambda: log(last, note=NOTE),
        afterwards=lambda: screening.screen_pair(pair=episode.pair),
    )
    last.refresh_from_db()
    assert last.note == NOTE
