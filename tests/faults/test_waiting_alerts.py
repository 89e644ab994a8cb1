"""What becomes of alerts that wait while people and cases change under them."""

import datetime
import re
import threading

import pytest
import time_machine
from django.db import connections, transaction
from django.utils import timezone

from accounts.models import Clinic
from ruptures.models import Alert, Episode
from ruptures.services import alerts, episodes, ladders, reconciling, reviews, screening
from sessions_app.services import endings
from tests import factories
from tests.conftest import SUDDEN_FALL

pytestmark = pytest.mark.django_db

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


def fires_again(episode: Episode) -> None:
    """The client does not come, which is graver than what was known."""
    factories.TherapySessionFactory(pair=episode.pair, attendance="no_show")
    Episode.objects.filter(pk=episode.pk).update(severity="high", news_at=timezone.now())
    alerts.raise_for(episode=Episode.objects.get(pk=episode.pk))


def shown_on(page: str) -> str:
    return re.search(r'name="shown_at" value="([^"]+)"', page)[1]


@pytest.mark.parametrize("button", ["acknowledge", "snooze", "resolve"])
def test_acknowledged_on_a_page_that_did_not_show_that_it_fired_again(
    client, episode, supervisor, button
):
    client.force_login(supervisor)
    page = client.get(f"/strains/{episode.key}/").content.decode()
    fires_again(episode)
    data = {"shown_at": shown_on(page), "days": "3", "outcome": "plan_agreed"}
    answer = client.post(f"/strains/{episode.key}/{button}/", data, follow=True)
    assert "There is news of this case" in answer.content.decode()
    assert not Alert.objects.exclude(acknowledged_at=None).exists()
    data["shown_at"] = shown_on(answer.content.decode())
    client.post(f"/strains/{episode.key}/{button}/", data)
    assert not Alert.objects.of_strains().filter(acknowledged_at=None).exists()


def test_fires_again_after_it_was_acknowledged(client, episode, supervisor):
    client.force_login(supervisor)
    client.post(f"/strains/{episode.key}/acknowledge/")
    fires_again(episode)
    waiting = Alert.objects.of_strains().get(acknowledged_at=None)
    assert (waiting.severity, waiting.recipient) == ("high", supervisor)
    assert "Acknowledged by you" not in client.get("/queue/").content.decode()


def test_chosen_cases_with_news_since_are_left(client, therapist, episode, supervisor):
    quiet = factories.PairFactory(therapist=therapist)
    factories.weekly(quiet, SUDDEN_FALL)
    client.force_login(supervisor)
    page = client.get("/queue/").content.decode()
    fires_again(episode)
    keys = Episode.objects.values_list("key", flat=True)
    chosen = re.search(r'id="chosen">.*?</form>', page, re.S)[0]
    client.post("/queue/acknowledge/", {"cases": list(keys), "shown_at": shown_on(chosen)})
    acknowledged = Alert.objects.of_strains().exclude(acknowledged_at=None)
    assert {row.episode for row in acknowledged} == {quiet.episodes.get()}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_acknowledged_in_the_moment_in_which_it_fires_again(episode, supervisor):
    """The strain is written and not yet committed when the button is pressed."""
    shown_at, pressed = episode.news_at, []

    def press():
        try:
            reviews.acknowledge(episode=episode, by=supervisor, shown_at=shown_at)
        except reviews.NewsSince as news:
            pressed.append(news)
        finally:
            connections.close_all()

    with transaction.atomic():
        fires_again(episode)
        button = threading.Thread(target=press)
        button.start()
        button.join(timeout=0.5)
        assert button.is_alive()  # it waits for the commit
    button.join(timeout=10)
    assert len(pressed) == 1
    assert not Alert.objects.exclude(acknowledged_at=None).exists()
