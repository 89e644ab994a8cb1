"""The client's device: what its ticket opens, what it hands in, what a stranger learns."""

import html
import re
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from sessions_app.models import SRSEntry, TabletLink
from sessions_app.services import tablet
from tests import factories

MARKS = {"relationship": 93, "goals": 88, "approach": 90, "overall": 91}
JSON = {"Accept": "application/json"}


@pytest.fixture
def device(therapy_session, therapist) -> Client:
    """A second device that has opened the link."""
    return opened(therapy_session, therapist)


def opened(therapy_session, therapist) -> Client:
    _link, token = tablet.send_link(therapy_session=therapy_session, by=therapist)
    device = Client()
    device.post("/rate/", {"token": token})
    return device


def form(therapy_session, **changes) -> dict:
    link = therapy_session.tablet_links.latest("pk")
    return {"uuid": link.entry_uuid, "language": "en"} | MARKS | changes


def hand_in(device, therapy_session, **changes):
    return device.post("/rate/form/", form(therapy_session, **changes))


def hand_in_as_json(device, therapy_session, **changes):
    return device.post("/rate/form/", form(therapy_session, **changes), headers=JSON)


def body(response) -> str:
    """The page without its csrf token, which is another one each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", response.content.decode())


# --- coming in --------------------------------------------------------------------------------


def test_rating_code_opens_by_the_token(device):
    assert device.get("/rate/ready/").status_code == 200


@pytest.mark.parametrize(
    ("accepted", "shown"),
    [("fr-CA, en;q=0.5", "fr"), ("ar", "ar"), ("nl, de;q=0.7", "de"), ("nl", "en"), ("", "en")],
)
def test_rating_code_speaks_the_browsers_language(db, client, accepted, shown):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"  # staff read German on this device
    page = client.get("/rate/", headers={"Accept-Language": accepted}).content.decode()
    direction = "rtl" if shown == "ar" else "ltr"
    assert f'lang="{shown}" dir="{direction}"' in page


def test_rating_ready_keeps_a_form_under_an_address_of_its_own_ticket(therapist):
    addresses = set()
    for _client in range(2):
        pair = factories.PairFactory(therapist=therapist)
        device = opened(factories.TherapySessionFactory(pair=pair), therapist)
        page = device.get("/rate/ready/?language=fr")
        (address,) = re.findall(r'data-keep="(/rate/form/\S+)', page.content.decode())
        (action,) = re.findall(r'action="(/rate/ready/\S+)"', page.content.decode())
        started = device.post(html.unescape(action), {"language": "fr"})
        assert started.url == html.unescape(address)
        assert "language=fr" in address
        addresses.add(address)
    assert len(addresses) == 2


def test_rating_ready_speaks_the_clients_language_not_the_staffs(device):
    device.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
    page = device.get("/rate/ready/", headers={"Accept-Language": "de"}).content.decode()
    assert '<html class="client" lang="en" dir="ltr">' in page


def test_rating_code_opens_by_the_words(therapy_session, therapist):
    link, _token = tablet.send_link(therapy_session=therapy_session, by=therapist)
    device = Client()
    response = device.post("/rate/", {"code": link.two_words})
    assert response.headers["Location"] == "/rate/ready/"
    assert link.two_words in device.get("/rate/ready/").content.decode()


def test_rating_code_keeps_the_ticket_from_scripts(device):
    cookie = device.cookies["ticket"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"


def test_rating_code_read_counts_for_nothing(therapy_session, therapist):
    _link, token = tablet.send_link(therapy_session=therapy_session, by=therapist)
    for _time in range(3):
        assert Client().get(f"/rate/?token={token}").status_code == 200
    assert tablet.open_by_token(token)


def used(therapy_session, therapist) -> str:
    _link, token = tablet.send_link(therapy_session=therapy_session, by=therapist)
    device = Client()
    device.post("/rate/", {"token": token})
    hand_in(device, therapy_session)
    return token


def expired(therapy_session, therapist) -> str:
    _link, token = tablet.send_link(therapy_session=therapy_session, by=therapist)
    long_ago = timezone.now() - 2 * tablet.LINK_FOR
    TabletLink.objects.update(created_at=long_ago, expires_at=long_ago + tablet.LINK_FOR)
    return token


def revoked(therapy_session, therapist) -> str:
    _link, token = tablet.send_link(therapy_session=therapy_session, by=therapist)
    tablet.send_link(therapy_session=therapy_session, by=therapist)
    return token


@pytest.mark.parametrize("make", [used, expired, revoked])
def test_rating_code_answers_used_expired_and_revoked_as_wrong(therapy_session, therapist, make):
    token = make(therapy_session, therapist)
    Client().get("/rate/")  # from here on the words come from the database
    wrong = Client().post("/rate/", {"token": "w" * len(token)})
    refused = Client().post("/rate/", {"token": token})
    assert refused.status_code == wrong.status_code == 400
    assert body(refused) == body(wrong)
    assert "ticket" not in refused.cookies


def test_rating_code_stops_the_device_that_tries_too_often(therapy_session, therapist):
    link, _token = tablet.send_link(therapy_session=therapy_session, by=therapist)
    noisy, calm = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="192.0.2.2")
    answers = [noisy.post("/rate/", {"code": "no words"}).status_code for _try in range(21)]
    assert answers == [400] * 20 + [429]
    assert noisy.post("/rate/", {"code": link.two_words}).status_code == 429
    assert calm.post("/rate/", {"code": link.two_words}).status_code == 302


def test_rating_code_link_still_opens_on_the_device_that_tried_too_often(
    therapy_session, therapist
):
    _link, token = tablet.send_link(therapy_session=therapy_session, by=therapist)
    noisy = Client(REMOTE_ADDR="192.0.2.1")
    for _try in range(21):
        noisy.post("/rate/", {"code": "no words"})
    assert noisy.post("/rate/", {"token": token}).status_code == 302


# --- handing over -----------------------------------------------------------------------------


@pytest.fixture
def handed_over(client, therapist, therapy_session):
    """The therapist's browser after the hand-over."""
    client.force_login(therapist)
    client.staff_cookie = client.cookies["session"].value
    client.answer = client.post(f"/sessions/{therapy_session.key}/hand-over/")
    return client


def test_hand_over_ends_the_staff_session_on_the_server(handed_over):
    assert handed_over.get("/clients/").status_code == 302
    with_the_old_cookie = Client()
    with_the_old_cookie.cookies["session"] = handed_over.staff_cookie
    assert with_the_old_cookie.get("/clients/").status_code == 302


def test_hand_over_sets_a_cookie_no_script_reads(handed_over):
    cookie = handed_over.answer.cookies["ticket"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert "no-store" in handed_over.answer.headers["Cache-Control"]


def test_hand_over_page_names_nobody(handed_over, pair):
    page = handed_over.answer.content.decode()
    assert pair.client.case_label not in page
    assert pair.therapist.name not in page


@pytest.mark.parametrize("path", ["/rate/ready/", "/rate/form/", "/rate/thanks/"])
def test_ticket_opens_its_pages(handed_over, path):
    assert handed_over.get(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/", "/clients/", "/queue/", "/trend/", "/people/", "/rules/", "/account/2fa/"],
)
def test_ticket_opens_nothing_else(handed_over, path):
    response = handed_over.get(path)
    assert response.status_code in {302, 404}
    assert response.status_code == 404 or "/account/login/" in response.headers["Location"]


def test_ticket_pages_name_neither_client_nor_therapist(handed_over, pair):
    for path in ("/rate/ready/", "/rate/form/"):
        page = handed_over.get(path).content.decode()
        assert pair.client.case_label not in page
        assert pair.therapist.name not in page


def test_hand_over_of_a_rated_session_keeps_the_staff_signed_in(client, therapist, therapy_session):
    factories.rate(therapy_session, 37.0)
    client.force_login(therapist)
    client.post(f"/sessions/{therapy_session.key}/hand-over/")
    assert client.get("/clients/").status_code == 200
    assert not TabletLink.objects.exists()


def test_hand_over_of_a_missed_session_keeps_the_staff_signed_in(client, therapist, pair):
    missed = factories.TherapySessionFactory(pair=pair, attendance="no_show")
    client.force_login(therapist)
    client.post(f"/sessions/{missed.key}/hand-over/")
    assert client.get("/clients/").status_code == 200


# --- handing in -------------------------------------------------------------------------------


def test_rating_form_goes_on_to_thanks(device, therapy_session):
    assert hand_in(device, therapy_session, seconds=31).headers["Location"] == "/rate/thanks/"
    entry = SRSEntry.objects.get()
    assert (entry.lines, entry.seconds, entry.source) == (MARKS, 31, "link")


def test_rating_form_answers_a_script_with_the_next_page(device, therapy_session):
    response = hand_in_as_json(device, therapy_session)
    assert response.json() == {"next": "/rate/thanks/"}
    assert SRSEntry.objects.get().total == 362


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("relationship", ""),
        ("goals", "101"),
        ("approach", "-1"),
        ("overall", "9.3"),
        ("uuid", "no-uuid"),
        ("uuid", "00000000-0000-4000-8000-000000000000"),
        ("seconds", "-1"),
        ("line_length_mm", "1001"),
        ("language", ""),
    ],
)
def test_rating_form_refuses_at_the_field(device, therapy_session, field, value):
    response = hand_in_as_json(device, therapy_session, **{field: value})
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [field]
    assert not SRSEntry.objects.exists()


def test_rating_form_names_the_line_without_a_mark_on_its_page(device, therapy_session):
    response = hand_in(device, therapy_session, goals="")
    assert response.status_code == 400
    assert 'id="line-goals-error"' in response.content.decode()
    assert 'id="line-approach-error"' not in response.content.decode()


def test_rating_form_refuses_the_form_of_another_session(device, therapy_session):
    response = hand_in_as_json(device, therapy_session, uuid=uuid4())
    assert "another session" in response.json()["errors"]["uuid"][0]


def test_rating_form_is_closed_after_done(device, therapy_session):
    hand_in(device, therapy_session)
    for path in ("/rate/ready/", "/rate/form/"):
        assert device.get(path).status_code == 404
    assert "data-forget" in device.get("/rate/form/").content.decode()


def test_rating_form_handed_in_again_gets_its_first_answer(device, therapy_session):
    first = hand_in_as_json(device, therapy_session)
    second = hand_in_as_json(device, therapy_session)
    assert (second.status_code, second.json()) == (first.status_code, first.json())
    assert SRSEntry.objects.count() == 1


def test_rating_form_handed_in_again_with_other_marks_is_a_conflict(device, therapy_session):
    hand_in(device, therapy_session)
    response = hand_in_as_json(device, therapy_session, goals=10)
    assert response.status_code == 409
    assert SRSEntry.objects.get().goals == 88


def test_rating_form_declined_stores_a_reason_and_no_marks(device, therapy_session):
    response = hand_in(device, therapy_session, declined="1", wants_to_talk="1")
    assert response.headers["Location"] == "/rate/thanks/?language=en"
    therapy_session.refresh_from_db()
    assert therapy_session.missing_reason == "declined"
    assert therapy_session.client_asks
    assert not SRSEntry.objects.exists()


def test_rating_form_declined_twice_is_one_answer(device, therapy_session):
    first = hand_in_as_json(device, therapy_session, declined="1")
    second = hand_in_as_json(device, therapy_session, declined="1")
    assert (second.status_code, second.json()) == (first.status_code, first.json())


def test_rating_form_declined_lets_nobody_write_marks_afterwards(device, therapy_session):
    hand_in(device, therapy_session, declined="1")
    response = hand_in_as_json(device, therapy_session)
    assert response.status_code in {404, 409}
    assert not SRSEntry.objects.exists()
    therapy_session.refresh_from_db()
    assert therapy_session.missing_reason == "declined"


def test_rating_form_declined_needs_no_marks(device, therapy_session):
    hand_in(device, therapy_session, declined="1", goals="", overall="")
    therapy_session.refresh_from_db()
    assert therapy_session.missing_reason == "declined"


def test_rating_form_without_a_ticket_is_closed(db):
    response = Client().post("/rate/form/", MARKS | {"uuid": uuid4(), "language": "en"})
    assert response.status_code == 404
    assert not SRSEntry.objects.exists()


def test_rating_form_after_a_new_link_is_closed_on_the_old_device(
    device, therapy_session, therapist
):
    data = form(therapy_session)
    tablet.send_link(therapy_session=therapy_session, by=therapist)
    assert device.post("/rate/form/", data).status_code == 404
    assert not SRSEntry.objects.exists()


def test_rating_form_of_a_session_logged_as_missed_meanwhile_says_so(device, therapy_session):
    data = form(therapy_session)
    type(therapy_session).objects.update(attendance="no_show")
    response = device.post("/rate/form/", data, headers=JSON)
    assert response.status_code == 409
    assert "did not take place" in response.json()["errors"]["form"][0]


def test_rating_form_needs_the_csrf_token(therapy_session, therapist):
    careful = Client(enforce_csrf_checks=True)
    _link, token = tablet.send_link(therapy_session=therapy_session, by=therapist)
    careful.cookies["ticket"] = tablet.open_by_token(token)
    assert careful.post("/rate/form/", form(therapy_session)).status_code == 403
    assert not SRSEntry.objects.exists()


def test_rating_thanks_shows_no_score(device, therapy_session):
    hand_in(device, therapy_session)
    main = device.get("/rate/thanks/").content.decode().partition("<main")[2]
    text = re.sub(r"<[^>]*>", "", main.partition(">")[2])
    assert "Thank you" in text
    assert not re.search(r"\d", text)


@pytest.mark.parametrize("marks", [{}, {"declined": "1"}])
def test_rating_thanks_speaks_the_language_that_the_client_chose(device, therapy_session, marks):
    answer = hand_in(device, therapy_session, language="fr", **marks)
    assert 'lang="fr"' in device.get(answer.headers["Location"]).content.decode()


def test_rating_thanks_is_for_anybody_and_tells_nothing(db):
    assert Client().get("/rate/thanks/").status_code == 200
    assert not User.objects.exists()


def test_second_client_sees_nothing_of_the_first(device, therapy_session, therapist):
    hand_in(device, therapy_session)
    other = factories.PairFactory(therapist=therapist)
    next_session = factories.TherapySessionFactory(pair=other)
    _link, token = tablet.send_link(therapy_session=next_session, by=therapist)
    device.post("/rate/", {"token": token})
    page = device.get("/rate/form/").content.decode()
    assert " checked" not in page
    assert hand_in(device, next_session).headers["Location"] == "/rate/thanks/"
    assert SRSEntry.objects.count() == 2
