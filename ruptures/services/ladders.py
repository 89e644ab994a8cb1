"""The ladder of a strain that nobody has acknowledged: who is next, and telling them."""

import datetime
from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.models import Clinic, User
from accounts.permissions import supervisors_by_therapist, with_who_stands_in
from accounts.prepared import Given, prepared
from ruptures import ladder
from ruptures.ladder import PATIENCE, Rung, Step, Told
from ruptures.models import Alert, Episode
from ruptures.models.finding import Severity
from ruptures.services import telling
from ruptures.services.calendars import clinic_calendar

AT_A_TIME = 200
SHORTEST_PATIENCE = datetime.timedelta(days=min(PATIENCE.values()))
CONTACT_PLAN_WITHIN = 2  # working days; clinical.md asks for a plan of contact after a high one


def next_step_of(episode: Episode) -> Step | None:
    return next_steps_of([episode])[episode.pk]


def next_steps_of(episodes: Iterable[Episode]) -> dict[int, Step | None]:
    """The next step of each strain, by its number; `pair` should be loaded. The number of queries
    does not depend on how many there are."""
    return _steps_at(timezone.now(), list(episodes))


def _steps_at(now: datetime.datetime, episodes: list[Episode]) -> dict[int, Step | None]:
    calendar = clinic_calendar()
    told, people = _told_of(episodes, now), _people_of(episodes)
    return {
        episode.pk: ladder.next_step(
            told[episode.pk], people[episode.pk], calendar=calendar, now=now
        )
        for episode in episodes
    }


def contact_plan_due_at(episode: Episode) -> datetime.datetime | None:
    """Until when a plan of contact should be agreed on; for a high strain that was told."""
    if episode.severity != Severity.HIGH:
        return None
    first = _first_told_as_high(episode=episode.pk)
    return clinic_calendar().after(first[0], CONTACT_PLAN_WITHIN) if first else None


@prepared
def _first_told_as_high():
    told = Alert.objects.of_strains().filter(episode=Given("episode"), severity=Severity.HIGH)
    return told.order_by("due_at").values_list("due_at", flat=True)[:1]


def climb(episodes: Iterable[Episode]) -> int:
    """Tells who is next where it is time. Returns how many strains went up a rung.

    May run twice, or at once: the rows are unique by person and rung.
    """
    episodes = list(episodes)
    now = timezone.now()
    steps = _steps_at(now, episodes)
    due = [(row, steps[row.pk]) for row in episodes if steps[row.pk] and steps[row.pk].at <= now]
    rows = {}
    for episode, step in due:
        for row in telling.rows_of(episode, step.people, step.rung):
            rows[row.recipient_id, row.cause] = row
    if rows:
        with transaction.atomic():
            telling.write([rows[key] for key in sorted(rows)])
    return len(due)


def climb_due() -> int:
    """As `climb`, for every strain that may have to."""
    waiting = list(waiting_too_long().values_list("pk", flat=True))
    return sum(
        climb(
            Episode.objects.filter(pk__in=waiting[first : first + AT_A_TIME]).select_related("pair")
        )
        for first in range(0, len(waiting), AT_A_TIME)
    )


def is_due(alert: Alert) -> bool:
    """Whether those below have still not answered, so that a message higher up is needed."""
    episode = Episode.objects.select_related("pair").get(pk=alert.episode_id)
    now = timezone.now()
    told = _told_of([episode], now)[episode.pk]
    if any(message.acknowledged for message in told):
        return False
    below = [message for message in told if message.rung < alert.rung]
    people = _people_of([episode])[episode.pk]
    step = ladder.next_step(below, people, calendar=clinic_calendar(), now=now)
    return step is not None and step.at <= now


def waiting_too_long():
    """Open strains that nobody acknowledged, told long enough ago or not reached, and not yet
    with the lead."""
    of_this = Alert.objects.of_strains().filter(
        episode=OuterRef("pk"), severity=OuterRef("severity")
    )
    long_ago = timezone.now() - SHORTEST_PATIENCE
    return (
        Episode.objects.open()
        .of_current_pairs()
        .filter(Exists(of_this.filter(Q(sent_at__lte=long_ago) | Q(failed_at__isnull=False))))
        .exclude(Exists(of_this.filter(acknowledged_at__isnull=False)))
        .exclude(Exists(of_this.filter(rung=Rung.LEAD)))
    )


def failed():
    """Messages about open strains that did not reach their recipient, and that nobody answered."""
    rows = Alert.objects.of_strains().unanswered()
    return rows.filter(failed_at__isnull=False, episode__closed_at=None)


def failed_for_everybody():
    """Of those, the ones in whose place no other message arrived or is on its way."""
    others = Alert.objects.of_strains().filter(
        episode=OuterRef("episode"), severity=OuterRef("severity")
    )
    return failed().exclude(
        Exists(others.filter(Q(failed_at=None) | Q(acknowledged_at__isnull=False)))
    )


def unreached():
    """Open strains that nobody acknowledged and of which no message reached anybody, be it that
    there is nobody to tell."""
    of_this = Alert.objects.of_strains().filter(
        episode=OuterRef("pk"), severity=OuterRef("severity")
    )
    return (
        Episode.objects.open()
        .of_current_pairs()
        .filter(severity__in=[Severity.MODERATE, Severity.HIGH])
        .exclude(Exists(of_this.filter(Q(failed_at=None) | Q(acknowledged_at__isnull=False))))
    )


def _told_of(episodes: list[Episode], now: datetime.datetime) -> dict[int, list[Told]]:
    """Waiting counts from when a message went out; one still to go out has not begun to wait."""
    told = defaultdict(list)
    rows = Alert.objects.of_strains().filter(episode__in=episodes, severity=F("episode__severity"))
    for row in rows:
        message = Told(
            person=row.recipient_id,
            rung=Rung(row.rung),
            since=row.sent_at or max(row.due_at, now),
            failed=row.failed_at is not None,
            acknowledged=row.acknowledged_at is not None,
        )
        told[row.episode_id].append(message)
    return told


def _people_of(episodes: list[Episode]) -> dict[int, dict[Rung, set[int]]]:
    """Who is on each rung today, never the therapist of the case. Nobody stands above those who
    stand in for a supervisor."""
    own = supervisors_by_therapist({row.pair.therapist_id for row in episodes})
    supervisors = with_who_stands_in(own)
    above = with_who_stands_in(supervisors_by_therapist(set().union(*own.values())))
    lead = _lead()
    people = {}
    for episode in episodes:
        therapist = episode.pair.therapist_id
        theirs = supervisors.get(therapist, set())
        higher = set().union(*(above.get(person, ()) for person in own.get(therapist, ())))
        people[episode.pk] = {
            Rung.SUPERVISORS: theirs,
            Rung.ABOVE_THEM: higher - theirs - {therapist},
            Rung.LEAD: lead - {therapist},
        }
    return people


def _lead() -> set[int]:
    number = Clinic.current().lead_id
    if number is None:
        return set()
    lead = User.objects.filter(pk=number, is_active=True)
    return set(lead.values_list("pk", flat=True))
