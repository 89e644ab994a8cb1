"""People at their screens on the running demo clinic, and what each of them does there."""

import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page, expect

from ruptures.demo.accounts import PASSWORD
from sessions_app import srs
from tests.journeys.settled import watch

DESKTOP = {"width": 1280, "height": 860}
TABLET = {"width": 1080, "height": 810}
USUAL_MARKS = {"relationship": 94, "goals": 93, "approach": 94, "overall": 94}
CLINIC_ZONE = ZoneInfo("Europe/London")
MAIL_WITHIN_SECONDS = 30


class Desk:
    """One person at one screen, who reads the pages of the running clinic."""

    def __init__(self, browser: Browser, clinic, **options):
        self.clinic = clinic
        self.context = browser.new_context(
            has_touch=True, locale="en-GB", reduced_motion="reduce", **options
        )
        watch(self.context)
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


def open_client(desk: Desk, case: str):
    desk.open(f"/clients/?q={case}")
    desk.follow(case)


def make_appointment(desk: Desk, case: str, minutes_ago: int):
    """An appointment that began a while ago, so that it can be rated now."""
    open_client(desk, case)
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


def touch_line(page: Page, line: str, share: int):
    """A finger touches the drawn line at `share` per cent of its length."""
    rule = page.locator(f"rating-line[name={line}] .line-rule")
    rule.scroll_into_view_if_needed()
    box = rule.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] * share / 100, box["y"] + box["height"] / 2)


def mark_four_lines(
    desk: Desk, marks: dict[str, int], *, meant_low: bool, thanks: str = "Thank you"
):
    for line in srs.LINES:
        touch_line(desk.page, line, marks[line])
    desk.page.locator("[data-done]").tap()
    if meant_low:
        desk.page.get_by_role("button", name="Yes, I meant that").tap()
    expect(desk.page.get_by_role("heading", name=thanks)).to_be_visible()


def hand_over(desk: Desk):
    newest_session(desk).get_by_role("button", name="Hand over to rate").click()
    expect(desk.page.get_by_role("heading", name="Do you hear the same two words?")).to_be_visible()
    desk.press("Start")


def rate_on_a_second_device(
    therapist: Desk, tablet: Desk, marks: dict[str, int], *, meant_low: bool = False
):
    newest_session(therapist).get_by_role("button", name="On a second device").click()
    words = therapist.page.locator(".big-code").inner_text()
    tablet.open("/rate/")
    tablet.page.get_by_label("The two words").fill(words)
    tablet.press("Continue")
    tablet.press("Start")
    mark_four_lines(tablet, marks, meant_low=meant_low)


def open_strain(desk: Desk, case: str):
    desk.open("/")
    strains = desk.page.get_by_role("region", name="Worth asking about")
    strains.get_by_role("link", name=case).click()


def mail_to(desk: Desk, recipient: str, subject: str, count: int = 1) -> None:
    """Opens the newest such mail on the demo's mail page, waiting until `count` have arrived."""
    row = desk.page.get_by_role("row", name=recipient).filter(has_text=subject)
    for _second in range(MAIL_WITHIN_SECONDS):
        desk.open("/demo/mail/")
        if row.count() >= count:
            row.first.get_by_role("link").click()
            return
        desk.page.wait_for_timeout(1000)
    raise AssertionError(f"No mail “{subject}” to {recipient} within {MAIL_WITHIN_SECONDS} s.")
