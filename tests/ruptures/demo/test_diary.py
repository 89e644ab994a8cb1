"""When the demo's clients come, at whatever hour it is loaded."""

import datetime
from collections.abc import Iterator

import pytest
import time_machine
from django.utils import timezone

from ruptures.demo import diary
from sessions_app.models.therapy_session import latest_begun

MONDAY = datetime.datetime(2026, 3, 23, 0, 30, tzinfo=datetime.UTC)
SIX = range(len(diary.HOURS))
ALL = range(15)


pytestmark = pytest.mark.django_db


def hours_of_a_week() -> Iterator[datetime.datetime]:
    """Every fifth, which between them are all hours of a day."""
    for hour in range(0, 7 * 24, 5):
        with time_machine.travel(MONDAY + datetime.timedelta(hours=hour), tick=False):
            yield timezone.now()


def test_at_any_hour_a_session_can_be_rated_and_those_before_it_are_over():
    for _moment in hours_of_a_week():
        starts = [diary.start_today(place) for place in SIX]
        assert {timezone.localdate(start) for start in starts} == {timezone.localdate()}
        open_now = [p for p in SIX if starts[p] <= latest_begun() and not diary.is_over_today(p)]
        assert open_now
        assert [p for p in SIX if diary.is_over_today(p)] == list(range(open_now[0]))


def test_nobody_comes_twice_at_once_and_each_has_been_and_comes_again():
    for moment in hours_of_a_week():
        for place in ALL:
            past, ahead = diary.past_moments(place, 3), diary.next_moments(place)
            assert past[-1] <= moment < ahead[-1]
            assert sorted({*past, *ahead}) == [*past, *ahead]
        newest = [diary.past_moments(place, 1)[0] for place in ALL]
        assert len(set(newest)) == len(newest)


def test_who_does_not_come_today_was_there_on_a_working_day():
    for _moment in hours_of_a_week():
        days = [timezone.localdate(diary.past_moments(place, 1)[0]) for place in ALL[len(SIX) :]]
        assert all(day < timezone.localdate() and day.weekday() < diary.SATURDAY for day in days)
