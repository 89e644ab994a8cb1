"""A tablet of the clinic through its day: paired, measured, two clients, revoked."""

import pytest
from playwright.sync_api import expect

from ruptures.demo.accounts import ADMINISTRATOR
from tests.journeys.desk_harness import TABLET, USUAL_MARKS, Desk, make_appointment, mark_four_lines
from tests.journeys.staff_harness import axe, overflows
from tests.journeys.test_main_job import CASE, THERAPIST

SECONDS = 1000
# A bank card on a glass of 132 of these pixels an inch, and ten centimetres there.
CARD_PX, LINE_PX = 445, 520
LEFT_BY_THE_CLIENT = "Ready when you are"


def pair(administrator: Desk, tablet: Desk, name: str):
    administrator.open("/tablets/")
    administrator.follow("Pair a tablet")
    administrator.page.get_by_label("Name").fill(name)
    administrator.press("Save tablet")
    expect(administrator.page.locator(".big-code")).to_be_visible()
    assert axe(administrator.page) == []
    code = administrator.page.locator(".big-code").inner_text()
    tablet.open("/tablet/")
    assert axe(tablet.page) == []
    tablet.page.get_by_label("Code").fill(code.lower())
    tablet.press("Pair")


def measure(tablet: Desk):
    """By dragging the edge of the drawn card, then to the pixel by the keyboard."""
    page = tablet.page
    expect(page.get_by_role("button", name="It matches")).to_be_visible()
    assert axe(page) == []
    assert overflows(page, (1080, 390)) == []
    page.set_viewport_size(TABLET)
    card = page.locator("[data-card]").bounding_box()
    page.mouse.move(card["x"] + card["width"] - 2, card["y"] + 40)
    page.mouse.down()
    page.mouse.move(card["x"] + CARD_PX - 1, card["y"] + 60, steps=4)
    page.mouse.up()
    page.get_by_label("Width of the drawn card").press("ArrowRight")
    assert page.locator("[data-card]").bounding_box()["width"] == pytest.approx(CARD_PX, abs=1)
    tablet.press("It matches")
    waits(tablet)


def waits(tablet: Desk):
    expect(tablet.page.get_by_role("heading", name=LEFT_BY_THE_CLIENT)).to_be_visible()


def start_from_today(therapist: Desk) -> str:
    """One tap from Today to the words; the tablet goes to them by itself."""
    therapist.open("/")
    row = therapist.page.locator(".list > li").filter(has_text=CASE).filter(has_text="Ready")
    row.get_by_role("button", name="Ready for rating").first.click()
    words = therapist.page.locator(".big-code")
    expect(words).to_be_visible()
    return words.inner_text()


def compare_words(tablet: Desk, words: str):
    heading = tablet.page.get_by_role("heading", name="Do you hear the same two words?")
    expect(heading).to_be_visible()
    expect(tablet.page.locator(".two-words")).to_have_text(words)


def test_paired_tablet_serves_two_clients_and_is_revoked(desk):  # noqa: F811
    administrator, therapist, tablet = desk(), desk(), desk(viewport=TABLET)
    administrator.sign_in(ADMINISTRATOR[0])
    therapist.sign_in(THERAPIST)
    pair(administrator, tablet, "Room 2")
    measure(tablet)
    assert axe(tablet.page) == []

    # The first client: larger text, another look at the words, four marks.
    make_appointment(therapist, CASE, minutes_ago=2)
    compare_words(tablet, start_from_today(therapist))
    assert axe(therapist.page) == []
    assert overflows(therapist.page) == []
    tablet.page.get_by_role("button", name="Larger text").tap()
    tablet.press("Start")
    expect(therapist.page.get_by_text("The form is on the tablet.")).to_be_visible()
    line = tablet.page.locator("rating-line .line-rule").first
    expect(line).to_be_visible()
    assert line.bounding_box()["width"] == pytest.approx(LINE_PX, abs=2)
    mark_four_lines(tablet, USUAL_MARKS, meant_low=False)
    expect(therapist.page.get_by_text("The client's marks are in.")).to_be_visible()

    # It waits again, with nothing left of that client; the way back leads to no form.
    tablet.page.get_by_role("link", name="Back to the start").tap()
    waits(tablet)
    expect(tablet.page.locator("html")).not_to_have_class("client larger-text")
    for _step in range(5):
        tablet.page.go_back()
    expect(tablet.page.locator("rating-line")).to_have_count(0)
    tablet.open("/")
    expect(tablet.page.get_by_role("heading", name="Sign in")).to_be_visible()
    tablet.open("/tablet/")

    # The next client. While that form waits the administrator revokes the tablet, and it says so.
    make_appointment(therapist, CASE, minutes_ago=1)
    compare_words(tablet, start_from_today(therapist))
    administrator.open("/tablets/")
    assert axe(administrator.page) == []
    assert overflows(administrator.page) == []
    row = administrator.page.locator(".list > li").filter(has_text="Room 2")
    row.get_by_role("button", name="Revoke").click()
    revoked = tablet.page.get_by_text("This tablet is no longer paired with the clinic")
    expect(revoked).to_be_visible()


def test_tablet_that_finds_no_server_stays_where_it_is_and_comes_back(desk):  # noqa: F811
    administrator, tablet = desk(), desk(viewport=TABLET)
    administrator.sign_in(ADMINISTRATOR[0])
    pair(administrator, tablet, "Room 3")
    tablet.page.get_by_role("link", name="Not now").click()
    waits(tablet)
    tablet.context.set_offline(True)
    away = tablet.page.get_by_text("No connection at the moment")
    expect(away).to_be_visible(timeout=60 * SECONDS)
    tablet.context.set_offline(False)
    expect(away).to_be_hidden()

    # A form is ready, and the server goes before the tablet has taken it: it tries again.
    tablet.page.route("**/tablet/waiting/", lambda route: route.fulfill(json={"ticket": "ready"}))
    tablet.page.route("**/tablet/", lambda route: route.fulfill(status=502))
    tablet.page.route("**/tablet/take/", lambda route: route.fulfill(status=502))
    expect(away).to_be_visible(timeout=60 * SECONDS)
    waits(tablet)
    tablet.page.unroute_all()
    tablet.page.evaluate("dispatchEvent(new Event('online'))")
    expect(away).to_be_hidden()

    # After a form it goes back by itself, once somebody answers there.
    tablet.open("/rate/thanks/")
    tablet.page.wait_for_load_state("networkidle")
    tablet.page.clock.install()
    tablet.page.reload()
    expect(tablet.page.get_by_role("link", name="Back to the start")).to_be_visible()
    tablet.context.set_offline(True)
    tablet.page.clock.fast_forward("00:21")
    tablet.page.wait_for_timeout(500)
    expect(tablet.page.get_by_role("link", name="Back to the start")).to_be_visible()
    tablet.context.set_offline(False)
    tablet.page.clock.fast_forward("00:06")
    waits(tablet)
