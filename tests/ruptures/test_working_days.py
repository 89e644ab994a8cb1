"""Working days and quiet hours on the clinic's wall, through both nights of the clock change."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruptures.working_days import Calendar

pytestmark = pytest.mark.core

LONDON, RIYADH = ZoneInfo("Europe/London"), ZoneInfo("Asia/Riyadh")
SANTIAGO = ZoneInfo("America/Santiago")
CHRISTMAS = frozenset({datetime.date(2026, 12, 25), datetime.date(2026, 12, 28)})


def at(text: str, zone=LONDON) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=zone)


def utc(text: str) -> datetime.datetime:
    return at(text, datetime.UTC)


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-03-02T10:00", 2, "2026-03-04T10:00"),
        ("2026-03-05T10:00", 2, "2026-03-09T10:00"),  # Thursday: the weekend does not count
        ("2026-03-06T18:30", 2, "2026-03-10T18:30"),
        ("2026-03-07T10:00", 2, "2026-03-11T00:00"),  # Saturday: all of Monday, all of Tuesday
        ("2026-03-08T23:59", 2, "2026-03-11T00:00"),
        ("2026-03-02T10:00", 5, "2026-03-09T10:00"),
        ("2026-12-24T16:00", 2, "2026-12-30T16:00"),  # two closing days and a weekend between
        ("2026-12-25T09:00", 1, "2026-12-30T00:00"),
        ("2026-12-31T23:59", 1, "2027-01-01T23:59"),
    ],
)
def test_working_days_go_by(start, days, expected):
    assert Calendar(LONDON, closed_on=CHRISTMAS).after(at(start), days) == at(expected)


@pytest.mark.parametrize(
    ("zone", "start", "expected"),
    [
        (LONDON, "2026-03-27T12:00", "2026-03-31T11:00"),  # an hour less of UTC: forward on Sunday
        (LONDON, "2026-10-23T11:00", "2026-10-27T12:00"),  # and back
        (SANTIAGO, "2026-04-03T13:00", "2026-04-07T14:00"),  # back in April, in the south
        (SANTIAGO, "2026-09-04T14:00", "2026-09-08T13:00"),
        (RIYADH, "2026-03-27T09:00", "2026-03-31T09:00"),  # knows no clock change
    ],
)
def test_two_working_days_are_counted_on_the_wall(zone, start, expected):
    assert Calendar(zone).after(utc(start), 2) == utc(expected)


@pytest.mark.parametrize(
    ("moment", "expected", "expected_if_urgent"),
    [
        ("2026-03-04T19:59", "2026-03-04T19:59", "2026-03-04T19:59"),
        ("2026-03-04T20:00", "2026-03-05T07:00", "2026-03-05T07:00"),
        ("2026-03-05T06:59", "2026-03-05T07:00", "2026-03-05T07:00"),
        ("2026-03-05T07:00", "2026-03-05T07:00", "2026-03-05T07:00"),
        ("2026-03-06T21:00", "2026-03-09T07:00", "2026-03-07T07:00"),  # Friday night
        ("2026-03-07T12:00", "2026-03-09T07:00", "2026-03-07T12:00"),
        ("2026-12-24T23:59", "2026-12-29T07:00", "2026-12-25T07:00"),
        ("2026-12-31T22:00", "2027-01-01T07:00", "2027-01-01T07:00"),
    ],
)
def test_quiet_hours_hold_a_message(moment, expected, expected_if_urgent):
    calendar = Calendar(LONDON, closed_on=CHRISTMAS)
    assert calendar.held(at(moment), urgent=False) == at(expected)
    assert calendar.held(at(moment), urgent=True) == at(expected_if_urgent)


@pytest.mark.parametrize(
    ("zone", "moment", "expected"),
    [
        (LONDON, "2026-03-28T23:00", "2026-03-29T06:00"),  # the night is an hour shorter
        (LONDON, "2026-10-24T22:00", "2026-10-25T07:00"),  # and an hour longer
        (SANTIAGO, "2026-04-05T01:00", "2026-04-05T11:00"),  # the hour before midnight comes twice
        (SANTIAGO, "2026-09-06T02:00", "2026-09-06T10:00"),  # there is no hour after midnight
        (RIYADH, "2026-03-28T20:00", "2026-03-29T04:00"),  # knows no clock change
    ],
)
def test_quiet_hours_end_by_the_wall_in_the_night_of_the_clock_change(zone, moment, expected):
    assert Calendar(zone).held(utc(moment), urgent=True) == utc(expected)


def test_quiet_hours_that_end_in_the_hour_shown_twice_end_with_the_second():
    calendar = Calendar(LONDON, quiet_until=datetime.time(1, 30))
    for before in ("2026-10-25T00:15", "2026-10-25T01:15"):  # 01:15 on the wall, both times
        assert calendar.held(utc(before), urgent=True) == utc("2026-10-25T01:30")


def test_quiet_hours_that_end_in_the_hour_left_out_end_past_it():
    calendar = Calendar(LONDON, quiet_until=datetime.time(1, 30))
    assert calendar.held(utc("2026-03-29T00:45"), urgent=True) == utc("2026-03-29T01:30")


def test_quiet_hours_from_and_until_alike_are_none():
    calendar = Calendar(LONDON, quiet_from=datetime.time(7), quiet_until=datetime.time(7))
    assert calendar.held(at("2026-03-04T03:00"), urgent=True) == at("2026-03-04T03:00")


moments = st.datetimes(datetime.datetime(2026, 1, 1), datetime.datetime(2027, 12, 31))


@given(moments, st.sampled_from([LONDON, RIYADH, SANTIAGO]), st.times(), st.times(), st.booleans())
def test_a_held_message_is_never_earlier_and_is_held_once(moment, zone, quiet, until, urgent):
    calendar = Calendar(zone, quiet_from=quiet, quiet_until=until)
    moment = moment.replace(tzinfo=datetime.UTC)
    held = calendar.held(moment, urgent=urgent)
    assert held >= moment
    assert calendar.held(held, urgent=urgent) == held
