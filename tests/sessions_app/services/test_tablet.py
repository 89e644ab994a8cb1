"""Tickets: each opens one form, once, for one device, and nothing else."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from accounts import tries
from sessions_app.models import TabletLink
from sessions_app.services import tablet
from tests import factories

MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def link(therapy_session, therapist):
    return tablet.send_link(therapy_session=therapy_session, by=therapist)


def later(minutes: float):
    return time_machine.travel(timezone.now() + minutes * MINUTE, tick=False)


def test_token_is_stored_hashed(link):
    row, token = link
    assert len(token) >= 43  # 256 bits
    assert token not in str(TabletLink.objects.values().get())
    assert len(row.token_hash) == 64


def test_token_opens_once(link):
    _row, token = link
    assert tablet.open_by_token(token)
    assert tablet.open_by_token(token) is None


def test_token_is_exchanged_for_one_of_the_device_alone(link):
    row, token = link
    of_device = tablet.open_by_token(token)
    assert of_device != token
    assert tablet.link_by_token(token) is None
    assert tablet.link_by_token(of_device) == row


@pytest.mark.parametrize(("minutes", "opens"), [(24 * 60 - 1, True), (24 * 60 + 1, False)])
def test_token_opens_for_a_day(link, minutes, opens):
    _row, token = link
    with later(minutes):
        assert bool(tablet.open_by_token(token)) is opens


@pytest.mark.parametrize(("minutes", "opens"), [(14, True), (16, False)])
def test_words_open_for_a_quarter_of_an_hour(link, minutes, opens):
    row, _token = link
    with later(minutes):
        assert bool(tablet.open_by_words(row.two_words, device="a")) is opens


@pytest.mark.parametrize("written", ["{}", "  {} ", "{} ".upper()])
def test_words_may_be_written_as_they_are_heard(link, written):
    row, _token = link
    assert tablet.open_by_words(written.format(row.two_words.title()), device="a")


def test_words_may_have_a_hyphen(link):
    row, _token = link
    assert tablet.open_by_words(row.two_words.replace(" ", "-"), device="a")


def test_words_open_once(link):
    row, token = link
    assert tablet.open_by_words(row.two_words, device="a")
    assert tablet.open_by_words(row.two_words, device="a") is None
    assert tablet.open_by_token(token) is None


@pytest.mark.parametrize("words", ["", "acorn", "no such", "' OR 1=1 --"])
def test_words_that_are_wrong_open_nothing(link, words):
    assert tablet.open_by_words(words, device="a") is None


def test_words_of_a_hand_over_open_nothing(therapy_session, therapist):
    row, _token = tablet.hand_over(therapy_session=therapy_session, by=therapist)
    assert tablet.open_by_words(row.two_words, device="a") is None


def test_new_link_revokes_the_old_one(link, therapy_session, therapist):
    _row, old = link
    _new, token = tablet.send_link(therapy_session=therapy_session, by=therapist)
    assert tablet.open_by_token(old) is None
    assert tablet.open_by_token(token)


def test_hand_over_revokes_the_link(link, therapy_session, therapist):
    _row, old = link
    tablet.hand_over(therapy_session=therapy_session, by=therapist)
    assert tablet.open_by_token(old) is None


def test_new_link_leaves_those_of_other_sessions(link, pair, therapist):
    _row, token = link
    tablet.send_link(therapy_session=factories.TherapySessionFactory(pair=pair), by=therapist)
    assert tablet.open_by_token(token)


@pytest.mark.parametrize(("minutes", "opens"), [(14, True), (16, False)])
def test_hand_over_lasts_a_quarter_of_an_hour(therapy_session, therapist, minutes, opens):
    _row, token = tablet.hand_over(therapy_session=therapy_session, by=therapist)
    with later(minutes):
        assert bool(tablet.link_by_token(token)) is opens


def test_used_ticket_is_no_longer_usable(link):
    _row, token = link
    of_device = tablet.open_by_token(token)
    with tablet.taking_in(of_device) as found:
        tablet.decline(link=found, client_asks=False)
    assert tablet.link_by_token(of_device) is None
    assert tablet.used_link_by_token(of_device)


def test_tries_are_counted_for_each_device(link):
    row, _token = link
    for _try in range(tries.FAILURES_A_QUARTER_HOUR):
        tablet.open_by_words("wrong words", device="a")
    with pytest.raises(tries.TooManyTries):
        tablet.open_by_words(row.two_words, device="a")
    assert tablet.open_by_words(row.two_words, device="b")
