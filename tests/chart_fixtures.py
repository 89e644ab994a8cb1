"""Sessions and weeks as the charts take them."""

from datetime import date, timedelta

import pytest

from ruptures.charts import ChartSession
from ruptures.trend import Level, WeekFigures


@pytest.fixture
def chart_sessions():
    """Makes a pair's sessions from totals; None is an attended session without a form, and
    keyword `s3={…}` changes session 3."""

    def make(*totals, first=1, **changes):
        return [
            ChartSession(
                **{
                    "number": number,
                    "on": date(2026, 1, 6) + timedelta(weeks=number),
                    "total": total,
                    "band": (330.0, 420.0),
                }
                | changes.get(f"s{number}", {})
            )
            for number, total in enumerate(totals, first)
        ]

    return make


@pytest.fixture
def weeks():
    """Makes weekly figures from medians; None is a week with too few forms. `form` and keyword
    `forms={place: name}` say what was filled in."""

    def make(*medians, form="", forms=None):
        return [
            _week(place, median, (forms or {}).get(place, form))
            for place, median in enumerate(medians)
        ]

    return make


def _week(place, median, form):
    monday = date(2026, 3, 2) + timedelta(weeks=place)
    known = median is not None
    return WeekFigures(
        week="{}-W{:02d}".format(*monday.isocalendar()[:2]),
        monday=monday,
        attended=12,
        forms=10 if known else 3,
        form_rate=10 / 12 if known else 0.25,
        levels=(_level(median, form),),
        opened=place % 2,
        verified=0,
        open=place,
    )


def _level(median, form):
    if median is None:
        return Level(form=form, forms=3, median=None, q1=None, q3=None)
    return Level(form=form, forms=10, median=median, q1=median - 2, q3=median + 1)
