"""Events on the axis of the weekly trend: a letter each, in the order of their days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from string import ascii_uppercase

from ruptures.trend import TrendEvent, WeekFigures

MOST_EVENTS = len(ascii_uppercase)


@dataclass(frozen=True)
class MarkedEvent:
    """An event and its letter; `text` is empty where it must not be told."""

    letter: str
    on: date
    text: str

    def falls_in(self, week: WeekFigures) -> bool:
        return week.monday <= self.on <= week.sunday


def marked(events: Sequence[TrendEvent], figures: Sequence[WeekFigures]) -> list[MarkedEvent]:
    """Those of the weeks shown, the newest `MOST_EVENTS` of them."""
    if not figures:
        return []
    first, last = figures[0].monday, figures[-1].sunday
    shown = sorted((each for each in events if first <= each.on <= last), key=lambda each: each.on)
    return [
        MarkedEvent(letter, event.on, event.text)
        for letter, event in zip(ascii_uppercase, shown[-MOST_EVENTS:], strict=False)
    ]


def letters_of(week: WeekFigures, events: Sequence[MarkedEvent]) -> str:
    return " ".join(each.letter for each in events if each.falls_in(week))
