"""List and detail pages ask the same number of questions for one row as for three."""

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Clinic
from ruptures.services import reports, reviews
from ruptures.trend import IsoWeek
from sessions_app.models import Agreement
from sessions_app.services import packs, tablet, therapy_sessions
from sessions_app.services.therapy_sessions import Log
from tests import factories
from tests.conftest import SUDDEN_FALL

QUERIES = {
    "today": 16,
    "client_list": 10,
    "client_detail": 19,
    "episode_detail": 19,
    "review_queue": 12,
    "weekly_report_list": 8,
    "weekly_report_detail": 8,
}


def course(therapist, supervisor):
    """A pair with a strain, markers, feelings, an agreement, and words from supervision."""
    pair = factories.PairFactory(therapist=therapist)
    sessions = factories.weekly(pair, SUDDEN_FALL)
    enrich(pair, sessions[-1], supervisor)
    return pair


def enrich(pair, therapy_session, supervisor):
    therapy_sessions.record(
        therapy_session=therapy_session,
        log=Log("attended", markers={"appeasing": 2}, feelings={"irritation": 4}),
        by=pair.therapist,
    )
    Agreement.objects.create(pair=pair, kind="goal", text="Sleep through most nights")
    episode = pair.episodes.get()
    reviews.comment(episode=episode, text="What do you make of it?", by=supervisor)
    reviews.acknowledge(episode=episode, by=supervisor)


@pytest.fixture(autouse=True)
def clinic(db):
    return Clinic.current()


@pytest.fixture
def midday():
    """A session of two hours ago is then one of today."""
    noon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
    with time_machine.travel(noon, tick=False):
        yield


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("name", ["today", "client_list"])
def test_therapists_pages_ask_the_same_for_any_number_of_clients(
    midday, client, therapist, supervisor, django_assert_num_queries, name, rows
):
    for _row in range(rows):
        course(therapist, supervisor)
    client.force_login(therapist)
    with django_assert_num_queries(QUERIES[name]):
        client.get({"today": "/", "client_list": "/clients/"}[name])


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("name", ["client_detail", "episode_detail"])
def test_record_pages_ask_the_same_for_any_number_of_sessions(
    client, therapist, supervisor, django_assert_num_queries, name, rows
):
    pair = course(therapist, supervisor)
    for _row in range(rows - 1):
        later = factories.TherapySessionFactory(pair=pair)
        factories.rate(later, (6.0, 7.0, 8.0, 8.0))
        enrich(pair, later, supervisor)
    client.force_login(therapist)
    url = {
        "client_detail": f"/clients/{pair.client.key}/",
        "episode_detail": f"/strains/{pair.episodes.get().key}/",
    }[name]
    with django_assert_num_queries(QUERIES[name]):
        client.get(url)


@pytest.mark.parametrize("rows", [1, 3])
def test_review_queue_asks_the_same_for_any_number_of_cases(
    client, therapist, supervisor, django_assert_num_queries, rows
):
    for _row in range(rows):
        course(therapist, supervisor)
    client.force_login(supervisor)
    with django_assert_num_queries(QUERIES["review_queue"]):
        client.get("/queue/")


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("name", ["weekly_report_list", "weekly_report_detail"])
def test_weekly_pages_ask_the_same_for_any_number_of_reports(
    client, therapist, supervisor, django_assert_num_queries, name, rows
):
    for number in range(rows):
        course(therapist, supervisor)
        reports.make_all(week=IsoWeek(2026, 30 + number))
    client.force_login(supervisor)
    url = {"weekly_report_list": "/trend/", "weekly_report_detail": "/trend/2026-W30/"}[name]
    with django_assert_num_queries(QUERIES[name]):
        client.get(url)


HAND_IN_AT_MOST = {"nothing found": 20, "a strain": 27}
USUAL = {"relationship": 94, "goals": 95, "approach": 94, "overall": 95}
FALLEN = {"relationship": 55, "goals": 86, "approach": 84, "overall": 82}


@pytest.mark.parametrize("earlier", [5, 20])
@pytest.mark.parametrize(
    ("found", "marks"), [("nothing found", USUAL), ("a strain", FALLEN)], ids=["usual", "fallen"]
)
def test_handing_in_a_form_asks_no_more_after_many_sessions(
    client, pair, supervisor, django_assert_max_num_queries, earlier, found, marks
):
    *_rated, newest = factories.weekly(pair, [37.5] * earlier + [None])
    link, token = tablet.hand_over(therapy_session=newest, by=pair.therapist)
    client.cookies["ticket"] = token
    form = {"uuid": link.entry_uuid, "pack": packs.active_pack().key, "language": "en"} | marks
    with django_assert_max_num_queries(HAND_IN_AT_MOST[found]):
        client.post("/rate/form/", form)
    assert pair.episodes.exists() == (found == "a strain")
