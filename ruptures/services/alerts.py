"""Who is told what, and when. The row is written with its cause; the outbox sends it."""

import datetime

from django.db import transaction
from django.utils import timezone

from accounts import outbox
from accounts.models import Clinic, User
from accounts.permissions import supervisors_of
from ruptures.models import Alert, Episode, WeeklyReport
from ruptures.models.finding import Severity
from ruptures.services import mails

DIGEST_HOUR = 17
DELIVER_TASK = "ruptures.deliver_alerts"


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
    outbox.look_now(DELIVER_TASK)


def deliver_due() -> int:
    """Sends what is due. Returns how many went out."""
    return outbox.deliver(
        Alert.objects.due().select_related("recipient", "episode__pair__therapist"),
        message_for=mails.message_for,
        still_concerns=_still_concerns,
        withdraw=_withdraw,
    )


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
    outbox.close(alert, withdrawn_at=timezone.now())
    if alert.episode and alert.episode.is_open:
        raise_for(episode=alert.episode)


def oldest_unsent() -> Alert | None:
    return Alert.objects.unsent().filter(due_at__lte=timezone.now()).first()
