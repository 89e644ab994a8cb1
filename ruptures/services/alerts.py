"""Who is told what, and when. The row is written with its cause; the outbox sends it."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts import outbox
from accounts.permissions import supervisors_of
from accounts.prepared import Given, prepared
from ruptures.ladder import Rung
from ruptures.models import Alert, Episode, WeeklyReport
from ruptures.services import ladders, mails, summaries, telling
from ruptures.services.calendars import clinic_calendar
from ruptures.services.telling import DELIVER_TASK, look_now

__all__ = ["DELIVER_TASK", "look_now"]


def raise_for(*, episode: Episode) -> int:
    """One alert for each supervisor and severity; the ladder's next where nobody supervises.
    Returns how many people had not been told."""
    told = dict(
        _supervisors_and_told(
            therapist=episode.pair.therapist_id,
            on=timezone.localdate(),
            cause=telling.cause_of(episode),
        )
    )
    if not told:
        return ladders.climb([episode])
    untold = [pk for pk, was_told in told.items() if not was_told]
    if untold:
        telling.tell(episode=episode, people=untold)
    return len(untold)


@prepared
def _supervisors_and_told():
    """Who supervises that day, and whether they were told of the cause."""
    therapist = Given("therapist", models.BigIntegerField())
    on, cause = Given("on", models.DateField()), Given("cause", models.CharField())
    of_cause = Alert.objects.filter(recipient=OuterRef("pk"), cause=cause)
    standing = of_cause.filter(Q(withdrawn_at=None) | Q(acknowledged_at__isnull=False))
    supervisors = supervisors_of(therapist, on).annotate(was_told=Exists(standing))
    return supervisors.values_list("pk", "was_told")


def write_weekly(*, report: WeeklyReport) -> bool:
    """Whether the row is new: one cause makes one alert for a person."""
    alert, new = Alert.objects.get_or_create(
        recipient=report.supervisor,
        cause=f"weekly:{report.week}",
        defaults={
            "kind": Alert.Kind.WEEKLY,
            "weekly_report": report,
            "due_at": clinic_calendar().held(timezone.now(), urgent=False),
        },
    )
    if new and outbox.was_sent(alert):  # in a database that was replaced by an older one
        outbox.close(alert, sent_at=timezone.now())
    return new


def any_was_sent() -> bool:
    return Alert.objects.mails().exclude(sent_at=None).exists()


def deliver_due() -> int:
    """Sends what is due. Returns how many went out."""
    summaries.list_again()
    sent = _deliver(Alert.objects.mails().due())
    summaries.share_fates()
    return sent


def of_week(week: str):
    """The mails of one ISO week's reports."""
    return Alert.objects.filter(weekly_report__week=week)


def weekly_due_now(week: str) -> None:
    """Holds back none of them for the night or the weekend: somebody asked for them by hand."""
    now = timezone.now()
    of_week(week).unsent().filter(due_at__gt=now).update(due_at=now)


def deliver_weekly(week: str, *, at_most: int) -> int | None:
    """Sends up to `at_most` due mails of one ISO week's reports. Returns how many went out, None
    where nothing is due: what was refused waits for its next try."""
    first = list(of_week(week).due().values_list("pk", flat=True)[:at_most])
    return _deliver(Alert.objects.due().filter(pk__in=first)) if first else None


def weekly_in_other_hands(week: str) -> bool:
    """Whether a worker is sending some of them right now."""
    claimed = of_week(week).unsent().filter(leased_until__gt=timezone.now(), last_error="")
    return claimed.exists()


def _deliver(due) -> int:
    return outbox.deliver(
        due.select_related("recipient", "weekly_report", "episode__pair__therapist"),
        message_for=mails.message_for,
        still_concerns=_still_concerns,
        withdraw=_withdraw,
    )


def _still_concerns(alert: Alert) -> bool:
    """Whether the recipient may still sign in, still has to do with the cause, and nobody has
    answered meanwhile."""
    if not alert.recipient.is_active:
        return False
    if alert.kind == Alert.Kind.STRAIN:
        return _strain_still_concerns(alert)
    if alert.kind == Alert.Kind.DIGEST:
        return summaries.still_to_tell(alert)
    if alert.kind == Alert.Kind.HANDED:
        return _still_has(alert)
    return True


def _still_has(alert: Alert) -> bool:
    """The case is open and still theirs, and they have not looked at it meanwhile."""
    theirs = Episode.objects.open().supervised_by(alert.recipient).filter(owner=alert.recipient)
    return not alert.acknowledged_at and theirs.filter(pk=alert.episode_id).exists()


def _strain_still_concerns(alert: Alert) -> bool:
    """A message higher up the ladder is for as long as nobody below has answered; one written
    because nobody could be reached is spared once somebody was. What a person closed meanwhile,
    or a client who left, keeps no message back."""
    if alert.acknowledged_at:
        return False
    standing = Q(closed_at=None) | Q(state__in=Episode.CLOSED_BY_A_PERSON)
    theirs = Episode.objects.filter(standing).supervised_by(alert.recipient)
    if not theirs.filter(pk=alert.episode_id).exists():
        return False
    return alert.rung == Rung.SUPERVISORS or ladders.is_due(alert)


def _withdraw(alert: Alert) -> None:
    """Takes the alert back and tells those who have to do with the cause now."""
    outbox.close(alert, withdrawn_at=timezone.now())
    if alert.kind == Alert.Kind.HANDED:
        return
    told_of = summaries.withdraw(alert) if alert.kind == Alert.Kind.DIGEST else [alert.episode_id]
    others = Episode.objects.open().of_current_pairs().filter(pk__in=told_of)
    for episode in others.select_related("pair"):
        raise_for(episode=episode)


def oldest_unsent() -> Alert | None:
    return Alert.objects.mails().unsent().filter(due_at__lte=timezone.now()).first()
