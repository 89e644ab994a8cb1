"""The main job from touch to Monday's mail, on the running stack: web, worker, broker, SMTP.

A therapist logs a session, the client marks four lines by touch, the detector says what is worth
asking, the supervisor is told by e-mail and answers, the repair is logged and two later ratings
verify it, and the weekly trend arrives.
"""

import datetime
import subprocess
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from ruptures.demo.accounts import PASSWORD
from ruptures.trend import IsoWeek
from sessions_app import srs

THERAPIST, SUPERVISOR = "ash@demo.example", "oak@demo.example"
CASE = "Avocet-11"
DESKTOP = {"width": 1280, "height": 860}
TABLET = {"width": 1080, "height": 810}
LOW_MARKS = {"relationship": 46, "goals": 78, "approach": 80, "overall": 76}
USUAL_MARKS = {"relationship": 94, "goals": 93, "approach": 94, "overall": 94}
CLINIC_ZONE = ZoneInfo("Europe/London")
MAIL_WITHIN_SECONDS = 30


class Desk:
    """One person at one screen, who reads the pages of the running clinic."""

    def __init__(self, browser: Browser, clinic, picture, **options):
        self.clinic, self.picture = clinic, picture
        self.context = browser.new_context(
            has_touch=True, locale="en-GB", reduced_motion="reduce", **options
        )
        self.page: Page = self.context.new_page()
        self.appointment = ""  # when the one made last starts
        self.refused: list[str] = []
        self.page.on("console", self._note)

    def _note(self, message):
        if "Content Security Policy" in message.text:
            self.refused.append(message.text)

    def open(self, path: str):
        self.page.goto(self.clinic.url + path)

    def sign_in(self, email: str):
        self.open("/account/login/")
        self.page.get_by_label("Email").fill(email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("main").get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("button", name="Sign out")).to_be_visible()

    def press(self, name: str):
        self.page.get_by_role("main").get_by_role("button", name=name, exact=True).first.click()

    def follow(self, name: str):
        self.page.get_by_role("main").get_by_role("link", name=name).first.click()

    def close(self):
        assert self.refused == []
        self.context.close()


@pytest.fixture
def desk(browser, clinic, picture):
    desks = []

    def open_desk(**options):
        desks.append(Desk(browser, clinic, picture, **{"viewport": DESKTOP} | options))
        return desks[-1]

    yield open_desk
    for opened in desks:
        opened.close()


def open_client(desk: Desk):
    desk.open(f"/clients/?q={CASE}")
    desk.follow(CASE)


def make_appointment(desk: Desk, minutes_ago: int):
    """An appointment that began a while ago, so that it can be rated now."""
    open_client(desk)
    desk.follow("New appointment")
    starts_at = datetime.datetime.now(CLINIC_ZONE) - datetime.timedelta(minutes=minutes_ago)
    desk.appointment = starts_at.strftime("%Y-%m-%dT%H:%M")
    desk.page.get_by_label("Starts").fill(desk.appointment)
    desk.press("Save appointment")
    expect(desk.page.get_by_text("The appointment is saved.")).to_be_visible()


def newest_session(desk: Desk):
    """The one made last. Shortly after midnight the demo's sessions of the day stand above it."""
    rows = desk.page.locator(".timeline > li")
    if not desk.appointment:
        return rows.first
    return rows.filter(has=desk.page.locator(f'time[datetime^="{desk.appointment}"]'))


def open_caseload_in_another_tab(desk: Desk) -> Page:
    tab = desk.context.new_page()
    tab.goto(desk.clinic.url + "/clients/")
    expect(tab.get_by_text(CASE)).to_be_visible()
    return tab


def touch_line(page: Page, line: str, share: int):
    """A finger touches the drawn line at `share` per cent of its length."""
    rule = page.locator(f"rating-line[name={line}] .line-rule")
    rule.scroll_into_view_if_needed()
    box = rule.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] * share / 100, box["y"] + box["height"] / 2)


def mark_four_lines(
    desk: Desk, marks: dict[str, int], *, meant_low: bool, shot: str = "", thanks: str = "Thank you"
):
    for line in srs.LINES:
        touch_line(desk.page, line, marks[line])
    if shot:
        desk.picture(desk.page, shot)
    desk.page.locator("[data-done]").tap()
    if meant_low:
        desk.page.get_by_role("button", name="Yes, I meant that").tap()
    expect(desk.page.get_by_role("heading", name=thanks)).to_be_visible()


def hand_over(desk: Desk):
    newest_session(desk).get_by_role("button", name="Hand over to rate").click()
    expect(desk.page.get_by_role("heading", name="Do you hear the same two words?")).to_be_visible()
    desk.press("Start")


def mail_to(desk: Desk, recipient: str, subject: str) -> None:
    """Opens the newest such mail on the demo's mail page, waiting until it has arrived."""
    row = desk.page.get_by_role("row", name=recipient).filter(has_text=subject)
    for _second in range(MAIL_WITHIN_SECONDS):
        desk.open("/demo/mail/")
        if row.count():
            row.first.get_by_role("link").click()
            return
        desk.page.wait_for_timeout(1000)
    raise AssertionError(f"No mail “{subject}” to {recipient} within {MAIL_WITHIN_SECONDS} s.")


def test_strain_is_noticed_told_talked_through_and_verified(desk, clinic):
    therapist, supervisor = desk(), desk()

    # The therapist makes the appointment and hands the device over; the client marks four lines.
    therapist.sign_in(THERAPIST)
    therapist.picture(therapist.page, "today")
    make_appointment(therapist, minutes_ago=55)
    other_tab = open_caseload_in_another_tab(therapist)
    hand_over(therapist)
    expect(other_tab.get_by_text(CASE)).to_have_count(0)
    therapist.page.set_viewport_size(TABLET)
    mark_four_lines(therapist, LOW_MARKS, meant_low=True, shot="tablet")
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
        make_appointment(therapist, minutes_ago=minutes_ago)
        rate_on_a_second_device(therapist, desk)
    repair_is_verified(therapist)

    # Monday's mail arrives once, with its chart.
    send_weekly_report_twice(clinic)
    the_weekly_mail_has_its_chart(supervisor)


def the_tablet_is_locked(desk: Desk):
    for _step in range(5):
        desk.page.go_back()
    expect(desk.page.get_by_text(CASE)).to_have_count(0)
    desk.open("/")
    expect(desk.page.get_by_role("heading", name="Sign in")).to_be_visible()
    desk.open("/rate/form/")
    expect(desk.page.get_by_role("heading", name="This page is closed")).to_be_visible()


def log_session_with_a_marker(desk: Desk):
    open_client(desk)
    newest_session(desk).get_by_role("link").first.click()
    complaint = desk.page.get_by_role("button", name="A complaint about the pace")
    for _strength in range(3):
        complaint.click()
    desk.press("Save session")
    expect(desk.page.get_by_text("The session is saved.")).to_be_visible()


def strain_says_why(desk: Desk):
    open_strain(desk)
    why = desk.page.get_by_role("region", name="Why it is worth asking")
    expect(why).to_contain_text("lower than last time and outside this client's usual range")
    expect(why).to_contain_text("It would not have fired at a total above")
    expect(why).to_contain_text("a complaint about the pace")
    desk.picture(desk.page, "strain")


def review_the_case(desk: Desk):
    desk.open("/queue/")
    desk.picture(desk.page, "queue")
    desk.follow(CASE)
    desk.press("Acknowledge")
    expect(desk.page.get_by_text("Acknowledged by you")).to_be_visible()
    desk.page.get_by_label("Write a word").fill("Ask about the pace first; we speak on Thursday.")
    desk.press("Send")
    expect(desk.page.locator(".thread")).to_contain_text("we speak on Thursday")


def read_the_word(desk: Desk):
    desk.open("/")
    expect(desk.page.get_by_role("region", name="From supervision")).to_contain_text("the pace")


def open_strain(desk: Desk):
    desk.open("/")
    strains = desk.page.get_by_role("region", name="Worth asking about")
    strains.get_by_role("link", name=CASE).click()


def log_repair_steps(desk: Desk):
    open_strain(desk)
    for step in range(3):
        row = desk.page.locator(".steps > li").nth(step)
        row.locator("summary").click()
        row.get_by_role("button", name="Log this step").click()
        expect(desk.page.get_by_text("The step is logged.")).to_be_visible()
    desk.page.locator("summary").filter(has_text="I asked the client").click()
    desk.page.get_by_label("Yes").check()
    desk.press("Save the answer")
    expect(desk.page.get_by_text("Being talked about").first).to_be_visible()


def rate_on_a_second_device(therapist: Desk, desk):
    newest_session(therapist).get_by_role("button", name="On a second device").click()
    words = therapist.page.locator(".big-code").inner_text()
    tablet = desk(viewport=TABLET)
    tablet.open("/rate/")
    tablet.page.get_by_label("The two words").fill(words)
    tablet.press("Continue")
    tablet.press("Start")
    mark_four_lines(tablet, USUAL_MARKS, meant_low=False)


def repair_is_verified(desk: Desk):
    open_client(desk)
    expect(desk.page.get_by_role("region", name="Strains so far")).to_contain_text("erified")
    desk.page.get_by_role("region", name="Strains so far").get_by_role("link").first.click()
    expect(desk.page.locator(".note-held")).to_contain_text("The repair held")
    desk.picture(desk.page, "verified")


def last_week() -> str:
    """The week that ended last; the demo's clinic keeps the reports of those before it."""
    today = datetime.datetime.now(CLINIC_ZONE).date()
    return IsoWeek.containing(today - datetime.timedelta(weeks=1)).label


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
    expect(desk.page.get_by_role("main")).to_contain_text(f"Week {last_week()}")
    desk.picture(desk.page, "weekly-mail")
    desk.open(f"/trend/{last_week()}/")
    expect(desk.page.locator(".chart--live")).to_be_visible()
    desk.picture(desk.page, "weekly-report")
