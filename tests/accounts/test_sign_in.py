"""Who may come in, and what a stranger learns from being refused."""

import pytest
from allauth.mfa.models import Authenticator

from accounts.models import User
from accounts.services import people
from tests import factories
from tests.factories.people import PASSWORD

LOGIN = "/account/login/"


@pytest.fixture
def person(db):
    return factories.therapist(email="hazel@clinic.example", password=PASSWORD)


def sign_in(client, email: str, password: str):
    return client.post(LOGIN, {"login": email, "password": password})


def errors_of(response) -> dict:
    return response.context["form"].errors.get_json_data()


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_sign_in_with_the_right_password_goes_to_today(client, person):
    response = sign_in(client, person.email, PASSWORD)
    assert response.headers["Location"] == "/"
    assert is_signed_in(client)


def test_sign_in_knows_the_address_in_any_case(client, person):
    sign_in(client, person.email.upper(), PASSWORD)
    assert is_signed_in(client)


def test_sign_in_gives_a_new_session_id(client, person):
    before = client.session.session_key
    assert before
    sign_in(client, person.email, PASSWORD)
    assert client.session.session_key != before


def test_wrong_password_and_unknown_address_are_one_answer(client, person):
    wrong = sign_in(client, person.email, "not-the-password-1")
    unknown = sign_in(client, "nobody@clinic.example", "not-the-password-1")
    assert (wrong.status_code, errors_of(wrong)) == (unknown.status_code, errors_of(unknown))
    assert errors_of(wrong)
    assert not is_signed_in(client)


def test_deactivated_person_cannot_sign_in(client, person):
    people.deactivate(user=person, by=person)
    sign_in(client, person.email, PASSWORD)
    assert not is_signed_in(client)


def test_deactivated_person_is_signed_out_at_the_next_request(client, person):
    client.force_login(person)
    assert client.get("/clients/").status_code == 200
    people.deactivate(user=person, by=person)
    assert client.get("/clients/").headers["Location"].startswith(LOGIN)


def test_deactivated_person_and_wrong_password_are_one_answer(client, person):
    wrong = sign_in(client, person.email, "not-the-password-1")
    people.deactivate(user=person, by=person)
    refused = sign_in(client, person.email, "not-the-password-1")
    assert (wrong.status_code, errors_of(wrong)) == (refused.status_code, errors_of(refused))


def test_sign_up_is_closed(client, db):
    page = client.get("/account/signup/")
    assert "<form method" not in page.content.decode().partition("<main")[2]
    client.post("/account/signup/", {"email": "new@clinic.example", "password1": PASSWORD})
    assert not User.objects.exists()


def test_sign_up_is_not_offered_on_the_sign_in_page(client, db):
    assert "/account/signup/" not in client.get(LOGIN).content.decode()


def test_sign_out_needs_a_post(client, person):
    client.force_login(person)
    client.get("/account/logout/")
    assert is_signed_in(client)
    client.post("/account/logout/")
    assert not is_signed_in(client)


def test_sign_in_with_a_second_factor_asks_for_it(client, person):
    from allauth.mfa.totp.internal import auth

    auth.TOTP.activate(person, auth.generate_totp_secret())
    assert Authenticator.objects.filter(user=person).exists()
    response = sign_in(client, person.email, PASSWORD)
    assert "/2fa/" in response.headers["Location"]
    assert not is_signed_in(client)


@pytest.mark.parametrize("path", ["email/", "confirm-email/", "confirm-email/some-key/"])
def test_own_address_cannot_be_changed_at_an_unlocked_screen(client, therapist, path):
    client.force_login(therapist)
    answer = client.post(f"/account/{path}", {"email": "other@clinic.example", "action_add": ""})
    assert answer.status_code == 404
    therapist.refresh_from_db()
    assert therapist.email == "ash@clinic.example"
    assert not therapist.emailaddress_set.filter(email="other@clinic.example").exists()


def test_reset_link_names_the_installations_own_address(client, therapist, mailoutbox, settings):
    client.post(
        "/account/password/reset/", {"email": therapist.email}, headers={"host": "localhost:9999"}
    )
    assert f"{settings.ORIGIN}/account/password/reset/key/" in mailoutbox[0].body
    assert "9999" not in mailoutbox[0].body
