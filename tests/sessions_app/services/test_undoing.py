"""What was done a moment ago is taken back; a rating never is."""

import datetime
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from sessions_app.models import TherapySession, UndoStep
from sessions_app.services import agreements, therapy_sessions, undoing
from sessions_app.services.therapy_sessions import Log, Page
from tests import factories

LINES = {"relationship": 90, "goals": 80, "approach": 85, "overall": 90}


def save(therapy_session, attendance="attended", **fields) -> UndoStep:
    by = therapy_session.pair.therapist
    therapy_sessions.record(therapy_session=therapy_session, log=Log(attendance, **fields), by=by)
    return undoing.offer_for(therapy_session, by=by)


def fresh(therapy_session) -> TherapySession:
    return TherapySession.objects.get(pk=therapy_session.pk)


def test_first_save_undone_is_a_session_still_to_log(therapy_session, therapist):
    step = save(therapy_session, "no_show", note="Rang twice")
    undoing.undo(step=step, by=therapist)
    row = fresh(therapy_session)
    assert (row.attendance, row.logged_at, row.note) == ("booked", None, "")
    assert not row.findings.exists()


def test_second_save_undone_brings_the_first_back_as_a_whole(therapy_session, therapist):
    save(
        therapy_session,
        minutes_late=12,
        note="First",
        markers={"appeasing": 2},
        feelings={"boredom": 3},
        prediction=LINES,
    )
    step = save(therapy_session, "no_show")
    undoing.undo(step=step, by=therapist)
    row = fresh(therapy_session)
    assert (row.attendance, row.minutes_late, row.note) == ("attended", 12, "First")
    assert dict(row.markers.values_list("code", "salience")) == {"appeasing": 2}
    assert row.feelings == {"boredom": 3}
    assert row.prediction.lines == LINES


def test_undo_can_be_taken_back_too(therapy_session, therapist):
    again = undoing.undo(step=save(therapy_session, note="Typed"), by=therapist)
    undoing.undo(step=again, by=therapist)
    assert fresh(therapy_session).note == "Typed"


def test_undo_leaves_a_rating_and_what_it_says(therapy_session, therapist):
    step = save(therapy_session, note="Typed", prediction=LINES)
    factories.rate(therapy_session, 31.0)
    undoing.undo(step=step, by=therapist)
    row = fresh(therapy_session)
    assert row.srs_entry.total == 310
    assert (row.attendance, row.note) == ("attended", "")
    # Made while the marks were unseen, and now they are seen: a second guess would not count.
    assert row.prediction.lines == LINES
    assert row.marks_seen_at is not None


def test_undo_of_a_log_that_was_saved_once_more_changes_nothing(therapy_session, therapist):
    step = save(therapy_session, note="First")
    save(therapy_session, note="Second")
    with pytest.raises(undoing.CannotUndo):
        undoing.undo(step=step, by=therapist)
    assert fresh(therapy_session).note == "Second"
    assert UndoStep.objects.get(pk=step.pk).undone_at is None


def test_undo_twice_is_refused(therapy_session, therapist):
    step = save(therapy_session)
    undoing.undo(step=step, by=therapist)
    with pytest.raises(undoing.CannotUndo):
        undoing.undo(step=step, by=therapist)


def test_undo_after_a_quarter_of_an_hour_is_refused_and_the_step_forgotten(
    therapy_session, therapist
):
    step = save(therapy_session)
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=16), tick=False):
        with pytest.raises(undoing.CannotUndo):
            undoing.undo(step=step, by=therapist)
        assert undoing.forget_old() == 1


def test_reason_for_a_missing_rating_is_undone(therapy_session, therapist):
    therapy_sessions.note_missing(therapy_session=therapy_session, reason="forgotten", by=therapist)
    undoing.undo(step=undoing.offer_for(therapy_session, by=therapist), by=therapist)
    row = fresh(therapy_session)
    assert (row.attendance, row.missing_reason) == ("booked", "")


def test_ended_goal_holds_again(pair, therapist):
    goal = agreements.agree(pair=pair, kind="goal", text="Rest", on=pair.from_on, by=therapist)
    step = agreements.end(agreement=goal, on=timezone.localdate(), by=therapist)
    undoing.undo(step=step, by=therapist)
    goal.refresh_from_db()
    assert goal.until_on is None


def test_note_in_a_step_lies_encrypted(therapy_session):
    save(therapy_session, note="He spoke of his brother.")
    save(therapy_session)
    with connection.cursor() as cursor:
        cursor.execute("SELECT before FROM sessions_app_undostep")
        assert not any("brother" in before for (before,) in cursor.fetchall())


# --- two windows, one log ---------------------------------------------------------------------


def test_save_from_an_older_page_changes_nothing(therapy_session, therapist):
    mine, theirs = Page(uuid4(), 0), Page(uuid4(), 0)
    for page, note in ((theirs, "There"), (mine, "Here")):
        log = Log("attended", note=note)
        call = {"therapy_session": therapy_session, "log": log, "by": therapist, "page": page}
        if page is theirs:
            therapy_sessions.record(**call)
        else:
            with pytest.raises(therapy_sessions.SavedElsewhere):
                therapy_sessions.record(**call)
    assert fresh(therapy_session).note == "There"


def test_page_that_saved_last_may_save_again(therapy_session, therapist):
    """A second touch of the button, or "back" and once more."""
    page = Page(uuid4(), 0)
    for note in ("Once", "Twice"):
        log = Log("attended", note=note)
        therapy_sessions.record(therapy_session=therapy_session, log=log, by=therapist, page=page)
    assert fresh(therapy_session).note == "Twice"


def test_reason_given_on_today_makes_an_open_log_stale(therapy_session, therapist):
    therapy_sessions.note_missing(therapy_session=therapy_session, reason="technical", by=therapist)
    with pytest.raises(therapy_sessions.SavedElsewhere):
        therapy_sessions.record(
            therapy_session=therapy_session,
            log=Log("attended"),
            by=therapist,
            page=Page(uuid4(), 0),
        )
    assert fresh(therapy_session).missing_reason == "technical"
