"""What becomes of strains when a therapy ends, or goes on after all, while a form comes in."""

import datetime

import pytest
from django.test import Client as Device
from django.utils import timezone

from accounts import sealing
from ruptures.models import Episode
from sessions_app.models import SRSEntry
from sessions_app.services import endings, tablet, undoing
from sessions_app.views.tablet import TICKET_COOKIE
from tests import factories
from tests.blocking import meanwhile
from tests.conftest import SUDDEN_FALL
from tests.sealing import seal_answers

pytestmark = pytest.mark.django_db
*BEFORE_THE_FALL, FALLEN = SUDDEN_FALL


def end(pair):
    return endings.end(pair=pair, ending="planned", on=timezone.localdate(), by=pair.therapist)


def form_of(link, total) -> dict:
    return {"uuid": link.entry_uuid, "language": "en"} | factories.records.marks(total)


def hand_in_openly(link, token, total):
    device = Device()
    device.cookies[TICKET_COOKIE] = token
    return device.post("/rate/form/", form_of(link, total))


def hand_in_what_was_kept(link, token, total):
    sealed = seal_answers(sealing.public_key(), form_of(link, total))
    return Device().post("/rate/hand-in/", sealed, content_type="application/octet-stream")


def type_in_from_paper(link, token, total):
    factories.rate(link.therapy_session, total)


@pytest.fixture
def ticket(pair):
    *_earlier, last = factories.weekly(pair, [*BEFORE_THE_FALL, None])
    return tablet.hand_over(therapy_session=last, by=pair.therapist)


WAYS = [hand_in_openly, hand_in_what_was_kept, type_in_from_paper]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("hand_in", WAYS)
def test_form_that_waits_for_an_ending_is_as_one_that_came_after(pair, ticket, hand_in):
    meanwhile(lambda: end(pair), lambda: hand_in(*ticket, FALLEN))
    assert Episode.objects.get().state == Episode.State.ENDED_EARLY


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("hand_in", WAYS)
def test_form_that_waits_for_an_ending_to_be_taken_back_opens_its_strain(pair, ticket, hand_in):
    step = end(pair)
    meanwhile(lambda: undoing.undo(step=step, by=pair.therapist), lambda: hand_in(*ticket, FALLEN))
    assert Episode.objects.get().state == Episode.State.OPEN


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("hand_in", [hand_in_openly, hand_in_what_was_kept])
def test_form_that_waits_while_its_client_declines_is_refused(pair, ticket, hand_in):
    link, token = ticket

    def decline():
        with tablet.taking_in(token) as found:
            tablet.decline(link=found, client_asks=False)

    assert meanwhile(decline, lambda: hand_in(*ticket, 38.0)).status_code == 409
    assert not SRSEntry.objects.filter(therapy_session=link.therapy_session).exists()


def test_ending_is_taken_back_after_a_form_told_of_another_strain(pair):
    """Of a session that began after it was said. The newer one is worked on."""
    factories.weekly(pair, SUDDEN_FALL)
    soon = timezone.now() + datetime.timedelta(minutes=20)
    last = factories.TherapySessionFactory(pair=pair, starts_at=soon, attendance="attended")
    link, token = tablet.hand_over(therapy_session=last, by=pair.therapist)
    step = end(pair)
    assert hand_in_what_was_kept(link, token, 12.0).status_code == 200
    undoing.undo(step=step, by=pair.therapist)
    newest, earlier = pair.episodes.all()
    assert (newest.opened_session, newest.state) == (last, Episode.State.OPEN)
    assert earlier.state == Episode.State.ENDED_EARLY
