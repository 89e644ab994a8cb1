"""Whoever does not answer, the next person hears of it: in rows, mails and what may be read."""

import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Clinic, Supervision, User
from accounts.services import people
from ruptures.ladder import Rung
from ruptures.models import Alert, Episode
from ruptures.services import alerts, episodes, ladders, reviews, screening, supervision, vigilance
from tests import factories
from tests.conftest import SUDDEN_FALL

LONDON = ZoneInfo("Europe/London")
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
MONDAY = datetime.datetime(2026, 3, 2, 10, tzinfo=LONDON)
WEDNESDAY, MONDAY_AFTER = MONDAY + 2 * DAY, MONDAY + 7 * DAY


@pytest.fixture
def above(supervisor):
    above = factories.therapist(name="Supervisor Fir", email="fir@clinic.example")
    factories.SupervisionFactory(supervisor=above, therapist=supervisor)
    return above


@pytest.fixture
def lead(db):
    lead = factories.therapist(name="Lead Alder", email="alder@clinic.example")
    Clinic.objects.update_or_create(pk=1, defaults={"lead": lead})
    return lead


@pytest.fixture
def high_strain(pair, supervisor) -> Episode:
    """Raised on Monday morning, its mail not yet sent."""
    with time_machine.travel(MONDAY, tick=False):
        _first, second = factories.weekly(pair, [36.8, None])
        type(second).objects.filter(pk=second.pk).update(attendance="no_show")
        screening.screen_pair(pair=pair)
    return Episode.objects.get(pair=pair)


def look(at: datetime.datetime) -> None:
    """What the worker does at a look, twice as two workers would."""
    with time_machine.travel(at, tick=False):
        for _worker in range(2):
            alerts.deliver_due()
            ladders.climb_due()
        alerts.deliver_due()


def told() -> list[tuple[str, Rung]]:
    rows = Alert.objects.of_strains().exclude(sent_at=None).order_by("rung", "pk")
    return [(row.recipient.email.split("@")[0], Rung(row.rung)) for row in rows]


OAK, FIR, ALDER = ("oak", Rung.SUPERVISORS), ("fir", Rung.ABOVE_THEM), ("alder", Rung.LEAD)


@pytest.mark.parametrize(
    ("waited", "expected"),
    [
        (2 * DAY - HOUR, [OAK]),
        (2 * DAY, [OAK, FIR]),
        (7 * DAY - HOUR, [OAK, FIR]),
        (7 * DAY, [OAK, FIR, ALDER]),
    ],
)
def test_strain_nobody_acknowledges_goes_up_the_ladder(
    high_strain, above, lead, post_office, waited, expected
):
    for at in (MONDAY, MONDAY + 2 * DAY - HOUR, MONDAY + waited):
        look(min(at, MONDAY + waited))
    assert told() == expected
    assert len(post_office.messages) == len(expected)


def test_mail_higher_up_says_why_it_comes_and_names_nobody(high_strain, above, post_office):
    look(MONDAY)
    look(WEDNESDAY)
    first, second = (message.get_content() for message in post_office.messages)
    assert "by Wednesday, 4 March" in first
    assert "because nobody before you on the way has acknowledged it" in second
    assert not any(name in second for name in ("Oak", "Ash", "Heron", "36"))


def test_queue_says_of_what_came_up_the_ladder_that_it_did(
    high_strain, supervisor, above, lead, post_office, client
):
    for at in (MONDAY, WEDNESDAY, MONDAY_AFTER):
        look(at)
    said = {}
    with time_machine.travel(MONDAY_AFTER, tick=False):
        for person in (supervisor, above, lead):
            client.force_login(person)
            said[person.name] = "It came up to you" in client.get("/queue/").content.decode()
    assert said == {"Supervisor Oak": False, "Supervisor Fir": True, "Lead Alder": True}


def test_acknowledging_ends_the_ladder_also_for_a_mail_on_its_way(
    high_strain, supervisor, above, lead, post_office
):
    look(MONDAY)
    with time_machine.travel(WEDNESDAY, tick=False):
        ladders.climb_due()
        reviews.acknowledge(episode=high_strain, by=supervisor)
    look(MONDAY_AFTER)
    assert told() == [OAK]
    assert ladders.next_step_of(high_strain) is None


def test_strain_that_gets_graver_is_told_again_and_has_a_ladder_of_its_own(
    pair, supervisor, above, post_office
):
    with time_machine.travel(MONDAY, tick=False):
        factories.weekly(pair, SUDDEN_FALL)
        episode = Episode.objects.get()
        reviews.acknowledge(episode=episode, by=supervisor)
    with time_machine.travel(WEDNESDAY, tick=False):
        Episode.objects.update(severity="high")
        alerts.raise_for(episode=Episode.objects.get())
    look(WEDNESDAY)
    assert told() == [OAK]
    look(WEDNESDAY + 2 * DAY)
    assert told() == [OAK, FIR]


def test_listed_strain_goes_up_the_ladder_in_the_summary_of_the_next(
    pair, supervisor, above, post_office
):
    with time_machine.travel(MONDAY, tick=False):
        factories.weekly(pair, SUDDEN_FALL)
    five = MONDAY.replace(hour=17)
    for at in (five, five + 2 * DAY - HOUR, five + 2 * DAY, five + 3 * DAY):
        look(at)
    assert told() == [OAK, FIR]
    assert [message["To"] for message in post_office.messages] == [supervisor.email, above.email]
    assert "One possible strain is open" in post_office.messages[1].get_content()


def test_who_was_told_higher_up_may_read_that_case_alone(
    client, high_strain, above, lead, post_office
):
    other = factories.PairFactory(therapist=high_strain.pair.therapist)
    page = f"/strains/{high_strain.key}/"
    for person in (above, lead):
        client.force_login(person)
        assert client.get(page).status_code == 404
    for at in (MONDAY, WEDNESDAY, MONDAY_AFTER):
        look(at)
    for person in (above, lead):
        client.force_login(person)
        text = client.get(page).content.decode()
        assert "Heron-14" in text
        assert f"/clients/{high_strain.pair.client.key}/" not in text
        assert "Heron-14" in client.get("/queue/").content.decode()
        assert client.get(f"/clients/{other.client.key}/").status_code == 404
    assert client.post(f"{page}acknowledge/").status_code == 302
    assert Alert.objects.get(recipient=lead).acknowledged_at
    people.change_clinic(lead=None, by=lead)
    assert client.get(page).status_code == 404


@pytest.mark.parametrize("closing", ["dismissed", "by the course"])
def test_strain_that_closes_before_the_lead_has_looked_stays_in_sight_until_they_have(
    client, high_strain, supervisor, lead, post_office, closing
):
    for at in (MONDAY, MONDAY_AFTER):
        look(at)
    client.force_login(lead)
    page = f"/strains/{high_strain.key}/"
    if closing == "dismissed":
        therapist = high_strain.pair.therapist
        episodes.dismiss(episode=high_strain, because="misread", by=therapist)
    else:
        now = timezone.now()
        Episode.objects.update(closed_at=now, news_at=now, state="came_back_by_itself")
    reviews.acknowledge(episode=Episode.objects.get(), by=supervisor)
    with time_machine.travel(timezone.now() + 60 * DAY):
        client.force_login(lead)
        queue = client.get("/queue/").content.decode()
        assert "Heron-14" in queue
        assert "you have not looked at it since" in queue
        assert client.get(page).status_code == 200
        assert client.post(f"{page}acknowledge/").url == "/queue/"
        assert "Heron-14" not in client.get("/queue/").content.decode()
        assert client.get(page).status_code == 404


def test_queue_of_a_lead_who_supervises_nobody_says_how_cases_come_there(client, lead, supervisor):
    said = {}
    for person in (lead, supervisor):
        client.force_login(person)
        text = client.get("/queue/").content.decode()
        said[person.name] = [each in text for each in ("you supervise", "Prepare", "Weekly trend")]
    assert said == {"Lead Alder": [False] * 3, "Supervisor Oak": [True] * 3}


def test_page_of_the_weeks_promises_no_report_to_who_gets_none(client, lead, supervisor):
    promised = {}
    for person in (lead, supervisor):
        client.force_login(person)
        promised[person.name] = "comes on Monday" in client.get("/trend/").content.decode()
    assert promised == {"Lead Alder": False, "Supervisor Oak": True}


@pytest.mark.parametrize("ends", ["strain", "supervision", "pair", "account"])
def test_reach_by_the_ladder_ends_at_the_next_request(
    client, high_strain, above, post_office, ends
):
    look(MONDAY)
    look(WEDNESDAY)
    client.force_login(above)
    page = f"/strains/{high_strain.key}/"
    assert client.get(page).status_code == 200
    yesterday = timezone.localdate() - DAY
    if ends == "strain":
        now = timezone.now()
        Episode.objects.update(closed_at=now, news_at=now, state="came_back_by_itself")
        reviews.acknowledge(episode=Episode.objects.get(), by=above)
    elif ends == "supervision":
        Supervision.objects.filter(supervisor=above).update(until_on=yesterday)
    elif ends == "pair":
        type(high_strain.pair).objects.update(until_on=yesterday)
    else:
        people.deactivate(user=above, by=above)
    assert client.get(page).status_code in (302, 404)


def test_case_says_until_when_to_agree_on_a_plan(client, high_strain, supervisor):
    page, asked = f"/strains/{high_strain.key}/", "Agree by Wednesday 4 March"
    due = "2026-03-04"
    for person in (supervisor, high_strain.pair.therapist):
        with time_machine.travel(f"{due}T08:00:00+00:00"):
            client.force_login(person)
            assert asked in client.get(page).content.decode()
    with time_machine.travel(f"{due}T23:00:00+00:00"):
        client.force_login(supervisor)
        overdue = client.get(page).content.decode()
    assert "It was due by Wednesday 4 March." in overdue
    assert asked not in overdue
    client.force_login(supervisor)
    supervision.agree_on_plan(
        episode=high_strain, text="Call.", on=timezone.localdate(), seen=0, by=supervisor
    )
    assert "Agree by" not in client.get(page).content.decode()


def test_therapist_of_the_case_is_on_no_rung_of_it(pair, supervisor, high_strain):
    """The two supervise each other, and the therapist leads the clinic."""
    factories.SupervisionFactory(supervisor=pair.therapist, therapist=supervisor)
    Clinic.objects.update_or_create(pk=1, defaults={"lead": pair.therapist})
    assert ladders.next_step_of(high_strain) is None


@pytest.mark.parametrize("trouble", ["no_address", "deactivated", "supervision_over"])
def test_next_is_told_at_once_where_somebody_cannot_be(
    high_strain, supervisor, above, lead, post_office, trouble
):
    if trouble == "no_address":
        User.objects.filter(pk=supervisor.pk).update(email="")
        expected = ["fir"]
    elif trouble == "deactivated":
        people.deactivate(user=supervisor, by=lead)
        expected = ["alder"]  # nobody supervises the therapist any more, so nobody is above
    else:
        Supervision.objects.filter(supervisor=supervisor).update(until_on=MONDAY.date() - DAY)
        expected = ["alder"]
    look(MONDAY)
    assert [message["To"].split("@")[0] for message in post_office.messages] == expected


def test_strain_of_which_nobody_can_be_told_is_a_banner(client, high_strain, supervisor):
    User.objects.filter(pk=supervisor.pk).update(email="")
    look(MONDAY)
    assert vigilance.mail_troubles() == {"returned", "unreached"}
    client.force_login(supervisor)
    assert "no e-mail reached anybody" in client.get("/queue/").content.decode()
    reviews.acknowledge(episode=high_strain, by=supervisor)
    assert "no e-mail reached anybody" not in client.get("/queue/").content.decode()


@pytest.mark.parametrize("cases", [1, 3])
def test_next_steps_ask_the_same_for_any_number_of_cases(
    therapist, supervisor, above, lead, django_assert_num_queries, cases
):
    for _case in range(cases):
        factories.weekly(factories.PairFactory(therapist=therapist), SUDDEN_FALL)
    episodes = list(Episode.objects.select_related("pair"))
    with Clinic.remembered(), django_assert_num_queries(6):
        steps = ladders.next_steps_of(episodes)
    assert [step.rung for step in steps.values()] == [Rung.ABOVE_THEM] * cases
