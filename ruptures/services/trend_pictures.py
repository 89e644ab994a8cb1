"""The weekly trend as a page shows it and as a mail carries it."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import gettext

from ruptures.chart_images import can_draw, png
from ruptures.charts import (
    Wording,
    draw_weekly_trend,
    small_multiple,
    weekly_trend_page,
)
from ruptures.charts.week_events import marked
from ruptures.trend import TrendEvent, WeekFigures, forms_of
from ruptures.writing import one_decimal

MAIL_WIDTH = 1440


def wording() -> Wording:
    """Words, dates and numbers in the reader's language. A chart says each several times: in two
    drawings, the figure and the table."""
    day = partial(date_format, format=gettext("j M Y"))
    short_day = partial(date_format, format=gettext("j M"))
    return Wording(cache(gettext), cache(day), cache(short_day), cache(one_decimal))


def weekly_chart(figures: Sequence[WeekFigures], events: Sequence[TrendEvent] = ()):
    return weekly_trend_page(figures, key="trend", events=events, wording=wording())


def small_multiples(supervisees) -> list:
    """One still picture with its table for each therapist, in the order given."""
    words = wording()
    return [
        small_multiple(each.weeks, name=each.name, key=f"therapist-{place}", wording=words)
        for place, each in enumerate(supervisees, start=1)
    ]


def weekly_png(figures: Sequence[WeekFigures], events: Sequence[TrendEvent] = ()) -> bytes:
    """The chart of the mail. Events stand in it by their letter alone: their words are for those
    who signed in."""
    shown = [replace(event, text="") for event in events]
    drawing = draw_weekly_trend(
        _drawable(figures), key="trend", events=marked(shown, figures), wording=wording()
    )
    svg = render_to_string(
        "ruptures/charts/_weekly_trend.svg", {"drawing": drawing, "standalone": True}
    )
    return png(svg, width=MAIL_WIDTH)


def _drawable(figures: Sequence[WeekFigures]) -> Sequence[WeekFigures]:
    """The same weeks; forms whose names the picture's font cannot write are numbered instead."""
    forms = forms_of(figures)
    if all(map(can_draw, forms)):
        return figures
    numbered = {
        form: gettext("form {number}").format(number=number)
        for number, form in enumerate(forms, start=1)
    }
    return [
        replace(
            week,
            levels=tuple(replace(level, form=numbered[level.form]) for level in week.levels),
        )
        for week in figures
    ]
