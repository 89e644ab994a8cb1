"""The list of one's own sign-ins: each in plain words, and each can be ended."""

import datetime

import pytest
import time_machine
from django.test import Client as Browser
from django.utils import timezone

from accounts import devices
from accounts.models import AuditEntry, BrowserSession
from accounts.services import second_factors
from tests.second_step import code_of, give_app

LIST = "/sign-ins/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
MINUTE = datetime.timedelta(minutes=1)


def signed_in(person, user_agent: str = "") -> Browser:
    """By the form, as a browser of that name."""
    browser = Browser(HTTP_USER_AGENT=user_agent, REMOTE_ADDR="192.0.2.77")
    answer = browser.post(
        "/account/login/", {"login": person.email, "password": "four-quiet-herons"}
    )
    assert answer.status_code == 302
    return browser


@pytest.fixture
def person(therapist):
    therapist.set_password("four-quiet-herons")
    therapist.save()
    return therapist


def is_open(browser) -> bool:
    return browser.get("/clients/").status_code == 200


def test_list_tells_each_sign_in_in_words_and_which_one_this_is(person, other_therapist):
    began = timezone.now().replace(hour=12, minute=3)
    with time_machine.travel(began):
        here, _phone = signed_in(person, FIREFOX), signed_in(person, IPHONE)
        Browser().force_login(other_therapist)
    with time_machine.travel(began + 5 * MINUTE):
        page = here.get(LIST).content.decode()
    assert "Firefox on Linux" in page and "Safari on iPhone" in page
    assert page.count("last used at 12:03") == 2
    assert page.count("This one") == 1
    assert page.count('action="/sign-ins/end/') == 2  # the phone's, and all at once


def test_one_ended_is_nobodys_and_the_others_go_on(person):
    here, phone, desk = (signed_in(person, name) for name in (FIREFOX, IPHONE, EDGE))
    ended = person.browser_sessions.get(system="iPhone")
    page = here.post(f"/sign-ins/end/{ended.key}/", follow=True).content.decode()
    assert "That sign-in has ended." in page and "iPhone" not in page
    assert (is_open(here), is_open(phone), is_open(desk)) == (True, False, True)
    entry = AuditEntry.objects.get(deed="sign_ins.end")
    assert (entry.by, entry.action, entry.record) == (person, "ended", str(ended.key))


def test_one_of_somebody_else_is_not_there(client, person, other_therapist):
    theirs = signed_in(person)
    client.force_login(other_therapist)
    key = person.browser_sessions.get().key
    assert client.post(f"/sign-ins/end/{key}/").status_code == 404
    assert is_open(theirs)


def test_one_ends_only_after_the_second_step_was_shown_again(client, person, settings):
    settings.SECOND_FACTOR_DEMANDED = True
    secret = give_app(person)
    elsewhere = Browser()
    for browser in (elsewhere, client):
        browser.force_login(person)
    ended = person.browser_sessions.exclude(session_key=client.session.session_key).get()
    refused = client.post(f"/sign-ins/end/{ended.key}/")
    assert refused.headers["Location"].startswith("/account/2fa/reauthenticate/")
    assert is_open(elsewhere)
    client.post("/account/2fa/reauthenticate/", {"code": code_of(secret)})
    client.post(f"/sign-ins/end/{ended.key}/")
    assert not is_open(elsewhere)


def test_what_is_over_is_not_listed(person):
    began = timezone.now()
    with time_machine.travel(began):
        signed_in(person, IPHONE)
    with time_machine.travel(began + 14 * MINUTE):
        assert "iPhone" in signed_in(person, EDGE).get(LIST).content.decode()
    with time_machine.travel(began + 16 * MINUTE):
        assert "iPhone" not in signed_in(person, EDGE).get(LIST).content.decode()
        second_factors.end_sessions(user=person)
    with time_machine.travel(began + 17 * MINUTE):
        assert signed_in(person, FIREFOX).get(LIST).content.decode().count("last used") == 1


def test_new_session_id_keeps_the_sign_ins_own_key(client, person):
    client.force_login(person)
    before = BrowserSession.objects.get()
    client.session.cycle_key()
    after = BrowserSession.objects.get()
    assert after.key == before.key
    assert after.session_key != before.session_key


def test_nothing_of_the_browser_is_kept_but_two_words(person):
    signed_in(person, EDGE)
    kept = str(BrowserSession.objects.values().get())
    session = BrowserSession.objects.get()
    kept += str(session.get_decoded())
    assert "Edge" in kept and "Windows" in kept
    for word in ("192.0.2.77", "NT 10.0", "AppleWebKit"):
        assert word not in kept


@pytest.mark.django_db
def test_session_of_nobody_has_no_owner(client):
    client.get("/account/login/?next=/clients/")
    client.post("/account/login/", {"login": "nobody@clinic.example", "password": "x"})
    assert not BrowserSession.objects.exclude(user=None).exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (FIREFOX, ("Firefox", "Linux")),
        (EDGE, ("Edge", "Windows")),
        (IPHONE, ("Safari", "iPhone")),
        ("curl/8.7.1", ("", "")),
        ("", ("", "")),
    ],
)
def test_browser_is_told_in_two_words(name, words):
    assert devices.told(name) == words
