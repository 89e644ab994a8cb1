"""A moment from PostgreSQL is the one that was stored."""

import datetime

import pytest
from django.db import DataError, connection

from alliance.moments import MomentLoader

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
UTC = datetime.UTC


def read(literal: str, time_zone: str = "UTC") -> datetime.datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', %s, true)", [time_zone])
        cursor.execute("SELECT %s::timestamptz", [literal])
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("literal", "moment"),
    [
        ("2026-11-24 09:50:00+00", datetime.datetime(2026, 11, 24, 9, 50, tzinfo=UTC)),
        ("2026-11-24 09:50:00.5+00", datetime.datetime(2026, 11, 24, 9, 50, 0, 500_000, UTC)),
        ("2026-11-24 09:50:00.000007+00", datetime.datetime(2026, 11, 24, 9, 50, 0, 7, UTC)),
        ("2026-11-24 09:50:00-03:30", datetime.datetime(2026, 11, 24, 13, 20, tzinfo=UTC)),
        ("0001-01-01 00:00:00+00", datetime.datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31 23:59:59+00", datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_moment_is_read_as_it_was_stored(literal, moment):
    found = read(literal)
    assert (found, found.tzinfo) == (moment, UTC)


def test_moment_is_the_same_on_a_connection_of_another_zone():
    moment = datetime.datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    for zone in ("Asia/Kolkata", "America/St_Johns"):
        assert read("2026-07-01 12:00:00+00", zone) == moment


@pytest.mark.parametrize(
    "literal", ["infinity", "0044-03-15 12:00:00+00 BC", "10000-01-01 00:00:00+00"]
)
def test_moment_that_no_calendar_has_is_refused(literal):
    with pytest.raises(DataError):
        read(literal)


def test_moments_of_a_connection_are_read_the_fast_way():
    with connection.cursor() as cursor:
        adapters = cursor.cursor.adapters
        assert adapters.get_loader(adapters.types["timestamptz"].oid, 0) is MomentLoader
