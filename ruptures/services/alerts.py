"""The outbox. A row is written with its cause; a worker claims it, sends it, marks it sent.

A worker killed between claim and send leaves a lease that runs out; the next sweep sends it. A
mail may then come twice, under one Message-ID; none is lost.
"""

import datetime
import logging

from celery import current_app
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import Clinic, User
from accounts.permissions import supervisors_of
from ruptures.models import Alert, Episode, WeeklyReport
from ruptures.models.finding import Severity
from ruptures.services import mails

logger = logging.getLogger(__name__)

LEASE = datetime.timedelta(minutes=2)
BACK_OFF = datetime.timedelta(minutes=1)
DIGEST_HOUR = 17
SENT_IN_ONE_SWEEP = 200
DELIVER_TASK = "ruptures.deliver_alerts"


class NoAddress(Exception):
    """The recipient has no e-mail address, so nothing went out."""


def raise_for(*, episode: Episode) -> None:
    """One alert for each supervisor and severity: at once, or in the day's digest."""
    at_once = _at_once(episode.severity)
    supervisors = supervisors_of(episode.pair.therapist)
    written = [
        _write_strain(supervisor, episode) if at_once else _write_digest(supervisor)
        for supervisor in supervisors
    ]
    if any(written):
        transaction.on_commit(look_now)


def write_weekly(*, report: WeeklyReport) -> bool:
    return _write(
        kind=Alert.Kind.WEEKLY,
        cause=f"weekly:{report.week}",
        recipient=report.supervisor,
        weekly_report=report,
    )


def _at_once(severity: str) -> bool:
    order = [Severity.INFO, Severity.PROMPT, Severity.MODERATE, Severity.HIGH]
    return order.index(severity) >= order.index(Clinic.current().alert_at_once_from)


def _write_strain(supervisor: User, episode: Episode) -> bool:
    return _write(
        kind=Alert.Kind.STRAIN,
        cause=f"episode:{episode.pk}:{episode.severity}",
        recipient=supervisor,
        episode=episode,
    )


def _write_digest(supervisor: User) -> bool:
    due_at = next_digest_at(timezone.now(), Clinic.current().zone)
    return _write(
        kind=Alert.Kind.DIGEST,
        cause=f"digest:{due_at.date().isoformat()}",
        recipient=supervisor,
        due_at=due_at,
    )


def next_digest_at(now: datetime.datetime, zone) -> datetime.datetime:
    """The next working day's end, Monday to Friday, on the clinic's clock."""
    local = now.astimezone(zone)
    digest = local.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    while digest <= local or digest.weekday() >= 5:
        digest += datetime.timedelta(days=1)
    return digest


def _write(*, recipient: User, cause: str, **fields) -> bool:
    """Whether the row is new: one cause makes one alert for a person."""
    _alert, new = Alert.objects.get_or_create(recipient=recipient, cause=cause, defaults=fields)
    return new


def look_now() -> None:
    """Wakes a worker. Where the broker is away the next sweep finds the row."""
    try:
        current_app.send_task(DELIVER_TASK, retry=False)
    except OperationalError:
        logger.warning("The broker is away; alerts wait for the next sweep.")


def deliver_due() -> int:
    """Sends what is due, each row claimed by one worker alone. Returns how many went out."""
    sent = 0
    for alert in Alert.objects.due().select_related("recipient", "episode__pair__therapist")[
        :SENT_IN_ONE_SWEEP
    ]:
        if _claim(alert) and _send(alert):
            sent += 1
    return sent


def _claim(alert: Alert) -> bool:
    """A conditional update: of two workers one changes the row."""
    now = timezone.now()
    claimed = (
        Alert.objects.due(now)
        .filter(pk=alert.pk)
        .update(leased_until=now + LEASE, attempts=F("attempts") + 1)
    )
    return claimed == 1


def _send(alert: Alert) -> bool:
    """True when the mail server took it; otherwise the row says why and comes up again.

    Whatever goes wrong with one alert, those after it are not held up.
    """
    if not _still_concerns(alert):
        _withdraw(alert)
        return False
    try:
        if not mails.message_for(alert).send():
            raise NoAddress
    except Exception as failure:
        # The kind of failure alone: a mail server's words may hold the address.
        logger.error("Alert %s was not delivered: %s", alert.pk, type(failure).__name__)
        _put_back(alert, failure)
        return False
    Alert.objects.filter(pk=alert.pk).update(sent_at=timezone.now(), leased_until=None)
    return True


def _still_concerns(alert: Alert) -> bool:
    """Whether the recipient may still sign in and still has to do with the cause."""
    if not alert.recipient.is_active:
        return False
    if alert.kind == Alert.Kind.STRAIN:
        therapist = alert.episode.pair.therapist
        return supervisors_of(therapist).filter(pk=alert.recipient_id).exists()
    if alert.kind == Alert.Kind.DIGEST:
        return mails.supervised_open_episodes(alert).exists()
    return True


def _withdraw(alert: Alert) -> None:
    """Takes the alert back and tells those who supervise the therapist now."""
    Alert.objects.filter(pk=alert.pk).update(withdrawn_at=timezone.now(), leased_until=None)
    if alert.episode and alert.episode.is_open:
        raise_for(episode=alert.episode)


def _put_back(alert: Alert, failure: Exception) -> None:
    waits = BACK_OFF * min(2**alert.attempts, 30)
    Alert.objects.filter(pk=alert.pk).update(
        leased_until=timezone.now() + waits, last_error=type(failure).__name__
    )


def oldest_unsent() -> Alert | None:
    return Alert.objects.unsent().filter(due_at__lte=timezone.now()).first()
