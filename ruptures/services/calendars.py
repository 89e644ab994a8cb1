"""The clinic's settings, as the calendar that says when somebody may be written to."""

import datetime

from accounts.models import Clinic
from ruptures.working_days import Calendar


def calendar_of(clinic: Clinic) -> Calendar:
    return Calendar(
        zone=clinic.zone,
        closed_on=frozenset(map(datetime.date.fromisoformat, clinic.closed_on)),
        quiet_from=clinic.quiet_from,
        quiet_until=clinic.quiet_until,
    )


def clinic_calendar() -> Calendar:
    return calendar_of(Clinic.current())
