"""List and detail pages ask the same number of questions for one row as for three."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import sealing
from accounts.models import Clinic
from ruptures.models import Alert
from ruptures.services import reports, reviews, supervision, team_events
from ruptures.trend import IsoWeek
from sessions_app.models import Agreement
from sessions_app.services import packs, tablet, therapy_sessions
from sessions_app.services.therapy_sessions import Log
from sessions_app.views.tablet import TICKET_COOKIE
from tests import factories
from tests.conftest import SUDDEN_FALL
from tests.sealing import seal_answers

# Of these two open and close the one transaction, and one asks for the pack, once a process.
STATEMENTS_OF_A_HAND_IN = {"steady": 9, "opens_a_strain": 14}
QUERIES = {
    "today": 17,
    "client_list": 11,
    "own_repairs": 10,
    "client_detail": 23,
    "client_chart": 16,
    "episode_detail": 29,
    "review_queue": 21,
    "supervisee_list": 10,
    "agenda_detail": 14,
    "rule_precision_list": 11,
    "weekly_report_list": 9,
    "weekly_report_detail": 10,
    "weekly_report_now": 14,
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
    supervision.comment(episode=episode, text="What do you make of it?", by=supervisor)
    reviews.acknowledge(episode=episode, by=supervisor)
    reviews.hand_to(episode=episode, owner=supervisor, by=supervisor)
    discuss(episode, supervisor)


def discuss(episode, supervisor):
    """A question, its answer, a plan, a day of discussion, and what was said of usefulness."""
    words = {"episode": episode, "by": supervisor}
    question = supervision.comment(**words, text="How was it?", is_question=True)
    answer = {"text": "I pushed.", "answers": question, "by": episode.pair.therapist}
    supervision.comment(episode=episode, **answer)
    today = timezone.localdate()
    seen = episode.plans.count()
    supervision.agree_on_plan(**words, text="Ask first.", on=today, seen=seen)
    supervision.note_discussion(**words, on=today)
    for finding in episode.findings.all():
        supervision.say_whether_useful(is_useful=True, finding=finding, by=supervisor)


@pytest.fixture(autouse=True)
def clinic(db):
    return Clinic.current()


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("name", ["today", "client_list", "own_repairs"])
def test_therapists_pages_ask_the_same_for_any_number_of_clients(
    midday, client, therapist, supervisor, django_assert_num_queries, name, rows
):
    for _row in range(rows):
        course(therapist, supervisor)
    client.force_login(therapist)
    with django_assert_num_queries(QUERIES[name]):
        client.get({"today": "/", "client_list": "/clients/", "own_repairs": "/own/"}[name])


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("name", ["client_detail", "client_chart", "episode_detail"])
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
        "client_chart": f"/clients/{pair.client.key}/chart/",
        "episode_detail": f"/strains/{pair.episodes.get().key}/",
    }[name]
    with django_assert_num_queries(QUERIES[name]):
        client.get(url)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    "name", ["review_queue", "supervisee_list", "agenda_detail", "rule_precision_list"]
)
def test_supervisors_pages_ask_the_same_for_any_number_of_cases(
    client, therapist, supervisor, django_assert_num_queries, name, rows
):
    for _row in range(rows):
        course(therapist, supervisor)
    for _row in range(rows - 1):
        factories.SupervisionFactory(supervisor=supervisor)
    client.force_login(supervisor)
    url = {
        "review_queue": "/queue/",
        "supervisee_list": "/supervision/",
        "agenda_detail": f"/supervision/{therapist.key}/",
        "rule_precision_list": "/rules/precision/",
    }[name]
    with django_assert_num_queries(QUERIES[name]):
        client.get(url)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("name", ["weekly_report_detail", "weekly_report_now"])
def test_weekly_pages_ask_the_same_for_any_number_of_supervisees(
    client, therapist, supervisor, django_assert_num_queries, name, rows
):
    for _row in range(rows):
        somebody = factories.therapist()
        factories.SupervisionFactory(supervisor=supervisor, therapist=somebody)
        factories.weekly(factories.PairFactory(therapist=somebody), [37.0])
        team_events.note(on=timezone.localdate(), text=somebody.email[:60], by=supervisor)
    week = reports.last_finished_week(timezone.localdate())
    reports.make_all(week=week)
    client.force_login(supervisor)
    path = {"weekly_report_detail": f"/trend/{week.label}/", "weekly_report_now": "/trend/now/"}
    with django_assert_num_queries(QUERIES[name]):
        client.get(path[name])


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


def device_with_form(pair, sessions_before: int) -> tuple[Client, dict]:
    """A client's device with a ticket for the session after so many rated ones."""
    *_rated, newest = factories.weekly(pair, [38.0] * sessions_before + [None])
    link, token = tablet.hand_over(therapy_session=newest, by=pair.therapist)
    device = Client()
    device.cookies[TICKET_COOKIE] = token
    pack = packs.default_pack().key
    return device, {"uuid": link.entry_uuid, "pack": pack, "language": "en", "seconds": 31}


def hand_in_openly(device: Client, form: dict):
    return device.post("/rate/form/", form)


def hand_in_what_was_kept(device: Client, form: dict):
    sealed = seal_answers(sealing.public_key(), form)
    return device.post("/rate/hand-in/", sealed, content_type="application/octet-stream")


@pytest.mark.parametrize("hand_in", [hand_in_openly, hand_in_what_was_kept])
@pytest.mark.parametrize("sessions_before", [1, 20])
@pytest.mark.parametrize(("name", "total"), [("steady", 38.0), ("opens_a_strain", 31.0)])
def test_hand_in_asks_the_same_for_any_number_of_sessions_before(
    pair, supervisor, django_assert_num_queries, name, total, sessions_before, hand_in
):
    device, form = device_with_form(pair, sessions_before)
    form |= factories.records.marks(total)
    with django_assert_num_queries(STATEMENTS_OF_A_HAND_IN[name]):
        response = hand_in(device, form)
    assert response.status_code in (200, 302)
    assert pair.therapy_sessions.filter(srs_entry=None).count() == 0
    assert pair.episodes.count() == Alert.objects.mails().count() == (name == "opens_a_strain")


def test_hand_in_writes_all_in_one_transaction(pair, supervisor):
    device, form = device_with_form(pair, 4)
    with CaptureQueriesContext(connection) as captured:
        device.post("/rate/form/", form | factories.records.marks(31.0))
    first_words = [query["sql"].split()[0] for query in captured]
    written = [word for word in first_words if word != "SELECT"]
    assert written[0] == "SAVEPOINT"  # inside the transaction of the test
    assert written[-1] == "RELEASE"
    assert set(written[1:-1]) == {"INSERT", "WITH"}
