"""When the demo's clients come: six of each therapist today, the others on the working days before.

Whoever came before now today has been; the newest session that has begun is there to be rated.
"""

import datetime

from django.utils import timezone

from accounts.models import Clinic

HOURS = (9, 10, 11, 14, 15, 16)
DAY_BEGINS = 8  # before that, the day's sessions began two hours ago
OTHER_WORKING_DAYS = 4
SATURDAY = 5
A_WEEK = datetime.timedelta(weeks=1)


def past_moments(place: int, count: int) -> list[datetime.datetime]:
    """Weekly, the client's newest session last, which may have been today."""
    if is_over_today(place):
        return [*weekly(_last_day(place), place, count - 1), start_today(place)]
    return weekly(_last_day(place), place, count)


def weekly(newest: datetime.date, place: int, count: int) -> list[datetime.datetime]:
    days = [newest - A_WEEK * back for back in reversed(range(count))]
    return [_at(day, _usual_hour(place)) for day in days]


def next_moments(place: int) -> list[datetime.datetime]:
    """What is booked: today's session where it is not over, and next week's."""
    next_week = _at(_last_day(place) + A_WEEK, _usual_hour(place))
    if not comes_today(place):
        return [next_week]
    in_a_week = _at(timezone.localdate() + A_WEEK, _usual_hour(place))
    return [in_a_week] if is_over_today(place) else [start_today(place), in_a_week]


def comes_today(place: int) -> bool:
    return place < len(HOURS)


def is_over_today(place: int) -> bool:
    """The next client's hour has begun."""
    return comes_today(place + 1) and comes_today(place) and _has_begun(place + 1)


def was_just_over(place: int) -> bool:
    """Of today's sessions that are over, the last one."""
    return is_over_today(place) and not is_over_today(place + 1)


def start_today(place: int) -> datetime.datetime:
    return _at(timezone.localdate(), HOURS[place] - HOURS[0] + _first_hour())


def _has_begun(place: int) -> bool:
    return start_today(place) <= timezone.now()


def _first_hour() -> int:
    hour = timezone.localtime().hour
    return HOURS[0] if hour >= DAY_BEGINS else max(0, hour - 2)


def _usual_hour(place: int) -> int:
    return HOURS[place % len(HOURS)]


def _last_day(place: int) -> datetime.date:
    """Of the client's sessions before today."""
    if comes_today(place):
        return timezone.localdate() - A_WEEK
    return _working_day(back=1 + (2 - place) % OTHER_WORKING_DAYS)


def _working_day(*, back: int) -> datetime.date:
    day = timezone.localdate()
    while back:
        day -= datetime.timedelta(days=1)
        back -= day.weekday() < SATURDAY
    return day


def _at(day: datetime.date, hour: int) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour), Clinic.current().zone)
