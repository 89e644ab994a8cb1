"""What a chart knows of one appointment, and what follows from the order they come in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby, pairwise

MOST_POINTS = 500
LINES = ("relationship", "goals", "approach", "overall")

# Three dots joined look like a direction; from this many on a line may join them.
POINTS_FOR_A_LINE = 4


class TooManyPoints(ValueError):
    """More points than a chart can show; the caller narrows the time."""


class Attendance(StrEnum):
    ATTENDED = "attended"
    NO_SHOW = "no_show"
    CANCELLED_CLIENT = "cancelled_client"
    CANCELLED_THERAPIST = "cancelled_therapist"

    @property
    def is_cancelled(self) -> bool:
        return self in (Attendance.CANCELLED_CLIENT, Attendance.CANCELLED_THERAPIST)


@dataclass(frozen=True)
class ChartSession:
    """One appointment of a pair, as the chart shows it.

    number: place in the pair's order of appointments, each one more than the last.
    total: 0-400 tenths, None without a valid form; lines: code → 0-100 tenths, None where that
    line was left out, or None altogether. band: the usual range (m - 2p, m + 2p) in tenths as
    it stood before this session. markers: "withdrawal", "confrontation". repair_steps: names as
    the reader sees them. states: what a possible strain became there, as kind ("partial",
    "recovered", "held", "unresolved" or another) and in the reader's words. in_episode: the
    number of the possible strain that was open, 0 where none was. form: the name of the form
    (instrument pack) that was filled in, empty where none was.
    """

    number: int
    on: date
    total: int | None = None
    lines: dict[str, int | None] | None = None
    attendance: Attendance | str = Attendance.ATTENDED
    band: tuple[float, float] | None = None
    markers: tuple[str, ...] = ()
    repair_steps: tuple[str, ...] = ()
    states: tuple[tuple[str, str], ...] = ()
    in_episode: int = 0
    incomplete: bool = False
    form: str = ""

    def __post_init__(self):
        object.__setattr__(self, "attendance", Attendance(self.attendance))
        if self.incomplete and self.total is not None:
            raise ValueError(f"Session {self.number}: an incomplete form has no total.")

    @property
    def status(self) -> str:
        """rated, incomplete, no_form, no_show or cancelled."""
        if self.attendance == Attendance.NO_SHOW:
            return "no_show"
        if self.attendance.is_cancelled:
            return "cancelled"
        if self.incomplete:
            return "incomplete"
        return "no_form" if self.total is None else "rated"

    def line(self, code: str) -> int | None:
        return (self.lines or {}).get(code)


Score = Callable[[ChartSession], int | None]


def bounded(points: Sequence) -> list:
    """The points as a list, or TooManyPoints."""
    points = list(points)
    if len(points) > MOST_POINTS:
        raise TooManyPoints(f"A chart shows at most {MOST_POINTS} points, not {len(points)}.")
    return points


def in_order(sessions: Sequence[ChartSession]) -> list[ChartSession]:
    """The sessions as a list; ValueError unless their numbers follow one another."""
    sessions = bounded(sessions)
    for before, after in pairwise(sessions):
        if after.number != before.number + 1:
            raise ValueError(f"Session {after.number} does not follow session {before.number}.")
    return sessions


def runs(values: Sequence[float | None]) -> list[range]:
    """Places of neighbours that all have a value: what one unbroken line may join."""
    known = [place for place, value in enumerate(values) if value is not None]
    found: list[range] = []
    for place in known:
        if found and found[-1].stop == place:
            found[-1] = range(found[-1].start, place + 1)
        else:
            found.append(range(place, place + 1))
    return found


def form_changes(sessions: Sequence[ChartSession]) -> list[int]:
    """Places at which another form begins than the one filled in before: a break, since marks on
    two forms do not compare."""
    filled_in = [(place, each.form) for place, each in enumerate(sessions) if each.form]
    return [place for (_, before), (place, form) in pairwise(filled_in) if form != before]


def segments(count: int, changes: Sequence[int]) -> list[range]:
    """The places 0 to `count` in stretches of one form each; nothing is joined across them."""
    edges = [0, *changes, count]
    return [range(first, end) for first, end in pairwise(edges)]


def may_join(values: Sequence[float | None]) -> bool:
    """Whether there are points enough for a line at all."""
    return sum(value is not None for value in values) >= POINTS_FOR_A_LINE


def stretches(keys: Sequence) -> list[tuple[int, int, object]]:
    """Neighbours with the same key as (first, last, key); those with a falsy key left out."""
    groups = [
        (key, [place for place, _ in group])
        for key, group in groupby(enumerate(keys), lambda pair: pair[1])
    ]
    return [(places[0], places[-1], key) for key, places in groups if key]


def has_lines(sessions: Sequence[ChartSession]) -> bool:
    return any(chart_session.lines for chart_session in sessions)
