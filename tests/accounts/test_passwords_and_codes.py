"""Passwords are taken as they were typed, whole, and for good; codes are random and short-lived."""

import datetime
import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client as Browser
from django.utils import timezone

from tests import factories
from tests.factories.people import PASSWORD
from tests.second_step import code_of, give_app

LOGIN, CHANGE, CODE = (
    "/account/login/",
    "/account/password/change/",
    "/account/2fa/authenticate/",
)
# Small letters alone, longer than sixty-four, with spaces at both ends and letters of two bytes.
LONG = " " + "übergroße reiher fliegen langsam " * 3
FIELD = re.compile(r"<input[^>]*name=\"(?:old|new_)?password\d?\"[^>]*>")


@pytest.fixture
def person(db):
    return factories.therapist(email="hazel@clinic.example", password=PASSWORD)


def signs_in(person, password: str) -> bool:
    browser = Browser()
    browser.post(LOGIN, {"login": person.email, "password": password})
    return "_auth_user_id" in browser.session


def change(client, person, password: str):
    client.force_login(person)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    new = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    return client.post(CHANGE, new)


def test_long_password_without_figures_or_signs_is_taken_as_typed(client, person):
    assert len(LONG) > 64
    assert change(client, person, LONG).status_code == 302
    assert signs_in(person, LONG)
    for other in (LONG.strip(), LONG.upper(), LONG[:64], LONG[:72], LONG + "x", PASSWORD):
        assert not signs_in(person, other)


@pytest.mark.parametrize(("letters", "taken"), [(11, False), (12, True)])
def test_password_of_twelve_letters_is_long_enough(client, person, letters, taken):
    change(client, person, "quiethernfly"[:letters])
    assert signs_in(person, "quiethernfly"[:letters]) == taken


def password_fields(client, person) -> dict[str, list[str]]:
    """The fields of each page that asks for a password."""
    pages = {"login": client.get(LOGIN), "invitation": client.get("/invitation/")}
    client.force_login(person)
    pages["again"] = client.get("/account/reauthenticate/")
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    pages["change"] = client.get(CHANGE)
    return {name: FIELD.findall(page.content.decode()) for name, page in pages.items()}


def test_password_fields_are_masked_and_let_a_manager_fill_them_in(client, person):
    found = password_fields(client, person)
    assert {name: len(fields) for name, fields in found.items()} == {
        "login": 1,
        "invitation": 2,
        "again": 1,
        "change": 3,
    }
    for field in sum(found.values(), []):
        assert 'type="password"' in field
        assert 'autocomplete="off"' not in field and "maxlength" not in field
        assert "onpaste" not in field and "readonly" not in field


def test_no_script_keeps_anybody_from_pasting():
    scripts = list((settings.BASE_DIR / "static").rglob("*.js"))
    assert len(scripts) > 10
    assert [path.name for path in scripts if re.search(r"[\"']paste[\"']", path.read_text())] == []


def test_password_does_not_expire(person):
    with time_machine.travel(timezone.now() + datetime.timedelta(days=10 * 365)):
        assert signs_in(person, PASSWORD)


def test_seeds_and_recovery_codes_are_random_and_long_enough(person, administrator):
    secrets = {give_app(person), give_app(administrator)}
    assert len(secrets) == 2
    assert all(len(secret) * 5 >= 160 for secret in secrets)  # base 32: five bits a letter
    kept = Authenticator.objects.filter(type=Authenticator.Type.RECOVERY_CODES)
    codes = [code for each in kept for code in each.wrap().get_unused_codes()]
    assert len(set(codes)) == len(codes) == 20
    assert all(re.fullmatch(r"\d{8}", code) for code in codes)


@pytest.mark.parametrize(("seconds_ago", "works"), [(0, True), (30, False), (-30, False)])
def test_code_of_the_app_lives_for_its_half_minute(client, person, seconds_ago, works):
    secret, now = give_app(person), timezone.now().replace(second=15)
    with time_machine.travel(now, tick=False):
        client.post(LOGIN, {"login": person.email, "password": PASSWORD})
        client.post(CODE, {"code": code_of(secret, at=now.timestamp() - seconds_ago)})
    assert ("_auth_user_id" in client.session) == works
