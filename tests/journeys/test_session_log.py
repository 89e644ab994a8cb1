"""The session log in a real browser: how few actions it takes, and that nothing typed is lost."""

import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Error, Page, expect

from tests.journeys import staff_harness as staff
from tests.journeys.staff_harness import Reader

KEPT = "Your draft is kept."
# Sealed in the browser's storage, by session: what lies there in the clear would be read here.
STORED = "JSON.stringify(localStorage)"
BEGUN = """
import datetime
from django.utils import timezone
from accounts.models import User
from sessions_app.models import Pair, TherapySession
pair = Pair.objects.of(User.objects.get(email={therapist!r})).first()
for place in range(8):
    began = timezone.now() - datetime.timedelta(minutes=30 + place)
    print(TherapySession.objects.create(pair=pair, starts_at=began).key)
"""


@pytest.fixture(scope="module")
def therapist(browser, clinic) -> Reader:
    return Reader(browser, clinic, staff.THERAPIST)


@pytest.fixture(scope="module")
def to_log(clinic) -> Iterator[str]:
    """Logs of sessions that have begun, whatever the hour: one for each test that writes in one."""
    command = clinic.manage("shell", "--no-imports", "-c", BEGUN.format(therapist=staff.THERAPIST))
    done = subprocess.run(
        command, env=clinic.environment, capture_output=True, text=True, check=True
    )
    return (f"/sessions/{key}/" for key in done.stdout.split())


@pytest.fixture
def today(therapist):
    """Today of a therapist, in a context of its own."""
    page = therapist.open("/")
    yield page
    page.context.close()


class Counting:
    """Does what a person does, one action at a time, and counts."""

    def __init__(self, page: Page):
        self.page, self.actions = page, 0

    def click(self, role: str, name: str, place: int = 0, times: int = 1) -> None:
        for _tap in range(times):
            self.page.get_by_role("main").get_by_role(role, name=name).nth(place).click()
            self.actions += 1

    def follow_to_log(self, address: str) -> None:
        link = self.page.get_by_role("main").locator(f"a[href='{address}']")
        link.filter(has_text="Log session").first.click()
        self.actions += 1

    def press(self, keys: str) -> None:
        self.page.keyboard.press(keys)
        self.actions += 1


def open_log(page: Page, to_log: Iterator[str]) -> str:
    address = next(to_log)
    page.goto(address)
    return address


def test_usual_session_is_logged_in_four_actions(today, to_log):
    hands = Counting(today)
    hands.follow_to_log(next(to_log))
    hands.click("button", "Save session")
    expect(today.get_by_text("The session is saved.")).to_be_visible()
    assert hands.actions <= 4


def test_session_with_markers_is_logged_in_twelve_actions(today, to_log):
    hands = Counting(today)
    hands.follow_to_log(next(to_log))
    hands.click("button", "Clipped answers", times=2)
    hands.click("button", "A change of topic", times=3)
    hands.click("button", "Irritation", times=2)
    hands.press("Control+Enter")
    expect(today.get_by_text("The session is saved.")).to_be_visible()
    assert hands.actions <= 12
    today.get_by_role("button", name="Undo").click()
    expect(today.get_by_text("Undone: it is as it was before.")).to_be_visible()


def test_chips_are_set_by_digits_and_walked_by_arrows(today, to_log):
    open_log(today, to_log)
    today.get_by_role("button", name="Clipped answers").focus()
    for key in ("4", "ArrowRight", "2", "ArrowRight", "ArrowLeft", "0"):
        today.keyboard.press(key)
    expect(today.get_by_role("button", name="Clipped answers: 4")).to_be_visible()
    expect(
        today.get_by_role("button", name="Theory in place of experience", exact=True)
    ).to_be_focused()
    expect(today.get_by_text("how strong")).to_be_visible()


def test_killed_tab_loses_nothing_and_leaves_nothing_to_read(today, to_log):
    """Nobody answers either, so the words lie on the device alone when the tab dies."""
    context = today.context
    today.route("**/draft/", lambda route: route.abort())
    address = open_log(today, to_log)
    today.get_by_label("Note", exact=True).fill("He spoke of his brother.")
    today.get_by_role("button", name="A sense of giving up").click()
    expect(today.get_by_text("kept on this device, sealed, and is handed in later")).to_be_visible()
    stored = today.evaluate(STORED)
    assert "alliance-draft-" in stored
    assert "brother" not in stored
    with today.expect_event("crash"):
        kill(today)

    again = context.new_page()
    again.goto(address)
    expect(again.get_by_text("This is your draft of")).to_be_visible()
    expect(again.get_by_label("Note", exact=True)).to_have_value("He spoke of his brother.")
    expect(again.get_by_role("button", name="A sense of giving up: 1")).to_be_visible()
    assert "alliance-draft-" not in again.evaluate(STORED)


def kill(page: Page) -> None:
    """Ends the tab's own process, which answers no more, as a task manager does."""
    with pytest.raises(Error, match="crash|closed"):
        page.goto("chrome://crash", timeout=5000)


def test_expired_session_keeps_what_was_typed_and_hands_it_in_after_signing_in(today, to_log):
    address = open_log(today, to_log)
    note = today.get_by_label("Note", exact=True)
    note.fill("Before. ")
    expect(today.get_by_text(KEPT)).to_be_visible()
    today.context.clear_cookies(name="session")
    note.press_sequentially("And after the session had ended.")
    expect(today.get_by_text("You are signed out.")).to_be_visible()
    expect(note).to_have_value("Before. And after the session had ended.")
    assert "after the session" not in today.evaluate(STORED)

    today.get_by_role("link", name="Sign in, and it is here again").click()
    staff.sign_in(today, staff.THERAPIST)
    expect(today.get_by_label("Note", exact=True)).to_have_value(
        "Before. And after the session had ended."
    )
    assert today.url.endswith(address)
    assert "alliance-draft-" not in today.evaluate(STORED)
    today.get_by_role("button", name="Save session").click()
    expect(today.get_by_text("The session is saved.")).to_be_visible()
    today.goto(address)
    expect(today.get_by_text("This is your draft of")).to_have_count(0)


def test_save_of_an_expired_session_keeps_what_was_typed(today, to_log):
    """Pressed before the page could know: the form's own answer is the sign-in page."""
    address = open_log(today, to_log)
    today.get_by_label("Note", exact=True).fill("Typed and sent at once.")
    expect(today.get_by_text(KEPT)).to_be_visible()
    today.context.clear_cookies(name="session")
    today.get_by_role("button", name="Save session").click()
    staff.sign_in(today, staff.THERAPIST)
    expect(today.get_by_label("Note", exact=True)).to_have_value("Typed and sent at once.")
    assert today.url.endswith(address)


def test_second_window_shows_both_logs_and_overwrites_nothing(today, to_log):
    address = open_log(today, to_log)
    other = today.context.new_page()
    other.goto(address)
    other.get_by_label("Note", exact=True).fill("Typed there")
    other.get_by_role("button", name="Save session").click()
    expect(other.get_by_text("The session is saved.")).to_be_visible()
    today.get_by_label("Note", exact=True).fill("Typed here")
    today.get_by_role("button", name="Save session").click()
    expect(today.get_by_role("alert").get_by_text("saved from another window")).to_be_visible()
    row = today.get_by_role("row", name="Note")
    expect(row.get_by_text("Typed there")).to_be_visible()
    expect(today.get_by_label("Note", exact=True)).to_have_value("Typed here")
    assert staff.axe(today) == []
    today.get_by_role("button", name="Keep what was saved there").click()
    expect(today.get_by_label("Note", exact=True)).to_have_value("Typed there")


def test_undo_works_without_javascript(therapist, to_log):
    page = therapist.open("/", java_script_enabled=False)
    open_log(page, to_log)
    page.get_by_label("Did not come").check()
    page.get_by_role("button", name="Save session").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone: it is as it was before.")).to_be_visible()
    expect(page.get_by_label("Attended")).to_be_checked()
    page.context.close()


def test_privacy_key_blanks_the_clients_on_every_page(today):
    paths = staff.therapist_pages(today)
    today.keyboard.press("F8")
    shown = {}
    for name in ("today", "clients", "client with open strain", "session log", "strain"):
        today.goto(paths[name])
        expect(today.get_by_role("button", name="Hide names")).to_have_attribute(
            "aria-pressed", "true"
        )
        shown[name] = today.evaluate(READABLE_NAMES)
    assert shown == dict.fromkeys(shown, [])


# Labels of the demo's clients, such as Heron-14, whose letters can be read.
READABLE_NAMES = """() => {
  const label = /\\b[A-Z][a-z]+-[0-9]+\\b/;
  const readable = [];
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { textContent, parentElement } = texts.currentNode;
    if (!label.test(textContent)) continue;
    const marked = parentElement.closest(".name-of-client, .label-of-client, .case a");
    if (!marked || !getComputedStyle(marked).filter.includes("blur")) readable.push(textContent);
  }
  return readable;
}"""
