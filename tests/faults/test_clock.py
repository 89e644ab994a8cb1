"""Clocks that are wrong, put forward, put back, or show another year: each told once, in time.

The worker's look of every minute is made every hour here, on the hour.
"""

import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Clinic
from ruptures.models import Alert, Episode, WeeklyReport
from ruptures.services import alerts, ladders, reconciling, reports, screening
from ruptures.trend import IsoWeek
from tests import factories
from tests.conftest import SUDDEN_FALL

pytestmark = [pytest.mark.faults, pytest.mark.django_db]

MINUTE, HOUR, DAY = (datetime.timedelta(**{unit: 1}) for unit in ("minutes", "hours", "days"))
LONDON = ZoneInfo("Europe/London")
ONE_HOUR_WRONG = [HOUR, -HOUR]
# The night from Saturday to Sunday. Riyadh has no clock change: the same nights must do no harm.
NIGHTS = [
    ("Europe/London", "2026-03-28"),
    ("Europe/London", "2026-10-24"),
    ("America/Santiago", "2026-04-04"),
    ("America/Santiago", "2026-09-05"),
    ("Asia/Riyadh", "2026-03-28"),
    ("Asia/Riyadh", "2026-10-24"),
]


def clinic_in(zone: str, **fields) -> ZoneInfo:
    quiet = {"quiet_from": datetime.time(20), "quiet_until": datetime.time(7)}
    Clinic.objects.update_or_create(pk=1, defaults={"time_zone": zone, **quiet, **fields})
    return ZoneInfo(zone)


def high_strain(pair) -> Episode:
    _first, second = factories.weekly(pair, [36.8, None])
    type(second).objects.filter(pk=second.pk).update(attendance="no_show")
    screening.screen_pair(pair=pair)
    return Episode.objects.get(pair=pair)


def last_week_was_told(supervisor) -> None:
    week = IsoWeek.containing(timezone.localdate() - 7 * DAY)
    WeeklyReport.objects.create(supervisor=supervisor, week=week.label, figures=[])


def look() -> None:
    reports.make_due()
    alerts.deliver_due()
    ladders.climb_due()


def looks_every_hour(start: datetime.datetime, until: datetime.datetime) -> None:
    moment = start.astimezone(datetime.UTC).replace(minute=0, second=0, microsecond=0)
    while moment <= until:
        with time_machine.travel(moment, tick=False):
            look()
        moment += HOUR


def told_at(zone: ZoneInfo) -> dict[str, list[str]]:
    """By kind of mail, when it went out on the clinic's wall."""
    sent = Alert.objects.mails().exclude(sent_at=None).order_by("sent_at")
    at: dict[str, list[str]] = {}
    for kind, moment in sent.values_list("kind", "sent_at"):
        at.setdefault(kind, []).append(f"{moment.astimezone(zone):%Y-%m-%d %H:%M}")
    return at


def strain_mails(post_office) -> list:
    return [mail for mail in post_office.messages if "waiting" in mail["Subject"]]


@pytest.mark.parametrize(("zone", "saturday"), NIGHTS)
def test_night_of_the_clock_change_holds_mail_until_the_morning_and_sends_it_once(
    pair, supervisor, post_office, zone, saturday
):
    zone = clinic_in(zone)
    day = datetime.datetime.fromisoformat(f"{saturday}T23:30").replace(tzinfo=zone)
    offsets = {(day + hours * HOUR).utcoffset() for hours in (-12, 24)}
    assert len(offsets) == (1 if zone.key == "Asia/Riyadh" else 2)
    with time_machine.travel(day, tick=False):
        high_strain(pair)
        last_week_was_told(supervisor)
    looks_every_hour(day, day + 38 * HOUR)
    sunday, monday = (f"{(day + days * DAY):%Y-%m-%d} 07:00" for days in (1, 2))
    assert told_at(zone) == {"strain": [sunday], "weekly": [monday]}
    assert len(post_office.messages) == 2


@pytest.mark.parametrize(
    ("closed_on", "summary"), [([], "2027-01-01 17:00"), (["2027-01-01"], "2027-01-04 17:00")]
)
def test_turn_of_the_year_and_week_53_are_told_once(
    therapist, supervisor, post_office, closed_on, summary
):
    """A strain at half past eleven in the last night of the year, another a second to midnight;
    the week that begins in one year and ends in the next."""
    zone = clinic_in("Europe/London", closed_on=closed_on)
    eve = datetime.datetime(2026, 12, 31, 23, 30, tzinfo=zone)
    with time_machine.travel(eve, tick=False):
        high_strain(factories.PairFactory(therapist=therapist))
        last_week_was_told(supervisor)
    with time_machine.travel(eve + 29 * MINUTE + 59 * MINUTE / 60, tick=False):
        factories.weekly(factories.PairFactory(therapist=therapist), SUDDEN_FALL)
    looks_every_hour(eve, eve + 4 * DAY)
    told = told_at(zone)
    assert told["strain"] == ["2027-01-01 07:00"]
    assert told["digest"] == [summary]
    assert told["weekly"] == ["2027-01-04 07:00"]
    assert WeeklyReport.objects.filter(week="2026-W53").count() == 1


@pytest.mark.parametrize("wrong_by", ONE_HOUR_WRONG)
def test_strain_written_while_the_clock_is_wrong_is_told_once_within_the_hour(
    pair, supervisor, post_office, wrong_by
):
    clinic_in("Europe/London")
    noon = datetime.datetime(2026, 3, 4, 12, tzinfo=LONDON)
    with time_machine.travel(noon + wrong_by, tick=False):
        high_strain(pair)
    for minutes in (0, 30, 60, 90):
        with time_machine.travel(noon + minutes * MINUTE, tick=False):
            look()
    assert len(strain_mails(post_office)) == 1
    assert Alert.objects.get(kind="strain").sent_at <= noon + HOUR


@pytest.mark.parametrize("wrong_by", ONE_HOUR_WRONG)
def test_lease_of_a_worker_with_a_wrong_clock_holds_nothing_up(
    pair, supervisor, post_office, wrong_by
):
    """It claimed the row, and died."""
    high_strain(pair)
    Alert.objects.update(leased_until=timezone.now() + wrong_by + 2 * MINUTE, attempts=1)
    with time_machine.travel(timezone.now() + MINUTE, tick=False):
        look()
    assert [message["To"] for message in post_office.messages][:1] == [supervisor.email]
    assert Alert.objects.filter(kind="strain", attempts=2).exclude(sent_at=None).exists()


@pytest.mark.parametrize("wrong_by", ONE_HOUR_WRONG)
def test_weekly_trend_is_sent_once_though_the_clock_jumps_over_its_hour(
    therapist, supervisor, post_office, wrong_by
):
    zone = clinic_in("Europe/London")
    monday = datetime.datetime(2026, 3, 2, 7, 10, tzinfo=zone)
    shown = (-HOUR, -HOUR + wrong_by, 0 * HOUR, wrong_by, HOUR)
    for moment in (monday + passed for passed in shown):
        with time_machine.travel(moment, tick=False):
            look()
    assert len(post_office.messages) == WeeklyReport.objects.count() == 1


@pytest.mark.parametrize("wrong_by", ONE_HOUR_WRONG)
def test_ladder_is_climbed_once_and_an_hour_early_at_most(pair, supervisor, post_office, wrong_by):
    above = factories.therapist()
    factories.SupervisionFactory(supervisor=above, therapist=supervisor)
    monday = datetime.datetime(2026, 3, 2, 12, tzinfo=LONDON)
    with time_machine.travel(monday, tick=False):
        high_strain(pair)
        look()
    for moment in (2 * DAY - 2 * HOUR, 2 * DAY - HOUR, 2 * DAY, 2 * DAY + HOUR):
        for at in (monday + moment + wrong_by, monday + moment):
            with time_machine.travel(at, tick=False):
                look()
                reconciling.reconcile()
    climbed = Alert.objects.get(recipient=above, kind="strain")
    assert climbed.created_at >= monday + 2 * DAY
    assert climbed.sent_at
    assert len(strain_mails(post_office)) == 2
