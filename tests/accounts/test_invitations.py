"""An invitation opens one account, once, for seven days; opening its page uses nothing up."""

import datetime
import re

import pytest
import time_machine
from django.utils import timezone

from accounts import tries
from accounts.models import AccountMail, Clinic, Invitation, User
from accounts.services import account_mails, invitations
from accounts.tokens import hash_of
from tests.factories.people import PASSWORD

PAGE = "/invitation/"
OPENS_NOTHING = "opens nothing, or no longer"


@pytest.fixture
def fir(administrator) -> User:
    return invitations.invite(
        name="Fir", email="fir@clinic.example", role="therapist", by=administrator
    )


@pytest.fixture
def token(fir) -> str:
    return AccountMail.objects.get(recipient=fir).token


def answer(client, token: str, password: str = PASSWORD):
    data = {"token": token, "new_password1": password, "new_password2": password}
    return client.post(PAGE, data)


def test_invitation_lets_its_person_in_with_the_password_they_chose(client, fir, token):
    assert answer(client, token).headers["Location"] == "/"
    assert int(client.session["_auth_user_id"]) == fir.pk
    fir.refresh_from_db()
    assert fir.check_password(PASSWORD)


def test_token_has_256_bits_and_is_kept_as_a_hash_alone(fir, token):
    assert len(token) == 43
    invitation = Invitation.objects.get(user=fir)
    assert invitation.token_hash == hash_of(token)
    assert token not in str(Invitation.objects.values().get())


def test_mail_carries_the_link_in_its_fragment_and_keeps_no_token(fir, token, mailoutbox):
    assert account_mails.deliver_due() == 1
    (mail,) = mailoutbox
    assert re.search(rf"{PAGE}#{re.escape(token)}\n", mail.body)
    assert "Fir" not in mail.body + mail.subject
    assert AccountMail.objects.get(recipient=fir).token == ""


def test_mail_is_in_the_language_of_who_invites(administrator, mailoutbox):
    administrator.language = "de"
    invitations.invite(name="Linde", email="linde@x.example", role="therapist", by=administrator)
    account_mails.deliver_due()
    assert "Sie sind zu Alliance eingeladen" in mailoutbox[-1].body


def test_opening_the_page_uses_nothing_up(client, token):
    for _time in range(3):
        assert client.get(PAGE).status_code == 200
    assert answer(client, token).status_code == 302


def used(token, administrator):
    invitations.accept(token=token, password=PASSWORD)


def run_out(token, administrator):
    Invitation.objects.update(expires_at=timezone.now())


def withdrawn(token, administrator):
    invitations.withdraw(user=User.objects.get(email="fir@clinic.example"), by=administrator)


def replaced(token, administrator):
    invitations.send(user=User.objects.get(email="fir@clinic.example"), by=administrator)


def deactivated(token, administrator):
    User.objects.filter(email="fir@clinic.example").update(is_active=False)


@pytest.mark.parametrize("fate", [used, run_out, withdrawn, replaced, deactivated])
def test_link_that_is_over_looks_like_a_wrong_one(client, token, administrator, fate):
    wrong = answer(client, "x" * 43, "another-long-password")
    fate(token, administrator)
    over = answer(client, token, "another-long-password")
    assert (over.status_code, OPENS_NOTHING in over.content.decode()) == (400, True)
    assert said(over) == said(wrong)
    fir = User.objects.get(email="fir@clinic.example")
    assert not fir.check_password("another-long-password")
    assert "_auth_user_id" not in client.session


def said(response) -> str:
    """The page without what differs by itself: tokens, and what was typed."""
    return re.sub(r'(value|content)="[^"]*"', "", response.content.decode())


def test_link_opens_until_its_seventh_day_is_over(client, fir, token):
    begun = Invitation.objects.get(user=fir).created_at
    with time_machine.travel(begun + datetime.timedelta(days=7, seconds=1), tick=False):
        assert answer(client, token).status_code == 400
    with time_machine.travel(begun + datetime.timedelta(days=7, seconds=-1), tick=False):
        assert answer(client, token).status_code == 302


@pytest.mark.parametrize(
    ("first", "second", "field"),
    [
        ("short", "short", "new_password2"),
        (PASSWORD, PASSWORD + "x", "new_password2"),
        ("fir@clinic.example", "fir@clinic.example", "new_password2"),
    ],
)
def test_bad_password_is_named_and_the_link_stays_good(client, token, first, second, field):
    page = client.post(PAGE, {"token": token, "new_password1": first, "new_password2": second})
    assert page.status_code == 400
    assert page.context["password_form"].errors[field]
    assert token in page.content.decode()
    assert answer(client, token).status_code == 302


@pytest.mark.parametrize(
    ("typed", "is_good"),
    [
        ("Alliance-2026!!", False),
        ("therapy.therapy.1", False),
        ("heronwood practice 7", False),
        ("heronwood walks at seven", True),
    ],
)
def test_password_of_the_places_own_words_is_refused(client, token, typed, is_good):
    """The clinic is called Practice at Heronwood."""
    Clinic.objects.update_or_create(pk=1, defaults={"name": "Practice at Heronwood"})
    form = {"token": token, "new_password1": typed, "new_password2": typed}
    assert client.post(PAGE, form).status_code == (302 if is_good else 400)


def test_tries_at_the_limit_and_one_more(client, token):
    for number in range(tries.FAILURES_A_QUARTER_HOUR):
        assert answer(client, f"wrong-{number}").status_code == 400
    assert answer(client, token).status_code == 429
    elsewhere = type(client)(REMOTE_ADDR="192.0.2.7")
    assert answer(elsewhere, token).status_code == 302


def test_sending_again_revokes_the_link_before_and_its_mail(fir, token, administrator):
    invitations.send(user=fir, by=administrator)
    first, second = AccountMail.objects.filter(recipient=fir).order_by("pk")
    assert first.withdrawn_at
    assert first.token == ""
    assert second.withdrawn_at is None
    assert invitations.accept(token=token, password=PASSWORD) is None
    assert invitations.accept(token=second.token, password=PASSWORD) == fir


def test_invited_person_comes_in_by_no_other_way(client, fir, mailoutbox):
    client.post("/account/password/reset/", {"email": fir.email})
    assert mailoutbox == []


def test_person_who_left_is_brought_back_by_an_invitation(client, fir, token, administrator):
    answer(client, token)
    invitations.withdraw(user=fir, by=administrator)
    assert client.get("/clients/").headers["Location"].startswith("/account/login/")
    invitations.send(user=fir, by=administrator)
    fir.refresh_from_db()
    assert fir.is_active
    assert not fir.check_password(PASSWORD)


def test_same_person_sent_twice_is_one_person_with_one_invitation(fir, administrator):
    again = invitations.invite(name="F", email=fir.email, role="therapist", by=administrator)
    assert again == fir
    assert Invitation.objects.count() == AccountMail.objects.count() == 1
