"""Who reads which language, and where that is kept."""

import pytest
from django.conf import settings

from accounts.models import User
from tests import factories
from tests.factories.people import PASSWORD

CHOOSE, LOGIN = "/language/", "/account/login/"


def language_of(response) -> str:
    return response.headers["Content-Language"]


def test_sign_in_page_follows_the_browser(db, client):
    assert "Passwort" in client.get(LOGIN, headers={"Accept-Language": "de-AT"}).content.decode()
    assert "Password" in client.get(LOGIN, headers={"Accept-Language": "en"}).content.decode()


def test_browser_in_arabic_gets_english_from_left_to_right(db, client):
    text = client.get(LOGIN, headers={"Accept-Language": "ar"}).content.decode()
    assert '<html lang="en" dir="ltr">' in text


def test_choice_before_sign_in_stays_in_this_browser(db, client):
    response = client.post(CHOOSE, {"language": "de", "next": LOGIN})
    assert response.headers["Location"] == LOGIN
    assert response.cookies[settings.LANGUAGE_COOKIE_NAME]["httponly"]
    assert language_of(client.get(LOGIN, headers={"Accept-Language": "en"})) == "de"


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "word"])
def test_choice_leads_nowhere_but_to_our_own_pages(db, client, elsewhere):
    response = client.post(CHOOSE, {"language": "de", "next": elsewhere})
    assert response.headers["Location"] == "/"


def test_choice_goes_with_the_person_to_another_browser(therapist, client):
    client.force_login(therapist)
    client.post(CHOOSE, {"language": "de"})
    client.cookies.clear()
    client.force_login(therapist)
    response = client.get("/", headers={"Accept-Language": "en"})
    assert language_of(response) == "de"
    assert '<html lang="de" dir="ltr">' in response.content.decode()


def test_first_sign_in_keeps_the_language_of_its_browser(db, client):
    person = factories.therapist(email="hazel@clinic.example", password=PASSWORD)
    assert person.mail_language == settings.LANGUAGE_CODE
    form = {"login": person.email, "password": PASSWORD}
    client.post(LOGIN, form, headers={"Accept-Language": "de"})
    assert User.objects.get(pk=person.pk).mail_language == "de"


def test_later_sign_in_keeps_what_was_chosen(db, client):
    person = factories.therapist(email="hazel@clinic.example", password=PASSWORD, language="de")
    form = {"login": person.email, "password": PASSWORD}
    client.post(LOGIN, form, headers={"Accept-Language": "en"})
    assert User.objects.get(pk=person.pk).language == "de"


def test_unknown_language_is_refused_and_nothing_changes(therapist, client):
    client.force_login(therapist)
    before = User.objects.get(pk=therapist.pk).language
    response = client.post(CHOOSE, {"language": "<script>"})
    assert response.status_code == 400
    told = response.content.decode()
    assert "These pages are not there in this language." in told and "<" not in told
    assert User.objects.get(pk=therapist.pk).language == before


def test_page_to_go_back_to_that_cannot_be_is_refused(db, client):
    assert client.post(CHOOSE, {"language": "de", "next": "/\0"}).status_code == 400
    assert client.post(CHOOSE, {"language": "de", "next": "/" * 2001}).status_code == 400


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", ""])
def test_choice_leads_to_no_other_site(db, client, elsewhere):
    response = client.post(CHOOSE, {"language": "de", "next": elsewhere})
    assert response.headers["Location"] == "/"


def test_every_page_offers_each_language_in_its_own_name(db, client):
    text = client.get("/nowhere/", headers={"Accept-Language": "de"}).content.decode()
    assert 'lang="en">English</button>' in text
    assert 'lang="de" aria-current="true">Deutsch</button>' in text
