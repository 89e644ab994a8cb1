"""The keys of the queue, pressed in a browser on the demo clinic."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.installation import Installation
from tests.journeys.staff_harness import DESKTOP, SUPERVISOR, Reader


@pytest.fixture(scope="module")
def supervisor(browser: Browser, clinic: Installation) -> Reader:
    return Reader(browser, clinic, SUPERVISOR)


@pytest.fixture
def queue(supervisor: Reader, browser: Browser, clinic: Installation) -> Page:
    context = browser.new_context(
        base_url=clinic.url, locale="en-GB", viewport=DESKTOP, storage_state=supervisor.kept
    )
    page = context.new_page()
    page.goto("/queue/")
    yield page
    context.close()


def row(page: Page, place: int) -> Locator:
    return page.locator("[data-row]").nth(place)


def chosen(page: Page) -> Locator:
    return page.locator("[data-row][aria-current]")


def label_of(case: Locator) -> str:
    return case.locator("[data-open]").inner_text()


def first_unseen(page: Page) -> int:
    """The place of the first case that the supervisor has yet to acknowledge."""
    rows = page.locator("[data-row]").all()
    return next(n for n, each in enumerate(rows) if each.locator("[data-acknowledge]").count())


def test_keys_walk_acknowledge_snooze_close_and_open(queue):
    seen = first_unseen(queue)
    first, second, third, fourth = (label_of(row(queue, seen + place)) for place in range(4))
    for _row in range(seen + 1):
        queue.keyboard.press("j")
    expect(chosen(queue)).to_contain_text(first)
    queue.keyboard.press("j")
    queue.keyboard.press("j")
    queue.keyboard.press("k")
    expect(chosen(queue)).to_contain_text(second)

    queue.keyboard.press("a")
    expect(chosen(queue)).to_contain_text("Acknowledged by you")
    expect(chosen(queue)).to_contain_text(second)

    queue.keyboard.press("s")
    expect(chosen(queue).get_by_role("button", name="1 day")).to_be_focused()
    queue.keyboard.press("Enter")
    expect(queue.get_by_role("link", name="Snoozed 2")).to_be_visible()
    expect(chosen(queue)).to_contain_text(third)

    queue.keyboard.press("e")
    outcome = chosen(queue).get_by_role("radio", name="Repair is under way")
    expect(outcome).to_be_focused()
    outcome.check()
    chosen(queue).get_by_role("button", name="Close the review").click()
    expect(chosen(queue)).to_contain_text(fourth)
    expect(queue.get_by_role("link", name=third, exact=True)).to_have_count(0)

    queue.keyboard.press("Enter")
    expect(queue).to_have_url(re.compile("/strains/"))


def test_keys_do_nothing_while_somebody_types(queue):
    queue.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<textarea>')")
    field = queue.locator("textarea")
    field.press_sequentially("jaske")
    expect(field).to_have_value("jaske")
    expect(chosen(queue)).to_have_count(0)


def test_buttons_do_what_keys_do_and_chosen_cases_are_acknowledged(queue):
    waiting = queue.locator("[data-row]").filter(has=queue.locator("[data-acknowledge]"))
    for place in (0, 1):
        waiting.nth(place).get_by_role("checkbox").check()
    before = waiting.count()
    queue.get_by_role("button", name="Acknowledge the chosen").click()
    expect(queue.get_by_text("2 cases acknowledged.")).to_be_visible()
    assert waiting.count() <= before - 2
    keys = queue.get_by_role("group", name="Keys")
    keys.get_by_role("button", name="Next").click()
    keys.get_by_role("button", name="Snooze").click()
    expect(chosen(queue).get_by_role("button", name="1 week")).to_be_visible()
    keys.get_by_role("button", name="Open").click()
    expect(queue).to_have_url(re.compile("/strains/"))
