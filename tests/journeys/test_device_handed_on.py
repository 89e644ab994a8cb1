"""A device that is handed on: the list of pages behind "back" names nobody, the next client meets
nothing of one who was interrupted, and no address of a staff page is passed on.
"""

import pytest
from playwright.sync_api import Page, expect

from sessions_app import srs
from tests.journeys.desk_harness import TABLET, Desk, make_appointment, newest_session
from tests.journeys.settled import go_back, settled
from tests.journeys.test_main_job import CASE, THERAPIST

STEPS = 5
MINUTES_AGO = iter(range(60, 0, -5))
MARKS = "[...document.querySelectorAll('rating-line')].map(line => line.value)"
KEPT_PAGES = """async () => {
  const pages = await caches.open("client-pages");
  const kept = await pages.matchAll();
  return (await Promise.all(kept.map(page => page.text()))).join(" ");
}"""


@pytest.fixture
def device(remembering_browser, clinic):
    """A device with a person at it; its browser keeps pages for "back"."""
    devices = []

    def start(**options) -> Desk:
        devices.append(Desk(remembering_browser, clinic, viewport=TABLET, **options))
        return devices[-1]

    yield start
    for started in devices:
        started.close()


def history_of(page: Page) -> list[dict]:
    devtools = page.context.new_cdp_session(page)
    return devtools.send("Page.getNavigationHistory")["entries"]


def book(desk: Desk) -> None:
    """Each appointment begins a while after the one before, so that it is the newest."""
    make_appointment(desk, CASE, minutes_ago=next(MINUTES_AGO))


def hand_over(desk: Desk) -> None:
    newest_session(desk).get_by_role("button", name="Hand over to rate").click()
    expect(desk.page.get_by_role("heading", name="Do you hear the same two words?")).to_be_visible()


def marks(page: Page) -> list:
    return page.evaluate(MARKS)


def uuid_on(page: Page) -> str:
    return page.locator("input[name=uuid]").input_value()


def cookie(desk: Desk, name: str) -> str:
    return next((each["value"] for each in desk.context.cookies() if each["name"] == name), "")


def told_of_staff(told: dict[str, str | None]) -> list[str]:
    """What client pages pass on about the page before, where that says more than that there was
    one: `told` has the Referer by the address that was asked for."""
    by_client_pages = [told[address] or "" for address in told if "/rate/" in address]
    assert len(by_client_pages) >= 3
    return [each for each in by_client_pages if "/clients/" in each or CASE in each]


def test_next_client_meets_nothing_of_the_one_before(device):
    desk = device()
    desk.sign_in(THERAPIST)
    staff_session = cookie(desk, "session")
    book(desk)
    told = {}
    desk.page.on("request", lambda asked: told.update({asked.url: asked.headers.get("referer")}))
    hand_over(desk)
    assert [page for page in history_of(desk.page) if CASE in page["title"] + page["url"]] == []
    words = desk.page.locator(".two-words").inner_text()
    first_ticket = cookie(desk, "ticket")

    # The first client reads German in larger text, and marks every line.
    desk.page.locator(".languages summary").tap()
    desk.page.get_by_role("link", name="Deutsch").tap()
    desk.page.locator("[data-larger-text]").tap()
    desk.page.locator("main form button").tap()
    expect(desk.page.locator("html")).to_have_attribute("lang", "de")
    expect(desk.page.locator("html")).to_have_class("client larger-text")
    first_form = uuid_on(desk.page)
    for line in srs.LINES:
        desk.page.locator(f"rating-line[name={line}] .line-band").tap()
    assert None not in marks(desk.page)
    assert told_of_staff(told) == []

    # The device is taken away before Done, and handed over for another session.
    sign_in_again(desk, staff_session)
    book(desk)
    hand_over(desk)

    expect(desk.page.locator("html")).to_have_attribute("lang", "en")
    expect(desk.page.locator("html")).to_have_class("client")
    expect(desk.page.locator(".two-words")).not_to_have_text(words)
    assert cookie(desk, "ticket") != first_ticket
    assert "session" not in desk.page.evaluate("document.cookie")
    desk.press("Start")
    expect(desk.page.locator("rating-line .line-band")).to_have_count(4)
    assert marks(desk.page) == [None] * 4
    assert uuid_on(desk.page) != first_form
    assert first_form not in desk.page.evaluate(KEPT_PAGES)
    for step in range(STEPS):
        go_back(desk.page)
        here = f"{settled(desk.page).url} after {step + 1} steps"
        assert first_form not in desk.page.content(), here
        assert {*marks(desk.page)} <= {None}, here
    desk.open("/rate/thanks/")
    assert first_form not in desk.page.content()


def sign_in_again(desk: Desk, old_session: str) -> None:
    """First with what was the therapist's session before: it opens nothing any more."""
    address = {"name": "session", "value": old_session, "url": desk.clinic.url}
    desk.context.add_cookies([address])
    desk.open("/clients/")
    expect(desk.page.get_by_role("heading", name="Sign in")).to_be_visible()
    desk.sign_in(THERAPIST)
