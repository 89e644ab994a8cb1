"""The data of a chart as a table: heads, and rows of plain text."""

from collections.abc import Sequence
from dataclasses import dataclass

from ruptures.charts.sessions import LINES, ChartSession, bounded, form_changes, has_lines, in_order
from ruptures.charts.wording import (
    PLAIN,
    Wording,
    band_words,
    count_names,
    line_name,
    noted_words,
    status_words,
)
from ruptures.trend import WeekFigures, percent, shown_forms

NOTHING = "–"


@dataclass(frozen=True)
class Table:
    """Heads and rows of text; the first cell of a row is its head."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def session_rows(sessions: Sequence[ChartSession], wording: Wording = PLAIN) -> Table:
    """One row an appointment, in the order given; the lines only where any are known, the form
    only where it changed."""
    _ = wording.translate
    sessions = in_order(sessions)
    codes = LINES if has_lines(sessions) else ()
    names = [line_name(code, wording) for code in codes]
    has_forms = bool(form_changes(sessions))
    form = (_("Form"),) if has_forms else ()
    heads = (_("Session"), _("Date"), *form, _("Rating"), *names, _("Usual range"), _("Noted"))
    rows = (_session_row(each, codes, has_forms, wording) for each in sessions)
    return Table(heads, tuple(rows))


def week_rows(figures: Sequence[WeekFigures], wording: Wording = PLAIN) -> Table:
    """One row a week, in the order given."""
    _ = wording.translate
    heads = (_("Week"), _("From"), _("Forms"), _("Form given"), _("Median"), _("Middle half"))
    rows = tuple(_week_row(week, wording) for week in bounded(figures))
    return Table(heads + tuple(count_names(wording).values()), rows)


def _session_row(
    each: ChartSession, codes: Sequence[str], has_forms: bool, wording: Wording
) -> tuple[str, ...]:
    form = (each.form or NOTHING,) if has_forms else ()
    lines = [each.line(code) for code in codes]
    rating = status_words(each, wording) if each.total is None else wording.score(each.total)
    return (
        str(each.number),
        wording.day(each.on),
        *form,
        rating,
        *(NOTHING if line is None else wording.score(line) for line in lines),
        band_words(each.band, wording) or NOTHING,
        ". ".join(noted_words(each, wording)) or NOTHING,
    )


def _week_row(week: WeekFigures, wording: Wording) -> tuple[str, ...]:
    rate = NOTHING if week.form_rate is None else percent(week.form_rate, wording.translate)
    known = week.median is not None
    return (
        week.week,
        wording.day(week.monday),
        shown_forms(week),
        rate,
        wording.number(week.median) if known else NOTHING,
        f"{wording.number(week.q1)}–{wording.number(week.q3)}" if known else NOTHING,
        *(str(getattr(week, name)) for name in count_names(wording)),
    )
