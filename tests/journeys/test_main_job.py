"""The main job from touch to Monday's mail, on the running stack: web, worker, broker, SMTP.

A therapist logs a session, the client marks four lines by touch, the detector says what is worth
asking, the supervisor is told by e-mail and answers, the repair is logged and two later ratings
verify it, and the weekly trend arrives.
"""

import datetime
import subprocess

from playwright.sync_api import Page, expect

from ruptures.trend import IsoWeek, iso_week
from tests.journeys.desk_harness import (
    CLINIC_ZONE,
    DESKTOP,
    TABLET,
    USUAL_MARKS,
    Desk,
    hand_over,
    mail_to,
    make_appointment,
    mark_four_lines,
    newest_session,
    open_client,
    open_strain,
    rate_on_a_second_device,
)

THERAPIST, SUPERVISOR = "ash@demo.example", "oak@demo.example"
CASE = "Avocet-11"
LOW_MARKS = {"relationship": 46, "goals": 78, "approach": 80, "overall": 76}


def test_strain_is_noticed_told_talked_through_and_verified(desk, clinic):
    therapist, supervisor = desk(), desk()

    # The therapist makes the appointment and hands the device over; the client marks four lines.
    therapist.sign_in(THERAPIST)
    make_appointment(therapist, CASE, minutes_ago=55)
    other_tab = open_caseload_in_another_tab(therapist)
    hand_over(therapist)
    expect(other_tab.get_by_text(CASE)).to_have_count(0)
    therapist.page.set_viewport_size(TABLET)
    mark_four_lines(therapist, LOW_MARKS, meant_low=True)
    the_tablet_is_locked(therapist)

    # Back at the desk the finding is there, and the session is logged with what was noticed.
    therapist.page.set_viewport_size(DESKTOP)
    therapist.sign_in(THERAPIST)
    log_session_with_a_marker(therapist)
    strain_says_why(therapist)

    # The supervisor was told, by a mail that names nobody; acknowledges and writes a word.
    mail_to(supervisor, SUPERVISOR, "something is waiting for you")
    expect(supervisor.page.get_by_role("main")).not_to_contain_text(CASE)
    supervisor.sign_in(SUPERVISOR)
    review_the_case(supervisor)

    # The therapist reads it, logs the repair; two later ratings verify it.
    read_the_word(therapist)
    log_repair_steps(therapist)
    for minutes_ago in (35, 15):
        make_appointment(therapist, CASE, minutes_ago=minutes_ago)
        rate_on_a_second_device(therapist, desk(viewport=TABLET), USUAL_MARKS)
    repair_is_verified(therapist)

    # Monday's mail arrives once, with its chart.
    send_weekly_report_twice(clinic)
    the_weekly_mail_has_its_chart(supervisor)


def open_caseload_in_another_tab(desk: Desk) -> Page:
    tab = desk.context.new_page()
    tab.goto(desk.clinic.url + "/clients/")
    expect(tab.get_by_text(CASE)).to_be_visible()
    return tab


def the_tablet_is_locked(desk: Desk):
    for _step in range(5):
        desk.page.go_back()
    expect(desk.page.get_by_text(CASE)).to_have_count(0)
    desk.open("/")
    expect(desk.page.get_by_role("heading", name="Sign in")).to_be_visible()
    desk.open("/rate/form/")
    expect(desk.page.get_by_role("heading", name="This page is closed")).to_be_visible()


def log_session_with_a_marker(desk: Desk):
    open_client(desk, CASE)
    newest_session(desk).get_by_role("link").first.click()
    complaint = desk.page.get_by_role("button", name="A complaint about the pace")
    for _strength in range(3):
        complaint.click()
    desk.press("Save session")
    expect(desk.page.get_by_text("The session is saved.")).to_be_visible()


def strain_says_why(desk: Desk):
    open_strain(desk, CASE)
    why = desk.page.get_by_role("region", name="Why it is worth asking")
    expect(why).to_contain_text("lower than last time and outside this client's usual range")
    expect(why).to_contain_text("With a total above")
    expect(why).to_contain_text("a complaint about the pace")


def review_the_case(desk: Desk):
    desk.open("/queue/")
    desk.follow(CASE)
    desk.press("Acknowledge")
    expect(desk.page.get_by_text("Acknowledged by you")).to_be_visible()
    desk.page.get_by_label("Write a word").fill("Ask about the pace first; we speak on Thursday.")
    desk.press("Send")
    expect(desk.page.locator(".thread")).to_contain_text("we speak on Thursday")


def read_the_word(desk: Desk):
    desk.open("/")
    expect(desk.page.get_by_role("region", name="From supervision")).to_contain_text("the pace")


def log_repair_steps(desk: Desk):
    open_strain(desk, CASE)
    for step in range(3):
        row = desk.page.locator(".steps > li").nth(step)
        row.locator("summary").click()
        row.get_by_role("button", name="Log this step").click()
        expect(desk.page.get_by_text("The step is logged.")).to_be_visible()
    desk.page.locator("summary").filter(has_text="I asked the client").click()
    desk.page.get_by_label("Yes").check()
    desk.press("Save the answer")
    expect(desk.page.get_by_text("Being talked about").first).to_be_visible()


def repair_is_verified(desk: Desk):
    open_client(desk, CASE)
    expect(desk.page.get_by_role("region", name="Strains so far")).to_contain_text("erified")
    desk.page.get_by_role("region", name="Strains so far").get_by_role("link").first.click()
    expect(desk.page.locator(".note-held")).to_contain_text("The repair held")


def last_week() -> str:
    """The week that ended last; the demo's clinic keeps the reports of those before it."""
    today = datetime.datetime.now(CLINIC_ZONE).date()
    return IsoWeek.containing(today - datetime.timedelta(weeks=1)).label


def last_monday() -> str:
    """The first day of that week, as pages and mails name it."""
    monday = iso_week(last_week()).monday
    return f"{monday.day} {monday:%b %Y}"


def send_weekly_report_twice(clinic):
    said = [
        subprocess.run(
            clinic.manage("send_weekly_report", "--week", last_week()),
            env=clinic.environment_of_the_stack,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for _time in range(2)
    ]
    assert "2 new reports" in said[0]
    assert "0 new reports" in said[1]


def the_weekly_mail_has_its_chart(desk: Desk):
    mail_to(desk, SUPERVISOR, "the weekly trend")
    chart = desk.page.get_by_role("main").get_by_role("img").first
    expect(chart).to_be_visible()
    assert chart.evaluate("image => image.naturalWidth") > 1000
    expect(desk.page.get_by_role("main")).to_contain_text(f"Week from {last_monday()}")
    desk.open(f"/trend/{last_week()}/")
    expect(desk.page.locator(".chart--live")).to_be_visible()
