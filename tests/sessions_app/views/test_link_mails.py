"""The page of the link: code, link to copy, and what became of the mail."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts import outbox
from sessions_app.models import LinkMail, TherapySession
from sessions_app.services import link_mails


@pytest.fixture
def therapists_browser(therapist):
    therapists_browser = Client()
    therapists_browser.force_login(therapist)
    return therapists_browser


@pytest.fixture
def with_address(pair):
    pair.client.email = "client@letters.example"
    pair.client.save()


def page_of(therapists_browser, therapy_session) -> str:
    return therapists_browser.get(f"/sessions/{therapy_session.key}/link/mail/").content.decode()


def test_link_page_draws_the_link_as_a_code_without_styles(therapists_browser, therapy_session):
    page = therapists_browser.post(f"/sessions/{therapy_session.key}/link/").content.decode()
    drawn = re.search(r'<div class="qr" role="img" aria-label="[^"]+">(.*?)</div>', page, re.S)[1]
    assert 'fill="#fff"' in drawn
    assert 'stroke="#000"' in drawn
    assert "style" not in drawn
    assert re.search(r'id="link-address"[^>]*>http\S+/rate/\?language=en#\S{43}</code>', page)
    assert "no e-mail address" in page


def test_link_page_offers_the_clients_address(therapists_browser, therapy_session, with_address):
    page = therapists_browser.post(f"/sessions/{therapy_session.key}/link/").content.decode()
    assert "Send by e-mail" in page
    assert "client@letters.example" in page


def test_link_mail_page_tells_what_became_of_the_mail(
    therapists_browser, therapy_session, with_address, post_office
):
    """Whatever the hour: a session that begins now is one of today's."""
    TherapySession.objects.update(starts_at=timezone.now())
    url = f"/sessions/{therapy_session.key}/link/mail/"
    assert "Nothing was sent" in page_of(therapists_browser, therapy_session)
    post_office.answer = "550 no such person"
    assert "Being sent" in therapists_browser.post(url, follow=True).content.decode()
    link_mails.deliver_due()
    assert "could not be sent" in page_of(therapists_browser, therapy_session)
    assert "E-mail not sent yet" in therapists_browser.get("/").content.decode()
    post_office.answer = None
    LinkMail.objects.update(leased_until=timezone.now())
    link_mails.deliver_due()
    assert "The mail server has taken it" in page_of(therapists_browser, therapy_session)
    today = therapists_browser.get("/").content.decode()
    assert "E-mail not sent yet" not in today
    assert "Waiting for the client" in today


def test_link_that_came_back_is_said_on_the_page_and_on_today(
    therapists_browser, therapist, therapy_session, with_address, mailoutbox
):
    TherapySession.objects.update(starts_at=timezone.now())
    therapy_session.refresh_from_db()
    mail = link_mails.send(therapy_session=therapy_session, by=therapist)
    link_mails.deliver_due()
    outbox.came_back(mail, "5.1.1")
    page = page_of(therapists_browser, therapy_session)
    assert "The mail came back" in page
    assert "The mail server has taken it" not in page
    assert "E-mail came back" in therapists_browser.get("/").content.decode()


def test_link_mail_page_says_why_nothing_goes_out(therapists_browser, therapy_session):
    page = therapists_browser.post(f"/sessions/{therapy_session.key}/link/mail/", follow=True)
    assert "There is no e-mail address" in page.content.decode()
    assert not LinkMail.objects.exists()


def test_clients_address_is_checked_and_kept(therapists_browser, pair):
    url = f"/clients/{pair.client.key}/edit/"
    form = {"case_label": "Heron-14", "name": "", "email": "no address", "language": "en"}
    assert "Enter a valid email address" in therapists_browser.post(url, form).content.decode()
    therapists_browser.post(url, form | {"email": "client@letters.example"})
    pair.client.refresh_from_db()
    assert pair.client.email == "client@letters.example"


def test_clients_address_is_not_for_the_supervisor(pair, with_address, episode, supervisor):
    therapists_browser = Client()
    therapists_browser.force_login(supervisor)
    for url in (f"/clients/{pair.client.key}/", f"/strains/{episode.key}/", "/queue/"):
        response = therapists_browser.get(url)
        assert response.status_code == 200
        assert "letters.example" not in response.content.decode()


def test_client_of_a_link_is_not_asked_to_compare_words(therapists_browser, therapy_session):
    page = therapists_browser.post(f"/sessions/{therapy_session.key}/link/").content.decode()
    token = re.search(r"#(\S{43})</code>", page)[1]
    phone = Client()
    ready = phone.post("/rate/", {"token": token}, follow=True).content.decode()
    assert "two-words" not in ready
    assert "Start" in ready
