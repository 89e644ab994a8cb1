"""Planned, dropped out, handed over; and each of them taken back."""

import datetime

import pytest
import time_machine
from django.test import Client as Device
from django.utils import timezone

from accounts import sealing
from sessions_app.models import BreakGlass, Pair, SRSEntry
from sessions_app.services import endings, tablet, therapy_sessions, undoing
from sessions_app.views.tablet import TICKET_COOKIE
from tests import factories
from tests.blocking import meanwhile
from tests.sealing import seal_answers

NOTE = "canary of a note"
TODAY = timezone.localdate()
TOMORROW = TODAY + datetime.timedelta(days=1)


@pytest.fixture
def booked(pair):
    ahead = timezone.now() + datetime.timedelta(days=3)
    return factories.TherapySessionFactory(pair=pair, starts_at=ahead)


def end(pair, ending="planned"):
    return endings.end(pair=pair, ending=ending, on=TODAY, by=pair.therapist)


def hand_over(pair, to, on=TODAY):
    return endings.hand_over(pair=pair, to=to, on=on, by=pair.therapist)


def test_ending_cancels_what_is_booked_and_undo_books_it_again(pair, booked):
    step = end(pair)
    booked.refresh_from_db()
    assert booked.attendance == "cancelled_therapist"
    undoing.undo(step=step, by=pair.therapist)
    booked.refresh_from_db()
    pair.client.refresh_from_db()
    assert (booked.attendance, booked.cancelled_at) == ("booked", None)
    assert (pair.client.status, pair.client.ended_on) == ("active", None)


def test_ending_twice_is_refused(pair):
    end(pair)
    with pytest.raises(endings.AlreadyEnded):
        end(pair, "drop_out")


def test_handed_over_client_has_a_new_pair_from_the_next_day(pair, other_therapist):
    hand_over(pair, other_therapist)
    old, new = Pair.objects.order_by("from_on")
    assert (old.until_on, new.from_on, new.until_on) == (TODAY, TOMORROW, None)
    assert new.client.status == "active"
    assert list(Pair.objects.of(other_therapist)) == []
    assert list(Pair.objects.current(on=TOMORROW)) == [new]


def test_handing_over_twice_is_refused(pair, other_therapist):
    hand_over(pair, other_therapist)
    with pytest.raises(endings.AlreadyEnded):
        hand_over(pair, other_therapist)
    assert Pair.objects.count() == 2


def test_undone_handover_leaves_one_pair(pair, booked, other_therapist):
    step = hand_over(pair, other_therapist)
    undoing.undo(step=step, by=pair.therapist)
    assert Pair.objects.get() == pair
    assert Pair.objects.get().until_on is None
    booked.refresh_from_db()
    assert (booked.attendance, booked.pair) == ("booked", pair)


def test_what_is_booked_goes_along(pair, booked, other_therapist):
    hand_over(pair, other_therapist)
    booked.refresh_from_db()
    assert booked.attendance == "booked"
    assert booked.pair.therapist == other_therapist


def test_handover_is_not_undone_once_the_new_therapist_has_begun(pair, other_therapist):
    yesterday = TODAY - datetime.timedelta(days=1)
    step = hand_over(pair, other_therapist, on=yesterday)
    new = Pair.objects.of(other_therapist).get()
    factories.TherapySessionFactory(pair=new)
    with pytest.raises(undoing.CannotUndo):
        undoing.undo(step=step, by=pair.therapist)
    assert Pair.objects.of(other_therapist).get() == new


def test_handover_is_not_undone_once_the_client_has_gone_on_again(pair, other_therapist):
    yesterday = TODAY - datetime.timedelta(days=1)
    step = hand_over(pair, other_therapist, on=yesterday)
    new = Pair.objects.of(other_therapist).get()
    third = factories.therapist(name="Therapist Elm")
    hand_over(new, third)
    with pytest.raises(undoing.CannotUndo):
        undoing.undo(step=step, by=pair.therapist)
    assert Pair.objects.count() == 3


def test_handover_is_not_undone_once_the_new_therapist_ended_the_therapy(pair, other_therapist):
    step = hand_over(pair, other_therapist, on=TODAY - datetime.timedelta(days=1))
    end(Pair.objects.of(other_therapist).get())
    with pytest.raises(undoing.CannotUndo):
        undoing.undo(step=step, by=pair.therapist)
    pair.client.refresh_from_db()
    assert pair.client.status == "ended"


def test_handover_is_not_undone_over_an_opening_in_an_emergency(pair, other_therapist):
    """Whoever opened the new pair's record has to answer for it."""
    step = hand_over(pair, other_therapist, on=TODAY - datetime.timedelta(days=1))
    new = Pair.objects.of(other_therapist).get()
    BreakGlass.objects.create(
        pair=new, by=pair.therapist, reason="Somebody called.", ends_at=timezone.now()
    )
    with pytest.raises(undoing.CannotUndo):
        undoing.undo(step=step, by=pair.therapist)
    assert BreakGlass.objects.exists()


def test_session_that_went_along_is_not_logged_back_to_the_old_pair(pair, booked, other_therapist):
    """A log's page that was open while the client was handed over."""
    hand_over(pair, other_therapist)
    with pytest.raises(therapy_sessions.HandedOver):
        therapy_sessions.record(
            therapy_session=booked, log=therapy_sessions.Log("no_show"), by=pair.therapist
        )
    booked.refresh_from_db()
    assert (booked.pair.therapist, booked.attendance) == (other_therapist, "booked")


def test_new_pair_knows_who_was_before(pair, other_therapist):
    hand_over(pair, other_therapist)
    new = Pair.objects.get(therapist=other_therapist)
    assert endings.previous_of(new) == pair
    assert endings.previous_of(pair) is None


def test_notes_of_a_pair_that_is_over_are_shown_to_nobody(
    client, pair, therapy_session, other_therapist, supervisor, administrator
):
    """As the form says before, and the page after."""
    log = therapy_sessions.Log("attended", note=NOTE)
    therapy_sessions.record(therapy_session=therapy_session, log=log, by=pair.therapist)
    client.force_login(pair.therapist)
    ending, page = f"/clients/{pair.client.key}/end/", f"/clients/{pair.client.key}/"
    log_page = f"/sessions/{therapy_session.key}/"
    assert NOTE in client.get(log_page).content.decode()
    assert "not even to you" in client.get(ending).content.decode()
    with time_machine.travel(timezone.now() + datetime.timedelta(days=1)):
        client.force_login(pair.therapist)
        form = {"ending": "transfer", "to": other_therapist.pk, "on": TODAY.isoformat()}
        said = client.post(ending, form, follow=True).content.decode()
        assert "Nobody is shown your notes then" in said
        assert client.get(log_page).status_code == 404
        assert client.get(page).status_code == 404
        for person, status in ((other_therapist, 200), (supervisor, 404), (administrator, 404)):
            client.force_login(person)
            answer = client.get(page)
            assert answer.status_code == status
            assert NOTE not in answer.content.decode()
            assert client.get(log_page).status_code == 404


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("way", "status"), [("open", 404), ("sealed", 200)])
def test_form_that_comes_in_while_its_client_is_handed_over_is_as_one_that_came_after(
    pair, other_therapist, way, status
):
    """Of a session that is about to begin, and goes along. Its ticket is called back; what a device
    kept is taken all the same."""
    soon = timezone.now() + datetime.timedelta(minutes=30)
    therapy_session = factories.TherapySessionFactory(
        pair=pair, starts_at=soon, attendance="booked"
    )
    link, token = tablet.hand_over(therapy_session=therapy_session, by=pair.therapist)
    device = Device()
    device.cookies[TICKET_COOKIE] = token
    form = {"uuid": link.entry_uuid, "language": "en"} | factories.records.marks(38.0)
    kept = seal_answers(sealing.public_key(), form)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    ways = {
        "open": lambda: device.post("/rate/form/", form),
        "sealed": lambda: device.post("/rate/hand-in/", kept, content_type="application/x"),
    }
    answer = meanwhile(
        lambda: endings._locked(pair),
        ways[way],
        afterwards=lambda: endings.hand_over(
            pair=pair, to=other_therapist, on=yesterday, by=pair.therapist
        ),
    )
    assert (answer.status_code, ways[way]().status_code) == (status, status)
    entries = SRSEntry.objects.filter(therapy_session__pair__therapist=other_therapist)
    assert entries.count() == SRSEntry.objects.count() == (status == 200)
