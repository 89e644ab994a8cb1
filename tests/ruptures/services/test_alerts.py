"""Who is told, when, and that no message is lost or doubled."""

import datetime
import threading
from zoneinfo import ZoneInfo

import pytest
import time_machine
from celery import Celery
from django.db import connections
from django.utils import timezone

from accounts.models import Clinic, Supervision, User
from accounts.services import people
from alliance.celery import app
from ruptures.models import Alert, Episode, WeeklyReport
from ruptures.services import alerts, screening, telling, vigilance
from tests import factories
from tests.conftest import SUDDEN_FALL
from tests.servers import free_port

LONDON = ZoneInfo("Europe/London")
MINUTE = datetime.timedelta(minutes=1)


def local(text: str, zone=LONDON) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=zone)


def moderate_strain(pair) -> Episode:
    factories.weekly(pair, SUDDEN_FALL)
    return Episode.objects.get(pair=pair)


def high_strain(pair) -> Episode:
    _first, second = factories.weekly(pair, [36.8, None])
    type(second).objects.filter(pk=second.pk).update(attendance="no_show")
    screening.screen_pair(pair=pair)
    return Episode.objects.get(pair=pair)


@pytest.fixture
def moderate_at_once(db):
    Clinic.objects.update_or_create(pk=1, defaults={"alert_at_once_from": "moderate"})


@pytest.fixture
def lead(db):
    lead = factories.therapist(name="Lead Alder", email="alder@clinic.example")
    Clinic.objects.update_or_create(pk=1, defaults={"lead": lead})
    return lead


# --- who is told, and when --------------------------------------------------------------------


def test_high_strain_is_told_at_once(pair, supervisor):
    episode = high_strain(pair)
    alert = Alert.objects.get()
    assert (alert.kind, alert.recipient, alert.episode) == ("strain", supervisor, episode)
    assert list(Alert.objects.due()) == [alert]


def test_moderate_strain_waits_for_the_digest(pair, supervisor):
    episode = moderate_strain(pair)
    listed, summary = Alert.objects.order_by("-kind")
    assert (listed.kind, listed.recipient, listed.episode) == ("listed", supervisor, episode)
    assert (summary.kind, summary.recipient, summary.episode) == ("digest", supervisor, None)
    assert listed.due_at == summary.due_at > timezone.now()
    assert not Alert.objects.due().exists()


def test_moderate_strain_is_told_at_once_where_the_clinic_says_so(
    pair, supervisor, moderate_at_once
):
    moderate_strain(pair)
    assert Alert.objects.get().kind == "strain"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-04T09:00", "2026-03-04T17:00"),
        ("2026-03-04T16:59", "2026-03-04T17:00"),
        ("2026-03-04T17:00", "2026-03-05T17:00"),
        ("2026-03-06T16:59", "2026-03-06T17:00"),  # Friday afternoon
        ("2026-03-06T18:30", "2026-03-09T17:00"),  # Friday evening
        ("2026-03-07T10:00", "2026-03-09T17:00"),
        ("2026-03-08T23:59", "2026-03-09T17:00"),
        ("2026-03-27T18:30", "2026-03-30T17:00"),  # the clocks go forward in between
        ("2026-10-23T18:30", "2026-10-26T17:00"),  # and back
        ("2026-12-23T18:30", "2026-12-29T17:00"),  # a closing day, a weekend, another one
        ("2026-12-31T18:00", "2027-01-01T17:00"),
    ],
)
def test_summary_is_at_five_on_working_days(now, expected):
    clinic = Clinic(closed_on=["2026-12-24", "2026-12-25", "2026-12-28"])
    day, due_at = telling.next_summary(local(now), clinic)
    assert due_at == local(expected)
    assert day.isoformat() == expected[:10]


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Asia/Riyadh", "2026-03-04T14:00+00:00"),
        ("America/Santiago", "2026-03-04T20:00+00:00"),
        ("Europe/London", "2026-03-04T17:00+00:00"),
    ],
)
def test_digest_is_on_the_clinics_clock(pair, supervisor, zone, expected):
    Clinic.objects.update_or_create(pk=1, defaults={"time_zone": zone})
    with time_machine.travel("2026-03-04T11:00+00:00", tick=False):
        moderate_strain(pair)
    assert Alert.objects.mails().get().due_at == datetime.datetime.fromisoformat(expected)


def test_digest_of_friday_evening_goes_out_on_monday(pair, supervisor, post_office):
    with time_machine.travel(local("2026-03-06T18:30"), tick=False):
        moderate_strain(pair)
        assert alerts.deliver_due() == 0
    with time_machine.travel(local("2026-03-09T16:59"), tick=False):
        assert alerts.deliver_due() == 0
    with time_machine.travel(local("2026-03-09T17:00"), tick=False):
        assert alerts.deliver_due() == 1
    assert "One possible strain is open" in post_office.only().get_content()


def test_two_strains_of_a_day_are_one_digest(therapist, supervisor):
    for _pair in range(2):
        moderate_strain(factories.PairFactory(therapist=therapist))
    assert Alert.objects.mails().count() == 1
    assert Alert.objects.listed().count() == 2


def test_digest_counts_supervised_cases_and_not_ones_own(pair, supervisor, post_office):
    moderate_strain(pair)
    moderate_strain(factories.PairFactory(therapist=supervisor))
    Alert.objects.filter(recipient=supervisor).update(due_at=timezone.now())
    alerts.deliver_due()
    assert "One possible strain is open" in post_office.only().get_content()


def test_digest_about_nothing_is_not_sent(pair, supervisor, post_office):
    episode = moderate_strain(pair)
    Episode.objects.filter(pk=episode.pk).update(
        closed_at=timezone.now(), state=Episode.State.CAME_BACK
    )
    Alert.objects.update(due_at=timezone.now())
    alerts.deliver_due()
    assert post_office.messages == []


def test_each_supervisor_is_told_once_for_each_severity(pair, supervisor, moderate_at_once):
    second = factories.therapist()
    factories.SupervisionFactory(supervisor=second, therapist=pair.therapist)
    episode = moderate_strain(pair)
    for severity in ("moderate", "high", "high"):
        episode.severity = severity
        alerts.raise_for(episode=episode)
    causes = Alert.objects.values_list("recipient", "cause")
    assert sorted(causes) == sorted(
        (person.pk, f"episode:{episode.pk}:{severity}")
        for person in (supervisor, second)
        for severity in ("moderate", "high")
    )


def test_nobody_is_told_without_a_supervisor_and_a_lead(pair):
    high_strain(pair)
    assert not Alert.objects.exists()


def test_lead_is_told_where_nobody_supervises(pair, lead):
    high_strain(pair)
    assert Alert.objects.get().recipient == lead


def test_supervisor_of_somebody_else_is_not_told(pair, supervisor, other_supervisor):
    high_strain(pair)
    assert set(Alert.objects.values_list("recipient", flat=True)) == {supervisor.pk}


def test_supervisor_until_yesterday_is_not_told(pair, supervisor, yesterday):
    Supervision.objects.update(until_on=yesterday)
    high_strain(pair)
    assert not Alert.objects.exists()


def test_deactivated_supervisor_is_not_told(pair, supervisor):
    people.deactivate(user=supervisor, by=supervisor)
    high_strain(pair)
    assert not Alert.objects.exists()


def test_supervisor_deactivated_while_the_alert_waits_gets_no_mail(pair, supervisor, post_office):
    high_strain(pair)
    people.deactivate(user=supervisor, by=supervisor)
    alerts.deliver_due()
    assert post_office.messages == []


def test_supervisor_whose_supervision_ended_while_the_alert_waits_gets_no_mail(
    pair, supervisor, post_office, yesterday
):
    high_strain(pair)
    Supervision.objects.update(until_on=yesterday)
    alerts.deliver_due()
    assert post_office.messages == []


def test_successor_of_a_deactivated_supervisor_is_told_at_the_next_look(pair, supervisor):
    high_strain(pair)
    people.deactivate(user=supervisor, by=supervisor)
    successor = factories.therapist()
    factories.SupervisionFactory(supervisor=successor, therapist=pair.therapist)
    vigilance.screen_open_episodes()
    assert Alert.objects.filter(recipient=successor).count() == 1


# --- delivery ---------------------------------------------------------------------------------


def test_delivery_marks_what_it_sent(pair, supervisor, post_office):
    high_strain(pair)
    assert alerts.deliver_due() == 1
    alert = Alert.objects.get()
    assert alert.sent_at
    assert alert.leased_until is None
    assert post_office.only()["To"] == supervisor.email


def test_delivery_a_second_time_sends_nothing(pair, supervisor, post_office):
    high_strain(pair)
    assert [alerts.deliver_due(), alerts.deliver_due()] == [1, 0]
    assert len(post_office.messages) == 1


def test_delivery_leaves_what_another_worker_holds(pair, supervisor, post_office):
    high_strain(pair)
    Alert.objects.update(leased_until=timezone.now() + MINUTE)
    assert alerts.deliver_due() == 0
    assert post_office.messages == []


def test_delivery_takes_over_a_lease_that_ran_out(pair, supervisor, post_office):
    high_strain(pair)
    Alert.objects.update(leased_until=timezone.now() - MINUTE, attempts=1)
    assert alerts.deliver_due() == 1
    assert Alert.objects.get().attempts == 2


def test_delivery_refused_is_kept_with_its_reason_and_backs_off(pair, supervisor, post_office):
    high_strain(pair)
    post_office.answer = "451 try again later"
    waits = []
    now = timezone.now() + MINUTE
    for _attempt in range(3):
        with time_machine.travel(now, tick=False):
            assert alerts.deliver_due() == 0
            alert = Alert.objects.get()
            waits.append((alert.leased_until - now) / MINUTE)
        now = alert.leased_until
    assert waits == [1, 2, 4]
    assert (alert.sent_at, alert.attempts) == (None, 3)
    assert alert.last_error == "SMTPDataError"


def test_delivery_refused_once_is_sent_later(pair, supervisor, post_office):
    high_strain(pair)
    post_office.answer = "421 closing"
    alerts.deliver_due()
    post_office.answer = None
    assert alerts.deliver_due() == 0  # not yet: it backs off
    with time_machine.travel(timezone.now() + 2 * MINUTE):
        assert alerts.deliver_due() == 1
    assert len(post_office.messages) == 1


def test_delivery_waits_half_an_hour_at_most(pair, supervisor, post_office):
    high_strain(pair)
    Alert.objects.update(attempts=40)
    post_office.answer = "550 no such person"
    with time_machine.travel(timezone.now() + MINUTE, tick=False):
        alerts.deliver_due()
        assert Alert.objects.get().leased_until - timezone.now() == 30 * MINUTE


def test_delivery_without_a_mail_server_loses_nothing(pair, supervisor, post_office, settings):
    high_strain(pair)
    settings.EMAIL_PORT = free_port()
    assert alerts.deliver_due() == 0
    assert Alert.objects.get().last_error == "ConnectionRefusedError"


def test_delivery_that_cannot_be_written_does_not_hold_up_the_next(pair, supervisor, post_office):
    """A report whose figures are spoiled stands first in the row."""
    spoiled = WeeklyReport.objects.create(supervisor=supervisor, week="2026-W40", figures=[])
    alerts.write_weekly(report=spoiled)
    high_strain(pair)
    assert alerts.deliver_due() == 1
    assert "waiting for your look" in post_office.only().get_content()
    kept = Alert.objects.get(kind="weekly")
    assert kept.sent_at is None
    assert kept.last_error == "IndexError"


def test_delivery_to_nobody_is_not_called_sent(pair, supervisor, post_office):
    high_strain(pair)
    User.objects.filter(pk=supervisor.pk).update(email="")
    assert alerts.deliver_due() == 0
    assert Alert.objects.get().sent_at is None


def test_stalled_delivery_is_seen_after_five_minutes(pair, supervisor):
    high_strain(pair)
    assert not vigilance.delivery_is_stalled()
    with time_machine.travel(timezone.now() + 6 * MINUTE):
        assert vigilance.delivery_is_stalled()


def test_stalled_delivery_is_a_banner_on_each_page(client, pair, supervisor):
    high_strain(pair)
    client.force_login(supervisor)
    assert "E-mails are not going out" not in client.get("/queue/").content.decode()
    with time_machine.travel(timezone.now() + 6 * MINUTE):
        assert "E-mails are not going out" in client.get("/queue/").content.decode()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_deliveries_at_once_send_each_mail_once(therapist, supervisor, post_office):
    for _pair in range(6):
        high_strain(factories.PairFactory(therapist=therapist))
    gun = threading.Barrier(2)

    def deliver():
        gun.wait(timeout=10)
        alerts.deliver_due()
        connections.close_all()

    workers = [threading.Thread(target=deliver) for _worker in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=30)
    keys = [message["Message-ID"] for message in post_office.messages]
    assert len(keys) == len(set(keys)) == 6
    assert set(Alert.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_alert_is_written_though_the_broker_is_away(pair, supervisor, caplog):
    away = Celery("away")
    away.config_from_object("django.conf:settings", namespace="CELERY")
    away.conf.broker_url = f"redis://127.0.0.1:{free_port()}/0"
    away.set_current()
    try:
        episode = high_strain(pair)
    finally:
        app.set_current()
    assert Alert.objects.get().episode == episode
    assert "The broker is away" in caplog.text


# --- what a mail says -------------------------------------------------------------------------


def test_strain_mail_names_nobody_and_no_score(pair, supervisor, post_office):
    high_strain(pair)
    alerts.deliver_due()
    raw = post_office.raw[0]
    for secret in (pair.client.case_label, pair.therapist.name, "Ash", "36.8", "36,8"):
        assert secret not in raw
    assert supervisor.name not in raw


def test_digest_mail_names_nobody_and_no_score(pair, supervisor, post_office):
    moderate_strain(pair)
    Alert.objects.update(due_at=timezone.now())
    alerts.deliver_due()
    raw = post_office.raw[0]
    for secret in (pair.client.case_label, pair.therapist.name, "Ash", "31.0", "bond"):
        assert secret not in raw


def test_strain_mail_has_a_neutral_subject_and_a_link(pair, supervisor, post_office, settings):
    high_strain(pair)
    alerts.deliver_due()
    mail = post_office.only()
    assert mail["Subject"] == "Alliance: something is waiting for you"
    assert settings.ORIGIN + "/queue/" in mail.get_content()


def test_message_id_is_the_alerts_key(pair, supervisor, post_office):
    high_strain(pair)
    alerts.deliver_due()
    assert str(Alert.objects.get().key) in post_office.only()["Message-ID"]


def test_message_sent_twice_after_a_crash_keeps_its_message_id(pair, supervisor, post_office):
    high_strain(pair)
    alerts.deliver_due()
    Alert.objects.update(sent_at=None)
    alerts.deliver_due()
    first, second = post_office.messages
    assert first["Message-ID"] == second["Message-ID"]
