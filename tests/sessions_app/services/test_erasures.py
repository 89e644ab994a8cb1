"""What an erasure takes with it, what it leaves, and that it is never forgotten."""

import datetime

import pytest
import time_machine
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test import Client as Device
from django.utils import timezone

from accounts import sealing
from accounts.models import AuditEntry, Clinic
from ruptures.models import Alert, Episode
from ruptures.services import alerts
from sessions_app import erasure_log
from sessions_app.models import Client, ClientKey, Pair, UndoStep
from sessions_app.services import endings, erasures, tablet, therapy_sessions
from sessions_app.services.therapy_sessions import Log
from sessions_app.views.tablet import TICKET_COOKIE
from tests import factories
from tests.blocking import meanwhile
from tests.conftest import SUDDEN_FALL
from tests.sealing import seal_answers

NAME = "Clientina Canaria"
NOON = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def apart(settings, tmp_path):
    settings.APART_DIR = str(tmp_path)


@pytest.fixture
def ended(episode):
    """A client with everything, whose alert waits; the therapy ended."""
    pair = episode.pair
    pair.client.name = NAME
    pair.client.save()
    last = pair.therapy_sessions.last()
    log = Log("attended", note="a note", markers={"appeasing": 2})
    therapy_sessions.record(therapy_session=last, log=log, by=pair.therapist)
    endings.end(pair=pair, ending="planned", on=timezone.localdate(), by=pair.therapist)
    return pair


def erase(pair) -> None:
    erasures.erase(client=pair.client, reason=erasures.Reason.CLIENT_ASKED, by=pair.therapist)


def rows() -> dict[str, int]:
    """Tables of clients' records, and how many rows each has."""
    own = [*apps.get_app_config("sessions_app").get_models()]
    own += [*apps.get_app_config("ruptures").get_models()]
    # The day's digest names nobody, and is withdrawn where nothing is left to tell.
    of_the_clinic = {"InstrumentPack", "PackUse", "Tablet", "PolicyVersion", "Alert"}
    counted = {model.__name__: model.objects.count() for model in own}
    return {name: n for name, n in counted.items() if name not in of_the_clinic}


def test_erasing_leaves_no_row_and_no_key(ended):
    assert rows()["Finding"] and rows()["ClientKey"]
    erase(ended)
    assert {name: n for name, n in rows().items() if n} == {}


def test_alert_of_a_strain_goes_with_it(ended, supervisor):
    Alert.objects.create(
        kind=Alert.Kind.STRAIN,
        cause="a strain",
        recipient=supervisor,
        episode=Episode.objects.get(),
    )
    erase(ended)
    assert not Alert.objects.filter(kind=Alert.Kind.STRAIN).exists()


def test_erasing_leaves_the_other_client_whole(ended):
    other = factories.PairFactory(therapist=ended.therapist, client__name="Somebody Else")
    factories.weekly(other, SUDDEN_FALL)
    erase(ended)
    assert Client.objects.get().name == "Somebody Else"
    assert other.therapy_sessions.filter(srs_entry__isnull=False).count() == len(SUDDEN_FALL)


def test_alert_that_waits_for_an_erased_client_is_not_sent(ended, mailoutbox):
    Alert.objects.update(due_at=timezone.now())
    assert Alert.objects.due().exists()
    erase(ended)
    assert alerts.deliver_due() == 0
    assert mailoutbox == []


def test_erasure_is_told_in_the_audit_by_key_alone(ended):
    key = ended.client.key
    erase(ended)
    entry = AuditEntry.objects.get(action=AuditEntry.Action.ERASED)
    assert (entry.client_key, entry.by) == (key, ended.therapist)


def test_log_names_the_key_by_its_hash_alone(ended):
    key = ended.client.sealing_key.key
    erase(ended)
    line = erasure_log.path().read_text()
    assert erasure_log.hash_of(key) in line
    for word in (str(key), str(ended.client.key), ended.client.case_label, NAME):
        assert word not in line


def test_erasure_is_in_the_log_before_it_is_done(ended, monkeypatch):
    """Where the database gives up at the end, the log knows of it, and it is applied again."""

    def fail(*args, **kwargs):
        raise IntegrityError

    monkeypatch.setattr(ClientKey, "delete", fail)
    with pytest.raises(IntegrityError), transaction.atomic():
        erase(ended)
    monkeypatch.undo()
    assert Client.objects.filter(pk=ended.client_id).exists()
    assert erasures.apply_erasures() == 1
    assert not Client.objects.filter(pk=ended.client_id).exists()
    assert erasures.apply_erasures() == 0


@pytest.mark.parametrize(
    ("ended_on", "is_due"),
    [
        (datetime.date(2016, 11, 20), True),
        (datetime.date(2016, 11, 21), False),
        (datetime.date(2006, 1, 1), True),
    ],
)
def test_record_is_due_from_its_day_on(therapist, administrator, ended_on, is_due):
    _ended_pair(therapist, ended_on)
    with time_machine.travel(NOON):
        for person in (therapist, administrator):
            assert len(erasures.due_for(person)) == is_due


def _ended_pair(therapist, ended_on) -> Pair:
    client = factories.ClientFactory(status="ended", ending="planned", ended_on=ended_on)
    return factories.PairFactory(therapist=therapist, client=client)


def test_therapist_is_shown_their_own_records_alone(therapist, other_therapist, administrator):
    long_ago = timezone.localdate() - datetime.timedelta(days=12 * 365)
    own, theirs = _ended_pair(therapist, long_ago), _ended_pair(other_therapist, long_ago)
    assert list(erasures.due_for(therapist)) == [own.client]
    assert set(erasures.due_for(administrator)) == {own.client, theirs.client}


def test_administrator_reads_labels_and_no_names(client, therapist, administrator):
    pair = _ended_pair(therapist, timezone.localdate() - datetime.timedelta(days=12 * 365))
    pair.client.name = NAME
    pair.client.save()
    client.force_login(administrator)
    for url in ("/retention/", f"/clients/{pair.client.key}/erase/"):
        page = client.get(url).content.decode()
        assert pair.client.case_label in page
        assert NAME not in page


def test_administrator_cannot_erase_before_the_time_is_over(client, ended, administrator):
    client.force_login(administrator)
    form = {"reason": "client_asked", "case_label": ended.client.case_label}
    assert client.post(f"/clients/{ended.client.key}/erase/", form).status_code == 404
    assert Client.objects.count() == 1


def test_record_of_a_therapy_that_goes_on_is_not_erased(client, pair):
    client.force_login(pair.therapist)
    form = {"reason": "client_asked", "case_label": pair.client.case_label}
    assert client.post(f"/clients/{pair.client.key}/erase/", form).status_code == 404
    assert Client.objects.count() == 1


@pytest.mark.parametrize(
    ("ended_on", "years", "until"),
    [
        ("2024-02-29", 1, "2025-03-01"),
        ("2024-02-29", 4, "2028-03-01"),
        ("2023-11-20", 10, "2033-11-20"),
    ],
)
def test_kept_until_is_the_first_day_on_which_it_is_due(therapist, ended_on, years, until):
    client = _ended_pair(therapist, datetime.date.fromisoformat(ended_on)).client
    day = datetime.date.fromisoformat(until)
    assert client.kept_until(years) == day
    for moment, is_due in ((day - datetime.timedelta(days=1), False), (day, True)):
        with time_machine.travel(moment, tick=False):
            assert Client.objects.kept_long_enough(years).exists() == is_due


def test_time_that_is_not_over_is_no_reason_and_the_day_is_named(client, therapist):
    Clinic.objects.update_or_create(pk=1, defaults={"keep_years": 10})
    pair = _ended_pair(therapist, NOON.date() - datetime.timedelta(days=1))
    form = {"reason": "time_is_over", "case_label": pair.client.case_label}
    with time_machine.travel(NOON, tick=False):
        client.force_login(therapist)
        page = client.post(f"/clients/{pair.client.key}/erase/", form).content.decode()
        assert "kept until 19 November 2036" in page
        with pytest.raises(erasures.KeptLonger):
            erasures.erase(client=pair.client, reason="time_is_over", by=therapist)
    assert Client.objects.get() == pair.client
    assert not erasure_log.erased()


def test_erasing_asks_for_the_label(client, ended):
    client.force_login(ended.therapist)
    url = f"/clients/{ended.client.key}/erase/"
    page = client.post(url, {"reason": "client_asked", "case_label": "Heron-1"})
    assert "Nothing was erased" in page.content.decode()
    assert Client.objects.count() == 1
    client.post(url, {"reason": "client_asked", "case_label": ended.client.case_label})
    assert Client.objects.count() == 0
    assert erasure_log.erased()
    assert client.get(url).status_code == 404


def test_administrator_sets_how_long_records_are_kept(client, therapist, administrator):
    pair = _ended_pair(therapist, timezone.localdate() - datetime.timedelta(days=6 * 365))
    client.force_login(administrator)
    assert pair.client.case_label not in client.get("/retention/").content.decode()
    assert client.post("/retention/period/", {"keep_years": 0}).status_code == 400
    client.post("/retention/period/", {"keep_years": 5})
    assert pair.client.case_label in client.get("/retention/").content.decode()


def test_nothing_of_the_client_is_left_in_the_tables(ended):
    """Looked for by the database itself, in every text column of the record."""
    label = ended.client.case_label
    erase(ended)
    with connection.cursor() as cursor:
        for model in apps.get_models():
            for field in model._meta.concrete_fields:
                if field.get_internal_type() in {"CharField", "TextField"}:
                    table, column = model._meta.db_table, field.column
                    cursor.execute(f'SELECT count(*) FROM "{table}" WHERE "{column}" = %s', [label])
                    assert cursor.fetchone() == (0,), f"{table}.{column}"
    assert not Episode.objects.exists()


@pytest.fixture
def ticket(pair) -> tuple:
    """Of a form that lies open, and its token."""
    therapy_session = factories.TherapySessionFactory(pair=pair)
    return tablet.hand_over(therapy_session=therapy_session, by=pair.therapist)


def answers(link) -> dict:
    marks = {"relationship": 93, "goals": 88, "approach": 90, "overall": 91}
    return {"uuid": str(link.entry_uuid), "language": "en"} | marks


def hand_in_with_the_ticket(link, token):
    device = Device(raise_request_exception=False)
    device.cookies[TICKET_COOKIE] = token
    return device.post("/rate/form/", answers(link), headers={"Accept": "application/json"})


def hand_in_what_was_kept(link, token):
    sealed = seal_answers(sealing.public_key(), answers(link))
    content_type = "application/octet-stream"
    device = Device(raise_request_exception=False)
    return device.post("/rate/hand-in/", sealed, content_type=content_type)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_erasing_during_a_hand_in_waits_for_it_and_takes_it_along(ticket, pair):
    assert meanwhile(lambda: hand_in_with_the_ticket(*ticket), lambda: erase(pair)) is None
    assert rows()["SRSEntry"] == rows()["ClientKey"] == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("hand_in", [hand_in_with_the_ticket, hand_in_what_was_kept])
def test_hand_in_during_an_erasure_finds_its_ticket_closed(ticket, pair, hand_in):
    answer = meanwhile(lambda: erase(pair), lambda: hand_in(*ticket))
    again = hand_in(*ticket)
    assert (answer.status_code, answer.json()) == (again.status_code, again.json())
    assert answer.status_code == 404


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_erasing_while_another_ticket_is_made_waits_for_it(ticket, pair):
    therapy_session = ticket[0].therapy_session
    another = {"therapy_session": therapy_session, "by": pair.therapist}
    meanwhile(lambda: tablet.hand_over(**another), lambda: erase(pair))
    assert rows()["TabletLink"] == rows()["ClientKey"] == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_second_erasure_at_the_same_moment_says_that_it_is_done(ended):
    """Pressed twice, or by therapist and administrator: one erasure, and no failure."""
    page = Device(raise_request_exception=False)
    page.force_login(ended.therapist)
    form = {"reason": "client_asked", "case_label": ended.client.case_label}
    url = f"/clients/{ended.client.key}/erase/"
    answer = meanwhile(lambda: erase(ended), lambda: page.post(url, form))
    assert (answer.status_code, answer.url) == (302, "/retention/")
    assert "The record is erased already." in page.get(answer.url).content.decode()
    assert AuditEntry.objects.filter(action=AuditEntry.Action.ERASED).count() == 1
    assert len(erasure_log.path().read_text().splitlines()) == 1


def written_by_hand(page, pair) -> dict:
    """What may be on its way from the pages of a client whose therapy is over: address and form."""
    log = f"/sessions/{pair.therapy_sessions.last().key}/"
    opened = page.get(log).context["form"]
    kept = {name: str(opened[name].value()) for name in ("version", "page")}
    client = f"/clients/{pair.client.key}/"
    return {
        "log": (log, {"attendance": "attended", "note": NAME} | kept),
        "edit": (f"{client}edit/", {"case_label": "Other-1", "language": "en"}),
        "goal": (f"{client}agreements/", {"kind": "goal", "text": NAME}),
        "pattern": (f"{client}pattern/", {"text": NAME}),
        "copy": (f"{client}copy/", {}),
    }


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["log", "edit", "goal", "pattern", "copy"])
def test_what_is_saved_during_an_erasure_finds_the_record_gone(ended, what):
    page = Device(raise_request_exception=False)
    page.force_login(ended.therapist)
    url, form = written_by_hand(page, ended)[what]
    answer = meanwhile(lambda: erase(ended), lambda: page.post(url, form))
    assert answer.status_code == 404
    assert {name: n for name, n in rows().items() if n} == {}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_undo_during_an_erasure_says_that_it_is_too_late(ended):
    page = Device(raise_request_exception=False)
    page.force_login(ended.therapist)
    step = UndoStep.objects.filter(kind=UndoStep.Kind.LOG).latest("pk")
    answer = meanwhile(lambda: erase(ended), lambda: page.post(f"/undo/{step.key}/"))
    assert (answer.status_code, answer.url) == (302, "/")
    assert "This can be undone no more" in page.get("/").content.decode()
