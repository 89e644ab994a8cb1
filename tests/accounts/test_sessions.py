"""A sign-in ends on the server: after fifteen idle minutes, after twelve hours, and by hand."""

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts import tasks
from accounts.models import BrowserSession
from accounts.services import second_factors
from alliance.schedule import BEAT_SCHEDULE
from sessions_app.services import tablet
from tests import factories
from tests.factories.people import PASSWORD

LOGIN = "/account/login/?next="
MINUTE = 60
NEW = "brand-new-words-7"


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now().replace(hour=7), tick=False) as clock:
        yield clock


@pytest.fixture
def signed_in(clock, client, therapist):
    client.force_login(therapist)
    return client


def is_open(client) -> bool:
    return client.get("/clients/").status_code == 200


def test_idle_sign_in_ends_after_fifteen_minutes(signed_in, clock):
    clock.shift(15 * MINUTE - 1)
    assert is_open(signed_in)
    clock.shift(15 * MINUTE)
    assert signed_in.get("/clients/").headers["Location"] == f"{LOGIN}/clients/"


def test_ended_sign_in_is_gone_from_the_server(signed_in, clock):
    key = signed_in.session.session_key
    clock.shift(15 * MINUTE)
    signed_in.get("/clients/")
    assert not BrowserSession.objects.filter(session_key=key).exists()


def test_sign_in_in_use_ends_after_twelve_hours(signed_in, clock):
    for _quarter in range(4 * 12 - 1):
        clock.shift(15 * MINUTE - 1)
        assert is_open(signed_in)
    clock.shift(15 * MINUTE - 1)
    assert is_open(signed_in)
    clock.shift(48)
    assert not is_open(signed_in)


def test_page_that_asks_by_itself_keeps_nobody_signed_in(signed_in, clock, pair):
    therapy_session = factories.TherapySessionFactory(pair=pair)
    on = factories.paired_tablet()[0]
    tablet.make_ready(therapy_session=therapy_session, on=on, by=pair.therapist)
    url = reverse("tablet_state", kwargs={"key": therapy_session.key})
    for _minute in range(14):
        clock.shift(MINUTE)
        assert signed_in.get(url).status_code == 200
    clock.shift(MINUTE)
    assert signed_in.get(url).headers["Location"].startswith(LOGIN)


def test_draft_that_a_page_keeps_is_no_sign_of_a_person(signed_in, clock, therapy_session):
    url = reverse("log_draft_keep", kwargs={"key": therapy_session.key})
    clock.shift(14 * MINUTE)
    assert not signed_in.post(url, b"x", content_type="text/plain").headers.get("Location")
    clock.shift(MINUTE)
    assert signed_in.post(url, b"x", content_type="text/plain").headers["Location"]


def test_typing_keeps_somebody_signed_in(signed_in, clock):
    for _time in range(5):
        clock.shift(10 * MINUTE)
        assert signed_in.get("/still-here/").status_code == 204
    assert is_open(signed_in)


def test_form_sent_too_late_leads_back_to_its_page(signed_in, clock, pair):
    clock.shift(15 * MINUTE)
    page = f"/clients/{pair.client.key}/edit/"
    response = signed_in.post(
        f"/clients/{pair.client.key}/agreements/x/", headers={"referer": f"http://testserver{page}"}
    )
    assert response.status_code == 404
    clock.shift(1)
    response = signed_in.post(
        f"/clients/{pair.client.key}/end/", headers={"referer": f"http://testserver{page}"}
    )
    assert response.headers["Location"] == f"{LOGIN}%2F{page[1:].replace('/', '%2F')}"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/x", "//evil.example", ""])
def test_form_sent_too_late_leads_to_no_other_site(client, pair, elsewhere):
    response = client.post(f"/clients/{pair.client.key}/end/", headers={"referer": elsewhere})
    assert response.headers["Location"] == f"{LOGIN}%2F"


def test_person_is_told_why_they_sign_in_again(signed_in, clock):
    clock.shift(15 * MINUTE)
    page = signed_in.get("/clients/", follow=True)
    assert "signed out after a time" in page.content.decode()


def test_sign_ins_ended_by_hand_end_and_later_ones_do_not(signed_in, clock, therapist):
    clock.shift(1)
    second_factors.end_sessions(user=therapist)
    assert not is_open(signed_in)
    clock.shift(1)
    signed_in.force_login(therapist)
    assert is_open(signed_in)


def test_session_that_does_not_say_when_it_began_is_over(signed_in):
    session = signed_in.session
    del session["began_at"]
    session.save()
    assert not is_open(signed_in)


def test_activity_is_written_at_most_twice_a_minute(signed_in, clock, django_assert_num_queries):
    signed_in.get("/still-here/")
    clock.shift(29)
    with django_assert_num_queries(3):
        signed_in.get("/still-here/")
    clock.shift(1)
    signed_in.get("/still-here/")
    assert signed_in.session["active_at"] == timezone.now().timestamp()


def test_new_password_gives_a_new_session_id_and_ends_the_other_sign_ins(client, therapist):
    therapist.set_password(PASSWORD)
    therapist.save()
    elsewhere = type(client)()
    for browser in (client, elsewhere):
        browser.force_login(therapist)
    before = client.session.session_key
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    client.post(
        "/account/password/change/",
        {
            "oldpassword": PASSWORD,
            "password1": "brand-new-words-7",
            "password2": "brand-new-words-7",
        },
    )
    assert client.session.session_key != before
    assert is_open(client)
    assert not is_open(elsewhere)


def test_rows_of_sign_ins_that_are_over_are_removed_by_the_timetable(signed_in, clock, therapist):
    clock.shift(13 * 60 * MINUTE)
    other = type(signed_in)()
    other.force_login(therapist)
    tasks.forget_sessions()
    assert BrowserSession.objects.get().session_key == other.session.session_key
    assert tasks.forget_sessions.name in {entry["task"] for entry in BEAT_SCHEDULE.values()}
