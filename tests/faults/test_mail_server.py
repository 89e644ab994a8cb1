"""A mail server that does wrong: no alert is lost, and whoever comes next is told in time."""

import datetime
from email.message import Message

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Clinic, Supervision, User
from accounts.services import people
from ruptures.models import Alert, Episode
from ruptures.services import alerts, ladders, screening, vigilance
from tests import factories
from tests.faults.mail_server import FaultyMailServer, MailFault, certificate_nobody_signed

pytestmark = pytest.mark.django_db

MINUTE = datetime.timedelta(minutes=1)
# What the row says, whether the next person is told at once, and how often the mail is there in
# the end: who takes it without saying so gets it twice.
EXPECTED = {
    MailFault.REFUSES: ("ConnectionRefusedError", False, 1),
    MailFault.CLOSING: ("SMTPSenderRefused", False, 1),
    MailFault.LATER: ("SMTPRecipientsRefused", False, 1),
    MailFault.NO_SUCH_PERSON: ("SMTPRecipientsRefused", True, 1),
    MailFault.NOT_THIS: ("SMTPDataError", True, 1),
    MailFault.HANGS_UP: ("SMTPServerDisconnected", False, 2),
    MailFault.SILENT: ("SMTPServerDisconnected", False, 1),
    MailFault.SILENT_AT_THE_END: ("SMTPServerDisconnected", False, 2),
    MailFault.BAD_TLS: ("SSLCertVerificationError", False, 1),
}


@pytest.fixture
def server(tmp_path, settings):
    with FaultyMailServer(certificate_nobody_signed(tmp_path / "server.pem")) as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 0.3
        yield server


@pytest.fixture
def strain(pair, supervisor) -> Episode:
    """A high strain, told to its one supervisor, who is supervised too."""
    above = factories.therapist(name="Supervisor Fir", email="fir@clinic.example")
    factories.SupervisionFactory(supervisor=above, therapist=supervisor)
    _first, second = factories.weekly(pair, [36.8, None])
    type(second).objects.filter(pk=second.pk).update(attendance="no_show")
    screening.screen_pair(pair=pair)
    return Episode.objects.get(pair=pair)


def look(server, settings, *, after: datetime.timedelta = MINUTE * 0) -> None:
    """What the worker does at a look."""
    settings.EMAIL_PORT = server.port
    settings.EMAIL_USE_TLS = server.fault is MailFault.BAD_TLS
    with time_machine.travel(timezone.now() + after, tick=False):
        alerts.deliver_due()
        ladders.climb_due()


def to(mails: list[Message]) -> list[str]:
    return [mail["To"].split("@")[0] for mail in mails]


@pytest.mark.parametrize("fault", MailFault)
def test_fault_of_the_mail_server_loses_no_alert(strain, server, settings, fault):
    error, next_is_told, mails = EXPECTED[fault]
    server.fault = fault
    look(server, settings)
    alert = Alert.objects.get(rung=0)
    assert (alert.sent_at, alert.last_error, alert.attempts) == (None, error, 1)
    assert Alert.objects.filter(rung=1).exists() == bool(alert.failed_at) == next_is_told

    server.fault = None
    look(server, settings, after=2 * MINUTE)
    alert.refresh_from_db()
    assert alert.sent_at
    assert to(server.taken) == ["oak"] * mails
    assert {mail["Message-ID"] for mail in server.taken} == {f"<{alert.key}@localhost>"}
    assert vigilance.mail_troubles() == set()


def test_server_away_for_an_hour_has_the_next_told_and_a_banner_all_the_while(
    strain, server, settings
):
    server.fault = MailFault.LATER
    said, rungs = {}, {}
    for minute in range(61):
        look(server, settings, after=minute * MINUTE)
        with time_machine.travel(timezone.now() + minute * MINUTE, tick=False):
            said[minute] = "stalled" in vigilance.mail_troubles()
        rungs[minute] = Alert.objects.filter(rung=1).exists()
    assert [minute for minute, stalled in said.items() if not stalled] == list(range(5))
    assert min(minute for minute, told in rungs.items() if told) <= 30
    assert Alert.objects.get(rung=0).failure == "no_answer"

    server.fault = None
    look(server, settings, after=100 * MINUTE)
    assert to(server.taken) == ["oak"]  # reached, so the other one is spared
    assert Alert.objects.get(rung=1).withdrawn_at


def test_server_that_is_silent_is_not_waited_for_by_each_of_many(
    therapist, supervisor, server, settings
):
    server.fault = MailFault.SILENT
    Clinic.objects.update_or_create(pk=1, defaults={"alert_at_once_from": "moderate"})
    for _strain in range(6):
        factories.weekly(factories.PairFactory(therapist=therapist), [37.0, 38.0, 37.5, 29.0])
    look(server, settings)
    tried = Alert.objects.filter(attempts=1).count()
    assert (tried, Alert.objects.filter(attempts=0).count()) == (3, 3)
    server.fault = None
    look(server, settings, after=2 * MINUTE)
    assert len(server.taken) == 6


@pytest.mark.parametrize("trouble", ["no address", "deactivated", "supervision over"])
def test_recipient_who_cannot_be_told_has_the_next_told(
    strain, server, settings, supervisor, trouble
):
    """Where nobody supervises any more, the next is the lead."""
    lead = factories.therapist(email="alder@clinic.example")
    Clinic.objects.update_or_create(pk=1, defaults={"lead": lead})
    if trouble == "no address":
        User.objects.filter(pk=supervisor.pk).update(email="")
    elif trouble == "deactivated":
        people.deactivate(user=supervisor, by=lead)
    else:
        yesterday = timezone.localdate() - datetime.timedelta(days=1)
        Supervision.objects.filter(supervisor=supervisor).update(until_on=yesterday)
    for _look in range(2):
        look(server, settings)
    assert to(server.taken) == ["fir" if trouble == "no address" else "alder"]
