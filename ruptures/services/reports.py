"""The weekly trend: made once for each supervisor and ISO week, kept as it was sent."""

import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Clinic, User
from accounts.permissions import all_supervisors, team_of
from ruptures.models import Episode, WeeklyReport
from ruptures.services import alerts
from ruptures.trend import (
    AttendedSession,
    EpisodeEvent,
    IsoWeek,
    WeekFigures,
    week_figures,
    weeks_back,
)
from sessions_app.models import TherapySession

WEEKS_SHOWN = 12
SENT_FROM_HOUR = 7


def make_due(now: datetime.datetime | None = None) -> int:
    """Makes every report that is due by the clinic's clock. Returns how many are new.

    Last week's report is due from Monday morning on; a Monday that was missed is made up for.
    """
    local = (now or timezone.now()).astimezone(Clinic.current().zone)
    finished = IsoWeek.containing(local.date() - datetime.timedelta(days=7))
    if local.weekday() == 0 and local.hour < SENT_FROM_HOUR:
        return 0
    return make_all(week=finished)


def make_all(*, week: IsoWeek) -> int:
    """A report of `week` for every supervisor who has none yet. Returns how many are new."""
    made = sum(_make(supervisor, week) for supervisor in all_supervisors())
    if made:
        transaction.on_commit(alerts.look_now)
    return made


@transaction.atomic
def _make(supervisor: User, week: IsoWeek) -> bool:
    report, new = WeeklyReport.objects.get_or_create(
        supervisor=supervisor,
        week=week.label,
        defaults={"figures": [row.as_row() for row in figures_for(supervisor, week)]},
    )
    if new:
        alerts.write_weekly(report=report)
    return new


def figures_for(supervisor: User, until: IsoWeek) -> list[WeekFigures]:
    """The twelve weeks up to `until` of all whom the supervisor supervises today, together."""
    weeks = weeks_back(WEEKS_SHOWN, until)
    zone = Clinic.current().zone
    team = team_of(supervisor)
    return week_figures(_attended(team, weeks, zone), _events(team, weeks, zone), weeks)


def _attended(team, weeks, zone) -> list[AttendedSession]:
    starts = datetime.datetime.combine(weeks[0].monday, datetime.time(), zone)
    ends = datetime.datetime.combine(
        weeks[-1].monday + datetime.timedelta(days=7), datetime.time(), zone
    )
    rows = (
        TherapySession.objects.attended()
        .filter(pair__therapist__in=team, starts_at__gte=starts, starts_at__lt=ends)
        .select_related("srs_entry")
    )
    return [
        AttendedSession(on=row.starts_at.astimezone(zone).date(), total=_total(row)) for row in rows
    ]


def _total(therapy_session: TherapySession) -> int | None:
    entry = getattr(therapy_session, "srs_entry", None)
    return entry.total if entry else None


def _events(team, weeks, zone) -> list[EpisodeEvent]:
    """Strains that a person called none are left out."""
    rows = Episode.objects.filter(pair__therapist__in=team).exclude(
        state=Episode.State.NOT_A_STRAIN
    )
    return [_event(row, zone) for row in rows]


def _event(episode: Episode, zone) -> EpisodeEvent:
    closed_on = episode.closed_at.astimezone(zone).date() if episode.closed_at else None
    return EpisodeEvent(
        opened_on=episode.opened_at.astimezone(zone).date(),
        verified_on=closed_on if episode.held else None,
        closed_on=closed_on,
    )


def figures_of(report: WeeklyReport) -> list[WeekFigures]:
    """The figures as they were sent."""
    return [WeekFigures.from_row(row) for row in report.figures]
