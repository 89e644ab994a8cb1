"""Who is told what, and when. The row is written with its cause; the outbox sends it."""

import datetime

from django.db import transaction
from django.utils import timezone

from accounts import outbox
from accounts.models import Clinic
from accounts.permissions import supervisors_of
from ruptures.models import Alert, Episode, WeeklyReport
from ruptures.models.finding import Severity
from ruptures.services import mails

DIGEST_HOUR = 17
DELIVER_TASK = "ruptures.deliver_alerts"


def raise_for(*, episode: Episode) -> None:
    """One alert for each supervisor and severity: at once, or in the day's digest."""
    clinic = Clinic.current()
    about = _at_once(episode) if _is_urgent(episode, clinic) else _in_the_digest(clinic)
    supervisors = supervisors_of(episode.pair.therapist_id)
    told = Alert.objects.filter(cause=about["cause"]).values("recipient")
    untold = supervisors.exclude(pk__in=told)
    new = [Alert(recipient_id=pk, **about) for pk in untold.values_list("pk", flat=True)]
    if new:
        # Who was told in this moment by somebody else is told once all the same.
        Alert.objects.bulk_create(new, ignore_conflicts=True)
        transaction.on_commit(look_now)


def write_weekly(*, report: WeeklyReport) -> bool:
    """Whether the row is new: one cause makes one alert for a person."""
    _alert, new = Alert.objects.get_or_create(
        recipient=report.supervisor,
        cause=f"weekly:{report.week}",
        defaults={"kind": Alert.Kind.WEEKLY, "weekly_report": report},
    )
    return new


def _is_urgent(episode: Episode, clinic: Clinic) -> bool:
    order = [Severity.INFO, Severity.PROMPT, Severity.MODERATE, Severity.HIGH]
    return order.index(episode.severity) >= order.index(clinic.alert_at_once_from)


def _at_once(episode: Episode) -> dict:
    return {
        "kind": Alert.Kind.STRAIN,
        "cause": f"episode:{episode.pk}:{episode.severity}",
        "episode": episode,
    }


def _in_the_digest(clinic: Clinic) -> dict:
    due_at = next_digest_at(timezone.now(), clinic.zone)
    return {
        "kind": Alert.Kind.DIGEST,
        "cause": f"digest:{due_at.date().isoformat()}",
        "due_at": due_at,
    }


def next_digest_at(now: datetime.datetime, zone) -> datetime.datetime:
    """The next working day's end, Monday to Friday, on the clinic's clock."""
    local = now.astimezone(zone)
    digest = local.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    while digest <= local or digest.weekday() >= 5:
        digest += datetime.timedelta(days=1)
    return digest


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
