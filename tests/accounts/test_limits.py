"""Each limit at its number and one more, counted so that no stranger turns it against anybody."""

import pytest
from django.urls import reverse

from tests import factories
from tests.factories.people import PASSWORD

LOGIN = "/account/login/"
RESET = "/account/password/reset/"


@pytest.fixture
def person(db):
    return factories.therapist(email="hazel@clinic.example", password=PASSWORD)


def sign_in(client, person, password=PASSWORD, address="192.0.2.1") -> bool:
    client.post(LOGIN, {"login": person.email, "password": password}, REMOTE_ADDR=address)
    return "_auth_user_id" in client.session


def test_sign_in_at_the_limit_and_one_more(client, person):
    for _try in range(29):
        assert not sign_in(client, person, "wrong-password-1")
    assert sign_in(client, person)
    client.post("/account/logout/")


def test_thirty_wrong_passwords_stop_their_address_and_not_the_person(client, person):
    for _try in range(30):
        assert not sign_in(client, person, "wrong-password-1")
    assert not sign_in(client, person)
    assert sign_in(type(client)(), person, address="192.0.2.2")


def test_reset_at_the_limit_and_one_more(client, person, mailoutbox):
    for number in range(1, 6):
        client.post(RESET, {"email": person.email})
        assert len(mailoutbox) == number
    assert client.post(RESET, {"email": person.email}).status_code == 429
    assert len(mailoutbox) == 5


def test_resets_asked_by_a_stranger_do_not_keep_the_person_from_asking(client, person, mailoutbox):
    for _time in range(6):
        client.post(RESET, {"email": person.email}, REMOTE_ADDR="192.0.2.66")
    client.post(RESET, {"email": person.email}, REMOTE_ADDR="192.0.2.1")
    assert len(mailoutbox) == 6


def test_refusal_is_a_page_of_ours(client, person):
    for _time in range(6):
        page = client.post(reverse("account_reset_password"), {"email": person.email})
    assert page.status_code == 429
    assert "Too many tries" in page.content.decode()
