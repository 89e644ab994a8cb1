"""The data of a chart as a table: heads, and rows of plain text."""

from collections.abc import Sequence
from dataclasses import dataclass

from ruptures.charts.sessions import LINES, ChartSession, bounded, form_changes, has_lines, in_order
from ruptures.charts.week_events import MarkedEvent
from ruptures.charts.wording import (
    PLAIN,
    Wording,
    band_words,
    count_names,
    event_words,
    line_name,
    noted_words,
    status_words,
)
from ruptures.trend import WeekFigures, forms_of
from ruptures.trend_words import (
    NOTHING,
    percent,
    shown_count,
    shown_forms,
    shown_median,
    shown_middle,
)


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


def week_rows(
    figures: Sequence[WeekFigures],
    wording: Wording = PLAIN,
    events: Sequence[MarkedEvent] = (),
) -> Table:
    """One row a week, in the order given; a form that came into use later has columns of its own,
    and what was noted stands in a last one where there is anything."""
    _ = wording.translate
    forms = forms_of(figures) or [""]
    levels = [head for form in forms for head in _level_heads(form, len(forms) > 1, wording)]
    heads = [_("Week from"), _("Forms"), _("Form given"), *levels]
    heads += [*count_names(wording).values(), *([_("Noted")] if events else [])]
    rows = (_week_row(week, forms, events, wording) for week in bounded(figures))
    return Table(tuple(heads), tuple(rows))


def therapist_rows(figures: Sequence[WeekFigures], wording: Wording = PLAIN) -> Table:
    """One row a week with level and form rate alone."""
    _ = wording.translate
    forms = forms_of(figures) or [""]
    levels = [head for form in forms for head in _level_heads(form, len(forms) > 1, wording)]
    heads = (_("Week from"), _("Forms"), _("Form given"), *levels)
    rows = (
        (
            wording.day(week.monday),
            shown_forms(week.forms),
            _rate(week, wording),
            *_levels(week, forms, wording),
        )
        for week in bounded(figures)
    )
    return Table(heads, tuple(rows))


def _level_heads(form: str, is_named: bool, wording: Wording) -> tuple[str, str]:
    _ = wording.translate
    if not is_named:
        return _("Median"), _("Middle half")
    return _("Median, {form}").format(form=form), _("Middle half, {form}").format(form=form)


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


def _week_row(
    week: WeekFigures, forms: Sequence[str], events: Sequence[MarkedEvent], wording: Wording
) -> tuple[str, ...]:
    noted = [event_words(each, wording) for each in events if each.falls_in(week)]
    return (
        wording.day(week.monday),
        shown_forms(week.forms),
        _rate(week, wording),
        *_levels(week, forms, wording),
        *(shown_count(getattr(week, name)) for name in count_names(wording)),
        *(["; ".join(noted) or NOTHING] if events else []),
    )


def _rate(week: WeekFigures, wording: Wording) -> str:
    return NOTHING if week.form_rate is None else percent(week.form_rate, wording.translate)


def _levels(week: WeekFigures, forms: Sequence[str], wording: Wording) -> list[str]:
    found = [week.level(form) for form in forms]
    number = wording.number
    return [
        shown
        for level in found
        for shown in (shown_median(level, number), shown_middle(level, number))
    ]
