"""Tablets of the clinic: paired once by a code, known by a token, gone when revoked."""

import datetime
import math

import pytest
import time_machine
from django.utils import timezone

from accounts import tries
from sessions_app.models import Tablet, TherapySession
from sessions_app.services import paired_tablets, tablet
from tests import factories


@pytest.fixture
def waiting():
    """A tablet to be paired, and its code."""
    unpaired = factories.TabletFactory(name="Room 2")
    return unpaired, paired_tablets.renew_code(tablet=unpaired, by=unpaired.paired_by)


def later(**how_much):
    return time_machine.travel(timezone.now() + datetime.timedelta(**how_much), tick=False)


def test_code_has_forty_bits_of_letters_that_look_like_no_other(db, waiting):
    _tablet, code = waiting
    letters = code.replace("-", "")
    assert len(letters) * math.log2(len(paired_tablets.CODE_LETTERS)) >= 40
    assert not set(letters) & set("ILO01")


def test_code_and_token_are_stored_hashed(db, waiting):
    _tablet, code = waiting
    row = str(Tablet.objects.values().get())
    assert code not in row
    assert code.replace("-", "") not in row
    token = paired_tablets.pair(code, device="a")
    assert len(token) >= 43  # 256 bits
    assert token not in str(Tablet.objects.values().get())


@pytest.mark.parametrize("written", ["{}", " {} ", "{} ".lower()])
def test_code_may_be_typed_as_it_is_heard(db, waiting, written):
    paired, code = waiting
    token = paired_tablets.pair(written.format(code.lower().replace("-", " ")), device="a")
    assert paired_tablets.by_token(token) == paired


@pytest.mark.parametrize("code", ["", "ABC-DEF-GHJ", "' OR 1=1 --", "\u0661\u0662"])
def test_code_that_is_wrong_pairs_nothing(db, waiting, code):
    assert paired_tablets.pair(code, device="a") is None
    assert not Tablet.objects.paired().exists()


def test_code_pairs_once(db, waiting):
    _tablet, code = waiting
    assert paired_tablets.pair(code, device="a")
    assert paired_tablets.pair(code, device="b") is None


@pytest.mark.parametrize(("seconds", "pairs"), [(10 * 60 - 1, True), (10 * 60, False)])
def test_code_lasts_ten_minutes(db, waiting, seconds, pairs):
    unpaired, code = waiting
    with time_machine.travel(
        unpaired.pairing_until + datetime.timedelta(seconds=seconds - 600), tick=False
    ):
        assert bool(paired_tablets.pair(code, device="a")) is pairs


def test_new_code_puts_the_old_one_out_of_use(db, waiting):
    unpaired, old = waiting
    new = paired_tablets.renew_code(tablet=unpaired, by=unpaired.paired_by)
    assert paired_tablets.pair(old, device="a") is None
    assert paired_tablets.pair(new, device="a")


def test_code_of_a_revoked_tablet_pairs_nothing(db, waiting):
    unpaired, code = waiting
    paired_tablets.revoke(tablet=unpaired, by=unpaired.paired_by)
    assert paired_tablets.pair(code, device="a") is None


def test_tries_at_the_limit_and_one_more(db, waiting):
    _tablet, code = waiting
    for _try in range(tries.FAILURES_A_QUARTER_HOUR):
        assert paired_tablets.pair("ABC-DEF-GHJ", device="a") is None
    with pytest.raises(tries.TooManyTries):
        paired_tablets.pair(code, device="a")
    assert paired_tablets.pair(code, device="b")


def test_revoked_tablet_is_nobody_and_so_is_its_ticket(therapy_session, therapist):
    paired, token = factories.paired_tablet()
    tablet.make_ready(therapy_session=therapy_session, on=paired, by=therapist)
    ticket = tablet.open_on_tablet(paired_tablets.waiting_on(paired))
    paired_tablets.revoke(tablet=paired, by=paired.paired_by)
    assert paired_tablets.by_token(token) is None
    assert paired_tablets.was_revoked(token)
    assert tablet.link_by_token(ticket) is None


@pytest.mark.parametrize(("seconds", "times"), [(59, 1), (61, 2)])
def test_being_seen_is_written_once_a_minute(db, django_assert_num_queries, seconds, times):
    paired, token = factories.paired_tablet()
    with later(seconds=seconds), django_assert_num_queries(times):
        paired_tablets.note_seen(paired_tablets.by_token(token))


@pytest.mark.parametrize(("minutes", "silent"), [(2, False), (4, True)])
def test_tablet_is_silent_after_three_minutes(db, minutes, silent):
    paired, _token = factories.paired_tablet()
    with later(minutes=minutes):
        assert paired_tablets.is_silent(paired) is silent


def test_usual_tablet_is_the_only_one(therapist):
    assert paired_tablets.usual_for(therapist) is None
    factories.TabletFactory()  # not paired yet
    only, _token = factories.paired_tablet()
    assert paired_tablets.usual_for(therapist) == only


def test_usual_tablet_of_several_is_the_one_used_last(pair, therapist, other_therapist):
    first, second = (factories.paired_tablet()[0] for _number in range(2))
    assert paired_tablets.usual_for(therapist) is None
    for used in (first, second):
        session = factories.TherapySessionFactory(pair=pair)
        tablet.make_ready(therapy_session=session, on=used, by=therapist)
    assert paired_tablets.usual_for(therapist) == second
    assert paired_tablets.usual_for(other_therapist) is None
    paired_tablets.revoke(tablet=second, by=second.paired_by)
    assert paired_tablets.usual_for(therapist) == first


@pytest.mark.parametrize(("card_px", "line_px"), [(324, 379), (856, 1000)])
def test_measure_is_ten_centimetres_by_a_card(db, card_px, line_px):
    paired, _token = factories.paired_tablet()
    paired_tablets.measure(tablet=paired, card_px=card_px)
    paired.refresh_from_db()
    assert paired.line_length_px == line_px


# --- tickets that wait on a tablet ------------------------------------------------------------


@pytest.fixture
def paired(db) -> Tablet:
    return factories.paired_tablet()[0]


def test_ticket_waits_on_its_tablet_alone(paired, therapy_session, therapist):
    other, _token = factories.paired_tablet()
    link = tablet.make_ready(therapy_session=therapy_session, on=paired, by=therapist)
    assert paired_tablets.waiting_on(paired) == link
    assert paired_tablets.waiting_on(other) is None
    assert tablet.open_by_words(link.two_words, device="a") is None


@pytest.mark.parametrize(("minutes", "waits"), [(14, True), (16, False)])
def test_ticket_waits_for_a_quarter_of_an_hour(paired, therapy_session, therapist, minutes, waits):
    tablet.make_ready(therapy_session=therapy_session, on=paired, by=therapist)
    with later(minutes=minutes):
        assert bool(paired_tablets.waiting_on(paired)) is waits


def test_newer_ticket_on_the_tablet_revokes_the_older(paired, pair, therapist):
    for_one, for_next = (factories.TherapySessionFactory(pair=pair) for _number in range(2))
    older = tablet.make_ready(therapy_session=for_one, on=paired, by=therapist)
    newer = tablet.make_ready(therapy_session=for_next, on=paired, by=therapist)
    older.refresh_from_db()
    assert older.revoked_at
    assert paired_tablets.waiting_on(paired) == newer


def test_newer_ticket_of_the_session_revokes_that_on_another_tablet(
    paired, therapy_session, therapist
):
    other, _token = factories.paired_tablet()
    tablet.make_ready(therapy_session=therapy_session, on=paired, by=therapist)
    tablet.make_ready(therapy_session=therapy_session, on=other, by=therapist)
    assert paired_tablets.waiting_on(paired) is None
    assert paired_tablets.waiting_on(other)


def test_tablet_in_use_by_another_therapist_says_until_when(
    paired, therapy_session, therapist, other_therapist
):
    link = tablet.make_ready(therapy_session=therapy_session, on=paired, by=therapist)
    theirs = factories.TherapySessionFactory(pair__therapist=other_therapist)
    with pytest.raises(tablet.TabletInUse) as refused:
        tablet.make_ready(therapy_session=theirs, on=paired, by=other_therapist)
    assert refused.value.until == link.expires_at
    assert paired_tablets.waiting_on(paired) == link
    with tablet.taking_in(tablet.open_on_tablet(link)) as found:
        tablet.decline(link=found, client_asks=False)
    assert tablet.make_ready(therapy_session=theirs, on=paired, by=other_therapist)


def test_state_of_a_ticket_from_waiting_to_rated(paired, therapy_session, therapist):
    link = tablet.make_ready(therapy_session=therapy_session, on=paired, by=therapist)
    states = [tablet.state_of(link)]
    token = tablet.open_on_tablet(link)
    states.append(tablet.state_of(link))
    with tablet.taking_in(token) as found:
        tablet.hand_in(link=found, rating=factories.records.rating(37.0))
    rated = TherapySession.objects.get()
    states.append(tablet.state_of(tablet.last_on_tablet(rated)))
    assert states == ["waiting", "opened", "rated"]


@pytest.mark.parametrize(("opened", "state"), [(True, "late"), (False, "ended")])
def test_state_of_a_ticket_after_its_end(paired, therapy_session, therapist, opened, state):
    link = tablet.make_ready(therapy_session=therapy_session, on=paired, by=therapist)
    if opened:
        tablet.open_on_tablet(link)
    with later(minutes=16):
        assert tablet.state_of(link) == state


def test_state_of_an_opened_ticket_that_was_revoked_promises_nothing(
    paired, therapy_session, therapist
):
    link = tablet.make_ready(therapy_session=therapy_session, on=paired, by=therapist)
    tablet.open_on_tablet(link)
    paired_tablets.revoke(tablet=paired, by=paired.paired_by)
    assert tablet.state_of(tablet.last_on_tablet(therapy_session)) == "ended"
    assert not therapy_session.tablet_links.unanswered().exists()
