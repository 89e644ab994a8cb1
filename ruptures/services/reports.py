"""The weekly trend: made once for each supervisor and ISO week, kept as it was when it was made."""

import datetime
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Clinic, Supervision, User
from accounts.permissions import all_supervisors, team_of
from ruptures.models import TeamEvent, WeeklyReport
from ruptures.services import alerts, team_weeks
from ruptures.services.report_contents import Content, Supervisee, content_of
from ruptures.trend import IsoWeek, TrendEvent, weeks_back

WEEKS_SHOWN = 12
SENT_FROM_HOUR = 7
# A machine that was away longer makes the newest of them: their charts show twelve weeks each.
WEEKS_MADE_UP_FOR = 4

Told = Callable[[int, int], None]


def make_due(now: datetime.datetime | None = None) -> int:
    """Makes every report that is due by the clinic's clock. Returns how many are new.

    Last week's report is due from Monday morning on; a Monday that was missed is made up for, and
    so are the weeks before it in which nothing was made.
    """
    local = (now or timezone.now()).astimezone(Clinic.current().zone)
    finished = last_finished_week(local.date())
    if local.weekday() == 0 and local.hour < SENT_FROM_HOUR:
        return 0
    made = sum(_make_missed(supervisor, finished) for supervisor in all_supervisors())
    if made:
        transaction.on_commit(alerts.look_now)
    return made


def last_finished_week(today: datetime.date) -> IsoWeek:
    return IsoWeek.containing(today - datetime.timedelta(days=7))


def _make_missed(supervisor: User, finished: IsoWeek) -> int:
    """The week that ended, and those since the last report in which the person supervised."""
    newest = supervisor.weekly_reports.first()
    if newest and newest.week >= finished.label:
        return 0
    weeks = weeks_back(WEEKS_MADE_UP_FOR, finished) if newest else [finished]
    missed = [week for week in weeks if not newest or week.label > newest.week]
    return sum(
        _make(supervisor, week)
        for week in missed
        if week == finished or _supervised_on(supervisor, week.sunday)
    )


def _supervised_on(supervisor: User, day: datetime.date) -> bool:
    return Supervision.objects.current(day).filter(supervisor=supervisor).exists()


def make_all(*, week: IsoWeek, told: Told | None = None) -> int:
    """A report of `week` for every supervisor who has none yet. Returns how many are new.

    `told` hears after each how many of how many supervisors are done.
    """
    supervisors = list(all_supervisors().order_by("pk"))
    made = 0
    for done, supervisor in enumerate(supervisors, start=1):
        made += _make(supervisor, week)
        if told:
            told(done, len(supervisors))
    if made:
        transaction.on_commit(alerts.look_now)
    return made


def _make(supervisor: User, week: IsoWeek) -> bool:
    """Whether the report is new. Report and mail are rows of one transaction; of two who make it
    at once one does."""
    if supervisor.weekly_reports.filter(week=week.label).exists():
        return False
    with transaction.atomic():
        content = content_for(supervisor, week)
        report, new = WeeklyReport.objects.get_or_create(
            supervisor=supervisor, week=week.label, defaults=content.as_fields()
        )
        if new:
            alerts.write_weekly(report=report)
    return new


def content_for(supervisor: User, until: IsoWeek) -> Content:
    """The twelve weeks up to `until` of all whom the person supervises today, together and each."""
    weeks = weeks_back(WEEKS_SHOWN, until)
    team = team_weeks.of_team(supervisor, weeks)
    return Content(
        week=until.label,
        team=team.together,
        supervisees=[
            Supervisee(str(therapist.key), therapist.name, figures)
            for therapist, figures in team.each
        ],
        events=_events(supervisor, weeks),
    )


def _events(supervisor: User, weeks: list[IsoWeek]) -> list[TrendEvent]:
    noted = supervisor.team_events.filter(on__range=(weeks[0].monday, weeks[-1].sunday))
    newest = noted[: TeamEvent.MOST_SHOWN]
    return [TrendEvent(event.on, event.text) for event in reversed(newest)]


def newest_content(supervisor: User) -> Content:
    """What the Monday mail of the last finished week shows: the report where there is one, else
    what it would be if it were made now. Nothing is stored."""
    finished = last_finished_week(timezone.localdate())
    report = supervisor.weekly_reports.filter(week=finished.label).first()
    return content_of(report) if report else content_for(supervisor, finished)


def so_far(supervisor: User) -> Content:
    """The weeks up to today, the current one not over yet. Nothing is stored."""
    audit.note(audit.Action.READ, by=supervisor, deed="reports.so_far")
    return content_for(supervisor, IsoWeek.containing(timezone.localdate()))


def within_reach(content: Content, supervisor: User) -> list[Supervisee]:
    """The therapists of a report whom the person supervises today: what was made stays as it is,
    but a supervision that ended opens nobody's weeks any more."""
    keys = {str(key) for key in team_of(supervisor).values_list("key", flat=True)}
    return [each for each in content.supervisees if each.key in keys]
