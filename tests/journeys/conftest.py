"""A real browser with touch. Every test of this folder is marked as a journey."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from ruptures.services.vigilance import SIGN_OF_LIFE
from tests.conftest import CHROMIUM, QUIET
from tests.installation import Installation, wait_for
from tests.journeys.desk_harness import DESKTOP, Desk
from tests.journeys.rating_harness import RatingDesk, open_desk

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.journeys)


@pytest.fixture(scope="module")
def remembering_browser(browser_type):
    """Keeps pages for its "back" button, as people's browsers do; Playwright switches that off."""
    browser = browser_type.launch(
        executable_path=CHROMIUM, args=QUIET, ignore_default_args=["--disable-back-forward-cache"]
    )
    yield browser
    browser.close()


@pytest.fixture
def plain_static(settings):
    """Addresses of static files without the hash, for pages that a small server shows."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture
def rating_desk(plain_static) -> RatingDesk:
    desk, server = open_desk()
    yield desk
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def kept_pages() -> Iterator[dict[tuple, Page]]:
    """A page for each set of context options: a new one costs more than most tests of the form."""
    pages = {}
    yield pages
    for page in pages.values():
        page.context.close()


@pytest.fixture
def rating_page(browser: Browser, rating_desk: RatingDesk, kept_pages):
    """Opens the client's form in a browser with touch; any context option may be given. Whoever
    changes the page for good, as with a script of their own, asks for a `new` one; the others get
    one that was used before, at another origin."""
    opened: dict[tuple, Page] = {}

    def new_page(font_size: int | None, options: dict) -> Page:
        context = browser.new_context(has_touch=True, **options)
        page = context.new_page()
        if font_size:
            sizes = {"fontSizes": {"standard": font_size, "fixed": font_size}}
            context.new_cdp_session(page).send("Page.setFontSizes", sizes)
        return page

    def open_page(
        language: str = "en",
        width: int = 1080,
        height: int = 810,
        page: str = "form",
        font_size: int | None = None,
        new: bool = False,
        **options: object,
    ) -> Page:
        key = (new, font_size, *sorted(options.items()))
        if key not in kept_pages:
            kept_pages[key] = new_page(font_size, options)
        opened[key] = kept_pages[key]
        opened[key].set_viewport_size({"width": width, "height": height})
        opened[key].goto(f"{rating_desk.url}/{page}?language={language}")
        return opened[key]

    yield open_page
    for key, page in opened.items():
        if key[0]:
            kept_pages.pop(key).context.close()
        else:
            page.context.set_offline(False)
            page.goto("about:blank")


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory) -> Path:
    """The demo clinic with its keys, as it is at first; to be copied, not run."""
    installation = Installation()
    installation.migrate()
    installation.seed()
    folder = shutil.copytree(installation.data, tmp_path_factory.mktemp("demo") / "data")
    installation.remove()
    return folder


@pytest.fixture(scope="session")
def stack(demo_data) -> Iterator[Installation]:
    """What serves the demo clinic: web server, worker, timetable, broker, mail."""
    installation = Installation()
    shutil.copytree(demo_data, installation.data, dirs_exist_ok=True)
    installation.start_and_wait()
    yield installation
    installation.remove()


@pytest.fixture(scope="module")
def clinic(stack, demo_data) -> Installation:
    """The demo clinic as it is at first. One stack runs it for all, since to start one takes as
    much of the processor as several tests: its rows, mails and counted tries are put back."""
    broker = stack.broker()
    wait_for(lambda: not broker.llen("celery") and not broker.hlen("unacked"))
    with closing(_database(demo_data)) as at_first, closing(_database(stack.data)) as now:
        at_first.backup(now)
    for key in broker.scan_iter("alliance:*"):
        if SIGN_OF_LIFE not in key.decode():
            broker.delete(key)
    for mail in (stack.data / "mail").glob("*/*"):
        mail.unlink(missing_ok=True)
    return stack


def _database(data: Path) -> sqlite3.Connection:
    return sqlite3.connect(data / "alliance.sqlite3", timeout=20)


@pytest.fixture
def desk(browser, clinic):
    desks = []

    def open_desk(**options):
        desks.append(Desk(browser, clinic, **{"viewport": DESKTOP} | options))
        return desks[-1]

    yield open_desk
    for opened in desks:
        opened.close()
