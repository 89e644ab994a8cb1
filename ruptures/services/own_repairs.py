"""How a therapist's own strains and repairs went. Nobody else's are read, so none is compared."""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from django.db.models import Exists, Min, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from ruptures import repair
from ruptures.models import Episode, RepairRecord, RepairStep
from ruptures.services.caseloads import without_unseen
from sessions_app.models import Pair

DAYS_BACK = 365
MOST_READ = 1000
STRAINS_SHOWN = 100
State = Episode.State
HELD = (State.VERIFIED, State.STRENGTHENED)


@dataclass(frozen=True)
class Period:
    """Strains that were noticed in a month, or in all: how many, and what became of them.

    `days_to_first_step`: the middle one, from the session in which it was noticed; None where no
    step was taken.
    """

    month: datetime.date | None
    noticed: int
    talked_about: int
    held: int
    came_back: int
    still_open: int
    not_a_strain: int
    days_to_first_step: float | None


@dataclass(frozen=True)
class OwnRepairs:
    """The last year: in all, by month, by what was done, and the newest strains one by one."""

    since: datetime.date
    in_all: Period
    months: list[Period]
    strategies: list[tuple[str, int]]
    causes: list[tuple[str, int]]
    strains: list[Episode]


def own_repairs_of(therapist: User, *, today: datetime.date) -> OwnRepairs:
    since = today - datetime.timedelta(days=DAYS_BACK)
    episodes = _episodes_of(therapist, since)
    months: dict[datetime.date, list[Episode]] = {}
    for episode in episodes:
        day = timezone.localdate(episode.opened_at)
        months.setdefault(day.replace(day=1), []).append(episode)
    strategies, causes = _counted(episodes)
    return OwnRepairs(
        since=since,
        in_all=_period(None, episodes),
        months=[_period(month, those) for month, those in months.items()],
        strategies=strategies,
        causes=causes,
        strains=[episode for episode in episodes if episode.can_be_opened][:STRAINS_SHOWN],
    )


def _episodes_of(therapist: User, since: datetime.date) -> list[Episode]:
    """The newest first, those of former clients too; these are counted and not named. One that
    rests on marks not yet seen is not counted either."""
    first_taken = Min("repair_steps__taken_on", filter=~Q(repair_steps__done=RepairStep.Done.NOT))
    current = Pair.objects.of(therapist).filter(pk=OuterRef("pair"))
    episodes = Episode.objects.filter(pair__therapist=therapist, opened_at__date__gte=since)
    episodes = without_unseen(episodes)
    episodes = episodes.annotate(first_step_on=first_taken, can_be_opened=Exists(current))
    return list(episodes.select_related("pair__client").order_by("-opened_at")[:MOST_READ])


def _period(month: datetime.date | None, episodes: list[Episode]) -> Period:
    states = Counter(episode.state for episode in episodes)
    waits = [_days_to_first_step(each) for each in episodes if each.first_step_on]
    return Period(
        month=month,
        noticed=len(episodes),
        talked_about=len(waits),
        held=sum(states[state] for state in HELD),
        came_back=states[State.CAME_BACK],
        still_open=sum(episode.is_open for episode in episodes),
        not_a_strain=states[State.NOT_A_STRAIN],
        days_to_first_step=median(waits) if waits else None,
    )


def _days_to_first_step(episode: Episode) -> int:
    return max(0, (episode.first_step_on - timezone.localdate(episode.opened_at)).days)


def _counted(episodes: list[Episode]) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """How often each strategy and each cause was ticked, the most frequent first."""
    records = RepairRecord.objects.filter(episode__in=[episode.pk for episode in episodes])
    ticked = list(records.values_list("strategies", "causes"))
    return (
        _named((codes for codes, _causes in ticked), repair.STRATEGIES),
        _named((codes for _strategies, codes in ticked), repair.CAUSES),
    )


def _named(ticked: Iterable[list[str]], names: dict[str, str]) -> list[tuple[str, int]]:
    counts = Counter(code for codes in ticked for code in codes)
    return [(names[code], number) for code, number in counts.most_common() if code in names]
