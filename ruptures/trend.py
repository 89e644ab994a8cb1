"""CORE: what happened in a week, for one team or one therapist, by ISO week.

Knows neither the database nor the clock: the caller hands in the sessions, the episodes and the
weeks asked for. Totals come as tenths (0-400), figures leave as points (0.0-40.0).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from statistics import quantiles

# An aggregate of fewer forms would show what a single client wrote.
FORMS_FOR_AN_AGGREGATE = 5

_LABEL = re.compile(r"(\d{4})-W(\d{2})")
_WEEK = timedelta(days=7)

Translate = Callable[[str], str]


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
    """A session the client came to; `total` in tenths, None without a valid form."""

    on: date
    total: int | None


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
class WeekFigures:
    """One ISO week. Median and quartiles in points and `form_rate` from 0 to 1, None under
    `FORMS_FOR_AN_AGGREGATE` forms. `open` is at Sunday's end."""

    week: str
    monday: date
    attended: int
    forms: int
    form_rate: float | None
    median: float | None
    q1: float | None
    q3: float | None
    opened: int
    verified: int
    open: int

    def as_row(self) -> dict:
        """Plain values for JSON; `from_row` reads them back."""
        return asdict(self) | {"monday": self.monday.isoformat()}

    @classmethod
    def from_row(cls, row: dict) -> "WeekFigures":
        return cls(**row | {"monday": date.fromisoformat(row["monday"])})


def week_figures(
    sessions: Iterable[AttendedSession],
    episodes: Iterable[EpisodeEvent],
    weeks: Sequence[IsoWeek],
) -> list[WeekFigures]:
    """One figure for each week asked for, in that order; what lies outside is left out."""
    totals: dict[date, list[int | None]] = {week.monday: [] for week in weeks}
    for therapy_session in sessions:
        monday = _monday(therapy_session.on)
        if monday in totals:
            totals[monday].append(therapy_session.total)
    events = list(episodes)
    return [_one_week(week, totals[week.monday], events) for week in weeks]


def quartiles(totals: Sequence[int]) -> tuple[float, float, float]:
    """First quartile, median and third quartile in points, of at least two totals in tenths.

    Method: linear interpolation between the ordered values at (n - 1)·p, type 7 of Hyndman and
    Fan (1996), as in R, NumPy and QUARTILE.INC of the spreadsheets.
    """
    q1, median, q3 = quantiles(totals, n=4, method="inclusive")
    return q1 / 10, median / 10, q3 / 10


def sentence(
    figures: WeekFigures,
    translate: Translate = str,
    number: Callable[[float], str] = "{:.1f}".format,
) -> str:
    """The week in one sentence, for above the chart and for the mail."""
    _ = translate
    values = _in_words(figures, _, number) | {"needed": FORMS_FOR_AN_AGGREGATE}
    if figures.median is None:
        level = _("Week {week}: fewer than {needed} forms, so no median is shown")
    else:
        level = _("Week {week}: median total {median}, the middle half from {q1} to {q3}")
    rate = "" if figures.form_rate is None else _("; a form after {rate} of sessions")
    strains = _("; possible strains: {opened} opened, {verified} verified, {open} open at the end.")
    return (level + rate + strains).format(**values)


def text_table(
    figures: Sequence[WeekFigures],
    translate: Translate = str,
    number: Callable[[float], str] = "{:.1f}".format,
) -> str:
    """The figures as a table in plain text, one line a week, for the mail beside the picture."""
    _ = translate
    heads = [_("Week"), _("Forms"), _("Given after"), _("Median"), _("Middle half")]
    heads += [_("Opened"), _("Verified"), _("Open")]
    rows = [heads] + [_cells(week, _, number) for week in figures]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths) for row in rows)


def percent(share: float, translate: Translate = str) -> str:
    """A share as people write it: 82%, or with a space where the language wants one."""
    _ = translate
    return _("{number}%").format(number=f"{100 * share:.0f}")


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _one_week(
    week: IsoWeek, totals: Sequence[int | None], episodes: Sequence[EpisodeEvent]
) -> WeekFigures:
    given = [total for total in totals if total is not None]
    enough = len(given) >= FORMS_FOR_AN_AGGREGATE
    q1, median, q3 = quartiles(given) if enough else (None, None, None)
    return WeekFigures(
        week=week.label,
        monday=week.monday,
        attended=len(totals),
        forms=len(given),
        form_rate=len(given) / len(totals) if enough else None,
        median=median,
        q1=q1,
        q3=q3,
        opened=sum(_falls_in(episode.opened_on, week) for episode in episodes),
        verified=sum(_falls_in(episode.verified_on, week) for episode in episodes),
        open=sum(episode.is_open_on(week.sunday) for episode in episodes),
    )


def _falls_in(day: date | None, week: IsoWeek) -> bool:
    return day is not None and week.monday <= day <= week.sunday


def _in_words(
    figures: WeekFigures, translate: Translate, number: Callable[[float], str]
) -> dict[str, str]:
    """Each figure as text; an en dash where there is none."""
    words = {
        name: "–" if value is None else number(value)
        for name, value in (("median", figures.median), ("q1", figures.q1), ("q3", figures.q3))
    }
    rate = "–" if figures.form_rate is None else percent(figures.form_rate, translate)
    counts = {name: str(getattr(figures, name)) for name in ("opened", "verified", "open")}
    return words | counts | {"rate": rate, "week": figures.week, "forms": shown_forms(figures)}


def shown_forms(figures: WeekFigures) -> str:
    """How many forms, without a cell under `FORMS_FOR_AN_AGGREGATE` except none at all."""
    if 0 < figures.forms < FORMS_FOR_AN_AGGREGATE:
        return f"<{FORMS_FOR_AN_AGGREGATE}"
    return str(figures.forms)


def _cells(figures: WeekFigures, translate: Translate, number: Callable[[float], str]) -> list[str]:
    words = _in_words(figures, translate, number)
    middle = "–" if figures.q1 is None else f"{words['q1']}–{words['q3']}"
    names = ("opened", "verified", "open")
    return [words["week"], words["forms"], words["rate"], words["median"], middle] + [
        words[name] for name in names
    ]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = zip(cells, widths, strict=True)
    return "  ".join([first[0].ljust(first[1])] + [cell.rjust(width) for cell, width in rest])
