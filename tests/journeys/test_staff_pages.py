"""Every staff page at a desk, on a tablet and on two phones: nothing overflows, the content policy
refuses nothing, axe finds nothing, the keyboard reaches everything, paper and no script will do.
"""

import datetime
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.template.loader import render_to_string
from django.utils import translation
from playwright.sync_api import Page, expect

from tests.journeys import staff_harness as staff
from tests.journeys.staff_harness import PHONE, Reader

FOCUS_IS_SEEN = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.boxShadow !== "none" || style.outlineStyle !== "none";
}"""
FOCUSED_NAME = "document.activeElement.name || document.activeElement.textContent.trim()"
LOG_STOPS_AT_MOST = 60


@pytest.fixture(scope="module")
def readers(browser, clinic) -> dict[str, Reader]:
    staff.add_newcomers(clinic)
    people = {
        "therapist": staff.THERAPIST,
        "supervisor": staff.SUPERVISOR,
        "administrator": staff.ADMINISTRATOR_EMAIL,
        "newcomer": staff.NEWCOMER,
        "new supervisor": staff.NEW_SUPERVISOR,
        "nobody": "",
    }
    return {role: Reader(browser, clinic, email) for role, email in people.items()}


@pytest.fixture
def opened(readers):
    """Opens a page as somebody; its context ends with the test."""
    pages = []

    def open_page(role: str, path: str = "/", **options: object) -> Page:
        pages.append(readers[role].open(path, **options))
        return pages[-1]

    yield open_page
    for page in pages:
        page.context.close()


def test_therapist_pages_are_clean(opened):
    page = opened("therapist")
    assert staff.inspect_all(page, staff.therapist_pages(page)) == {}


def test_supervisor_pages_are_clean(opened):
    page = opened("supervisor")
    assert staff.inspect_all(page, staff.supervisor_pages(page)) == {}


def test_administrator_pages_are_clean(opened):
    page = opened("administrator", "/people/")
    assert staff.inspect_all(page, staff.ADMINISTRATOR_PAGES) == {}


@pytest.mark.parametrize(
    ("role", "pages_of"),
    [
        ("therapist", staff.therapist_pages),
        ("supervisor", staff.supervisor_pages),
        ("administrator", lambda _page: staff.ADMINISTRATOR_PAGES),
    ],
)
def test_long_words_of_german_fit_every_width(opened, role, pages_of):
    page = opened(role)
    pages = pages_of(page)
    staff.read_in(page, "Deutsch")
    try:
        found = {name: staff.overflows_at(page, path) for name, path in pages.items()}
        assert page.locator("html").get_attribute("lang") == "de"
    finally:
        staff.read_in(page, "English")
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_pages_before_the_door_are_clean(opened):
    page = opened("nobody", "/account/login/")
    assert staff.inspect_all(page, staff.OPEN_PAGES) == {}
    link = staff.reset_link_by_mail(page, staff.THERAPIST)
    assert staff.inspect_all(page, {"mail": page.url, "new password": link}) == {}


@pytest.mark.parametrize(
    ("role", "path", "words"),
    [
        ("newcomer", "/", "Add the first one"),
        ("newcomer", "/clients/", "You have no clients here yet"),
        ("new supervisor", "/queue/", "Nothing waits for you"),
        ("new supervisor", "/trend/now/", "Nothing to draw"),
    ],
)
def test_empty_page_says_what_to_do(opened, role, path, words):
    page = opened(role, path)
    expect(page.locator(".empty")).to_contain_text(words)
    assert staff.inspect(page) == []


def test_second_device_page_is_clean(opened):
    page = opened("therapist")
    page.locator(f"{staff.TO_RATE} .case a").first.click()
    watch = staff.Watch(page)
    page.get_by_role("button", name="On a second device").first.click()
    expect(page.locator(".big-code")).to_be_visible()
    assert staff.inspect(page) + watch.taken() == []


NOT_AS_AN_ERROR = """errors => {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = "var(--high)";
  const high = getComputedStyle(probe).color;
  probe.remove();
  const isPlain = error => getComputedStyle(error).color === high
    || getComputedStyle(error, "::before").content === "none"
    || getComputedStyle(error.parentElement.querySelector(".is-invalid"))
      .backgroundImage.includes("dc3545");  // a second sign, in Bootstrap's red
  return errors.filter(isPlain).map(error => error.textContent);
}"""


def errors_are_at_their_fields(page: Page) -> list[str]:
    """Each error is described by its field, with a sign, and not in the colour of a high severity;
    the page with errors is as clean as without."""
    errors = page.locator(".invalid-feedback")
    expect(errors.first).to_be_visible()
    for error in errors.all():
        assert page.locator(f"[aria-describedby~={error.get_attribute('id')}]").count() == 1
    expect(page.locator("[aria-invalid=true]").first).to_be_focused()
    return errors.evaluate_all(NOT_AS_AN_ERROR) + staff.inspect(page)


def save(page: Page, **values: str) -> None:
    """Fills in the fields of these names and presses the button of the form."""
    for name, value in values.items():
        page.locator(f"main [name={name}]").fill(value)
    page.locator("main form").first.locator("[type=submit]").click()


def test_forms_of_a_therapist_show_errors_at_their_fields(opened):
    page = opened("therapist")
    pages = staff.therapist_pages(page)
    to_come = (datetime.date.today() + datetime.timedelta(days=2)).isoformat()
    mistakes = {
        "new client": {"case_label": "", "from_on": to_come},
        "ending": {"on": to_come},
        "agreement": {},
        "new appointment": {"starts_at": "", "duration_minutes": "1"},
        "paper entry": {"relationship": "11"},
        "session log": {"prediction_relationship": "8"},
        "change password": {"oldpassword": "wrong", "password1": "short"},
    }
    wrong = {}
    for name, values in mistakes.items():
        page.goto(pages[name])
        save(page, **values)
        if found := errors_are_at_their_fields(page):
            wrong[name] = found
    assert wrong == {}


def test_choice_that_cannot_be_is_explained_below_it(opened):
    page = opened("therapist")
    client = staff.therapist_pages(page)["client with open strain"]
    page.goto(client)
    page.locator(".timeline > li:has(.total:not(:empty)) .when a").first.click()
    page.get_by_label("Did not come").check()
    page.get_by_role("button", name="Save session").click()
    assert errors_are_at_their_fields(page) == []
    expect(page.get_by_role("group", name="Did it take place?")).to_contain_text("must have taken")


def test_forms_of_an_administrator_show_errors_at_their_fields(opened):
    page = opened("administrator", "/people/new/")
    save(page)
    assert errors_are_at_their_fields(page) == []
    page.goto("/people/supervision/new/")
    save(page)
    assert errors_are_at_their_fields(page) == []


def test_wrong_password_is_said_aloud(opened):
    page = opened("nobody", "/account/login/")
    save(page, login=staff.THERAPIST, password="not-the-password")
    expect(page.get_by_role("alert")).to_contain_text("not correct")
    assert staff.inspect(page) == []


def test_message_after_saving_is_announced_and_clean(opened):
    page = opened("therapist")
    page.goto(staff.therapist_pages(page)["session log"])
    save(page)
    expect(page.get_by_role("status")).to_contain_text("The session is saved.")
    assert staff.inspect(page) == []


def test_second_step_is_set_up_shown_and_asked_for(opened):
    page = signed_in_just_now(opened, staff.NEWCOMER, "/account/2fa/totp/activate/")
    assert staff.inspect(page) == []
    page.get_by_label("Authenticator code").fill(code_of_the_app(page))
    page.get_by_role("button", name="Start using it").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    recovery_code = page.locator(".codes code").first.inner_text()
    addresses = {
        "codes": page.url,
        "own sign-in": "/account/2fa/",
        "new codes": "/account/2fa/recovery-codes/generate/",
        "stop": "/account/2fa/totp/deactivate/",
        "new key": "/account/2fa/webauthn/add/",
    }
    assert staff.inspect_all(page, addresses) == {}
    page.get_by_role("button", name="Sign out").click()
    staff.sign_in(page, staff.NEWCOMER)
    expect(page.get_by_role("heading", name="Your second step")).to_be_visible()
    assert staff.inspect(page) == []
    page.get_by_label("Code").fill(recovery_code)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()


def signed_in_just_now(opened, email: str, path: str) -> Page:
    """Whoever has no second step yet sets one up without giving the password twice."""
    page = opened("nobody", f"/account/login/?next={path}")
    staff.sign_in(page, email)
    page.wait_for_url(f"**{path}")
    return page


def code_of_the_app(page: Page) -> str:
    secret = page.locator("code.address").inner_text()
    counter = next(totp.yield_hotp_counters_from_time())
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def test_security_key_is_added_and_listed(opened):
    page = signed_in_just_now(opened, staff.NEW_SUPERVISOR, "/account/2fa/webauthn/add/")
    plug_in_a_key(page)
    page.get_by_label("Name").fill("Blue key")
    page.get_by_role("button", name="Add this key").click()
    page.wait_for_url("**/recovery-codes/")
    pages = {"keys": "/account/2fa/webauthn/", "own sign-in": "/account/2fa/"}
    assert staff.inspect_all(page, pages) == {}
    expect(page.get_by_text("1 key added.")).to_be_visible()


def plug_in_a_key(page: Page) -> None:
    """A key that the browser itself plays, touched at once."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "usb", "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": key})


def test_skip_link_leads_past_the_bar(opened):
    page = opened("therapist", "/clients/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def fill_in_by_keyboard(page: Page, keys: dict[str, list[str]]) -> list[str]:
    """Walks the form by Tab, presses `keys` at the stops they are for; ends at the save button."""
    unseen = []
    for _stop in range(LOG_STOPS_AT_MOST):
        page.keyboard.press("Tab")
        name = page.evaluate(FOCUSED_NAME)
        if not page.evaluate(FOCUS_IS_SEEN):
            unseen.append(name)
        for key in keys.get(name, ()):
            page.keyboard.press(key)
        if name == "save":
            return unseen
    raise AssertionError("the save button cannot be reached by Tab")


def test_session_log_is_filled_in_by_keyboard(opened):
    page = opened("therapist")
    log = staff.therapist_pages(page)["session log"]
    page.goto(log)
    keys = {
        "minutes_late": ["5"],
        "Clipped answers": ["Enter", "Space"],
        "A complaint about the pace": ["Space"] * 5,
        "Vague replies": ["Enter"] * 6,
        "Boredom": ["Space"],
        "prediction_relationship": ["9"],
        "prediction_goals": ["8"],
        "prediction_approach": ["8", ".", "5"],
        "prediction_overall": ["9"],
        "note": ["o", "k"],
    }
    assert fill_in_by_keyboard(page, keys) == []
    expect(page.get_by_role("button", name="Clipped answers: 2")).to_be_visible()
    expect(page.get_by_role("button", name="Vague replies", exact=True)).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("The session is saved.")).to_be_visible()
    page.goto(log)
    expect(page.get_by_role("button", name="A complaint about the pace: 5")).to_be_visible()
    expect(page.get_by_role("button", name="Boredom: 1")).to_be_visible()
    expect(page.get_by_label("Way of working")).to_have_value("8.5")
    expect(page.get_by_label("Minutes late")).to_have_value("5")
    expect(page.get_by_label("Note", exact=True)).to_have_value("ok")


def test_session_log_without_javascript_keeps_markers(opened):
    page = opened("therapist")
    log = staff.therapist_pages(page)["session log"]
    plain = opened("therapist", log, java_script_enabled=False)
    plain.get_by_label("A change of topic").select_option("4")
    plain.get_by_label("Irritation").select_option("2")
    plain.get_by_role("button", name="Save session").click()
    expect(plain.get_by_text("The session is saved.")).to_be_visible()
    plain.goto(log)
    expect(plain.get_by_label("A change of topic")).to_have_value("4")
    expect(plain.get_by_label("Irritation")).to_have_value("2")


def test_queue_is_walked_and_acknowledged_by_keys(opened):
    page = opened("supervisor", "/queue/")
    rows = page.locator("[data-row]")
    at = [position for position, row in enumerate(rows.all()) if row.locator("form").count()][0]
    for _step in range(at + 2):
        page.keyboard.press("j")
    page.keyboard.press("k")
    expect(rows.nth(at).get_by_role("link")).to_be_focused()
    label = rows.nth(at).get_by_role("link").inner_text()
    page.keyboard.press("a")
    row = page.locator("[data-row]").filter(has_text=label)
    expect(row.get_by_text("Acknowledged by you")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Possible strain")).to_be_visible()


def test_what_is_chosen_and_focused_stays_in_sight_in_forced_colours(opened):
    page = opened("supervisor", "/trend/mail/", forced_colors="active")
    grounds = "each => getComputedStyle(each).backgroundColor"
    chosen, other = (
        page.locator(f"[type=radio]{which}") for which in (":checked", ":not(:checked)")
    )
    assert chosen.evaluate(grounds) != other.evaluate(grounds)
    page.keyboard.press("Tab")
    focused = page.locator(":focus-visible")
    assert focused.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"
    nav = page.get_by_role("navigation", name="Main").get_by_role("link")
    edges = nav.evaluate_all("all => all.map(each => getComputedStyle(each).borderBottomColor)")
    assert len(set(edges)) == 2


def paper_shows_what_is_read(page: Page) -> None:
    staff.wait_for_charts(page)
    page.emulate_media(media="print")
    for hidden in (".bar", ".foot", ".demo-strip", ".chart-tools", ".crumb", "form", ".skip"):
        assert page.locator(hidden).filter(visible=True).count() == 0, hidden
    expect(page.locator(".chart-still svg").filter(visible=True).first).to_be_visible()
    expect(page.locator(".chart-live").first).to_be_hidden()
    tables = page.locator(".chart-table").all()  # a report has one for each therapist as well
    assert tables
    for table in tables:
        expect(table).to_be_visible()
        assert table.bounding_box()["height"] > 100


def test_client_and_report_on_paper_show_chart_and_table(opened):
    page = opened("therapist")
    page.goto(staff.therapist_pages(page)["client with open strain"])
    page.emulate_media(media="print")
    expect(page.locator(".chart-still svg").filter(visible=True).first).to_be_visible()
    page.emulate_media(media="screen")
    page.get_by_role("link", name="The same as a table").click()
    paper_shows_what_is_read(page)
    page = opened("supervisor")
    page.goto(staff.supervisor_pages(page)["weekly report"])
    paper_shows_what_is_read(page)


def test_navigation_of_a_supervisor_fits_a_phone(opened):
    page = opened("supervisor", "/trend/", viewport=PHONE)
    box = page.get_by_role("link", name="Weekly trend").bounding_box()
    assert box["x"] + box["width"] <= PHONE["width"]


BANDS = {
    "mail_troubles": "_mail_troubles",
    "break_glass": "_break_glass",
    "form_use": "_form_notice",
}
FORM_USE = {"pack": {"name": "Session check"}, "valid_until": datetime.date(2026, 12, 5)}
EVERYTHING_AT_ONCE = {
    "administrator": {
        "is_administrator": True,
        "mail_troubles": {"stalled", "returned"},
        "form_use": FORM_USE | {"has_ended": False, "days_left": 9},
    },
    "supervisor": {
        "mail_troubles": {"stalled"},
        "break_glass": {"key": uuid4(), "client": uuid4(), "until": datetime.datetime.now()},
    },
}


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("role", EVERYTHING_AT_ONCE)
def test_everything_to_be_told_at_once_leaves_two_thirds_of_a_phone(opened, role, language):
    page, told = opened(role, "/sign-ins/", viewport=PHONE), EVERYTHING_AT_ONCE[role]
    with translation.override(language):
        shown = [BANDS[name] for name in BANDS if name in told]
        bands = "".join(render_to_string(f"components/{name}.html", told) for name in shown)
    bar = page.locator(".bar")
    bar.evaluate("(bar, bands) => bar.insertAdjacentHTML('beforebegin', bands)", bands)
    assert page.locator(".alarm, .notice").count() == len(told["mail_troubles"]) + 1
    assert bar.bounding_box()["y"] <= PHONE["height"] / 3
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    for button in page.locator(".alarm button").all():
        assert button.bounding_box()["height"] >= 24
