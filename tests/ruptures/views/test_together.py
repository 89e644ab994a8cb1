"""Looking at the form together: who sees it, for how long, and what it does not say."""

import datetime
import re

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import Clinic
from sessions_app.models import SRSEntry, TabletLink
from sessions_app.services import tablet
from tests import factories

pytestmark = pytest.mark.django_db
PAGE = "/rate/together/"
MARKS = {"relationship": 40, "goals": 90, "approach": 90, "overall": 90}


@pytest.fixture
def at_once(db):
    Clinic.objects.update_or_create(pk=1, defaults={"look_together": "now"})


def handed_over(therapy_session) -> Client:
    _link, token = tablet.hand_over(
        therapy_session=therapy_session, by=therapy_session.pair.therapist
    )
    device = Client()
    device.cookies["ticket"] = token
    return device


def hand_in(device, therapy_session, **changes):
    uuid = therapy_session.tablet_links.latest("pk").entry_uuid
    return device.post("/rate/form/", {"uuid": uuid, "language": "en"} | MARKS | changes)


@pytest.fixture
def device(at_once, therapy_session) -> Client:
    """A device on which the session was just rated."""
    device = handed_over(therapy_session)
    device.answer = hand_in(device, therapy_session)
    return device


def text(response) -> str:
    return response.content.decode()


def is_closed(response) -> bool:
    return response.status_code == 404 and "This page is closed" in text(response)


def shown_words(page: str) -> str:
    return re.sub(r"<[^>]*>", " ", page.partition("<main")[2])


def test_rating_look_comes_right_after_where_the_clinic_wants_it(device):
    assert device.answer.headers["Location"] == PAGE
    page = text(device.get(PAGE))
    assert page.count('class="look-line"') == 4
    assert 'cx="40.0%"' in page
    assert "between “a little far apart” and “a little close”" not in page
    assert "a little far apart" in page


def test_rating_look_is_not_there_where_the_clinic_looks_next_time(therapy_session):
    device = handed_over(therapy_session)
    assert "next time" in text(device.get("/rate/ready/"))
    assert hand_in(device, therapy_session).headers["Location"] == "/rate/thanks/"
    assert is_closed(device.get(PAGE))


def test_rating_ready_tells_the_client_which_it_is(at_once, therapy_session):
    assert "as soon as you are done" in text(handed_over(therapy_session).get("/rate/ready/"))


def test_rating_look_is_told_to_the_script_as_well(at_once, therapy_session):
    device = handed_over(therapy_session)
    uuid = therapy_session.tablet_links.latest("pk").entry_uuid
    form = {"uuid": uuid, "language": "en"} | MARKS
    answers = [
        device.post("/rate/form/", form, headers={"Accept": "application/json"}) for _twice in "ab"
    ]
    assert [answer.json() for answer in answers] == [{"next": PAGE}] * 2


def test_rating_look_is_for_devices_in_the_room_alone(at_once, therapy_session, therapist):
    _link, token = tablet.send_link(therapy_session=therapy_session, by=therapist)
    phone = Client()
    phone.post("/rate/", {"token": token})
    assert "next time" in text(phone.get("/rate/ready/"))
    assert hand_in(phone, therapy_session).headers["Location"] == "/rate/thanks/"
    assert is_closed(phone.get(PAGE))


def test_rating_look_has_nothing_of_a_declined_form(at_once, therapy_session):
    device = handed_over(therapy_session)
    answer = hand_in(device, therapy_session, declined="1")
    assert answer.headers["Location"] == "/rate/thanks/?language=en"
    assert is_closed(device.get(PAGE))


def test_rating_look_does_not_open_before_the_form_is_in(at_once, therapy_session):
    assert is_closed(handed_over(therapy_session).get(PAGE))


def test_rating_look_ends_by_itself_after_ten_minutes(device):
    page = text(device.get(PAGE))
    assert 'data-then="/rate/thanks/?language=en"' in page
    left = int(re.search(r'data-seconds-left="(\d+)"', page)[1])
    assert 590 <= left <= 601
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=9, seconds=50)):
        assert device.get(PAGE).status_code == 200
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=10, seconds=5)):
        assert is_closed(device.get(PAGE))


def test_rating_look_closed_by_hand_forgets_the_ticket(device):
    token = device.cookies["ticket"].value
    answer = device.post(PAGE)
    assert answer.headers["Location"] == "/rate/thanks/?language=en"
    assert answer.cookies["ticket"]["max-age"] == 0
    device.cookies["ticket"] = token  # kept by somebody all the same
    assert is_closed(device.get(PAGE))


def test_rating_look_shows_a_second_client_nothing_of_the_first(device, therapist):
    other = factories.TherapySessionFactory(pair=factories.PairFactory(therapist=therapist))
    second = handed_over(other)
    assert is_closed(second.get(PAGE))
    hand_in(second, other, relationship=90, goals=20)
    page = text(second.get(PAGE))
    assert 'cx="20.0%"' in page
    assert 'cx="40.0%"' not in page


@pytest.mark.parametrize("token", ["", "wrong"])
def test_rating_look_is_closed_to_the_wrong_ticket(device, token):
    stranger = Client()
    stranger.cookies["ticket"] = token
    assert is_closed(stranger.get(PAGE))
    assert is_closed(stranger.post(PAGE))


def test_rating_look_is_not_for_staff(device, therapist):
    device.force_login(therapist)
    assert is_closed(device.get(PAGE))


VERDICTS = re.compile(r"rupture|strain|alarm|warning|below|well done|great|good|bad|problem", re.I)


def test_rating_look_says_no_number_and_no_verdict(device, therapy_session):
    words = shown_words(text(device.get(PAGE)))
    assert not re.search(r"\d", words)
    words_of_the_form = "I take something good with me|a great deal"
    assert not VERDICTS.search(re.sub(words_of_the_form, "", words))
    assert "more at ease with each other" in words


def test_rating_look_asks_where_the_client_would_like_to_begin(at_once, therapy_session):
    device = handed_over(therapy_session)
    hand_in(device, therapy_session, wants_to_talk="1")
    assert "Where would you like to begin?" in text(device.get(PAGE))


def test_rating_look_speaks_the_forms_language_and_turns_the_lines(at_once, therapy_session):
    device = handed_over(therapy_session)
    hand_in(device, therapy_session, language="ar")
    page = text(device.get(PAGE))
    assert 'lang="ar" dir="rtl"' in page
    assert 'cx="60.0%"' in page


def rated_before(pair, totals: list) -> None:
    for back, total in enumerate(totals, start=1):
        session = factories.TherapySessionFactory(
            pair=pair, starts_at=timezone.now() - datetime.timedelta(weeks=back, hours=2)
        )
        if total:
            factories.rate(session, total)
        else:
            session.attendance = "attended"
            session.save()


@pytest.mark.parametrize(
    ("totals", "dots"), [([], 0), ([36.0], 0), ([36.0, 35.0], 3), ([36.0, None, 35.0], 3)]
)
def test_rating_look_draws_the_last_times_from_two_earlier_ratings_on(device, pair, totals, dots):
    rated_before(pair, totals)
    trend = text(device.get(PAGE)).partition('look-trend" role')[2].partition("</svg>")[0]
    assert trend.count("<circle") == dots


def test_rating_look_says_the_trend_in_words(device, pair):
    rated_before(pair, [36.0, 35.0])
    assert "The newest dot is lower than the one before." in text(device.get(PAGE))


# --- next time, on the therapist's own screen -------------------------------------------------


@pytest.fixture
def desk(client, therapist, therapy_session) -> Client:
    factories.rate(therapy_session, (4.0, 9.0, 9.0, 9.0))
    client.force_login(therapist)
    return client


def test_client_detail_leads_to_the_last_rated_session(desk, therapy_session):
    page = text(desk.get(f"/clients/{therapy_session.pair.client.key}/"))
    assert f"/sessions/{therapy_session.key}/together/" in page


def test_therapy_session_look_names_nobody_and_has_no_staff_navigation(desk, therapy_session):
    page = text(desk.get(f"/sessions/{therapy_session.key}/together/"))
    assert 'cx="40.0%"' in page
    for staff in ("Heron-14", "Therapist Ash", "Sign out", "/queue/", 'class="bar"'):
        assert staff not in page


def test_therapy_session_look_is_not_there_for_a_session_without_a_rating(desk, pair):
    unrated = factories.TherapySessionFactory(
        pair=pair, starts_at=timezone.now() - datetime.timedelta(hours=1)
    )
    assert desk.get(f"/sessions/{unrated.key}/together/").status_code == 404


def test_therapy_session_look_handed_over_ends_the_staff_session(desk, therapy_session):
    answer = desk.post(f"/sessions/{therapy_session.key}/together/")
    assert f'href="{PAGE}"' in text(answer)
    assert desk.get("/clients/").status_code == 302
    assert 'cx="40.0%"' in text(desk.get(PAGE))
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=11)):
        assert is_closed(desk.get(PAGE))


def test_ticket_to_look_lets_nobody_write(desk, therapy_session):
    desk.post(f"/sessions/{therapy_session.key}/together/")
    assert TabletLink.objects.get(way="look").used_at
    assert hand_in(desk, therapy_session, relationship=100).status_code == 409
    assert SRSEntry.objects.get().relationship == 40
