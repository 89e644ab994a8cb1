"""Who is told next, case by case. The strain was told on Monday the 2nd of March at ten.

Told: letters are people on their rung; a slash goes up a rung. After a letter, x: could not be
reached, a: acknowledged. Expected: who is next, and when.
"""

import datetime
from zoneinfo import ZoneInfo

import pytest

from ruptures.ladder import Rung, Told, next_step
from ruptures.working_days import Calendar

pytestmark = pytest.mark.core

LONDON = ZoneInfo("Europe/London")
CALENDAR = Calendar(LONDON)


def at(day: int, hour: int = 10) -> datetime.datetime:
    return datetime.datetime(2026, 3, day, hour, tzinfo=LONDON)


MONDAY, WEDNESDAY, NOW, MONDAY_AFTER = at(2), at(4), at(3, 12), at(9)

CASES = """
who is there | told so far | next | when         | title
O / P / L    |             | O    | now          | nobody was told yet: the supervisors
OQ / P / L   | O           | P    | Wednesday    | two working days, then those above
O / P / L    | O/P         | L    | Monday after | five, then the lead
O / P / L    | O/P/L       |      |              | everybody was told
O / P / L    | Oa          |      |              | acknowledged
OQ / P / L   | OQa         |      |              | by one of two
O / P / L    | O/Pa        |      |              | by somebody higher up
O /   / L    | O           | L    | Wednesday    | nobody above: the lead takes that turn
O / P /      | O/P         |      |              | no lead
/   / L      |             | L    | now          | no supervisor: the lead at once
/   /        |             |      |              | nobody at all
O / P / L    | Ox          | P    | now          | not reached: the next at once
OQ / P / L   | OxQ         | P    | Wednesday    | one of two was reached: that is the next
OQ / P / L   | OxQx        | P    | now          | neither was
O / P / L    | O/Px        | L    | now          | the one above was not
O / P / L    | Ox/Px       | L    | now          | neither below nor above
O / P / L    | Ox/Px/Lx    |      |              | nobody can be reached
O / OP / L   | O           | P    | Wednesday    | two who supervise each other: not told twice
O / P / O    | O/P         | O    | Monday after | a lead who supervises is told again
"""


def cases():
    _blank, _head, *lines = CASES.splitlines()
    for line in lines:
        there, told, following, when, title = (part.strip() for part in line.split("|"))
        yield pytest.param(there, told, following, when, id=title)


def people(text: str) -> dict[Rung, set[int]]:
    rungs = text.split("/")
    return {rung: {ord(x) for x in on_it.strip()} for rung, on_it in zip(Rung, rungs, strict=True)}


def messages(text: str) -> list[Told]:
    told = []
    for rung, on_it in zip(Rung, text.split("/"), strict=False):
        for place, letter in enumerate(on_it):
            if letter.isupper():
                mark = on_it[place + 1 : place + 2]
                told.append(Told(ord(letter), rung, MONDAY, mark == "x", mark == "a"))
    return told


@pytest.mark.parametrize(("there", "told", "following", "when"), list(cases()))
def test_next_on_the_ladder(there, told, following, when):
    step = next_step(messages(told), people(there), calendar=CALENDAR, now=NOW)
    if not following:
        assert step is None
        return
    moments = {"now": NOW, "Wednesday": WEDNESDAY, "Monday after": MONDAY_AFTER}
    assert step.people == tuple(ord(letter) for letter in following)
    assert step.at == moments[when]
