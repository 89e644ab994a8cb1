"""The link by e-mail: one row, one mail, in the client's language, and nothing left behind."""

import datetime
import re

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.models import Clinic
from ruptures import tasks
from sessions_app import client_texts
from sessions_app.models import LinkMail, TabletLink
from sessions_app.services import link_mails, tablet
from tests import factories

ADDRESS = "client@letters.example"
MINUTE = datetime.timedelta(minutes=1)
LINK = re.compile(r"\S+/rate/\?language=(\w+)#(\S+)")


@pytest.fixture
def client_with_address(pair):
    pair.client.email = ADDRESS
    pair.client.save()
    return pair.client


@pytest.fixture
def send(client_with_address, therapy_session, therapist):
    return lambda: link_mails.send(therapy_session=therapy_session, by=therapist)


def stored_token() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM sessions_app_linkmail ORDER BY id DESC")
        return cursor.fetchone()[0]


def token_in(message) -> str:
    return LINK.search(message.get_content())[2]


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "ar"])
def test_mail_is_in_the_clients_language_and_names_nobody(
    send, client_with_address, post_office, language, therapist
):
    client_with_address.name, client_with_address.language = "Clara Client", language
    client_with_address.save()
    mail = send()
    assert link_mails.deliver_due() == 1
    message = post_office.only()
    texts = client_texts.texts_of(language)
    assert message["To"] == ADDRESS
    assert message["Subject"] == texts["mail_subject"]
    assert str(mail.key) in message["Message-ID"]
    assert message.get_content_type() == "text/plain"
    body = message.get_content()
    assert LINK.findall(body)[0][0] == language
    assert len(re.findall("://", body)) == 1
    for name in ("mail_once", "mail_mistaken"):
        assert texts[name] in body
    whole = message["Subject"] + body
    told = ("Clara", "Heron-14", therapist.name, "therap", "Therap", Clinic.current().name)
    assert [word for word in told if word in whole] == []


def test_link_of_the_mail_opens_its_form_once(send, post_office, therapy_session):
    send()
    link_mails.deliver_due()
    token = token_in(post_office.only())
    assert len(token) >= 22  # 128 bits
    of_device = tablet.open_by_token(token)
    assert tablet.link_by_token(of_device).therapy_session == therapy_session
    assert tablet.open_by_token(token) is None


def test_token_lies_encrypted_until_the_mail_is_sent_and_is_blank_then(send, post_office):
    mail = send()
    assert mail.token
    assert stored_token()
    assert mail.token not in stored_token()
    link_mails.deliver_due()
    assert stored_token() == ""
    assert LinkMail.objects.get().sent_at


def revoke(link, token, by):
    tablet.hand_over(therapy_session=link.therapy_session, by=by)


def open_it(link, token, by):
    assert tablet.open_by_token(token)


def let_it_expire(link, token, by):
    past = timezone.now() - MINUTE
    TabletLink.objects.update(created_at=past - MINUTE, expires_at=past)


@pytest.mark.parametrize("end", [revoke, open_it, let_it_expire])
def test_mail_of_a_link_that_is_over_is_withdrawn_and_its_token_blanked(
    send, post_office, therapist, end
):
    """Also while the row waits for its next try."""
    mail = send()
    LinkMail.objects.update(leased_until=timezone.now() + 30 * MINUTE, last_error="SMTPDataError")
    end(mail.tablet_link, mail.token, therapist)
    assert link_mails.deliver_due() == 0
    assert LinkMail.objects.get().withdrawn_at
    assert stored_token() == ""
    assert post_office.messages == []


def test_refused_mail_is_kept_and_sent_later(send, post_office):
    send()
    post_office.answer = "451 later"
    assert link_mails.deliver_due() == 0
    kept = LinkMail.objects.get()
    assert kept.is_failing
    assert kept.last_error == "SMTPDataError"
    post_office.answer = None
    assert link_mails.deliver_due() == 0  # it backs off
    with time_machine.travel(timezone.now() + 2 * MINUTE):
        assert link_mails.deliver_due() == 1
    assert tablet.open_by_token(token_in(post_office.only()))


def test_sweep_sends_what_nobody_asked_for(send, post_office):
    send()
    tasks.sweep()
    assert len(post_office.messages) == 1


def test_new_mail_revokes_the_link_before(send, post_office):
    first = send()
    send()
    link_mails.deliver_due()
    assert tablet.open_by_token(first.token) is None
    assert LinkMail.objects.get(pk=first.pk).withdrawn_at
    assert tablet.open_by_token(token_in(post_office.only()))


def test_mails_of_a_session_are_limited(send, pair, therapist):
    for _number in range(link_mails.MAILS_A_SESSION):
        last = send()
    with pytest.raises(link_mails.MailRefused):
        send()
    assert LinkMail.objects.count() == link_mails.MAILS_A_SESSION
    assert tablet.open_by_token(last.token)  # a refusal revokes nothing
    another = factories.TherapySessionFactory(pair=pair)
    assert link_mails.send(therapy_session=another, by=therapist)


def test_mail_without_an_address_is_refused(therapy_session, therapist):
    with pytest.raises(link_mails.MailRefused, match="no e-mail address"):
        link_mails.send(therapy_session=therapy_session, by=therapist)
    assert not TabletLink.objects.exists()
