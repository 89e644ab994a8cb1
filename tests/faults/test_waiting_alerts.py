"""What becomes of alerts that wait while people and cases change under them."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Clinic
from ruptures.models import Alert, Episode
from ruptures.services import alerts, episodes, ladders, reconciling, screening
from sessions_app.services import endings
from tests import factories
from tests.conftest import SUDDEN_FALL

pytestmark = [pytest.mark.faults, pytest.mark.django_db]

DAY = datetime.timedelta(days=1)
NIGHT = datetime.datetime(2026, 3, 3, 23, tzinfo=datetime.UTC)
MORNING, EVENING = NIGHT + datetime.timedelta(hours=8), NIGHT + datetime.timedelta(hours=18)


@pytest.fixture
def at_night(pair, supervisor):
    """A high strain and a moderate one of another client: one mail waits for the morning, one for
    the summary. The supervisor is supervised too."""
    quiet = {"quiet_from": datetime.time(20), "quiet_until": datetime.time(7)}
    Clinic.objects.update_or_create(pk=1, defaults=quiet)
    other = factories.PairFactory(therapist=pair.therapist)
    factories.SupervisionFactory(therapist=supervisor, supervisor__email="fir@clinic.example")
    with time_machine.travel(NIGHT, tick=False):
        _first, second = factories.weekly(pair, [36.8, None])
        type(second).objects.filter(pk=second.pk).update(attendance="no_show")
        screening.screen_pair(pair=pair)
        factories.weekly(other, SUDDEN_FALL)
    assert Alert.objects.mails().count() == 2
    return {"high": pair, "moderate": other}


def end(pair):
    endings.end(pair=pair, ending="drop_out", on=timezone.localdate(), by=pair.therapist)


def hand_over(pair):
    endings.hand_over(
        pair=pair, to=factories.therapist(), on=timezone.localdate(), by=pair.therapist
    )


def hand_over_and_undo(pair):
    step = endings.hand_over(
        pair=pair, to=factories.therapist(), on=timezone.localdate(), by=pair.therapist
    )
    endings.resume(step=step, by=pair.therapist)


def erase(pair):
    pair.client.delete()


def call_it_none(pair):
    episodes.dismiss(episode=pair.episodes.get(), reason="A cold.", by=pair.therapist)


def recover(pair):
    pair.episodes.update(state=Episode.State.CAME_BACK, closed_at=timezone.now())


# What happens at night to both clients, and the mails of the next day. Whoever supervised a pair
# that is over may not open its record, so is told nothing of it; the new therapist sees what was
# left open.
CASES = {
    "client ended": (end, ["strain"]),
    "client handed over": (hand_over, []),
    "handed over and taken back": (hand_over_and_undo, ["strain", "digest"]),
    "client erased": (erase, []),
    "called not a strain": (call_it_none, ["strain"]),
    "came back by itself": (recover, []),
}


def the_next_day() -> None:
    for moment in (MORNING, EVENING, EVENING + DAY):
        with time_machine.travel(moment, tick=False):
            alerts.deliver_due()
            ladders.climb_due()
            reconciling.reconcile()


@pytest.mark.parametrize("case", CASES)
def test_alerts_that_wait_while_a_case_changes(at_night, supervisor, post_office, case):
    """A high strain is told whatever a person made of it meanwhile, to those who may see it."""
    happens, kinds = CASES[case]
    with time_machine.travel(NIGHT, tick=False):
        for pair in at_night.values():
            happens(pair)
    the_next_day()
    sent = Alert.objects.mails().exclude(sent_at=None).order_by("sent_at")
    assert list(sent.values_list("kind", flat=True)) == kinds
    assert [message["To"] for message in post_office.messages] == [supervisor.email] * len(kinds)
    assert not Alert.objects.unsent().exists()


@pytest.mark.parametrize("case", ["client ended", "client handed over", "client erased"])
def test_alerts_on_their_way_up_the_ladder_end_with_the_case(at_night, post_office, case):
    the_next_day()
    with time_machine.travel(MORNING + 2 * DAY, tick=False):
        assert ladders.climb_due() == 1
        CASES[case][0](at_night["high"])
    with time_machine.travel(MORNING + 3 * DAY, tick=False):
        alerts.deliver_due()
    assert not [mail for mail in post_office.messages if mail["To"] == "fir@clinic.example"]
