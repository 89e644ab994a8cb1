"""Each limit at its number and one more, counted so that no stranger turns it against anybody."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts import tries
from accounts.models import AuditEntry
from tests import factories
from tests.factories.people import PASSWORD
from tests.second_step import give_app, wrong_code_of

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


def refusals(action: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action=action, outcome="refused").order_by("id"))


def test_failed_sign_in_is_in_the_audit_by_key_alone(client, person):
    sign_in(client, person, "wrong-password-1")
    client.post(LOGIN, {"login": "nobody@clinic.example", "password": PASSWORD})
    secret = give_app(person)
    sign_in(client, person)
    client.post("/account/2fa/authenticate/", {"code": wrong_code_of(secret)})
    told = [(row.by, row.record, row.deed, row.page) for row in refusals("signed_in")]
    assert told == [
        (None, str(person.key), "sign_in.password", "account_login"),
        (None, "", "sign_in.password", "account_login"),
        (None, str(person.key), "sign_in.second_step", "mfa_authenticate"),
    ]


def test_limit_that_is_reached_is_in_the_audit(client, person):
    for _try in range(31):
        sign_in(client, person, "wrong-password-1")
    for _time in range(6):
        client.post(RESET, {"email": person.email})
    assert [row.page for row in refusals("limited")] == ["account_login", "account_reset_password"]


def test_stranger_does_not_fill_the_audit(client, person):
    for number in range(25):
        address = f"192.0.2.{number + 1}"
        sign_in(client, person, "wrong-password-1", address)
        unknown = {"login": f"{number}@clinic.example", "password": PASSWORD}
        client.post(LOGIN, unknown, REMOTE_ADDR=address)
    assert len(refusals("signed_in")) == 2 * tries.NOTED_A_QUARTER_HOUR


def test_count_that_ends_while_it_is_counted_begins_anew(monkeypatch):
    """Its key is there when the count looks, and gone or without an end when it adds."""
    monkeypatch.setattr(cache, "add", lambda *args, **kwargs: False)
    tries.count_failure("codes", "192.0.2.1")
    (key,) = cache._cache.get_client().keys("*failures:codes*")
    assert 0 < cache._cache.get_client().ttl(key) <= tries.QUARTER_HOUR_SECONDS
    for _try in range(tries.FAILURES_A_QUARTER_HOUR - 1):
        tries.refuse_after_many("codes", "192.0.2.1")
        tries.count_failure("codes", "192.0.2.1")
    with pytest.raises(tries.TooManyTries):
        tries.refuse_after_many("codes", "192.0.2.1")
