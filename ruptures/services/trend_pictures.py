"""The weekly trend as a page shows it and as a mail carries it."""

from functools import partial

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import gettext

from ruptures.chart_images import png
from ruptures.charts import Wording, draw_weekly_trend, weekly_trend_page
from ruptures.writing import one_decimal

MAIL_WIDTH = 1440


def wording() -> Wording:
    """Words, dates and numbers in the reader's language."""
    return Wording(gettext, partial(date_format, format=gettext("j M Y")), one_decimal)


def weekly_chart(figures):
    return weekly_trend_page(figures, key="trend", wording=wording())


def weekly_png(figures) -> bytes:
    drawing = draw_weekly_trend(figures, key="trend", wording=wording())
    svg = render_to_string(
        "ruptures/charts/_weekly_trend.svg", {"drawing": drawing, "standalone": True}
    )
    return png(svg, width=MAIL_WIDTH)
