"""The session log: drafts offered, two windows, predictions before marks, and undo by a form."""

import datetime
import re
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client as Device
from django.utils import timezone

from accounts.models import AuditEntry
from sessions_app.models import LogDraft, Prediction, UndoStep
from sessions_app.services import endings, therapy_sessions
from sessions_app.services.therapy_sessions import Log
from tests import factories
from tests.blocking import meanwhile
from tests.sessions_app.services.test_log_drafts import sealed_draft


@pytest.fixture
def desk(client, therapist):
    client.force_login(therapist)
    return client


def text_of(response) -> str:
    return unescape(response.content.decode())


def form_of(response) -> dict:
    return {"attendance": "attended"} | {
        name: str(response.context["form"][name].value()) for name in ("version", "page")
    }


def log_url(therapy_session) -> str:
    return f"/sessions/{therapy_session.key}/"


def hand_in(desk, therapy_session, sealed):
    return desk.post(
        f"{log_url(therapy_session)}draft/", sealed, content_type="application/octet-stream"
    )


def test_draft_handed_in_fills_the_form_when_its_author_comes_back(
    desk, therapy_session, therapist
):
    fields = {"attendance": "no_show", "note": "Half a thought", "marker_appeasing": "3"}
    sealed = sealed_draft(therapy_session, therapist, fields=fields)
    assert hand_in(desk, therapy_session, sealed).status_code == 204
    text = text_of(desk.get(log_url(therapy_session)))
    assert "This is your draft of" in text
    assert "Half a thought" in text
    assert re.search(r'value="no_show"[^>]*checked', text)
    assert re.search(r'<option value="3" selected>', text)
    assert "Go on with the log" in text_of(desk.get("/"))


def test_draft_discarded_is_gone(desk, therapy_session, therapist):
    hand_in(desk, therapy_session, sealed_draft(therapy_session, therapist))
    answer = desk.post(f"{log_url(therapy_session)}draft/discard/", follow=True)
    assert "This is your draft of" not in text_of(answer)
    assert not LogDraft.objects.exists()


def test_draft_of_somebody_else_is_refused(client, therapy_session, therapist, other_therapist):
    client.force_login(other_therapist)
    sealed = sealed_draft(therapy_session, therapist)
    assert hand_in(client, therapy_session, sealed).status_code == 404
    assert not LogDraft.objects.exists()


def test_draft_of_a_signed_out_browser_is_sent_to_sign_in(client, therapy_session, therapist):
    answer = hand_in(client, therapy_session, sealed_draft(therapy_session, therapist))
    assert answer.status_code == 302
    assert "/account/login/" in answer.url


def test_draft_with_marks_and_words_of_any_kind_is_escaped(desk, therapy_session, therapist):
    fields = {"attendance": "<b>", "note": "</textarea><script>x</script>", "minutes_late": "é\0"}
    hand_in(desk, therapy_session, sealed_draft(therapy_session, therapist, fields=fields))
    answer = desk.get(log_url(therapy_session))
    assert answer.status_code == 200
    assert b"<script>x" not in answer.content


def test_second_window_sees_both_and_overwrites_nothing(desk, therapy_session):
    here = form_of(desk.get(log_url(therapy_session)))
    there = form_of(desk.get(log_url(therapy_session)))
    desk.post(log_url(therapy_session), there | {"note": "Typed there", "marker_appeasing": "2"})
    answer = desk.post(log_url(therapy_session), here | {"note": "Typed here"})
    assert answer.status_code == 409
    text = text_of(answer)
    assert "saved from another window" in text
    rows = answer.context["differences"]
    assert ("Note", "Typed there", "Typed here") in rows
    assert ("Quick agreement or praise", "2", "–") in rows
    therapy_session.refresh_from_db()
    assert therapy_session.note == "Typed there"

    desk.post(log_url(therapy_session), form_of(answer) | {"note": "Both in one"})
    therapy_session.refresh_from_db()
    assert therapy_session.note == "Both in one"


def test_window_opened_on_the_draft_of_another_is_a_window_of_its_own(
    desk, therapy_session, therapist
):
    first = form_of(desk.get(log_url(therapy_session)))
    hand_in(desk, therapy_session, sealed_draft(therapy_session, therapist, page=first["page"]))
    second = form_of(desk.get(log_url(therapy_session)))
    desk.post(log_url(therapy_session), second | {"note": "With more words"})
    assert desk.post(log_url(therapy_session), first | {"note": "Half"}).status_code == 409
    therapy_session.refresh_from_db()
    assert therapy_session.note == "With more words"


def test_save_offers_an_undo_that_is_a_form(desk, therapy_session):
    form = form_of(desk.get(log_url(therapy_session)))
    answer = desk.post(log_url(therapy_session), form | {"note": "Too early"}, follow=True)
    step = UndoStep.objects.get()
    assert f'action="/undo/{step.key}/"' in text_of(answer)
    undone = desk.post(f"/undo/{step.key}/", follow=True)
    assert "Undone: it is as it was before." in text_of(undone)
    therapy_session.refresh_from_db()
    assert (therapy_session.attendance, therapy_session.note) == ("booked", "")


def test_undo_of_somebody_elses_step_is_not_found(client, therapy_session, supervisor):
    therapist = therapy_session.pair.therapist
    therapy_sessions.record(therapy_session=therapy_session, log=Log("attended"), by=therapist)
    client.force_login(supervisor)
    assert client.post(f"/undo/{UndoStep.objects.get().key}/").status_code == 404
    assert client.post(f"/undo/{uuid4()}/").status_code == 404


# --- the guess before the marks ---------------------------------------------------------------


def test_log_and_today_keep_the_marks_until_the_log_is_saved(midday, desk, pair):
    """A fall that opens a strain: neither page tells of it before the guess."""
    factories.weekly(pair, [37.0, 38.0, 37.5, 38.0])
    an_hour_ago = midday - datetime.timedelta(hours=1)
    newest = factories.TherapySessionFactory(pair=pair, starts_at=an_hour_ago)
    factories.rate(newest, (5.8, 8.6, 8.4, 8.2))
    for url in ("/", log_url(newest)):
        text = text_of(desk.get(url)).partition("<main")[2]
        for telling in ("31.0", "5.8", "lower than", "Possible strain", "/strains/"):
            assert telling not in text, (url, telling)
    assert "then you see what the client marked" in text_of(desk.get("/"))
    guess = {f"prediction_{line}": "9" for line in ("relationship", "goals", "approach", "overall")}
    answer = desk.post(log_url(newest), form_of(desk.get(log_url(newest))) | guess, follow=True)
    assert Prediction.objects.get().total == 360
    assert "You expected 36.0; the client marked 31.0." in text_of(answer)
    assert "/strains/" in text_of(desk.get("/"))


def test_log_saved_without_a_guess_shows_the_marks_and_takes_none_later(desk, therapy_session):
    factories.rate(therapy_session, 34.0)
    desk.post(log_url(therapy_session), form_of(desk.get(log_url(therapy_session))))
    text = text_of(desk.get(log_url(therapy_session)))
    assert "a guess would no longer count" in text
    assert "prediction_goals" not in text


@pytest.mark.parametrize("page", ["/clients/{client}/", "/sessions/{session}/together/"])
def test_page_that_shows_the_marks_ends_the_guessing(desk, therapy_session, page):
    factories.rate(therapy_session, 34.0)
    client_key = therapy_session.pair.client.key
    desk.get(page.format(client=client_key, session=therapy_session.key))
    therapy_session.refresh_from_db()
    assert therapy_session.marks_seen_at is not None
    assert "a guess would no longer count" in text_of(desk.get(log_url(therapy_session)))


def test_supervisors_reading_ends_no_guessing(client, therapy_session, supervisor):
    factories.rate(therapy_session, 34.0)
    client.force_login(supervisor)
    client.get(f"/clients/{therapy_session.pair.client.key}/")
    therapy_session.refresh_from_db()
    assert therapy_session.marks_seen_at is None


def test_rated_session_of_an_earlier_day_stays_on_today_until_it_is_logged(desk, pair):
    [earlier, _newest] = factories.weekly(pair, [None, None])
    factories.rate(earlier, 36.0)
    assert log_url(earlier) in text_of(desk.get("/"))
    desk.post(log_url(earlier), form_of(desk.get(log_url(earlier))))
    assert f'"{log_url(earlier)}"' not in text_of(desk.get("/"))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_note_is_not_shown_of_a_session_that_is_handed_over_at_that_moment(pair, other_therapist):
    in_a_week = timezone.now() + datetime.timedelta(days=7)
    booked = factories.TherapySessionFactory(pair=pair, starts_at=in_a_week)
    page = Device(raise_request_exception=False)
    page.force_login(pair.therapist)
    today = timezone.localdate()
    answer = meanwhile(
        lambda: endings.hand_over(pair=pair, to=other_therapist, on=today, by=pair.therapist),
        lambda: page.post(f"{log_url(booked)}show/note/", {"wanted": "no"}),
    )
    assert (answer.status_code, answer.url) == (302, log_url(booked))
    assert page.get(answer.url).status_code == 404
    booked.refresh_from_db()
    assert (booked.pair.therapist, booked.note_shown_at) == (other_therapist, None)
    assert not AuditEntry.objects.filter(deed="therapy_sessions.show").exists()
