"""A form that cannot be sent waits, sealed, on its device, and is handed in exactly once.

Real Chromium with a profile of its own, so that it can be closed, killed and started again; between
it and the real stack the proxy that can be away. What lies in the browser's database is read there.
"""

import json
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from sessions_app.views import client_app
from tests.conftest import CHROMIUM, QUIET, WITHOUT_WINDOWS
from tests.factories.people import PASSWORD
from tests.faults.clinic import LOW_MARKS, NOTHING, ONE_WHOLE_RATING, mark_four_lines
from tests.faults.proxy import Fault, FaultProxy
from tests.installation import wait_for

pytestmark = [pytest.mark.faults, pytest.mark.journeys]

TABLET = {"width": 1080, "height": 810}
WITHIN_MS = 30_000
WHAT_LIES_THERE = """async () => {
  const name = "alliance-client";
  const database = await new Promise((resolve) => {
    indexedDB.open(name).onsuccess = (event) => resolve(event.target.result);
  });
  if (!database.objectStoreNames.contains("waiting")) return [];
  const rows = await new Promise((resolve) => {
    const all = database.transaction("waiting").objectStore("waiting").getAll();
    all.onsuccess = () => resolve(all.result);
  });
  database.close();
  const text = (bytes) => new TextDecoder("latin1").decode(bytes);
  return rows.map((row) => ({...row, sealed: text(row.sealed)}));
}"""
WHAT_IS_CACHED = """async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys())
      found.push(new URL(request.url).pathname);
  return found;
}"""
RECORDED_NOW = """select recorded_at > now() - interval '5 minutes' from sessions_app_srsentry
  where therapy_session_id = %s"""
REFUSES_STORAGE = (
    "IDBFactory.prototype.open = () => { throw new DOMException('', 'SecurityError') }"
)
BYTE_LIMIT = 60 * 1024
WORKER_IS_ACTIVE = """() => navigator.serviceWorker.getRegistration().then(
  (found) => Boolean(found?.active))"""
UUID_OF = "select entry_uuid::text from sessions_app_tabletlink where therapy_session_id = %s"
THREE_DAYS_BEHIND = "const now = Date.now; Date.now = () => now() - 3 * 24 * 3600 * 1000"
A_MONTH_LATER = "const now = Date.now; Date.now = () => now() + 31 * 24 * 3600 * 1000"


class Tablet:
    """One browser on one profile. `close` ends it as a person does, `kill` as a flat battery.
    Only a `whole` one looks at the manifest, to be installed; the other is quicker."""

    def __init__(self, playwright: Playwright, proxy: FaultProxy, whole: bool = False):
        self.playwright, self.proxy = playwright, proxy
        self.program = CHROMIUM if whole else WITHOUT_WINDOWS
        self.profile = tempfile.mkdtemp(prefix="alliance-tablet-")
        self.start()

    def start(self) -> Page:
        self.context: BrowserContext = self.playwright.chromium.launch_persistent_context(
            self.profile,
            executable_path=self.program,
            args=QUIET,
            viewport=TABLET,
            has_touch=True,
        )
        self.page = self.context.pages[0]
        return self.page

    def open(self, path: str) -> Page:
        self.page.goto(self.proxy.url + path)
        return self.page

    def open_ready(self, token: str) -> Page:
        """The first load: from here on the form opens without a server."""
        self.context.add_cookies([{"name": "ticket", "value": token, "url": self.proxy.url}])
        self.open("/rate/ready/")
        self.page.wait_for_selector("html[data-ready]", state="attached", timeout=WITHIN_MS)
        return self.page

    def forget_files(self) -> None:
        """Empties the browser's own cache; what the worker keeps stays."""
        self.context.new_cdp_session(self.page).send("Network.clearBrowserCache")

    def close(self) -> None:
        self.context.close()

    def kill(self) -> None:
        """Every program of this browser at once, by kill -9."""
        for pid in self.programs():
            os.kill(pid, signal.SIGKILL)

    def programs(self) -> list[int]:
        folders = [path for path in Path("/proc").iterdir() if path.name.isdigit()]
        return [int(path.name) for path in folders if self.profile in _command(path)]

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self.profile, ignore_errors=True)


def _command(process: Path) -> str:
    try:
        return (process / "cmdline").read_text()
    except OSError:
        return ""  # it ended in the meantime


@pytest.fixture
def tablet(playwright, proxy) -> Iterator[Tablet]:
    tablet = Tablet(playwright, proxy)
    yield tablet
    tablet.remove()


@pytest.fixture
def whole_tablet(playwright, proxy) -> Iterator[Tablet]:
    tablet = Tablet(playwright, proxy, whole=True)
    yield tablet
    tablet.remove()


@contextmanager
def server_away(proxy: FaultProxy, how: str = "is_away") -> Iterator[None]:
    setattr(proxy, how, True)
    yield
    setattr(proxy, how, False)


def start(page: Page) -> None:
    page.get_by_role("button", name="Start").tap()
    expect(page.locator("rating-line").first).to_be_visible()


def fill_in(page: Page) -> None:
    mark_four_lines(page)
    page.locator("[data-done]").tap()


def expect_kept(page: Page) -> None:
    page.wait_for_url("**/rate/kept/**", timeout=WITHIN_MS)
    expect(page.get_by_text("saved on this tablet")).to_be_visible()
    expect(page.get_by_text("Your answers are saved.", exact=True)).to_be_hidden()


def expect_saved(page: Page) -> None:
    saved = page.get_by_text("Your answers are saved.", exact=True)
    expect(saved).to_be_visible(timeout=WITHIN_MS)
    expect(page.get_by_text("saved on this tablet")).to_be_hidden()


def expect_unreadable(page: Page, uuid: str) -> None:
    """One form lies there, and nothing of what it says."""
    (form,) = page.evaluate(WHAT_LIES_THERE)
    everything = json.dumps(form)
    for word in (uuid, *LOW_MARKS, "uuid", "language", "seconds", "wants_to_talk"):
        assert word not in everything
    assert len(form["sealed"]) == 8 + 65 + 12 + 512 + 16  # the same for every form


def wait_until_kept(page: Page, count: int) -> None:
    """A page that opens keeps a record without content for a moment, to see whether it can."""
    wait_for(lambda: len(page.evaluate(WHAT_LIES_THERE)) == count, within=WITHIN_MS / 1000)


def sign_in(page: Page, email: str) -> None:
    page.goto(page.url.partition("/rate/")[0] + "/account/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def uuid_of(page: Page) -> str:
    return page.locator("input[name=uuid]").input_value()


@pytest.mark.parametrize("how", ["is_away", "has_no_server"], ids=["reset", "502"])
def test_form_opens_is_filled_in_and_kept_with_the_server_gone(clinic, forms, proxy, tablet, how):
    therapy_session, token = next(forms)
    page = tablet.open_ready(token)
    tablet.forget_files()
    with server_away(proxy, how):
        start(page)
        uuid = uuid_of(page)
        expect(page.locator("[data-cannot-keep]")).to_be_hidden()
        fill_in(page)
        expect_kept(page)
        expect_unreadable(page, uuid)
        assert not {"/rate/form/", "/rate/ready/"} & set(page.evaluate(WHAT_IS_CACHED))
        page.go_back()
        expect(page.locator("rating-line")).to_have_count(0)
        tablet.open("/rate/form/")
        expect(page.locator("rating-line")).to_have_count(0)
        expect(page.get_by_text("saved on this tablet")).to_be_visible()
        assert clinic.stored(therapy_session) == NOTHING
    wait_until_kept(page, 0)
    assert clinic.stored(therapy_session) == ONE_WHOLE_RATING


def test_form_that_one_client_left_never_opens_for_the_next(clinic, forms, proxy, tablet):
    (left_alone, first_token), (therapy_session, token) = next(forms), next(forms)
    page = tablet.open_ready(first_token)
    start(page)
    tablet.context.add_cookies([{"name": "ticket", "value": token, "url": proxy.url}])
    with server_away(proxy):
        tablet.open("/rate/ready/")
        expect(page.get_by_role("heading", name="no connection")).to_be_visible()
    tablet.open_ready(token)
    tablet.open("/rate/ready/?language=fr")
    page.wait_for_selector("html[data-ready]", state="attached", timeout=WITHIN_MS)
    with server_away(proxy):
        page.locator("button.primary").tap()
        expect(page.locator("html")).to_have_attribute("lang", "fr")
        assert uuid_of(page) == clinic.ask(UUID_OF, therapy_session)[0]
        fill_in(page)
        page.wait_for_url("**/rate/kept/**", timeout=WITHIN_MS)
    wait_until_kept(page, 0)
    assert clinic.stored(therapy_session) == ONE_WHOLE_RATING
    assert clinic.stored(left_alone) == NOTHING


def test_form_without_a_worker_hands_in_once_the_server_is_back(clinic, forms, proxy, open_form):
    """As in a private window: no page would open without a server, so the form waits there."""
    therapy_session, token = next(forms)
    page = open_form(token, service_workers="block")
    with server_away(proxy):
        fill_in(page)
        expect(page.get_by_text("saved on this tablet")).to_be_visible(timeout=WITHIN_MS)
        page.wait_for_timeout(10_000)
    page.wait_for_url("**/rate/thanks/", timeout=2 * WITHIN_MS)  # the next try comes by itself
    wait_until_kept(page, 0)
    assert clinic.stored(therapy_session) == ONE_WHOLE_RATING


def test_three_seconds_without_a_network_store_one_rating(clinic, forms, proxy, tablet):
    therapy_session, token = next(forms)
    page = tablet.open_ready(token)
    start(page)
    tablet.context.set_offline(True)
    fill_in(page)
    page.wait_for_timeout(3000)
    assert proxy.hand_ins == []
    tablet.context.set_offline(False)
    expect_saved(page)
    wait_until_kept(page, 0)
    assert clinic.stored(therapy_session) == ONE_WHOLE_RATING


def test_ten_minutes_without_a_server_store_one_rating(clinic, forms, proxy, tablet):
    """The page's clock is moved, not waited for."""
    therapy_session, token = next(forms)
    page = tablet.open_ready(token)
    start(page)
    page.clock.install()
    page.clock.resume()
    with server_away(proxy):
        fill_in(page)
        expect_kept(page)
        for _half_minute in range(20):
            page.clock.fast_forward("00:30")
            page.wait_for_timeout(50)
        expect(page.get_by_text("saved on this tablet")).to_be_visible()
        assert clinic.stored(therapy_session) == NOTHING
    page.clock.fast_forward("00:30")
    expect_saved(page)
    wait_until_kept(page, 0)
    assert clinic.stored(therapy_session) == ONE_WHOLE_RATING


@pytest.mark.parametrize("end", [Tablet.close, Tablet.kill], ids=["closed", "kill -9"])
def test_browser_started_again_hands_in_what_was_kept(clinic, forms, proxy, tablet, end):
    therapy_session, token = next(forms)
    page = tablet.open_ready(token)
    start(page)
    uuid = uuid_of(page)
    with server_away(proxy):
        fill_in(page)
        wait_until_kept(page, 1)
        end(tablet)
        page = tablet.start()
        tablet.open("/rate/")
        expect(page.get_by_text("saved on this tablet")).to_be_visible()
        expect_unreadable(page, uuid)
        assert clinic.stored(therapy_session) == NOTHING
    tablet.context.clear_cookies()  # the ticket's cookie is not needed
    wait_until_kept(page, 0)
    assert clinic.stored(therapy_session) == ONE_WHOLE_RATING


def test_storage_refused_is_said_first_and_the_form_sent_at_once(clinic, forms, proxy, tablet):
    therapy_session, token = next(forms)
    tablet.context.add_init_script(REFUSES_STORAGE)
    page = tablet.open_ready(token)
    start(page)
    expect(page.get_by_text("This tablet cannot keep answers")).to_be_visible()
    proxy.break_next(Fault.ANSWER_LOST)
    fill_in(page)
    page.wait_for_url("**/rate/thanks/", timeout=WITHIN_MS)
    assert {request.path for request in proxy.hand_ins} == {"/rate/form/"}
    assert clinic.stored(therapy_session) == ONE_WHOLE_RATING


def test_clock_three_days_behind_and_a_lost_answer_store_one_rating(clinic, forms, proxy, tablet):
    therapy_session, token = next(forms)
    tablet.context.add_init_script(THREE_DAYS_BEHIND)
    page = tablet.open_ready(token)
    start(page)
    proxy.break_next(Fault.ANSWER_LOST)
    fill_in(page)
    expect_saved(page)
    assert {request.path for request in proxy.hand_ins} == {"/rate/hand-in/"}
    assert len({request.body for request in proxy.hand_ins}) == 1
    wait_until_kept(page, 0)
    assert clinic.stored(therapy_session) == ONE_WHOLE_RATING
    assert clinic.ask(RECORDED_NOW, therapy_session)[0]


def test_form_that_the_server_refuses_stays_and_is_told_of(clinic, forms, proxy, tablet):
    """The session got its rating another way while the form waited."""
    (therapy_session, token), (_another, next_token) = next(forms), next(forms)
    page = tablet.open_ready(token)
    start(page)
    with server_away(proxy):
        fill_in(page)
        expect_kept(page)
        clinic.rate_on_paper(therapy_session)
    refusal = page.get_by_text("One form on this device could not be handed in.")
    expect(refusal).to_be_visible(timeout=WITHIN_MS)
    expect(page.get_by_text("Your answers are saved.", exact=True)).to_be_hidden()
    # The next client is not told, therapists are, and whoever starts at this device.
    tablet.open_ready(next_token)
    start(page)
    fill_in(page)
    expect_saved(page)
    page.wait_for_timeout(500)
    expect(refusal).to_be_hidden()
    sent = len(proxy.hand_ins)
    sign_in(page, clinic.therapist_of(therapy_session))
    expect(page.get_by_text("A client's form that waited on this device")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    expect(page.get_by_text("A client's form that waited on this device")).to_be_hidden()
    tablet.open("/rate/")
    expect(refusal).to_be_visible()
    page.get_by_role("button", name="My therapist knows").tap()
    expect(refusal).to_be_hidden()
    tablet.open("/rate/")
    page.wait_for_timeout(500)
    expect(refusal).to_be_hidden()
    assert len(page.evaluate(WHAT_LIES_THERE)) == 1
    tablet.context.add_init_script(A_MONTH_LATER)
    tablet.open("/rate/")
    page.wait_for_function(f"async () => !(await ({WHAT_LIES_THERE})()).length")
    assert len(proxy.hand_ins) == sent
    assert clinic.stored(therapy_session).ratings == 1


def test_app_can_be_installed(whole_tablet):
    page = whole_tablet.open("/rate/")
    page.wait_for_selector("html[data-ready]", state="attached")
    session = whole_tablet.context.new_cdp_session(page)
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [error["errorId"] for error in errors if error["errorId"] != "in-incognito"] == []


def test_whole_client_side_weighs_at_most_sixty_kilobytes_on_the_wire(clinic, forms, playwright):
    """Every byte of every answer, heads too, from the two words to a form that opens without a
    server; then the icon that only installing asks for. In the script that weighs most."""
    _therapy_session, token = next(forms)
    with FaultProxy(clinic.port, matches=lambda request: True) as proxy:
        tablet = Tablet(playwright, proxy, whole=True)
        try:
            tablet.context.add_cookies([{"name": "ticket", "value": token, "url": proxy.url}])
            page = tablet.open("/rate/ready/?language=ar")
            page.wait_for_selector("html[data-ready]", state="attached", timeout=WITHIN_MS)
            page.locator("main button[type=submit]").tap()
            expect(page.locator("rating-line")).to_have_count(4)
            assert page.evaluate(WORKER_IS_ACTIVE)
            page.evaluate("fetch(document.querySelector('[rel=apple-touch-icon]').href)")
            page.wait_for_load_state("networkidle")
        finally:
            tablet.remove()
        asked = [request.path for request in proxy.hand_ins]
    for part in ("/rate/form/", "/rate/kept/", "/rate/worker.js", "/rate/app.webmanifest"):
        assert any(path.startswith(part) for path in asked), part
    for file in client_app.PAGE_FILES + client_app.IMPORTED:
        stem = Path(file).stem
        assert any(f"/{stem}." in path for path in asked), file
    sent = sum(map(len, proxy.answers))
    assert sent <= BYTE_LIMIT
