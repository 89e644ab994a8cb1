"""Without a second step nothing opens; with one it is asked for, at sign-in and before changes."""

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import AccountMail, AuditEntry, User
from accounts.services import account_mails, second_factors
from alliance.middleware import BEFORE_A_SECOND_FACTOR
from tests import factories
from tests.factories.people import PASSWORD
from tests.second_step import code_of, give_app, wrong_code_of
from tests.test_access_matrix import MATRIX, arguments  # noqa: F401  (a fixture)

LOGIN, SETUP, CODE = "/account/login/", "/second-step/", "/account/2fa/authenticate/"
AGAIN = "/account/2fa/reauthenticate/"


@pytest.fixture(autouse=True)
def demanded(settings):
    settings.SECOND_FACTOR_DEMANDED = True
    settings.MFA_TOTP_TOLERANCE = 1  # a test may begin in one half minute and go on in the next


@pytest.fixture
def person(db):
    return factories.therapist(email="hazel@clinic.example", password=PASSWORD)


def sign_in(client, person, **extra):
    return client.post(LOGIN, {"login": person.email, "password": PASSWORD} | extra)


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_only_demo_mode_does_without():
    from alliance import settings as real

    assert real.DEMO
    assert not real.SECOND_FACTOR_DEMANDED


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_a_second_step_nothing_else_opens(
    method,
    arguments,  # noqa: F811
    client,
    therapist,
    administrator,
):
    for member in (therapist, administrator):
        client.force_login(member)
        for name in set(MATRIX) - BEFORE_A_SECOND_FACTOR:
            response = getattr(client, method)(reverse(name, kwargs=arguments.get(name)))
            assert response.headers.get("Location") == SETUP, name


@pytest.mark.django_db(transaction=True)
def test_first_sign_in_leads_through_setting_up_to_the_wanted_page(client, person):
    """The password once, ten recovery codes shown once, and on to where one wanted to go."""
    sign_in(client, person)
    assert client.get("/clients/").headers["Location"] == SETUP
    assert client.get(SETUP).status_code == 200
    page = client.get("/account/2fa/totp/activate/")
    assert page.status_code == 200, "asked for the password twice"
    code, before = code_of(page.context["form"].secret), client.session.session_key
    codes = client.post("/account/2fa/totp/activate/", {"code": code}, follow=True)
    assert client.session.session_key != before
    shown = codes.context["unused_codes"]
    assert len(shown) == 10
    assert 'href="/clients/"' in codes.content.decode()
    assert client.get("/clients/").status_code == 200
    later = client.get("/account/2fa/recovery-codes/").content.decode()
    assert not any(code in later for code in shown)
    assert client.get("/account/2fa/recovery-codes/download/").status_code == 403


def confirm_again(client, code: str):
    return client.post(AGAIN, {"code": code})


def test_recovery_code_signs_in_once(client, person):
    give_app(person)
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    sign_in(client, person)
    client.post(CODE, {"code": code})
    assert is_signed_in(client)
    client.post("/account/logout/")
    sign_in(client, person)
    client.post(CODE, {"code": code})
    assert not is_signed_in(client)


def test_code_of_the_app_counts_once(client, person):
    secret = give_app(person)
    code = code_of(secret)
    sign_in(client, person)
    client.post(CODE, {"code": code})
    assert is_signed_in(client)
    client.post("/account/logout/")
    sign_in(client, person)
    client.post(CODE, {"code": code})
    assert not is_signed_in(client)


def test_each_step_gives_a_new_session_id(client, person):
    secret = give_app(person)
    seen = [client.session.session_key]
    sign_in(client, person)
    seen.append(client.session.session_key)
    client.post(CODE, {"code": code_of(secret)})
    seen.append(client.session.session_key)
    assert len(set(seen)) == 3


def test_eleventh_wrong_code_is_refused_even_if_the_next_were_right(client, person):
    secret = give_app(person)
    sign_in(client, person)
    for _try in range(9):
        client.post(CODE, {"code": wrong_code_of(secret)})
    tenth = client.post(CODE, {"code": wrong_code_of(secret)})
    assert "Incorrect" in str(tenth.context["form"].errors)
    client.post(CODE, {"code": code_of(secret)})
    assert not is_signed_in(client)


def test_ninth_wrong_code_and_a_right_one_sign_in(client, person):
    secret = give_app(person)
    sign_in(client, person)
    for _try in range(9):
        client.post(CODE, {"code": wrong_code_of(secret)})
    client.post(CODE, {"code": code_of(secret)})
    assert is_signed_in(client)


def test_wrong_passwords_of_a_stranger_use_up_no_tries_of_the_second_step(client, person):
    secret = give_app(person)
    for _try in range(12):
        client.post(LOGIN, {"login": person.email, "password": "wrong-password-1"})
    sign_in(client, person)
    client.post(CODE, {"code": code_of(secret)})
    assert is_signed_in(client)


@pytest.fixture
def admin_with_app(administrator, client):
    administrator.set_password(PASSWORD)
    administrator.save()
    secret = give_app(administrator)
    client.force_login(administrator)
    return secret


CHANGES = [
    ("person_create", {"name": "Fir", "email": "fir@clinic.example", "role": "therapist"}),
    ("invitation_send", {}),
    ("invitation_withdraw", {}),
    ("second_factor_reset", {}),
    ("person_leave", {}),
    ("supervision_create", {}),
    ("supervision_end", {}),
    ("clinic_edit", {"name": "Another name"}),
]


def test_change_of_account_asks_for_the_second_step(
    arguments,  # noqa: F811
    admin_with_app,
    client,
):
    before = list(User.objects.values_list("pk", "is_active", "sessions_end_at"))
    for name, data in CHANGES:
        response = client.post(reverse(name, kwargs=arguments.get(name)), data)
        assert response.headers.get("Location", "").startswith(AGAIN), name
    assert list(User.objects.values_list("pk", "is_active", "sessions_end_at")) == before


def test_change_goes_through_once_the_second_step_is_given(admin_with_app, client):
    data = {"name": "Fir", "email": "fir@clinic.example", "role": "therapist"}
    response = client.post("/people/new/", data)
    client.post(response.headers["Location"], {"code": code_of(admin_with_app)})
    assert User.objects.filter(email="fir@clinic.example").exists()


def test_password_alone_confirms_nothing_where_there_is_a_second_step(admin_with_app, client):
    response = client.post("/account/reauthenticate/?next=/clinic/", {"password": PASSWORD})
    assert response.headers["Location"].startswith(AGAIN)
    assert client.get("/clinic/").headers["Location"].startswith(AGAIN)


def test_confirmation_lasts_ten_minutes(admin_with_app, client):
    with time_machine.travel(0, tick=False) as clock:
        clock.shift(1_800_000_000)
        client.force_login(User.objects.get(email="admin@clinic.example"))
        confirm_again(client, code_of(admin_with_app))
        assert client.get("/clinic/").status_code == 200
        clock.shift(599)
        assert client.get("/clinic/").status_code == 200
        clock.shift(1)
        assert client.get("/clinic/").headers["Location"].startswith(AGAIN)


def test_own_second_step_is_not_removed_without_it(client, person):
    give_app(person)
    client.force_login(person)
    response = client.post("/account/2fa/totp/deactivate/")
    assert response.headers["Location"].startswith(AGAIN)
    assert second_factors.has_one(person)


def test_lost_second_step_is_reset_told_and_set_up_anew(
    admin_with_app, client, person, mailoutbox, django_capture_on_commit_callbacks
):
    give_app(person)
    of_person = type(client)()
    of_person.force_login(person)
    assert of_person.get("/clients/").status_code == 200
    confirm_again(client, code_of(admin_with_app))
    client.post(reverse("second_factor_reset", kwargs={"key": person.key}))
    assert not Authenticator.objects.filter(user=person).exists()
    assert of_person.get("/clients/").headers["Location"].startswith(LOGIN)
    assert account_mails.deliver_due() == 1
    (mail,) = mailoutbox
    assert mail.to == [person.email]
    assert "second step" in mail.subject
    assert person.name not in mail.body
    sign_in(of_person, person)
    assert of_person.get("/clients/").headers["Location"] == SETUP


def test_mail_of_a_reset_is_written_with_the_reset_or_not_at_all(person, monkeypatch):
    give_app(person)

    def fail(**kwargs):
        raise RuntimeError

    monkeypatch.setattr(account_mails, "write", fail)
    with pytest.raises(RuntimeError):
        second_factors.reset(user=person, by=None)
    assert second_factors.has_one(person)
    assert not AccountMail.objects.exists()


def test_administrator_cannot_reset_their_own(admin_with_app, client, administrator):
    confirm_again(client, code_of(admin_with_app))
    url = reverse("second_factor_reset", kwargs={"key": administrator.key})
    assert client.post(url).status_code == 404
    assert second_factors.has_one(administrator)


def test_command_on_the_server_resets_the_only_administrator(administrator):
    give_app(administrator)
    with pytest.raises(CommandError):
        call_command("reset_second_step", "nobody@clinic.example")
    call_command("reset_second_step", "Admin@clinic.example")
    assert not second_factors.has_one(administrator)
    assert AccountMail.objects.get().recipient == administrator
    assert AuditEntry.objects.get(deed="second_factors.reset").by_id is None


def opens(client) -> bool:
    return client.get("/clients/").status_code == 200


def test_own_sign_ins_elsewhere_end_and_this_one_goes_on(client, therapist, other_therapist):
    secret = give_app(therapist)
    give_app(other_therapist)
    elsewhere, colleague = type(client)(), type(client)()
    elsewhere.force_login(therapist)
    colleague.force_login(other_therapist)
    client.force_login(therapist)
    refused = client.post("/sign-ins/end/")
    assert refused.headers["Location"].startswith("/account/2fa/reauthenticate/")
    assert opens(elsewhere)
    client.post("/account/2fa/reauthenticate/", {"code": code_of(secret)})
    before = client.session.session_key
    page = client.post("/sign-ins/end/", follow=True).content.decode()
    assert "You are signed in here alone now." in page
    assert (opens(client), opens(elsewhere), opens(colleague)) == (True, False, True)
    assert client.session.session_key != before
