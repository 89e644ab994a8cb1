"""CORE: what happened in a week, for one team or one therapist, by ISO week.

Knows neither the database nor the clock: the caller hands in the sessions, the episodes and the
weeks asked for. Totals come as tenths (0-400), figures leave as points (0.0-40.0).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from statistics import quantiles

# An aggregate of fewer forms would show what a single client wrote.
FORMS_FOR_AN_AGGREGATE = 5

_LABEL = re.compile(r"(\d{4})-W(\d{2})")
_WEEK = timedelta(days=7)

COUNTS = ("opened", "verified", "open")


@dataclass(frozen=True, order=True)
class IsoWeek:
    """A week from Monday to Sunday, numbered as in ISO 8601."""

    year: int
    number: int

    @classmethod
    def containing(cls, day: date) -> "IsoWeek":
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @property
    def label(self) -> str:
        return f"{self.year:04d}-W{self.number:02d}"

    @property
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 7)


def iso_week(label: str) -> IsoWeek:
    """The week written "2026-W47". ValueError where there is no such week."""
    written = _LABEL.fullmatch(label)
    if not written:
        raise ValueError(f"“{label}” is not an ISO week such as 2026-W47.")
    week = IsoWeek(int(written[1]), int(written[2]))
    try:
        date.fromisocalendar(week.year, week.number, 1)
    except ValueError:
        raise ValueError(f"The year {week.year} has no week {week.number}.") from None
    return week


def weeks_back(count: int, until: IsoWeek) -> list[IsoWeek]:
    """The `count` weeks that end with `until`, oldest first."""
    last = until.monday
    return [IsoWeek.containing(last - _WEEK * back) for back in reversed(range(count))]


@dataclass(frozen=True)
class AttendedSession:
    """A session the client came to; `total` in tenths, None without a valid form.

    `form` names the form that was filled in. `therapist` is a number of the caller's.
    """

    on: date
    total: int | None
    form: str = ""
    therapist: int | None = None


@dataclass(frozen=True)
class EpisodeEvent:
    """The dates of one possible strain. `closed_on` is the end of any kind, verified or not."""

    opened_on: date
    verified_on: date | None = None
    closed_on: date | None = None

    def is_open_on(self, day: date) -> bool:
        """Open at the end of that day."""
        ends = [end for end in (self.verified_on, self.closed_on) if end]
        return self.opened_on <= day and (not ends or day < min(ends))


@dataclass(frozen=True)
class TrendEvent:
    """What a supervisor noted on the axis: a day and a few words."""

    on: date
    text: str

    def as_row(self) -> dict:
        return {"on": self.on.isoformat(), "text": self.text}

    @classmethod
    def from_row(cls, row: dict) -> "TrendEvent":
        return cls(date.fromisoformat(row["on"]), row["text"])


@dataclass(frozen=True)
class Level:
    """The totals of one form in one week, in points; None under `FORMS_FOR_AN_AGGREGATE` forms.

    Marks on two forms do not compare, so a week in which two were used has two levels.
    """

    form: str
    forms: int
    median: float | None
    q1: float | None
    q3: float | None


@dataclass(frozen=True)
class WeekFigures:
    """One ISO week. `form_rate` from 0 to 1, None under `FORMS_FOR_AN_AGGREGATE` forms. `open` is
    at Sunday's end. A count of episodes is None where it is small and must not be shown."""

    week: str
    monday: date
    attended: int
    forms: int
    form_rate: float | None
    levels: tuple[Level, ...]
    opened: int | None
    verified: int | None
    open: int | None

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def is_empty(self) -> bool:
        """Nobody came, and no strain was opened, verified or open; a small count is one."""
        return not self.attended and all(getattr(self, name) == 0 for name in COUNTS)

    def level(self, form: str) -> Level | None:
        return next((level for level in self.levels if level.form == form), None)

    def as_row(self) -> dict:
        """Plain values for JSON; `from_row` reads them back."""
        return asdict(self) | {"monday": self.monday.isoformat()}

    @classmethod
    def from_row(cls, row: dict) -> "WeekFigures":
        levels = tuple(Level(**level) for level in row["levels"])
        return cls(**row | {"monday": date.fromisoformat(row["monday"]), "levels": levels})


def week_figures(
    sessions: Iterable[AttendedSession],
    episodes: Iterable[EpisodeEvent],
    weeks: Sequence[IsoWeek],
) -> list[WeekFigures]:
    """One figure for each week asked for, in that order; what lies outside is left out."""
    by_week: dict[date, list[AttendedSession]] = {week.monday: [] for week in weeks}
    for therapy_session in sessions:
        monday = _monday(therapy_session.on)
        if monday in by_week:
            by_week[monday].append(therapy_session)
    events = list(episodes)
    return [_one_week(week, by_week[week.monday], events) for week in weeks]


def forms_of(figures: Iterable[WeekFigures]) -> list[str]:
    """The forms that were filled in, in the order in which they came into use."""
    return list(dict.fromkeys(level.form for week in figures for level in week.levels))


def without_small_counts(figures: Iterable[WeekFigures]) -> list[WeekFigures]:
    """The same weeks for the mail: a count of one to four strains could point at a person."""
    return [
        replace(week, **{name: _unless_small(getattr(week, name)) for name in COUNTS})
        for week in figures
    ]


def quartiles(totals: Sequence[int]) -> tuple[float, float, float]:
    """First quartile, median and third quartile in points, of at least two totals in tenths.

    Method: linear interpolation between the ordered values at (n - 1)·p, type 7 of Hyndman and
    Fan (1996), as in R, NumPy and QUARTILE.INC of the spreadsheets.
    """
    q1, median, q3 = quantiles(totals, n=4, method="inclusive")
    return q1 / 10, median / 10, q3 / 10


def is_small(count: int) -> bool:
    """Between nothing and what an aggregate needs."""
    return 0 < count < FORMS_FOR_AN_AGGREGATE


def _unless_small(count: int | None) -> int | None:
    return None if count is None or is_small(count) else count


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _one_week(
    week: IsoWeek, sessions: Sequence[AttendedSession], episodes: Sequence[EpisodeEvent]
) -> WeekFigures:
    forms = sum(each.total is not None for each in sessions)
    enough = forms >= FORMS_FOR_AN_AGGREGATE
    return WeekFigures(
        week=week.label,
        monday=week.monday,
        attended=len(sessions),
        forms=forms,
        form_rate=forms / len(sessions) if enough else None,
        levels=_levels(sessions),
        opened=sum(_falls_in(episode.opened_on, week) for episode in episodes),
        verified=sum(_falls_in(episode.verified_on, week) for episode in episodes),
        open=sum(episode.is_open_on(week.sunday) for episode in episodes),
    )


def _levels(sessions: Sequence[AttendedSession]) -> tuple[Level, ...]:
    """One for each form of the week, the one that was used first in front."""
    totals: dict[str, list[int]] = {}
    for each in sorted(sessions, key=lambda each: each.on):
        if each.total is not None:
            totals.setdefault(each.form, []).append(each.total)
    return tuple(_level(form, given) for form, given in totals.items())


def _level(form: str, given: list[int]) -> Level:
    enough = len(given) >= FORMS_FOR_AN_AGGREGATE
    q1, median, q3 = quartiles(given) if enough else (None, None, None)
    return Level(form=form, forms=len(given), median=median, q1=q1, q3=q3)


def _falls_in(day: date | None, week: IsoWeek) -> bool:
    return day is not None and week.monday <= day <= week.sunday
