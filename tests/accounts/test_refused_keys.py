"""A key that is refused is in the audit, by the library's own views, and no stranger fills it."""

import base64
import json
from itertools import product

import pytest
from allauth.mfa.webauthn.internal.auth import STATE_SESSION_KEY
from allauth.mfa.webauthn.views import login_webauthn
from cryptography.hazmat.primitives.asymmetric import ec
from django.urls import path

from accounts import tries
from accounts.models import AuditEntry
from alliance.urls import urlpatterns as addresses
from tests import factories
from tests.factories.people import PASSWORD
from tests.second_step import SoftKey

LOGIN, SECOND = "/account/login/", "/account/2fa/authenticate/"
AGAIN, ALONE = "/account/2fa/webauthn/reauthenticate/", "/passkey/"
# Without TLS the library has no address for signing in by a key alone.
urlpatterns = [*addresses, path("passkey/", login_webauthn, name="mfa_login_webauthn")]


@pytest.fixture
def person(db):
    return factories.therapist(email="hazel@clinic.example", password=PASSWORD)


@pytest.fixture
def key(person) -> SoftKey:
    return SoftKey(person)


@pytest.fixture(autouse=True)
def by_name(client):
    client.defaults["HTTP_HOST"] = SoftKey.HOST


@pytest.fixture
def asked(client, person):
    """The challenge of the page at which the password was right and the key is asked for."""
    client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    client.get(SECOND)
    return client.session[STATE_SESSION_KEY]["challenge"]


@pytest.fixture
def alone(client, settings):
    """Signing in by a key alone; returns how to ask for a challenge."""
    settings.ROOT_URLCONF = __name__
    settings.MFA_PASSKEY_LOGIN_ENABLED = True

    def ask(address: str = "192.0.2.1") -> str:
        client.get(ALONE, headers={"X-Requested-With": "XMLHttpRequest"}, REMOTE_ADDR=address)
        return client.session[STATE_SESSION_KEY]["challenge"]

    return ask


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def refusals() -> list[tuple]:
    rows = AuditEntry.objects.filter(action="signed_in", outcome="refused").order_by("id")
    return [(row.by, row.record, row.deed, row.page) for row in rows]


def stolen():
    """Somebody else's secret, with which they sign for a key that they do not have."""
    return ec.generate_private_key(ec.SECP256R1())


def test_key_after_the_password_signs_in(client, key, asked):
    client.post(SECOND, {"credential": key.answer(asked)})
    assert is_signed_in(client)
    assert refusals() == []


def test_wrong_key_after_the_password_is_in_the_audit(client, key, asked):
    client.post(SECOND, {"credential": key.answer(asked, secret=stolen())})
    assert not is_signed_in(client)
    assert refusals() == [(None, str(key.user.key), "sign_in.key", "mfa_authenticate")]


PARTS = ("id", "rawId", "response", "clientDataJSON", "authenticatorData")
JUNK = (None, 1, "AAAA", [], {})


def test_answer_that_no_key_gave_is_refused(client, key, alone):
    for number, (part, junk) in enumerate(product(PARTS, JUNK), start=1):
        address = f"192.0.2.{number}"
        answer = json.loads(key.answer(alone(address)))
        (answer if part in answer else answer["response"])[part] = junk
        page = client.post(ALONE, {"credential": json.dumps(answer)}, REMOTE_ADDR=address)
        assert (page.status_code, page.url) == (302, LOGIN), (part, junk)
    assert not is_signed_in(client)
    assert len(refusals()) == number  # fewer than the twenty for the person, and for nobody


def deep_extensions(answer: dict) -> str:
    """The key's data end in arrays within arrays."""
    data = base64.urlsafe_b64decode(answer["response"]["authenticatorData"] + "==")
    deep = data[:32] + bytes([data[32] | 0x80]) + data[33:37] + b"\x81" * 3000
    answer["response"]["authenticatorData"] = base64.urlsafe_b64encode(deep).decode()
    return json.dumps(answer)


def deep_client_data(answer: dict) -> str:
    answer["response"]["clientDataJSON"] = base64.urlsafe_b64encode(b"[" * 100_000).decode()
    return json.dumps(answer)


DEEP, LONG_NUMBER = "[" * 100_000, '{"id": ' + "9" * 5000 + "}"
NESTED = "[" * 500 + "]" * 500
HOSTILE = [
    pytest.param(deep_extensions, id="deep extensions"),
    pytest.param(deep_client_data, id="deep client data"),
    pytest.param(lambda answer: DEEP, id="deep"),
    pytest.param(lambda answer: NESTED, id="nested"),
    pytest.param(lambda answer: LONG_NUMBER, id="long number"),
    pytest.param(lambda answer: "{", id="not JSON"),
]


@pytest.mark.parametrize("change", HOSTILE)
def test_answer_that_breaks_a_reader_is_refused_and_in_the_audit(client, key, alone, change):
    answer = change(json.loads(key.answer(alone())))
    page = client.post(ALONE, {"credential": answer})
    assert (page.status_code, page.url) == (302, LOGIN)
    assert [(by, deed) for by, _record, deed, _page in refusals()] == [(None, "sign_in.key")]


@pytest.mark.parametrize("answer", [DEEP, NESTED, LONG_NUMBER, "{"])
def test_answer_that_breaks_a_reader_after_the_password_is_refused(client, key, asked, answer):
    assert client.post(SECOND, {"credential": answer}).status_code == 200
    assert refusals() == [(None, str(key.user.key), "sign_in.key", "mfa_authenticate")]


def test_key_of_somebody_deactivated_is_refused_and_in_the_audit(client, key, alone, person):
    person.is_active = False
    person.save()
    client.post(ALONE, {"credential": key.answer(alone())})
    assert not is_signed_in(client)
    told = (None, str(person.key), "sign_in.deactivated", "mfa_login_webauthn")
    assert refusals() == [told]


def test_password_of_somebody_deactivated_is_in_the_audit_and_does_not_fill_it(client, person):
    person.is_active = False
    person.save()
    for _time in range(tries.NOTED_A_QUARTER_HOUR + 2):
        client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    assert not is_signed_in(client)
    told = (None, str(person.key), "sign_in.deactivated", "account_login")
    assert refusals() == [told] * tries.NOTED_A_QUARTER_HOUR


@pytest.mark.parametrize(
    "answer", ['{"id": "x"}', "[1]", "1", '{"response": {}}', DEEP, NESTED, LONG_NUMBER]
)
def test_key_that_cannot_be_read_is_not_added(client, person, answer):
    client.force_login(person)
    client.get("/account/2fa/webauthn/add/")
    page = client.post("/account/2fa/webauthn/add/", {"credential": answer, "name": "A key"})
    assert page.status_code == 200
    assert page.context["form"].errors


def test_wrong_key_before_a_change_is_in_the_audit(client, key, person):
    client.force_login(person)
    client.get(AGAIN)
    challenge = client.session[STATE_SESSION_KEY]["challenge"]
    client.post(AGAIN, {"credential": key.answer(challenge, secret=stolen())})
    told = (None, str(person.key), "sign_in.key", "mfa_reauthenticate_webauthn")
    assert refusals() == [told]


def test_key_alone_signs_in(client, key, alone):
    client.post(ALONE, {"credential": key.answer(alone())})
    assert is_signed_in(client)
    assert refusals() == []


@pytest.mark.parametrize("whose", [None, "zzzzz", "%"])
def test_wrong_key_alone_is_in_the_audit(client, key, alone, whose):
    """By whom it claims to be of, or of nobody here."""
    client.post(ALONE, {"credential": key.answer(alone(), secret=stolen(), whose=whose)})
    assert not is_signed_in(client)
    record = str(key.user.key) if whose is None else ""
    assert refusals() == [(None, record, "sign_in.key", "mfa_login_webauthn")]


def test_stranger_with_keys_does_not_fill_the_audit(client, key, alone):
    for number in range(25):
        address = f"192.0.2.{number + 1}"
        for whose in (None, "zzzzz"):
            answer = key.answer(alone(address), secret=stolen(), whose=whose)
            client.post(ALONE, {"credential": answer}, REMOTE_ADDR=address)
    assert len(refusals()) == 2 * tries.NOTED_A_QUARTER_HOUR
