"""A tablet from the administrator's page to the rating, by requests: pairing, waiting, marking."""

import datetime

import pytest
import time_machine
from django.test import Client

from sessions_app.models import SRSEntry, Tablet
from sessions_app.services import paired_tablets, tablet
from tests import factories

MARKS = {"relationship": 93, "goals": 88, "approach": 90, "overall": 91, "language": "en"}


@pytest.fixture
def device(db) -> Client:
    """The browser of a paired tablet; `device.tablet` is its row."""
    device = Client()
    device.tablet, device.cookies["tablet"] = factories.paired_tablet(name="Room 2")
    return device


@pytest.fixture
def own(client, therapist) -> Client:
    client.force_login(therapist)
    return client


@pytest.fixture
def admin(client, administrator) -> Client:
    client.force_login(administrator)
    return client


def text(response) -> str:
    return response.content.decode()


# --- the administrator's page -----------------------------------------------------------------


def test_tablet_create_shows_a_code_that_pairs(admin):
    response = admin.post("/tablets/new/", {"name": "Room 2", "language": "fr"})
    device = Client()
    assert device.post("/tablet/", {"code": response.context["code"]}).url == "/tablet/measure/"
    cookie = device.cookies["tablet"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Strict")
    assert cookie["max-age"] == 400 * 24 * 60 * 60
    assert "Tout est prêt" in text(device.get("/tablet/"))
    assert "Room 2" in text(admin.get("/tablets/"))


def test_tablet_create_refuses_a_name_that_is_there(admin, device):
    response = admin.post("/tablets/new/", {"name": "room 2", "language": "en"})
    assert "Another tablet has this name" in text(response)
    assert Tablet.objects.count() == 1


def test_tablet_edit_renames(admin, device):
    admin.post(f"/tablets/{device.tablet.key}/", {"name": "Room 3", "language": "de"})
    device.tablet.refresh_from_db()
    assert (device.tablet.name, device.tablet.language) == ("Room 3", "de")


def test_tablet_revoke_is_told_on_the_tablet(admin, device):
    admin.post(f"/tablets/{device.tablet.key}/revoke/")
    assert device.get("/tablet/waiting/").status_code == 404
    assert "no longer paired" in text(device.get("/tablet/"))
    assert "no longer paired" not in text(device.get("/tablet/"))  # a device like any other
    assert device.cookies["tablet"].value == ""
    assert "Revoked" in text(admin.get("/tablets/"))


def test_tablet_code_is_for_unpaired_tablets_alone(admin, device):
    assert admin.post(f"/tablets/{device.tablet.key}/code/").status_code == 404
    assert paired_tablets.by_token(device.cookies["tablet"].value)


@pytest.mark.parametrize("rows", [1, 3])
def test_tablet_list_asks_the_same_for_any_number(admin, django_assert_num_queries, rows):
    for _row in range(rows):
        factories.paired_tablet()
    admin.get("/tablets/")
    with django_assert_num_queries(9):
        admin.get("/tablets/")


# --- on the tablet ----------------------------------------------------------------------------


def test_tablet_idle_stops_the_device_that_tries_too_often(db):
    unpaired = factories.TabletFactory()
    code = paired_tablets.renew_code(tablet=unpaired, by=unpaired.paired_by)
    noisy, calm = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="192.0.2.2")
    answers = [noisy.post("/tablet/", {"code": "nothing"}).status_code for _try in range(21)]
    assert answers == [400] * 20 + [429]
    assert noisy.post("/tablet/", {"code": code}).status_code == 429
    assert calm.post("/tablet/", {"code": code}).status_code == 302


def test_tablet_idle_does_not_wait_where_staff_are_signed_in(device, therapist):
    device.force_login(therapist)
    response = device.get("/tablet/")
    assert response.status_code == 404
    assert "Sign out and go on" in text(response)
    assert device.get("/tablet/waiting/").status_code == 404


def test_tablet_takes_the_form_and_comes_back(device, therapy_session, therapist):
    assert device.get("/tablet/waiting/").json() == {"ticket": ""}
    link = tablet.make_ready(therapy_session=therapy_session, on=device.tablet, by=therapist)
    assert device.get("/tablet/waiting/").json() == {"ticket": str(link.entry_uuid)}
    page = text(device.post("/tablet/take/", follow=True))
    assert link.two_words in page
    handed_in = device.post("/rate/form/", MARKS | {"uuid": link.entry_uuid}, follow=True)
    assert 'href="/tablet/"' in text(handed_in)
    entry = SRSEntry.objects.get()
    assert (entry.source, entry.total) == ("tablet", 362)
    assert device.get("/tablet/waiting/").json() == {"ticket": ""}
    assert device.get("/rate/form/").status_code == 404


@pytest.mark.parametrize("way", [tablet.hand_over, tablet.send_link])
def test_form_that_did_not_wait_on_the_tablet_is_not_watched_by_it(
    device, therapy_session, therapist, way
):
    """A paired tablet may also be handed over, or given the two words."""
    link, token = way(therapy_session=therapy_session, by=therapist)
    device.post("/rate/", {"token": token})
    if link.way == link.Way.HAND_OVER:
        device.cookies["ticket"] = token
    for path in ("/rate/ready/", "/rate/form/"):
        page = device.get(path)
        assert page.status_code == 200
        assert "data-tablet" not in text(page)
    tablet.make_ready(therapy_session=therapy_session, on=device.tablet, by=therapist)
    for page in (device.post("/tablet/take/", follow=True), device.get("/rate/form/")):
        assert 'data-home="/tablet/"' in text(page)


def test_tablet_take_again_leaves_the_open_form_its_ticket(device, therapy_session, therapist):
    link = tablet.make_ready(therapy_session=therapy_session, on=device.tablet, by=therapist)
    device.post("/tablet/take/")
    before = device.cookies["ticket"].value
    device.post("/tablet/take/")
    assert device.cookies["ticket"].value == before
    assert tablet.link_by_token(before) == link


def test_tablet_take_needs_the_csrf_token(device, therapy_session, therapist):
    tablet.make_ready(therapy_session=therapy_session, on=device.tablet, by=therapist)
    careful = Client(enforce_csrf_checks=True)
    careful.cookies = device.cookies
    assert careful.post("/tablet/take/").status_code == 403
    assert not therapy_session.tablet_links.exclude(opened_at=None).exists()


def test_tablet_gets_nothing_that_waits_on_another(device, therapy_session, therapist):
    other, _token = factories.paired_tablet()
    tablet.make_ready(therapy_session=therapy_session, on=other, by=therapist)
    assert device.get("/tablet/waiting/").json() == {"ticket": ""}
    assert device.post("/tablet/take/").url == "/tablet/"
    assert "ticket" not in device.cookies


def test_tablet_pages_name_neither_client_nor_therapist(device, therapy_session, pair):
    tablet.make_ready(therapy_session=therapy_session, on=device.tablet, by=pair.therapist)
    for path in ("/tablet/", "/tablet/waiting/", "/tablet/measure/"):
        page = text(device.get(path))
        assert pair.client.case_label not in page
        assert pair.therapist.name not in page


@pytest.mark.parametrize(
    ("card_px", "stored"), [("199", None), ("200", 234), ("800", 935), ("801", None), ("", None)]
)
def test_tablet_measure_is_kept_within_its_bounds(device, card_px, stored):
    device.post("/tablet/measure/", {"card_px": card_px})
    device.tablet.refresh_from_db()
    assert device.tablet.line_length_px == stored


def test_tablet_measure_reaches_the_form_and_no_client_changes_it(
    device, therapy_session, therapist
):
    device.post("/tablet/measure/", {"card_px": "324"})
    device.post("/tablet/measure/", {"card_px": "500"})
    tablet.make_ready(therapy_session=therapy_session, on=device.tablet, by=therapist)
    device.post("/tablet/take/")
    assert 'data-line-length-px="379"' in text(device.get("/rate/form/"))


def test_tablet_is_measured_again_when_an_administrator_asks(device, admin):
    device.post("/tablet/measure/", {"card_px": "324"})
    assert "/tablet/measure/" not in text(device.get("/tablet/"))
    admin.post(f"/tablets/{device.tablet.key}/measure/")
    assert "/tablet/measure/" in text(device.get("/tablet/"))


# --- the therapist ----------------------------------------------------------------------------


def today_row(own) -> str:
    return text(own.get("/")).partition('aria-labelledby="sessions-today"')[2].partition("</ul>")[0]


def test_today_without_a_paired_tablet_hands_this_device_over(midday, own, therapy_session):
    factories.TabletFactory()
    assert "Hand over to rate" in today_row(own)
    assert "Ready for rating" not in today_row(own)


def test_tablet_ready_takes_one_tap_from_today(midday, device, own, therapy_session):
    assert f'action="/sessions/{therapy_session.key}/tablet/"' in today_row(own)
    page = text(own.post(f"/sessions/{therapy_session.key}/tablet/", follow=True))
    assert therapy_session.tablet_links.get().two_words in page
    assert "Waiting for the tablet" in today_row(own)
    assert own.get(f"/sessions/{therapy_session.key}/tablet/state/").json() == {"state": "waiting"}


def test_tablet_ready_asks_which_of_several(device, own, therapy_session):
    factories.paired_tablet(name="Room 3")
    page = text(own.post(f"/sessions/{therapy_session.key}/tablet/", follow=True))
    assert "On which tablet?" in page
    assert not therapy_session.tablet_links.exists()
    chosen = {"tablet": device.tablet.key}
    own.post(f"/sessions/{therapy_session.key}/tablet/", chosen)
    assert therapy_session.tablet_links.get().tablet == device.tablet


@pytest.mark.parametrize("key", ["no-key", "00000000-0000-4000-8000-000000000000"])
def test_tablet_ready_on_a_tablet_that_is_not_there_is_absent(device, own, therapy_session, key):
    url = f"/sessions/{therapy_session.key}/tablet/"
    assert own.post(url, {"tablet": key}).status_code == 404
    assert not therapy_session.tablet_links.exists()


def test_tablet_ready_in_use_says_until_when_and_of_whom_nothing(
    device, own, therapy_session, other_therapist
):
    theirs = factories.TherapySessionFactory(
        pair__therapist=other_therapist, pair__client__case_label="Wren-2"
    )
    tablet.make_ready(therapy_session=theirs, on=device.tablet, by=other_therapist)
    page = text(own.post(f"/sessions/{therapy_session.key}/tablet/", follow=True))
    assert "Room 2 is in use. It is free at" in page
    assert "Wren-2" not in page
    assert other_therapist.name not in page


def test_today_says_late_and_offers_paper_and_a_reason(midday, device, own, therapy_session):
    own.post(f"/sessions/{therapy_session.key}/tablet/")
    device.post("/tablet/take/")
    with time_machine.travel(midday + datetime.timedelta(minutes=16), tick=False):
        own.force_login(therapy_session.pair.therapist)  # idle for longer than a sign-in may be
        row = today_row(own)
        assert "May still be on the tablet" in row
        assert f"/sessions/{therapy_session.key}/paper/" in row
        own.post(f"/sessions/{therapy_session.key}/no-rating/", {"reason": "technical"})
        assert "Technical: the tablet did not work" in today_row(own)
    therapy_session.refresh_from_db()
    assert (therapy_session.missing_reason, therapy_session.attendance) == (
        "technical",
        "attended",
    )


def test_missing_reason_calls_back_the_form_nobody_opened(device, own, therapy_session):
    own.post(f"/sessions/{therapy_session.key}/tablet/")
    own.post(f"/sessions/{therapy_session.key}/no-rating/", {"reason": "forgotten"})
    assert device.get("/tablet/waiting/").json() == {"ticket": ""}


def test_missing_reason_leaves_a_form_on_its_way_and_gives_way_to_it(device, own, therapy_session):
    own.post(f"/sessions/{therapy_session.key}/tablet/")
    device.post("/tablet/take/")
    own.post(f"/sessions/{therapy_session.key}/no-rating/", {"reason": "technical"})
    link = therapy_session.tablet_links.get()
    device.post("/rate/form/", MARKS | {"uuid": link.entry_uuid})
    therapy_session.refresh_from_db()
    assert therapy_session.srs_entry.total == 362
    assert therapy_session.missing_reason == ""


@pytest.mark.parametrize("reason", ["", "bored"])
def test_missing_reason_refuses_what_is_none(own, therapy_session, reason):
    url = f"/sessions/{therapy_session.key}/no-rating/"
    assert "choose one of the reasons" in text(own.post(url, {"reason": reason}, follow=True))
    therapy_session.refresh_from_db()
    assert therapy_session.attendance == "booked"


def test_missing_reason_never_replaces_a_rating(own, therapy_session):
    factories.rate(therapy_session, 37.0)
    url = f"/sessions/{therapy_session.key}/no-rating/"
    assert "rating already" in text(own.post(url, {"reason": "declined"}, follow=True))
    therapy_session.refresh_from_db()
    assert therapy_session.missing_reason == ""
