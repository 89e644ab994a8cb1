"""Who is told next of a strain that nobody has acknowledged, and when.

First everybody who supervises the therapist, all at once. After two working days those who
supervise the supervisors; after five the clinic's lead. Where a rung has nobody on it, the next one
takes its turn. Where nobody on the rung told last could be reached, the next one is due at once.

Knows no clock and no rows: whoever asks says who was told and who could be.
"""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from ruptures.working_days import Calendar


class Rung(IntEnum):
    SUPERVISORS = 0
    ABOVE_THEM = 1
    LEAD = 2


# In working days since the supervisors' message was due.
PATIENCE = {Rung.ABOVE_THEM: 2, Rung.LEAD: 5}


@dataclass(frozen=True)
class Told:
    """A message to one person. `since`: when it was due. `failed`: it did not reach them."""

    person: int
    rung: Rung
    since: datetime.datetime
    failed: bool = False
    acknowledged: bool = False


@dataclass(frozen=True)
class Step:
    """Who is to be told next, on which rung, and from when on."""

    rung: Rung
    people: tuple[int, ...]
    at: datetime.datetime


def is_reached(told: Sequence[Told]) -> bool:
    """Whether a message is with somebody, or on its way to them."""
    return any(not message.failed for message in told)


def highest(told: Sequence[Told]) -> Rung | None:
    """The rung that was told last."""
    return max((message.rung for message in told), default=None)


def next_step(
    told: Sequence[Told],
    people: Mapping[Rung, Collection[int]],
    *,
    calendar: Calendar,
    now: datetime.datetime,
) -> Step | None:
    """The next step, which may lie ahead. None once somebody acknowledged, or nobody is left.

    `told`: every message of this strain. `people`: who is on each rung today.
    """
    if any(message.acknowledged for message in told):
        return None
    climbed = highest(told)
    for rung in Rung:
        if climbed is not None and rung <= climbed:
            continue
        above = _untold(rung, told, people)
        if above:
            return Step(rung, above, _due_at(rung, told, calendar=calendar, now=now))
    return None


def _untold(rung: Rung, told: Sequence[Told], people) -> tuple[int, ...]:
    """A lead who supervises too is told a second time: that it is the lead's turn is news."""
    known = set() if rung is Rung.LEAD else {message.person for message in told}
    return tuple(sorted(set(people.get(rung, ())) - known))


def _due_at(rung: Rung, told: Sequence[Told], *, calendar: Calendar, now) -> datetime.datetime:
    climbed = highest(told)
    if not is_reached([message for message in told if message.rung == climbed]):
        return now
    first = min(message.since for message in told)
    nobody_between = climbed is Rung.SUPERVISORS and rung is Rung.LEAD
    patience = PATIENCE[Rung.ABOVE_THEM] if nobody_between else PATIENCE[rung]
    return calendar.after(first, patience)
