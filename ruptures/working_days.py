"""A clinic's working days and quiet hours: when somebody may be written to, and how long they had.

Knows no clock: whoever asks brings the moment. Moments go in with any time zone and come out in
UTC; days and hours are those on the clinic's wall.
"""

import datetime
from dataclasses import dataclass

DAY = datetime.timedelta(days=1)
MIDNIGHT = datetime.time()
SATURDAY = 5


@dataclass(frozen=True)
class Calendar:
    """Monday to Friday are working days, but for those in `closed_on`. Quiet hours run from
    `quiet_from` to `quiet_until`, past midnight where the first is the later; alike, there are
    none."""

    zone: datetime.tzinfo
    closed_on: frozenset[datetime.date] = frozenset()
    quiet_from: datetime.time = datetime.time(20)
    quiet_until: datetime.time = datetime.time(7)

    def is_working(self, day: datetime.date) -> bool:
        return day.weekday() < SATURDAY and day not in self.closed_on

    def first_working(self, day: datetime.date) -> datetime.date:
        """`day` itself, or the first working day after it."""
        while not self.is_working(day):
            day += DAY
        return day

    def at(self, day: datetime.date, hour: datetime.time) -> datetime.datetime:
        """The moment when the clinic's clock shows `hour` on `day`: the second of two where it is
        put back in between; just past the gap where it is put forward over it."""
        shown = datetime.datetime.combine(day, hour.replace(tzinfo=None), self.zone)
        both = (shown.replace(fold=fold).astimezone(datetime.UTC) for fold in (0, 1))
        return max(both)

    def after(self, start: datetime.datetime, days: int) -> datetime.datetime:
        """When `days` whole working days have gone by since `start`. What starts on a day off
        starts with the next working day."""
        local = start.astimezone(self.zone)
        day = self.first_working(local.date())
        hour = local.time() if day == local.date() else MIDNIGHT
        for _each in range(days):
            day = self.first_working(day + DAY)
        return self.at(day, hour)

    def next_at(self, now: datetime.datetime, hour: datetime.time) -> datetime.datetime:
        """The next moment after `now` at which it is `hour` on a working day."""
        day = self.first_working(now.astimezone(self.zone).date())
        if self.at(day, hour) <= now:
            day = self.first_working(day + DAY)
        return self.at(day, hour)

    def held(self, moment: datetime.datetime, *, urgent: bool) -> datetime.datetime:
        """`moment`, or the end of the quiet hours it falls into. What is not `urgent` waits for a
        working day as well."""
        local = moment.astimezone(self.zone)
        day, quiet = local.date(), self._is_quiet(local.time())
        if quiet and local.time() >= self.quiet_until:
            day += DAY
        if not urgent and not self.is_working(day):
            day, quiet = self.first_working(day), True
        return self.at(day, self._morning) if quiet else moment.astimezone(datetime.UTC)

    @property
    def _morning(self) -> datetime.time:
        return MIDNIGHT if self.quiet_from == self.quiet_until else self.quiet_until

    def _is_quiet(self, hour: datetime.time) -> bool:
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= hour < self.quiet_until
        return hour >= self.quiet_from or hour < self.quiet_until
