import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests import servers
from tests.faults.clinic import FaultClinic
from tests.faults.proxy import FaultProxy
from tests.mail_sink import post_office

__all__ = ["post_office"]

FORMS = 25
TABLET = {"width": 1080, "height": 810}
# A disk of its own, small enough to fill, is for root alone to mount.
collect_ignore = [] if os.geteuid() == 0 else ["test_full_disk.py"]


@pytest.fixture(scope="session")
def clinic(browser_name):
    """The whole stack on a PostgreSQL of its own, which writes to disk as a real one does. One for
    all: whatever a test breaks it mends. Each of them bears the name of the browser, also those
    that start their own: else pytest would run the others first, and begin anew for the rest."""
    with servers.postgresql(is_synced=True) as postgresql:
        clinic = FaultClinic(postgresql)
        clinic.migrate()
        clinic.start_and_wait()
        yield clinic
        clinic.remove()


@pytest.fixture(scope="session")
def forms(clinic) -> Iterator[tuple[int, str]]:
    """Forms that wait in `clinic`, one or two for each test."""
    return iter(clinic.waiting_forms(FORMS))


@pytest.fixture
def proxy(clinic):
    """Between the browser and the web server of `clinic`. Its docstring shows the use."""
    with FaultProxy(clinic.port) as proxy:
        yield proxy


@pytest.fixture
def open_form(browser: Browser, proxy: FaultProxy):
    """Opens the form of a ticket behind `proxy`, as on the tablet it was given to."""
    contexts = []

    def open_page(token: str, **options: object) -> Page:
        context = browser.new_context(viewport=TABLET, has_touch=True, **options)
        contexts.append(context)
        context.add_cookies([{"name": "ticket", "value": token, "url": proxy.url}])
        page = context.new_page()
        page.goto(f"{proxy.url}/rate/form/")
        return page

    yield open_page
    for context in contexts:
        context.close()
