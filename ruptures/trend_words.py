"""CORE: the weekly trend in words, as a sentence and as a table in plain text.

Messages are translated by what the caller hands in, numbers and days written by it too.
"""

from collections.abc import Callable, Sequence
from datetime import date

from ruptures.trend import (
    COUNTS,
    FORMS_FOR_AN_AGGREGATE,
    Level,
    WeekFigures,
    forms_of,
    is_small,
)

NOTHING = "–"
SMALL = f"<{FORMS_FOR_AN_AGGREGATE}"

Translate = Callable[[str], str]
Number = Callable[[float], str]
Day = Callable[[date], str]
one_decimal = "{:.1f}".format


def sentence(
    figures: WeekFigures,
    translate: Translate = str,
    number: Number = one_decimal,
    day: Day = date.isoformat,
) -> str:
    """The week in one sentence, for above the chart and for the mail."""
    _ = translate
    values = {"day": day(figures.monday), "levels": _levels_in_words(figures, _, number)}
    told = _("Week from {day}: {levels}")
    if figures.form_rate is not None:
        values["rate"] = percent(figures.form_rate, _)
        told += _("; a form after {rate} of sessions")
    values |= {name: _count_in_words(getattr(figures, name), _) for name in COUNTS}
    told += _("; possible strains: {opened} opened, {verified} verified, {open} open at the end.")
    return told.format(**values)


def short_sentence(
    figures: WeekFigures,
    translate: Translate = str,
    number: Number = one_decimal,
    day: Day = date.isoformat,
) -> str:
    """Level and form rate alone, for one therapist."""
    _ = translate
    values = {"day": day(figures.monday), "levels": _levels_in_words(figures, _, number)}
    if figures.form_rate is None:
        return _("Week from {day}: {levels}.").format(**values)
    values["rate"] = percent(figures.form_rate, _)
    return _("Week from {day}: {levels}; a form after {rate} of sessions.").format(**values)


def text_table(
    figures: Sequence[WeekFigures],
    translate: Translate = str,
    number: Number = one_decimal,
    day: Day = date.isoformat,
) -> str:
    """The figures in plain text, one line a week, named by its Monday, for the mail beside the
    picture. A form that came into use later has columns of its own."""
    _ = translate
    forms = forms_of(figures) or [""]
    heads = [_("Week from"), _("Forms"), _("Given after")]
    for form in forms:
        heads += [_("Median"), _("Middle half")] if len(forms) == 1 else _heads_of(form, _)
    heads += [_("Opened"), _("Verified"), _("Open")]
    rows = [heads] + [[day(week.monday), *_cells(week, forms, _, number)] for week in figures]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths) for row in rows)


def _heads_of(form: str, translate: Translate) -> list[str]:
    _ = translate
    return [_("Median, {form}").format(form=form), _("Middle half, {form}").format(form=form)]


def percent(share: float, translate: Translate = str) -> str:
    """A share as people write it: 82%, or with a space where the language wants one."""
    _ = translate
    return _("{number}%").format(number=f"{100 * share:.0f}")


def shown_forms(count: int) -> str:
    """How many forms, without a cell under `FORMS_FOR_AN_AGGREGATE` except none at all."""
    return SMALL if is_small(count) else str(count)


def shown_count(count: int | None) -> str:
    """How many strains; None is a small count that must not be shown."""
    return SMALL if count is None else str(count)


def shown_median(level: Level | None, number: Number) -> str:
    return NOTHING if level is None or level.median is None else number(level.median)


def shown_middle(level: Level | None, number: Number) -> str:
    if level is None or level.q1 is None or level.q3 is None:
        return NOTHING
    return f"{number(level.q1)}–{number(level.q3)}"


def _levels_in_words(figures: WeekFigures, translate: Translate, number: Number) -> str:
    """Each form's level, by its name where there are two."""
    _ = translate
    if not figures.levels:
        return _("no forms")
    told = [level_in_words(level, _, number) for level in figures.levels]
    if len(told) == 1:
        return told[0]
    named = _("“{form}”: {level}")
    return "; ".join(
        named.format(form=level.form, level=words)
        for level, words in zip(figures.levels, told, strict=True)
    )


def level_in_words(level: Level, translate: Translate, number: Number) -> str:
    _ = translate
    if level.median is None:
        return _("fewer than {needed} forms, so no median is shown").format(
            needed=FORMS_FOR_AN_AGGREGATE
        )
    values = {name: number(getattr(level, name)) for name in ("median", "q1", "q3")}
    return _("median total {median}, the middle half from {q1} to {q3}").format(**values)


def _count_in_words(count: int | None, translate: Translate) -> str:
    _ = translate
    if count is None:
        return _("fewer than {needed}").format(needed=FORMS_FOR_AN_AGGREGATE)
    return str(count)


def _cells(
    figures: WeekFigures, forms: Sequence[str], translate: Translate, number: Number
) -> list[str]:
    rate = NOTHING if figures.form_rate is None else percent(figures.form_rate, translate)
    levels = [figures.level(form) for form in forms]
    told = [
        shown
        for level in levels
        for shown in (shown_median(level, number), shown_middle(level, number))
    ]
    counts = [shown_count(getattr(figures, name)) for name in COUNTS]
    return [shown_forms(figures.forms), rate, *told, *counts]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = zip(cells, widths, strict=True)
    return "  ".join([first[0].ljust(first[1])] + [cell.rjust(width) for cell, width in rest])
