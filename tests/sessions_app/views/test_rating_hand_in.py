"""What a device kept and hands in, perhaps days later: taken once, whole, and from nobody else."""

import datetime
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts import sealing
from ruptures.models import Alert, Episode
from sessions_app.models import SRSEntry, TabletLink, TherapySession
from sessions_app.services import paired_tablets, sealed, tablet
from tests import factories
from tests.sealing import seal, seal_answers

MARKS = {"relationship": 93, "goals": 88, "approach": 90, "overall": 91}
OTHER_MARKS = {"relationship": 20}
DAY = datetime.timedelta(days=1)


@pytest.fixture
def link(therapy_session, therapist) -> TabletLink:
    link, _token = tablet.hand_over(therapy_session=therapy_session, by=therapist)
    return link


def answers(link, **changes) -> dict:
    return {"uuid": link.entry_uuid, "language": "en"} | MARKS | changes


def send(sealed_form: bytes, **options):
    """From a device without a cookie."""
    device = Client(enforce_csrf_checks=True, **options)
    return device.post("/rate/hand-in/", sealed_form, content_type="application/octet-stream")


def hand_in(link, **changes):
    return send(seal_answers(sealing.public_key(), answers(link, **changes)))


def days_later(days: float):
    return time_machine.travel(timezone.now() + days * DAY, tick=False)


def test_kept_form_is_taken_without_a_cookie_and_named(link):
    response = hand_in(link, wants_to_talk="1", seconds="41", line_length_mm="100")
    assert response.json() == {"uuid": str(link.entry_uuid), "next": "/rate/thanks/"}
    entry = SRSEntry.objects.get()
    assert (entry.uuid, entry.lines, entry.came_late) == (link.entry_uuid, MARKS, False)
    assert (entry.source, entry.seconds, entry.line_length_mm) == ("hand_over", 41, 100)
    assert TherapySession.objects.get().client_asks
    assert TabletLink.objects.get().used_at is not None


def test_kept_form_raises_its_finding_and_alert(pair, supervisor, therapist):
    *_earlier, newest = factories.weekly(pair, [37.0, 38.0, 37.5, 38.0, None])
    link, _token = tablet.hand_over(therapy_session=newest, by=therapist)
    hand_in(link, relationship=58, goals=86, approach=84, overall=82)
    assert Episode.objects.get().pair == pair
    assert Alert.objects.mails().get().recipient == supervisor


def test_kept_form_sent_again_gets_the_first_answer(link):
    sealed_form = seal_answers(sealing.public_key(), answers(link))
    first, again = send(sealed_form), send(sealed_form)
    assert (again.status_code, again.json()) == (200, first.json())
    assert SRSEntry.objects.count() == 1


def test_kept_form_with_other_marks_is_refused_for_good(link):
    hand_in(link)
    response = hand_in(link, **OTHER_MARKS)
    assert (response.status_code, response.json()) == (409, {"refused": True})
    assert SRSEntry.objects.get().lines == MARKS


def test_kept_refusal_to_answer_is_taken_once(link):
    for _time in range(2):
        response = hand_in(link, declined="1")
        assert response.json()["uuid"] == str(link.entry_uuid)
    session = TherapySession.objects.get()
    assert session.missing_reason == TherapySession.MissingReason.DECLINED
    assert not SRSEntry.objects.exists()


def test_kept_refusal_sent_again_after_another_rating_gets_its_first_answer(link, therapist):
    hand_in(link, declined="1")
    newer, _token = tablet.hand_over(therapy_session=link.therapy_session, by=therapist)
    hand_in(newer)
    assert hand_in(link, declined="1").status_code == 200
    assert SRSEntry.objects.get().uuid == newer.entry_uuid


def test_kept_form_comes_late_and_says_so(link, client, therapist):
    with days_later(3):
        assert hand_in(link).status_code == 200
        entry = SRSEntry.objects.get()
        assert entry.came_late
        assert timezone.now() - entry.recorded_at < DAY
        client.force_login(therapist)
        page = client.get(f"/clients/{link.therapy_session.pair.client.key}/")
        assert "had waited on its device" in page.content.decode()


@pytest.mark.parametrize(("days", "status"), [(29.9, 200), (30.1, 404)])
def test_kept_form_is_taken_for_thirty_days(link, days, status):
    with days_later(days):
        assert hand_in(link).status_code == status
    assert SRSEntry.objects.count() == (status == 200)


def test_kept_form_is_taken_though_a_newer_ticket_revoked_its_own(link, therapist):
    tablet.hand_over(therapy_session=link.therapy_session, by=therapist)
    assert hand_in(link).status_code == 200
    assert SRSEntry.objects.get().uuid == link.entry_uuid


def test_kept_form_is_refused_where_the_session_was_rated_since(link, therapist):
    newer, _token = tablet.hand_over(therapy_session=link.therapy_session, by=therapist)
    hand_in(newer, relationship=50)
    response = hand_in(link)
    assert (response.status_code, response.json()) == (409, {"refused": True})
    assert SRSEntry.objects.get().uuid == newer.entry_uuid
    link.refresh_from_db()
    assert link.used_at is None


def test_kept_form_whose_entry_is_there_already_uses_its_ticket_up(link):
    lines = tuple(tenths / 10 for tenths in MARKS.values())
    factories.rate(link.therapy_session, lines, uuid=link.entry_uuid)
    assert hand_in(link).status_code == 200
    assert TabletLink.objects.get().used_at is not None


def forged(link) -> bytes:
    return seal_answers(sealing.public_key(), answers(link, uuid=uuid4()))


def not_a_uuid(link) -> bytes:
    return seal_answers(sealing.public_key(), answers(link, uuid="x"))


def out_of_bounds(link) -> bytes:
    return seal_answers(sealing.public_key(), answers(link, goals=101))


def no_object(link) -> bytes:
    return seal(sealing.public_key(), "[1, 2]")


def not_json(link) -> bytes:
    return seal(sealing.public_key(), b"\xff{")


def numbers(link) -> bytes:
    return seal(sealing.public_key(), f'{{"uuid": "{link.entry_uuid}", "goals": 3}}')


def not_sealed(link) -> bytes:
    return str(answers(link)).encode()


def cut(link) -> bytes:
    return seal_answers(sealing.public_key(), answers(link))[:-1]


def nested_too_deep(link) -> bytes:
    return seal(sealing.public_key(), b"[" * 3900)


WRONG = [
    nested_too_deep,
    forged,
    not_a_uuid,
    out_of_bounds,
    no_object,
    not_json,
    numbers,
    not_sealed,
    cut,
]


@pytest.mark.parametrize("make", WRONG)
def test_whatever_is_wrong_looks_the_same_and_stores_nothing(link, make):
    response = send(make(link))
    assert (response.status_code, response.json()) == (404, {"refused": True})
    assert not SRSEntry.objects.exists()
    assert TabletLink.objects.get().used_at is None


def test_too_large_a_form_is_refused(link):
    response = send(b"x" * (sealed.LARGEST_BYTES + 1))
    assert (response.status_code, response.json()) == (413, {"refused": True})


def test_wrong_forms_of_one_device_hold_up_no_other_behind_its_address(link):
    assert {send(forged(link)).status_code for _try in range(25)} == {404}
    assert hand_in(link).status_code == 200


def test_form_of_a_link_that_was_called_back_is_refused(link, therapist):
    """It may have gone to a wrong address."""
    wrong, _token = tablet.send_link(therapy_session=link.therapy_session, by=therapist)
    tablet.send_link(therapy_session=link.therapy_session, by=therapist)
    assert (hand_in(wrong).status_code, hand_in(wrong).json()) == (404, {"refused": True})
    assert not SRSEntry.objects.exists()


def test_form_of_a_revoked_tablet_is_refused(link, therapist, administrator):
    lost = factories.TabletFactory()
    ticket = tablet.make_ready(therapy_session=link.therapy_session, on=lost, by=therapist)
    paired_tablets.revoke(tablet=lost, by=administrator)
    assert (hand_in(ticket).status_code, hand_in(ticket).json()) == (404, {"refused": True})
    assert not SRSEntry.objects.exists()


def test_kept_form_is_taken_while_staff_is_signed_in_on_the_device(link, therapist):
    """A therapist's own device sends what a client left there; nothing is decided by who asks."""
    device = Client(enforce_csrf_checks=True)
    device.force_login(therapist)
    form = seal_answers(sealing.public_key(), answers(link))
    device.post("/rate/hand-in/", form, content_type="application/octet-stream")
    assert SRSEntry.objects.get().lines == MARKS


def test_form_page_carries_the_key_and_no_mark(link, therapist):
    newer, token = tablet.hand_over(therapy_session=link.therapy_session, by=therapist)
    device = Client()
    device.cookies["ticket"] = token
    page = device.get("/rate/form/").content.decode()
    assert f'data-sealing-key="{sealing.public_key()}"' in page
    assert str(newer.entry_uuid) in page
