"""Nothing of staff or of the client before can be reached from the device that a client holds: by
going back, by loading again, in a second tab, by a typed address, with a cookie of before.

The browser keeps pages for its "back" button, as people's browsers do; Playwright switches that off
unless told otherwise. A page without a guard shows first that it really does.
"""

import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Error, Page, Playwright, expect

from ruptures.demo.accounts import ADMINISTRATOR, THERAPISTS
from sessions_app import client_texts
from tests.faults.test_kept_forms import wait_until_kept
from tests.journeys.desk_harness import (
    TABLET,
    USUAL_MARKS,
    Desk,
    make_appointment,
    mark_four_lines,
    newest_session,
    open_client,
)
from tests.journeys.settled import go_back, settled, watch
from tests.journeys.test_main_job import CASE, THERAPIST
from tests.journeys.test_paired_tablet import compare_words, pair, start_from_today, waits

STEPS_BACK = 5
TICKET, STAFF = "ticket", "session"
SPANISH = client_texts.texts_of("es")
MARKS = "[...document.querySelectorAll('rating-line')].map(line => line.value)"
DOCUMENT = "document.title + (document.documentElement?.textContent ?? '')"
NAME_OF_CLIENT = "Zenobia Quill"

UNGUARDED = {
    "/caseload": f"""<h1>{CASE}</h1><script>addEventListener("pageshow",
        event => document.documentElement.dataset.persisted = event.persisted)</script>""",
    "/guarded": f"""<h1>{CASE}</h1><script>addEventListener("pageshow",
        event => event.persisted && location.reload())</script>""",
    "/next": "<h1>The client's page</h1>",
}
SLOW_MS = 700


class UnguardedPages(BaseHTTPRequestHandler):
    """A caseload as it would be without the guard and without a fresh cookie on the way out, and
    one with a guard, where a slow server answers with another page the second time."""

    def do_GET(self):
        path, _, cache_control = self.path.partition("?")
        body = UNGUARDED[path]
        if path == "/guarded" and self.headers.get("Cache-Control"):  # it is loaded again
            time.sleep(SLOW_MS / 1000)
            body = "<h1>Sign in</h1>"
        body = ("<!doctype html><link rel=icon href='data:,'>" + body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if cache_control:
            self.send_header("Cache-Control", cache_control)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said):
        """Nothing: the tests' output is for the tests."""


@pytest.fixture
def unguarded() -> Iterator[str]:
    server = ThreadingHTTPServer(("localhost", 0), UnguardedPages)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def device(remembering_browser, clinic):
    """A device with a person at it, whose browser keeps pages for "back"."""
    devices = []

    def start() -> Desk:
        devices.append(Desk(remembering_browser, clinic, viewport=TABLET))
        return devices[-1]

    yield start
    for started in devices:
        started.close()


def all_of(page: Page) -> str:
    """Every word of the document, hidden ones too, also while a guard replaces it."""
    for _try in range(20):
        try:
            return page.evaluate(DOCUMENT)
        except Error as moved_on:
            assert "context was destroyed" in str(moved_on), moved_on
    raise AssertionError("The page did not come to rest.")


def shows_none_of(page: Page, secrets: list[str]) -> None:
    """Neither at once nor when whatever the page does has been done."""
    for document in (all_of(page), all_of(settled(page))):
        assert [secret for secret in secrets if secret in document] == [], page.url


def words_of_staff(desk: Desk) -> list[str]:
    """Every label on the therapist's list of clients, a client's name, the therapist's own."""
    open_client(desk, CASE)
    desk.page.goto(f"{desk.page.url}edit/")
    desk.page.get_by_label("Name").fill(NAME_OF_CLIENT)
    desk.press("Save client")
    desk.open("/clients/")
    labels = desk.page.locator(".list .case a").all_inner_texts()
    assert CASE in labels
    words = [*labels, NAME_OF_CLIENT, dict(THERAPISTS)[THERAPIST]]
    assert [word for word in words if word not in all_of(desk.page)] == []
    return words


def staff_addresses(desk: Desk) -> list[str]:
    """Where the therapist has been, the client's page and the newest session's among them."""
    open_client(desk, CASE)
    client = desk.page.url.removeprefix(desk.clinic.url)
    log = newest_session(desk).get_by_role("link").first.get_attribute("href")
    assert re.match(r"/sessions/\w", log)
    return ["/", "/clients/", client, "/queue/", log]


def says_sign_in(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def leads_to_nothing_of_staff(desk: Desk, secrets: list[str], addresses: list[str]) -> None:
    """Every way out of the open page that a client has."""
    page = desk.page
    shows_none_of(page, secrets)
    for _step in range(STEPS_BACK):
        go_back(page)
        shows_none_of(page, secrets)
    page.reload()
    shows_none_of(page, secrets)
    with page.expect_popup() as opened:
        page.evaluate("void window.open(location.href)")
    second, third = opened.value, desk.context.new_page()
    shows_none_of(second, secrets)
    third.goto(page.url)
    shows_none_of(third, secrets)
    for address in addresses:
        says_sign_in(third, desk.clinic.url + address)
        shows_none_of(third, secrets)
    second.close()
    third.close()


def no_form_behind(page: Page) -> None:
    for _step in range(STEPS_BACK):
        go_back(page)
        assert settled(page).locator("rating-line").count() == 0


def cookie(desk: Desk, name: str) -> str:
    return next(kept["value"] for kept in desk.context.cookies() if kept["name"] == name)


def opens(playwright: Playwright, url: str, name: str, value: str) -> bool:
    """Whether somebody who holds nothing but this cookie is shown a staff page."""
    client = playwright.request.new_context(extra_http_headers={"Cookie": f"{name}={value}"})
    answer = client.get(url)
    refused = "/account/login/" in answer.url
    assert refused != (CASE in answer.text())
    client.dispose()
    return not refused


@pytest.mark.parametrize("cache_control", ["", "no-store"])
def test_page_without_a_guard_is_shown_again(remembering_browser, unguarded, cache_control):
    context = remembering_browser.new_context()
    watch(context)
    page = context.new_page()
    page.goto(f"{unguarded}/caseload?{cache_control}")
    page.goto(f"{unguarded}/next")
    assert CASE not in all_of(page)
    go_back(page)
    assert settled(page).evaluate("document.documentElement.dataset.persisted") == "true"
    with pytest.raises(AssertionError, match=CASE):
        shows_none_of(page, [CASE])
    context.close()


def test_page_that_moves_on_by_itself_is_looked_at_when_it_has(remembering_browser, unguarded):
    context = remembering_browser.new_context()
    watch(context)
    page = context.new_page()
    page.goto(f"{unguarded}/guarded")
    page.goto(f"{unguarded}/next")
    go_back(page)
    assert "Sign in" in settled(page).content()
    context.close()


def test_device_handed_over_leads_to_nothing_of_staff(device, playwright):
    desk = device()
    desk.sign_in(THERAPIST)
    make_appointment(desk, CASE, minutes_ago=40)
    secrets, addresses = words_of_staff(desk), staff_addresses(desk)
    caseload, of_staff = desk.clinic.url + "/clients/", cookie(desk, STAFF)
    assert opens(playwright, caseload, STAFF, of_staff)

    # Today and the client's page are what "back" would show.
    desk.open("/")
    open_client(desk, CASE)
    newest_session(desk).get_by_role("button", name="Hand over to rate").click()
    expect(desk.page.get_by_role("heading", name="Do you hear the same two words?")).to_be_visible()
    leads_to_nothing_of_staff(desk, secrets, addresses)
    assert not opens(playwright, caseload, STAFF, of_staff)
    assert not opens(playwright, caseload, TICKET, cookie(desk, TICKET))

    # The client rates; nobody finds the marks afterwards, and staff's pages stay shut.
    desk.open("/rate/ready/")
    desk.press("Start")
    mark_four_lines(desk, USUAL_MARKS, meant_low=False)
    no_form_behind(desk.page)
    desk.open("/rate/form/")
    expect(desk.page.get_by_role("heading", name="This page is closed")).to_be_visible()
    leads_to_nothing_of_staff(desk, secrets, addresses)
    assert not opens(playwright, caseload, TICKET, cookie(desk, TICKET))


def test_paired_tablet_leads_to_nothing_of_staff_or_of_the_client_before(device):
    administrator, therapist, tablet = device(), device(), device()
    administrator.sign_in(ADMINISTRATOR[0])
    pair(administrator, tablet, "Room 5")
    tablet.page.get_by_role("link", name="Not now").click()
    waits(tablet)
    therapist.sign_in(THERAPIST)
    make_appointment(therapist, CASE, minutes_ago=20)
    secrets, addresses = words_of_staff(therapist), staff_addresses(therapist)
    compare_words(tablet, start_from_today(therapist))
    leads_to_nothing_of_staff(tablet, secrets, [*addresses, "/tablets/"])

    # The first client reads Spanish in larger letters.
    tablet.open("/rate/ready/")
    settled(tablet.page).locator(".languages summary").tap()
    tablet.page.get_by_role("link", name=SPANISH["own_name"]).tap()
    expect(tablet.page.locator("html[lang=es]")).to_be_attached()
    settled(tablet.page).get_by_role("button", name=SPANISH["larger_text"]).tap()
    tablet.press(SPANISH["start"])
    expect(tablet.page.locator("html.larger-text[lang=es]")).to_be_attached()
    mark_four_lines(tablet, USUAL_MARKS, meant_low=False, thanks=SPANISH["thanks_heading"])
    no_form_behind(tablet.page)
    tablet.open("/tablet/")
    waits(tablet)
    leads_to_nothing_of_staff(tablet, secrets, [*addresses, "/tablets/"])

    # Nothing of that is left for the next one.
    tablet.open("/tablet/")
    waits(tablet)
    make_appointment(therapist, CASE, minutes_ago=1)
    compare_words(tablet, start_from_today(therapist))
    tablet.press("Start")
    expect(tablet.page.locator("rating-line")).to_have_count(4)
    expect(tablet.page.locator("html:not(.larger-text)[lang=en]")).to_be_attached()
    assert tablet.page.evaluate(MARKS) == [None] * 4
    assert tablet.page.evaluate("sessionStorage.length") == 0
    wait_until_kept(tablet.page, 0)
    shows_none_of(tablet.page, secrets)
