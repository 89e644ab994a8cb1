"""A therapist works through the page of one strain, from the first word to the end and back."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import staff_harness as staff
from tests.journeys.staff_harness import Reader

OPEN_ALL = "document.querySelectorAll('main details').forEach(each => { each.open = true; })"
COPIED = ["clipboard-read", "clipboard-write"]


@pytest.fixture
def strain(browser, clinic) -> Page:
    """The page of a strain that the therapist has not talked about yet, with a clipboard."""
    page = Reader(browser, clinic, staff.THERAPIST).open(permissions=COPIED)
    page.goto(staff.address(page, "[aria-labelledby=strains] li:has-text('Not yet') .case a"))
    yield page
    page.context.close()


def fold_out(page: Page, name: str) -> None:
    page.locator("summary").filter(has_text=name).first.click()


def test_strain_is_worked_through_closed_and_opened_again(strain):
    page, watch = strain, staff.Watch(strain)
    page.get_by_label("Type").select_option("withdrawal")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("From unease to saying it.")).to_be_visible()

    page.get_by_role("button", name="Copy").first.click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith("Something felt")

    fold_out(page, "Log this step")
    page.locator("#step_acknowledge_note").fill("I said that I had hurried.")
    page.get_by_role("button", name="Log this step").first.click()
    expect(page.locator(".steps > li.done")).to_contain_text("I said that I had hurried.")

    fold_out(page, "Note what it was about")
    page.get_by_label("The pace was wrong").check()
    page.get_by_label("Named my own part").check()
    page.get_by_role("button", name="Save this").click()
    expect(page.locator("[aria-labelledby=about] dl")).to_contain_text("Named my own part")

    page.get_by_role("button", name="Take it to supervision").click()
    expect(page.get_by_text("You want to take this to supervision")).to_be_visible()

    page.evaluate(OPEN_ALL)
    assert staff.inspect(page) + watch.taken() == []

    page.get_by_label("Something outside the hour explains it").check()
    page.get_by_role("button", name="Not a strain").click()
    expect(page.get_by_text("as not a strain: Something outside the hour")).to_be_visible()
    page.get_by_role("button", name="Undo: open it again").click()
    expect(page.get_by_role("heading", name="Where it stands")).to_be_visible()
    assert watch.taken() == []


def test_second_window_does_not_write_over_the_first(strain):
    other = strain.context.new_page()
    other.goto(strain.url)
    for page, words in ((other, "From the other window."), (strain, "From this one.")):
        page.evaluate(OPEN_ALL)
        page.locator("#reflection_reflection").fill(words)
        page.get_by_role("button", name="Save the reflection").click()
    expect(strain.get_by_text("Stored meanwhile: From the other window.")).to_be_visible()
    expect(strain.locator("#reflection_reflection")).to_have_value("From this one.")
    strain.get_by_role("button", name="Save the reflection").click()
    expect(strain.locator("[aria-labelledby=reflection] .written")).to_have_text("From this one.")
