"""The rows of who is told of a strain: by a mail of their own, or in the summary of a day."""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts import outbox
from accounts.models import Clinic, User
from ruptures.ladder import Rung
from ruptures.models import Alert, Episode
from ruptures.models.finding import Severity
from ruptures.services.calendars import calendar_of

SUMMARY_AT = datetime.time(17)
DELIVER_TASK = "ruptures.deliver_alerts"


def cause_of(episode: Episode, rung: Rung = Rung.SUPERVISORS) -> str:
    """One message for a person, a severity and a rung, however often it is met."""
    above = f":{rung.name.lower()}" if rung else ""
    return f"episode:{episode.pk}:{episode.severity}{above}"


def tell(*, episode: Episode, people: Iterable[int], rung: Rung = Rung.SUPERVISORS) -> None:
    write(rows_of(episode, people, rung))


def tell_who_looks(*, episode: Episode, person: User) -> None:
    """A row for who looks before one was written for them, as on their first day as supervisor, so
    that their acknowledging counts and no mail comes after it."""
    if (
        not Alert.objects.of_strains()
        .filter(episode=episode, recipient=person, severity=episode.severity)
        .exists()
    ):
        tell(episode=episode, people=[person.pk])


def tell_owner(*, episode: Episode) -> None:
    """Each handing over is a message of its own, at the next hour in which mail goes out."""
    clinic = Clinic.current()
    handed = Alert(
        kind=Alert.Kind.HANDED,
        recipient=episode.owner,
        cause=f"handed:{episode.pk}:{episode.owned_at.isoformat()}",
        episode=episode,
        severity=episode.severity,
        due_at=calendar_of(clinic).held(timezone.now(), urgent=_is_urgent(episode, clinic)),
    )
    write([handed])


def rows_of(episode: Episode, people: Iterable[int], rung: Rung) -> list[Alert]:
    """A row for each of `people`, and the summaries that some of them wait for."""
    clinic = Clinic.current()
    urgent = _is_urgent(episode, clinic)
    about = {
        "cause": cause_of(episode, rung),
        "episode": episode,
        "severity": episode.severity,
        "rung": rung,
        **(_at_once(clinic) if urgent else _in_the_summary(clinic)),
    }
    people = sorted(people)  # one order for all, so that no two writers wait for each other
    rows = [Alert(recipient_id=pk, **about) for pk in people]
    if not urgent:
        rows += [summary_row(pk, about["listed_on"], about["due_at"]) for pk in people]
    return rows


def write(rows: list[Alert]) -> None:
    """In the transaction of whoever calls. Who was told of a cause keeps the one row; one that was
    taken back stands again."""
    Alert.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["recipient", "cause"],
        update_fields=["withdrawn_at"],
    )
    transaction.on_commit(look_now)


def look_now() -> None:
    outbox.look_now(DELIVER_TASK)


def _is_urgent(episode: Episode, clinic: Clinic) -> bool:
    order = list(Severity)
    return order.index(episode.severity) >= order.index(clinic.alert_at_once_from)


def _at_once(clinic: Clinic) -> dict:
    """Nights are quiet for everybody; weekends are not, where a clinic wants to know at once."""
    due_at = calendar_of(clinic).held(timezone.now(), urgent=True)
    return {"kind": Alert.Kind.STRAIN, "due_at": due_at}


def _in_the_summary(clinic: Clinic) -> dict:
    listed_on, due_at = next_summary(timezone.now(), clinic)
    return {"kind": Alert.Kind.LISTED, "listed_on": listed_on, "due_at": due_at}


def next_summary(now: datetime.datetime, clinic: Clinic) -> tuple[datetime.date, datetime.datetime]:
    """The day of the next summary, and when it goes out: at the end of a working day."""
    calendar = calendar_of(clinic)
    written_at = calendar.next_at(now, SUMMARY_AT)
    day = written_at.astimezone(clinic.zone).date()
    return day, calendar.held(written_at, urgent=False)


def summary_row(recipient: int, day: datetime.date, due_at: datetime.datetime) -> Alert:
    return Alert(
        recipient_id=recipient,
        kind=Alert.Kind.DIGEST,
        cause=f"digest:{day.isoformat()}",
        listed_on=day,
        due_at=due_at,
    )
