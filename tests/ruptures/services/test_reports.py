"""The weekly trend: of one's own team, once a week, on Monday morning by the clinic's clock."""

import datetime
import importlib
import re
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Clinic, Supervision
from accounts.services import people
from ruptures import trend
from ruptures.management.commands import send_weekly_report
from ruptures.models import Alert, Episode, TeamEvent, WeeklyReport
from ruptures.services import alerts, reports, team_events
from ruptures.services.report_contents import content_of
from ruptures.trend import IsoWeek, iso_week
from sessions_app.models import InstrumentPack
from tests import factories
from tests.servers import free_port

NOW = datetime.datetime(2026, 10, 7, 12, tzinfo=datetime.UTC)  # Wednesday of week 41
WEEK = iso_week("2026-W40")
ZONES = ["Europe/London", "Asia/Riyadh", "America/Santiago"]


@pytest.fixture(autouse=True)
def in_october():
    with time_machine.travel(NOW, tick=False):
        yield


def rated(therapist, totals, *, on="2026-09-30T10:00+00:00", pack=None):
    """Attended sessions on one day, a minute apart, each with its total or None."""
    pair = factories.PairFactory(therapist=therapist, from_on=datetime.date(2026, 1, 1))
    for minute, total in enumerate(totals):
        session = factories.TherapySessionFactory(
            pair=pair,
            starts_at=datetime.datetime.fromisoformat(on) + datetime.timedelta(minutes=minute),
            attendance="attended",
        )
        if total is not None:
            more = factories.records.marks(total) | ({"pack": pack} if pack else {})
            factories.SRSEntryFactory(therapy_session=session, **more)
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
    row = next(line for line in text.splitlines() if line.startswith("28 Sep 2026"))
    assert row.split()[3] == "<5"
    client.force_login(supervisor)
    page = client.get("/trend/2026-W40/").content.decode()
    assert "&lt;5" in page


def test_weeks_are_named_by_their_monday_as_the_reader_writes_it(client, therapist, supervisor):
    rated(therapist, [36.0] * 6)
    reports.make_all(week=WEEK)
    supervisor.language = "de"
    supervisor.save()
    client.force_login(supervisor)
    page = client.get("/trend/2026-W40/").content.decode()
    axis = re.findall(r"<text[^>]*>([^<]*)</text>", page)
    assert "28. Sep" in " ".join(axis)
    assert "W40" not in re.sub(r'="[^"]*"', "", page)


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


def test_figures_of_two_packs_are_never_pooled(therapist, supervisor):
    rated(therapist, [38.0] * 5)
    content = factories.records.licensed_pack()
    other = InstrumentPack.objects.create(
        code=content["id"], version="1", content=content, languages=["fr"]
    )
    rated(therapist, [30.0] * 5, pack=other, on="2026-10-01T10:00+00:00")
    levels = figures(supervisor).levels
    assert [(level.forms, level.median) for level in levels] == [(5, 38.0), (5, 30.0)]
    assert levels[1].form == "Their form"


def test_each_therapist_has_weeks_of_their_own_by_name(therapist, supervisor):
    low = factories.therapist(name="Abel")
    factories.SupervisionFactory(supervisor=supervisor, therapist=low)
    rated(therapist, [39.0] * 5)
    rated(low, [25.0] * 4)
    shown = reports.content_for(supervisor, WEEK).supervisees
    assert [each.name for each in shown] == ["Abel", "Therapist Ash"]
    assert [median_of(each.weeks[-1]) for each in shown] == [None, 39.0]
    assert [each.weeks[-1].form_rate for each in shown] == [None, 1]


def test_weeks_of_a_therapist_no_longer_supervised_are_kept_and_not_shown(
    client, therapist, supervisor
):
    second = factories.therapist(name="Therapist Zander")
    factories.SupervisionFactory(supervisor=supervisor, therapist=second)
    factories.weekly(factories.PairFactory(therapist=therapist), [37.0, 38.0])
    reports.make_all(week=WEEK)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Supervision.objects.filter(therapist=second).update(until_on=yesterday)
    client.force_login(supervisor)
    page = client.get("/trend/2026-W40/").content.decode()
    assert "Therapist Ash" in page and "Therapist Zander" not in page
    assert "you no longer supervise them" in page
    kept = content_of(WeeklyReport.objects.get()).supervisees
    assert [each.name for each in kept] == ["Therapist Ash", "Therapist Zander"]


def test_weeks_and_forms_are_as_many_as_the_pages_say():
    """ "Twelve weeks" and "five forms" stand in sentences, which are translated."""
    assert (reports.WEEKS_SHOWN, trend.FORMS_FOR_AN_AGGREGATE) == (12, 5)


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


def test_weeks_missed_while_the_machine_was_off_are_made_up_for_once(supervisor, post_office):
    with time_machine.travel("2026-09-07T08:00+00:00", tick=False):
        reports.make_due()
    assert reports.make_due() == 4
    assert reports.make_due() == 0
    weeks = WeeklyReport.objects.values_list("week", flat=True)
    assert list(weeks) == ["2026-W40", "2026-W39", "2026-W38", "2026-W37", "2026-W36"]
    alerts.deliver_due()
    alerts.deliver_due()
    assert len(post_office.messages) == 5


def test_missed_weeks_in_which_nobody_was_supervised_are_not_made(supervisor):
    with time_machine.travel("2026-09-07T08:00+00:00", tick=False):
        reports.make_due()
    Supervision.objects.update(from_on=datetime.date(2026, 10, 1))
    assert reports.make_due() == 1
    assert WeeklyReport.objects.first().week == "2026-W40"


# --- by hand ----------------------------------------------------------------------------------


def test_send_weekly_report_twice_sends_once(supervisor, other_supervisor, post_office, capsys):
    call_command("send_weekly_report", week="2026-W40")
    call_command("send_weekly_report", week="2026-W40")
    assert len(post_office.messages) == 2
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "1 of 2 reports looked at",
        "2 of 2 reports looked at",
        "2 of 2 mails done",
        "2026-W40: 2 new reports; 2 mails went out.",
        "1 of 2 reports looked at",
        "2 of 2 reports looked at",
        "2026-W40: 0 new reports; 0 mails went out.",
    ]


def test_send_weekly_report_takes_the_last_finished_week(supervisor, post_office):
    call_command("send_weekly_report")
    assert WeeklyReport.objects.get().week == "2026-W40"


def test_send_weekly_report_reaches_all_of_many_supervisors_once(
    therapist, post_office, monkeypatch
):
    monkeypatch.setattr(send_weekly_report, "SENT_IN_ONE_GO", 4)
    supervisors = [factories.therapist() for _ in range(11)]
    for supervisor in supervisors:
        factories.SupervisionFactory(supervisor=supervisor, therapist=therapist)
    rated(therapist, [36.0] * 6)
    call_command("send_weekly_report")
    call_command("send_weekly_report")
    assert sorted(mail["To"] for mail in post_office.messages) == sorted(
        supervisor.email for supervisor in supervisors
    )
    assert len({mail["Message-ID"] for mail in post_office.messages}) == 11


def test_send_weekly_report_goes_past_mails_that_are_refused_and_says_so(
    supervisor, other_supervisor, post_office, monkeypatch
):
    monkeypatch.setattr(send_weekly_report, "SENT_IN_ONE_GO", 1)
    post_office.answer = "451 try later"
    with pytest.raises(CommandError, match="2 mails were not taken"):
        call_command("send_weekly_report")
    assert post_office.refused == 2
    post_office.answer = None
    with time_machine.travel(NOW + datetime.timedelta(minutes=31), tick=False):
        call_command("send_weekly_report")
    assert len(post_office.messages) == 2


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
    assert "28 Sep 2026" in text
    html = mail.get_body(("html",)).get_content()
    assert 'alt="Week from 28 Sep 2026: median total 37.5' in html


def test_weekly_mail_links_to_the_report(mail, settings):
    assert f"{settings.ORIGIN}/trend/2026-W40/" in mail.get_body(("plain",)).get_content()


def test_weekly_mail_names_nobody(mail, therapist, supervisor):
    words = "".join(
        part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"
    )
    for name in (therapist.name, supervisor.name, "Heron", "Ash"):
        assert name not in words
    assert mail["Subject"] == "Alliance: the weekly trend"


def test_weekly_mail_is_one_message_with_its_picture_inside(mail):
    assert mail.get_content_type() == "multipart/related"
    assert not [part for part in mail.walk() if part.get_content_disposition() == "attachment"]


def test_weekly_mail_shows_no_count_of_one_to_four(
    episode, therapist, supervisor, other_supervisor, post_office
):
    rated(therapist, [36.0] * 6)
    Episode.objects.update(opened_at=NOW - datetime.timedelta(days=5))
    reports.make_all(week=WEEK)
    alerts.of_week("2026-W40").exclude(recipient=supervisor).delete()
    alerts.deliver_weekly("2026-W40", at_most=9)
    mail = post_office.only()
    text = mail.get_body(("plain",)).get_content()
    row = next(line for line in text.splitlines() if line.startswith("28 Sep 2026"))
    assert row.split()[-3:] == ["<5", "0", "<5"]
    html = mail.get_body(("html",)).get_content()
    assert ">1<" not in html and "&lt;5" in html
    assert reports.content_for(supervisor, WEEK).team[-1].opened == 1


def test_weekly_mail_marks_events_and_keeps_their_words(supervisor, post_office):
    team_events.note(on=WEEK.monday, text="new therapist", by=supervisor)
    reports.make_all(week=WEEK)
    alerts.deliver_due()
    mail = post_office.only()
    for kind in ("plain", "html"):
        said = mail.get_body((kind,)).get_content()
        assert "A: 28 Sep 2026" in said
        assert "new therapist" not in said


@pytest.mark.parametrize("whose", ["person", "clinic"])
def test_weekly_mail_is_a_link_only_for_who_chose_it_and_where_the_clinic_says_so(
    therapist, supervisor, post_office, settings, whose
):
    if whose == "person":
        people.choose_weekly_mail(weekly_mail="link", by=supervisor)
    else:
        Clinic.objects.update_or_create(pk=1, defaults={"weekly_mail_link_only": True})
    rated(therapist, [36.0] * 6)
    reports.make_all(week=WEEK)
    alerts.deliver_due()
    mail = post_office.only()
    assert mail.get_content_type() == "text/plain"
    assert "36" not in mail.get_content().replace("2026", "")
    assert f"{settings.ORIGIN}/trend/2026-W40/" in mail.get_content()


def test_form_with_letters_the_picture_cannot_write_is_numbered_in_it(
    therapist, supervisor, post_office
):
    content = factories.records.licensed_pack(name="نموذج")
    other = InstrumentPack.objects.create(
        code=content["id"], version="1", content=content, languages=["fr"]
    )
    rated(therapist, [36.0] * 6, pack=other)
    rated(therapist, [38.0] * 6, on="2026-09-29T10:00+00:00")
    reports.make_all(week=WEEK)
    alerts.deliver_due()
    assert "نموذج" in post_office.only().get_body(("plain",)).get_content()


# --- the test mail ----------------------------------------------------------------------------


def test_test_mail_is_the_monday_mail_marked_as_a_test_and_counts_for_no_week(
    client, therapist, supervisor, post_office
):
    rated(therapist, [36.0, 37.0, 38.0, 39.0, 40.0, 35.0])
    client.force_login(supervisor)
    page = client.post("/trend/mail/test/", follow=True)
    assert "The test went to oak@clinic.example." in page.content.decode()
    assert not WeeklyReport.objects.exists() and not Alert.objects.exists()
    reports.make_all(week=WEEK)
    alerts.deliver_due()
    test, real = post_office.messages
    assert (test["To"], test["Subject"]) == (real["To"], "Test: Alliance, the weekly trend")
    first, _, rest = test.get_body(("plain",)).get_content().partition("\r\n\r\n")
    assert first.startswith("This is a test, sent to you alone.")
    beneath = real.get_body(("plain",)).get_content()
    assert rest.replace("/trend/now/", "/trend/2026-W40/") == beneath
    pictures = [
        next(part.get_content() for part in mail.walk() if part.get_content_type() == "image/png")
        for mail in (test, real)
    ]
    assert pictures[0] == pictures[1]


def test_test_mail_says_when_it_was_not_taken(client, supervisor, post_office):
    post_office.answer = "550 no"
    client.force_login(supervisor)
    page = client.post("/trend/mail/test/", follow=True).content.decode()
    assert "The test did not go out. The mail server did not take the mail." in page


def test_test_mail_says_when_nobody_answers(client, supervisor, post_office, settings):
    settings.EMAIL_PORT = free_port()
    client.force_login(supervisor)
    page = client.post("/trend/mail/test/", follow=True).content.decode()
    assert "The mail server could not be reached." in page


def test_clinic_page_sends_the_administrator_a_test(client, administrator, post_office):
    client.force_login(administrator)
    page = client.post("/clinic/mail-test/", follow=True).content.decode()
    assert "The test went to admin@clinic.example." in page
    assert post_office.only()["Subject"] == "Test: Alliance sends e-mail"


def test_test_mails_are_five_in_a_quarter_of_an_hour(client, administrator, post_office):
    client.force_login(administrator)
    for _mail in range(5):
        client.post("/clinic/mail-test/")
    page = client.post("/clinic/mail-test/", follow=True).content.decode()
    assert "The test did not go out. Five in a quarter of an hour" in page
    assert len(post_office.messages) == 5


# --- events -----------------------------------------------------------------------------------


def test_event_stands_on_the_axis_of_its_supervisor_alone(client, supervisor, other_supervisor):
    for person, count in ((supervisor, 1), (other_supervisor, 0)):
        client.force_login(person)
        if person == supervisor:
            client.post("/trend/events/", {"on": "2026-09-30", "text": "new therapist"})
        page = client.get("/trend/now/").content.decode()
        assert page.count("A: 30 Sep 2026, new therapist</li>") == count


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ({"on": "2026-09-30", "text": "heron-14 is back"}, "“Heron-14” is a name"),
        ({"on": "2026-09-30", "text": "therapist ash is away"}, "“Therapist Ash” is a name"),
        ({"on": "2024-09-30", "text": "holiday"}, "more than a year away"),
        ({"on": "", "text": "holiday"}, "This field is required"),
        ({"on": "2026-09-30", "text": "x" * 61}, "at most 60 characters"),
    ],
)
def test_event_that_cannot_stand_is_refused_with_what_was_typed(
    client, pair, supervisor, entered, said
):
    client.force_login(supervisor)
    page = client.post("/trend/events/", entered).content.decode()
    assert said in page
    assert entered["text"] in page
    assert not TeamEvent.objects.exists()


def test_event_taken_back_stays_in_the_weeks_that_were_made(client, supervisor):
    event = team_events.note(on=WEEK.monday, text="holiday", by=supervisor)
    reports.make_all(week=WEEK)
    client.force_login(supervisor)
    client.post(f"/trend/events/{event.key}/remove/")
    assert reports.content_for(supervisor, WEEK).events == []
    assert [each.text for each in content_of(WeeklyReport.objects.get()).events] == ["holiday"]


def test_report_of_before_forms_were_told_apart_keeps_its_median(supervisor):
    """Rows as they were until each form had a level of its own."""
    old = reports.content_for(supervisor, WEEK).as_fields()["figures"]
    for row in old:
        row.pop("levels")
        row |= {"forms": 7, "median": 36.5, "q1": 35.0, "q3": 38.0}
    WeeklyReport.objects.create(supervisor=supervisor, week=WEEK.label, figures=old)
    migration = importlib.import_module("ruptures.migrations.0005_weekly_trend")
    migration.give_each_form_its_level(apps, None)
    content = content_of(WeeklyReport.objects.get())
    assert {median_of(week) for week in content.team} == {36.5}
    assert content.supervisees == []
