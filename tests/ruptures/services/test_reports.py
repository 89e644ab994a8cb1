"""The weekly trend: of one's own team, once a week, on Monday morning by the clinic's clock."""

import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Clinic, Supervision
from ruptures.models import Alert, WeeklyReport
from ruptures.services import alerts, reports, team_events
from ruptures.services.report_contents import content_of
from ruptures.trend import IsoWeek, iso_week
from tests import factories

NOW = datetime.datetime(2026, 10, 7, 12, tzinfo=datetime.UTC)  # Wednesday of week 41
WEEK = iso_week("2026-W40")
ZONES = ["Europe/London", "Asia/Riyadh", "America/Santiago"]


@pytest.fixture(autouse=True)
def in_october():
    with time_machine.travel(NOW, tick=False):
        yield


def rated(therapist, totals, *, on="2026-09-30T10:00+00:00", zone=None):
    """Attended sessions on one day, a minute apart, each with its total or None."""
    pair = factories.PairFactory(therapist=therapist, from_on=datetime.date(2026, 1, 1))
    for minute, total in enumerate(totals):
        session = factories.TherapySessionFactory(
            pair=pair,
            starts_at=datetime.datetime.fromisoformat(on) + datetime.timedelta(minutes=minute),
            attendance="attended",
        )
        if total is not None:
            factories.SRSEntryFactory(therapy_session=session, **factories.records.marks(total))
    return pair


def figures(supervisor, week=WEEK):
    return reports.content_for(supervisor, week).team[-1]


def median_of(week):
    (level,) = week.levels
    return level.median


# --- the figures ------------------------------------------------------------------------------


def test_figures_are_of_the_team_together(therapist, supervisor):
    second = factories.therapist()
    factories.SupervisionFactory(supervisor=supervisor, therapist=second)
    rated(therapist, [36.0, 37.0, 38.0])
    rated(second, [39.0, 40.0])
    week = figures(supervisor)
    (level,) = week.levels
    assert (level.median, level.q1, level.q3, week.forms) == (38.0, 37.0, 39.0, 5)


def test_figures_leave_out_those_supervised_by_somebody_else(
    therapist, supervisor, other_therapist, other_supervisor
):
    rated(therapist, [36.0] * 5)
    rated(other_therapist, [20.0] * 50)
    assert (median_of(figures(supervisor)), figures(supervisor).forms) == (36.0, 5)


def test_figures_leave_out_the_supervisors_own_clients(therapist, supervisor):
    rated(therapist, [36.0] * 5)
    rated(supervisor, [20.0] * 50)
    assert figures(supervisor).forms == 5


def test_figures_leave_out_a_supervision_that_ended(therapist, supervisor):
    rated(therapist, [36.0] * 5)
    Supervision.objects.update(until_on=timezone.localdate() - datetime.timedelta(days=1))
    assert figures(supervisor).forms == 0


@pytest.mark.parametrize(("forms", "median"), [(4, None), (5, 36.0)])
def test_figures_rest_on_five_forms_at_least(therapist, supervisor, forms, median):
    rated(therapist, [36.0] * forms)
    assert median_of(figures(supervisor)) == median


def test_figures_give_the_share_of_sessions_with_a_form(therapist, supervisor):
    rated(therapist, [36.0] * 6 + [None] * 2)
    assert figures(supervisor).form_rate == 0.75


def test_mail_and_page_show_no_number_under_five(client, therapist, supervisor, post_office):
    rated(therapist, [36.0] * 3 + [None] * 4)
    reports.make_all(week=WEEK)
    alerts.deliver_due()
    text = post_office.only().get_body(("plain",)).get_content()
    row = next(line for line in text.splitlines() if line.startswith("2026-W40"))
    assert row.split()[1] == "<5"
    client.force_login(supervisor)
    page = client.get("/trend/2026-W40/").content.decode()
    assert "&lt;5" in page


@pytest.mark.parametrize(
    ("zone", "on", "week"),
    [
        ("America/Santiago", "2026-10-05T01:30+00:00", "2026-W40"),  # Sunday evening there
        ("Asia/Riyadh", "2026-09-27T22:30+00:00", "2026-W40"),  # Monday already
        ("Europe/London", "2026-09-27T22:30+00:00", "2026-W39"),
    ],
)
def test_figures_count_a_session_in_the_clinics_week(therapist, supervisor, zone, on, week):
    Clinic.objects.update_or_create(pk=1, defaults={"time_zone": zone})
    rated(therapist, [36.0] * 5, on=on)
    assert figures(supervisor, iso_week(week)).forms == 5


# --- once -------------------------------------------------------------------------------------


def test_report_is_made_once_for_each_supervisor(supervisor, other_supervisor):
    assert reports.make_all(week=WEEK) == 2
    assert reports.make_all(week=WEEK) == 0
    assert WeeklyReport.objects.count() == 2
    assert Alert.objects.filter(kind="weekly").count() == 2


def test_report_is_kept_as_it_was_sent(therapist, supervisor):
    reports.make_all(week=WEEK)
    before = content_of(WeeklyReport.objects.get())
    rated(therapist, [36.0] * 9)
    therapist.name = "Somebody Else"
    therapist.save()
    team_events.note(on=WEEK.monday, text="holiday", by=supervisor)
    reports.make_all(week=WEEK)
    assert content_of(WeeklyReport.objects.get()) == before
    assert [each.name for each in before.supervisees] == ["Therapist Ash"]


def test_report_goes_to_nobody_who_supervises_nobody(therapist):
    assert reports.make_all(week=WEEK) == 0


def test_report_of_week_53_is_made(supervisor):
    with time_machine.travel("2027-01-04T08:00+00:00", tick=False):
        reports.make_due()
    assert WeeklyReport.objects.get().week == "2026-W53"


def local(text: str, zone: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    "monday",
    [
        "2026-01-05",
        "2026-03-30",  # the morning after Europe/London went forward
        "2026-10-26",  # and back
        "2026-04-06",  # America/Santiago went back on Saturday night
        "2026-09-07",  # and forward
    ],
)
def test_report_is_due_on_monday_at_seven_on_the_clinics_clock(supervisor, zone, monday):
    Clinic.objects.update_or_create(pk=1, defaults={"time_zone": zone})
    Supervision.objects.update(from_on=datetime.date(2025, 1, 1))
    last_week = IsoWeek.containing(datetime.date.fromisoformat(monday) - datetime.timedelta(days=1))
    with time_machine.travel(local(f"{monday}T06:59", zone), tick=False):
        assert reports.make_due() == 0
    with time_machine.travel(local(f"{monday}T07:00", zone), tick=False):
        assert reports.make_due() == 1
        assert reports.make_due() == 0
    assert WeeklyReport.objects.get().week == last_week.label


@pytest.mark.parametrize("day", ["2026-10-05T23:00", "2026-10-06T01:00", "2026-10-11T23:59"])
def test_report_of_a_missed_monday_is_made_up(supervisor, day):
    with time_machine.travel(local(day, "Europe/London"), tick=False):
        assert reports.make_due() == 1
    assert WeeklyReport.objects.get().week == "2026-W40"


# --- by hand ----------------------------------------------------------------------------------


def test_send_weekly_report_twice_sends_once(supervisor, post_office, capsys):
    call_command("send_weekly_report", week="2026-W40")
    call_command("send_weekly_report", week="2026-W40")
    assert len(post_office.messages) == 1
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "2026-W40: 1 new reports; 1 mails went out.",
        "2026-W40: 0 new reports; 0 mails went out.",
    ]


@pytest.mark.parametrize(
    ("week", "said"),
    [
        ("last week", "is not an ISO week such as"),
        ("2026-40", "is not an ISO week such as"),
        ("2026-W00", "has no week 0"),
        ("2025-W53", "has no week 53"),
        ("2026-W99", "has no week 99"),
    ],
)
def test_send_weekly_report_names_a_bad_week(supervisor, week, said):
    with pytest.raises(CommandError, match=said):
        call_command("send_weekly_report", week=week)
    assert not WeeklyReport.objects.exists()


@pytest.mark.parametrize("week", ["2026-W41", "2030-W10"])
def test_send_weekly_report_refuses_a_week_that_is_not_over(supervisor, post_office, week):
    with pytest.raises(CommandError, match="ends on"):
        call_command("send_weekly_report", week=week)
    assert not WeeklyReport.objects.exists()


# --- the mail ---------------------------------------------------------------------------------


@pytest.fixture
def mail(therapist, supervisor, post_office):
    rated(therapist, [36.0, 37.0, 38.0, 39.0, 40.0, 35.0])
    reports.make_all(week=WEEK)
    alerts.deliver_due()
    return post_office.only()


def test_weekly_mail_shows_its_picture_inline(mail):
    (picture,) = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    html = mail.get_body(("html",)).get_content()
    assert picture["Content-ID"] == "<weekly-trend@alliance>"
    assert 'src="cid:weekly-trend@alliance"' in html
    assert picture.get_content_disposition() == "inline"
    assert picture.get_content().startswith(b"\x89PNG\r\n\x1a\n")


def test_weekly_mail_says_the_same_in_words(mail):
    text = mail.get_body(("plain",)).get_content()
    assert "median total 37.5, the middle half from 36.2 to 38.8" in text.replace("\n", " ")
    assert "2026-W40" in text
    html = mail.get_body(("html",)).get_content()
    assert 'alt="Week 2026-W40: median total 37.5' in html


def test_weekly_mail_links_to_the_report(mail, settings):
    assert f"{settings.ORIGIN}/trend/2026-W40/" in mail.get_body(("plain",)).get_content()


def test_weekly_mail_names_nobody(mail, therapist, supervisor):
    words = "".join(
        part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"
    )
    for name in (therapist.name, supervisor.name, "Heron", "Ash"):
        assert name not in words
    assert mail["Subject"] == "Alliance: the weekly trend"
