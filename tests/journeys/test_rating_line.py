"""The client's minute in a real browser with touch: the line, the form around it, its sizes."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.rating_harness import PACK_KEY, ROOT, Answer, RatingDesk
from tests.journeys.staff_harness import axe

LINES = ("relationship", "goals", "approach", "overall")
LANGUAGES = ("en", "es", "fr", "de", "ar")
SHARES = (0, 10, 25, 33, 50, 75, 90, 100)
TABLETS = ((1080, 810), (810, 1080))
PHONE = {"width": 390, "height": 844}
HIGH_MARKS = (90, 80, 70, 60)


def line(page: Page, name: str) -> Locator:
    return page.locator(f"rating-line[name={name}]")


def band(page: Page, name: str) -> Locator:
    return line(page, name).locator(".line-band")


def value(page: Page, name: str) -> int | None:
    return line(page, name).evaluate("line => line.value")


def place_of(page: Page, name: str, share: float) -> tuple[float, float]:
    """Where on the glass `share` per cent of the drawn line lies, counted from the low end."""
    box = line(page, name).locator(".line-rule").bounding_box()
    along = share / 100
    if page.evaluate("document.dir") == "rtl":
        along = 1 - along
    return box["x"] + box["width"] * along, box["y"] + box["height"] / 2


def tap(page: Page, name: str, share: float) -> None:
    page.touchscreen.tap(*place_of(page, name, share))


def mark_all(page: Page, shares: tuple[int, ...] = HIGH_MARKS) -> None:
    for name, share in zip(LINES, shares, strict=True):
        if share is not None:
            tap(page, name, share)


def done(page: Page) -> None:
    page.locator("[data-done]").tap()


def go_next(page: Page) -> None:
    page.locator("[data-next]").tap()


def swipe(page: Page, start: tuple[float, float], way: tuple[float, float], steps: int = 8) -> None:
    """One finger goes from `start` along `way`, as the touch screen reports it."""
    touch = page.context.new_cdp_session(page)

    def send(kind: str, part: float) -> None:
        point = {"x": start[0] + way[0] * part, "y": start[1] + way[1] * part}
        points = [] if kind == "touchEnd" else [point]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", 0)
    for step in range(1, steps + 1):
        send("touchMove", step / steps)
    send("touchEnd", 1)


def spoken_and_seen(page: Page) -> str:
    return page.evaluate(
        """() => document.body.innerText + [...document.querySelectorAll('*')].flatMap(
             node => ['aria-label', 'aria-valuetext', 'title', 'alt', 'placeholder'].map(
               name => node.getAttribute(name) ?? '')).join(' ')"""
    )


# The line


@pytest.mark.parametrize("language", LANGUAGES)
def test_tap_stores_its_distance_from_the_low_end(rating_page, language):
    page = rating_page(language)
    for share in SHARES:
        for name in LINES:
            tap(page, name, share)
            assert abs(value(page, name) - share) <= 1


def test_first_tap_on_the_exact_middle_is_an_answer(rating_page):
    page = rating_page()
    tap(page, "goals", 50)
    assert value(page, "goals") == 50
    assert page.locator("input[name=goals][type=hidden]").input_value() == "50"


@pytest.mark.parametrize(("share", "stored"), [(-4, 0), (104, 100)])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_tap_beyond_an_end_counts_as_that_end(rating_page, language, share, stored):
    page = rating_page(language)
    tap(page, "overall", share)
    assert value(page, "overall") == stored


def test_nothing_is_preset(rating_page):
    page = rating_page()
    for name in LINES:
        assert value(page, name) is None
        assert (
            line(page, name).locator(".line-mark").evaluate("m => getComputedStyle(m).opacity")
            == "0"
        )


def test_nudges_appear_only_after_the_first_mark(rating_page):
    page = rating_page()
    nudges = line(page, "goals").locator(".line-nudge")
    expect(nudges.first).to_be_hidden()
    tap(page, "goals", 70)
    expect(nudges.first).to_be_visible()
    expect(nudges.last).to_be_visible()
    nudges.first.tap()
    assert value(page, "goals") == 69
    nudges.last.tap()
    nudges.last.tap()
    assert value(page, "goals") == 71


@pytest.mark.parametrize("width", [1080, 810, 390])
def test_first_mark_moves_nothing_on_the_page(rating_page, width):
    page = rating_page(width=width, height=844)
    before = band(page, "relationship").bounding_box()
    tap(page, "relationship", 70)
    assert band(page, "relationship").bounding_box() == before


def test_nudge_that_is_held_goes_on_moving(rating_page):
    page = rating_page()
    tap(page, "goals", 50)
    lower = line(page, "goals").locator(".line-lower").bounding_box()
    page.mouse.move(lower["x"] + 20, lower["y"] + 20)
    page.mouse.down()
    expect(band(page, "goals")).not_to_have_attribute("aria-valuenow", re.compile("^(50|49)$"))
    page.mouse.up()
    held = value(page, "goals")
    assert held < 49
    page.wait_for_timeout(300)
    assert value(page, "goals") == held


@pytest.mark.parametrize("language", ["en", "ar"])
def test_drag_moves_the_mark(rating_page, language):
    page = rating_page(language)
    start = place_of(page, "approach", 20)
    end = place_of(page, "approach", 85)
    swipe(page, start, (end[0] - start[0], end[1] - start[1]))
    assert abs(value(page, "approach") - 85) <= 1


def test_pen_marks_and_drags_as_a_finger_does(rating_page):
    page = rating_page()
    pen = page.context.new_cdp_session(page)
    for kind, share in (("mousePressed", 40), ("mouseMoved", 70), ("mouseReleased", 70)):
        x, y = place_of(page, "goals", share)
        pressed = {"button": "left", "buttons": 1, "clickCount": 1, "pointerType": "pen"}
        pen.send("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, **pressed})
        expect(line(page, "goals")).to_have_attribute("marked", "")
        assert abs(value(page, "goals") - share) <= 1


def test_drag_on_a_line_never_scrolls_the_page(rating_page):
    page = rating_page(width=600, height=500)
    tap(page, "goals", 50)
    page.evaluate("scrollTo(0, 60)")
    x, y = place_of(page, "goals", 50)
    swipe(page, (x, y), (60, -160), steps=16)
    page.wait_for_timeout(200)
    assert page.evaluate("scrollY") == 60
    assert value(page, "goals") > 50


def test_drag_beside_the_lines_does_scroll_the_page(rating_page):
    page = rating_page(width=600, height=500)
    heading = line(page, "relationship").locator("h2").bounding_box()
    swipe(page, (heading["x"] + 5, heading["y"] + 5), (0, -120), steps=16)
    page.wait_for_function("scrollY > 40")


def test_line_is_a_button_before_and_a_slider_in_words_after(rating_page):
    page = rating_page()
    goals = band(page, "goals")
    expect(goals).to_have_attribute("role", "button")
    expect(goals).to_have_accessible_name("What matters to me. Not marked yet.")
    tap(page, "goals", 80)
    expect(goals).to_have_attribute("role", "slider")
    expect(goals).to_have_accessible_name("What matters to me")
    expect(goals).to_have_attribute("aria-valuetext", "took up much of the hour")
    tap(page, "goals", 90)
    between = "between “took up much of the hour” and “was at the heart of the hour”"
    expect(goals).to_have_attribute("aria-valuetext", between)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_on_a_line_has_words_without_digits(rating_page, language):
    page = rating_page(language)
    said = band(page, "overall").evaluate(
        """band => { const press = key => {
             band.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
             return band.getAttribute('aria-valuetext'); };
           return [press('Home'), ...Array.from({length: 100}, () => press('ArrowUp'))]; }"""
    )
    assert value(page, "overall") == 100
    assert len(set(said)) == 11
    assert not [words for words in said if not words or re.search(r"\d|[{}]", words)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_digit_is_seen_or_spoken(rating_page, language):
    page = rating_page(language)
    assert not re.search(r"\d", spoken_and_seen(page))
    mark_all(page, (10, 60, None, 90))
    assert not re.search(r"\d", spoken_and_seen(page))
    done(page)
    assert not re.search(r"\d", spoken_and_seen(page))


@pytest.mark.parametrize(
    ("keys", "stored"),
    [
        (["Enter"], 50),
        ([" "], 50),
        (["ArrowUp"], 50),
        (["Enter", "ArrowUp", "ArrowUp"], 52),
        (["Enter", "ArrowDown"], 49),
        (["Enter", "ArrowRight"], 51),
        (["Enter", "ArrowLeft"], 49),
        (["Enter", "PageUp", "PageUp"], 70),
        (["Enter", "PageDown"], 40),
        (["Home"], 0),
        (["End"], 100),
        (["End", "ArrowUp", "ArrowDown"], 99),
        (["Home", "PageDown", "ArrowUp"], 1),
    ],
)
def test_keyboard_moves_the_mark(rating_page, keys, stored):
    page = rating_page()
    band(page, "goals").focus()
    for key in keys:
        page.keyboard.press(key)
    assert value(page, "goals") == stored


def test_side_arrows_follow_the_reading_direction(rating_page):
    page = rating_page("ar")
    band(page, "goals").focus()
    for key in ("Enter", "ArrowLeft", "ArrowLeft", "ArrowRight"):
        page.keyboard.press(key)
    assert value(page, "goals") == 51


def test_low_end_lies_on_the_right_in_arabic(rating_page):
    page = rating_page("ar")
    low = line(page, "goals").locator(".line-low").bounding_box()
    high = line(page, "goals").locator(".line-high").bounding_box()
    assert low["x"] > high["x"]
    tap(page, "goals", 20)
    lower = line(page, "goals").locator(".line-lower").bounding_box()
    higher = line(page, "goals").locator(".line-higher").bounding_box()
    assert lower["x"] > higher["x"]


def test_click_of_a_screen_reader_begins_in_the_middle(rating_page):
    page = rating_page()
    band(page, "goals").evaluate("band => band.click()")
    assert value(page, "goals") == 50
    expect(page.locator("[data-spoken]")).to_contain_text("What matters to me")


# Sizes


@pytest.mark.parametrize(("width", "height"), TABLETS)
def test_line_is_ten_centimetres_on_a_tablet(rating_page, width, height):
    page = rating_page(width=width, height=height)
    drawn = line(page, "goals").evaluate("line => line.drawnLength")
    assert abs(drawn - 100 / 25.4 * 96) < 0.5


def test_calibrated_tablet_draws_and_reports_its_own_ten_centimetres(rating_page, rating_desk):
    page = rating_page()
    page.goto(f"{rating_desk.url}/form?line_length_px=300")
    mark_all(page)
    assert abs(line(page, "goals").evaluate("line => line.drawnLength") - 300) < 0.5
    done(page)
    page.wait_for_url("**/thanks")
    assert rating_desk.posts[0]["line_length_mm"] == "100"


@pytest.mark.parametrize(("width", "height"), [*TABLETS, (390, 844), (320, 640)])
def test_targets_are_large_enough_for_an_unsteady_hand(rating_page, width, height):
    page = rating_page(width=width, height=height)
    tap(page, "relationship", 70)
    assert band(page, "relationship").bounding_box()["height"] >= 64
    pressable = page.locator("button, summary, .talk, .languages a").all()
    for target in [target for target in pressable if target.is_visible()]:
        box = target.bounding_box()
        assert box["height"] >= 48, target.inner_text()
        assert box["width"] >= 48, target.inner_text()


@pytest.mark.parametrize(("width", "height"), TABLETS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_all_lines_and_done_are_on_a_tablet_without_scrolling(rating_page, language, width, height):
    page = rating_page(language, width=width, height=height)
    mark_all(page)
    extent = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    assert page.evaluate(extent) == [width, height]
    for part in [*page.locator("rating-line").all(), page.locator("[data-done]")]:
        box = part.bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= height


@pytest.mark.parametrize(
    ("width", "font_size"),
    [(320, None), (360, None), (480, None), (600, 32), (810, 32), (1080, 32)],
)
@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_nothing_sticks_out_sideways(rating_page, language, width, font_size):
    page = rating_page(language, width=width, height=800, font_size=font_size)
    tap(page, "relationship", 90)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = line(page, "relationship").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


def test_double_text_size_is_taken_up(rating_page):
    usual = rating_page().locator("h1").bounding_box()["height"]
    double = rating_page(font_size=32).locator("h1").bounding_box()["height"]
    assert double >= 1.9 * usual


def test_larger_text_is_kept_for_this_client_and_forgotten_for_the_next(rating_page, rating_desk):
    page = rating_page(page="ready")
    usual = page.locator("h1").evaluate("h => parseFloat(getComputedStyle(h).fontSize)")
    page.locator("[data-larger-text]").tap()
    expect(page.locator("[data-larger-text]")).to_have_attribute("aria-pressed", "true")
    page.goto(f"{rating_desk.url}/form")
    larger = page.locator("h1").evaluate("h => parseFloat(getComputedStyle(h).fontSize)")
    assert larger >= 1.3 * usual
    page.goto(f"{rating_desk.url}/thanks")
    page.goto(f"{rating_desk.url}/ready")
    expect(page.locator("[data-larger-text]")).to_have_attribute("aria-pressed", "false")


# One line at a time on a phone


def test_phone_shows_one_line_at_a_time_and_back_keeps_marks(rating_page, rating_desk):
    page = rating_page(**PHONE)
    for name, share in zip(LINES, HIGH_MARKS, strict=True):
        expect(page.locator("rating-line:visible")).to_have_count(1)
        expect(page.locator("[data-done]")).to_be_visible(visible=name == "overall")
        tap(page, name, share)
        if name != "overall":
            go_next(page)
    for _ in range(3):
        page.locator("[data-back]").tap()
    expect(page.locator("[data-back]")).to_be_hidden()
    assert [value(page, name) for name in LINES] == list(HIGH_MARKS)
    for _ in range(3):
        go_next(page)
    done(page)
    page.wait_for_url("**/thanks")
    assert [rating_desk.posts[0][name] for name in LINES] == [str(share) for share in HIGH_MARKS]


def test_wide_screen_has_no_steps(rating_page):
    page = rating_page(width=480)
    expect(page.locator("rating-line:visible")).to_have_count(4)
    expect(page.locator("[data-steps]")).to_be_hidden()


def test_turning_the_phone_keeps_marks(rating_page):
    page = rating_page(**PHONE)
    tap(page, "relationship", 70)
    page.set_viewport_size({"width": 844, "height": 390})
    expect(page.locator("rating-line:visible")).to_have_count(4)
    assert value(page, "relationship") == 70


# Done


def test_missing_lines_are_named_and_the_rest_is_kept(rating_page, rating_desk):
    page = rating_page()
    mark_all(page, (70, None, 60, None))
    done(page)
    expect(page.locator("[data-missing] li:visible")).to_have_text(
        ["What matters to me", "The hour as a whole"]
    )
    expect(band(page, "goals")).to_be_focused()
    assert (value(page, "relationship"), value(page, "approach")) == (70, 60)
    assert rating_desk.posts == []
    tap(page, "goals", 80)
    expect(page.locator("[data-missing] li:visible")).to_have_text(["The hour as a whole"])
    tap(page, "overall", 80)
    expect(page.locator("[data-missing]")).to_be_hidden()


def test_missing_line_on_a_phone_is_brought_to_the_screen(rating_page):
    page = rating_page(**PHONE)
    for name in LINES:
        if name != "goals":
            tap(page, name, 80)
        if name != "overall":
            go_next(page)
    done(page)
    expect(line(page, "goals")).to_be_visible()
    expect(band(page, "goals")).to_be_focused()


def test_low_half_is_asked_about_once(rating_page, rating_desk):
    page = rating_page()
    mark_all(page, (30, 80, 50, 20))
    done(page)
    side = page.locator("[data-side]")
    expect(side.locator("dt:visible")).to_have_text(["Between us", "The hour as a whole"])
    assert rating_desk.posts == []
    page.locator("[data-side-change]").tap()
    expect(side).to_be_hidden()
    expect(band(page, "relationship")).to_be_focused()
    done(page)
    page.wait_for_url("**/thanks")
    assert len(rating_desk.posts) == 1


def test_yes_to_the_low_half_sends_at_once(rating_page, rating_desk):
    page = rating_page()
    mark_all(page, (30, 80, 70, 80))
    done(page)
    page.locator("[data-side-yes]").tap()
    page.wait_for_url("**/thanks")
    assert rating_desk.posts[0]["relationship"] == "30"


def test_middle_and_above_are_not_asked_about(rating_page, rating_desk):
    page = rating_page()
    mark_all(page, (50, 50, 50, 50))
    done(page)
    page.wait_for_url("**/thanks")
    assert len(rating_desk.posts) == 1


def test_form_sends_every_field_of_the_contract(rating_page, rating_desk):
    page = rating_page()
    shown = page.locator("input[name=uuid]").input_value()
    page.wait_for_timeout(1100)
    mark_all(page)
    page.locator(".talk").tap()
    done(page)
    page.wait_for_url("**/thanks")
    sent = rating_desk.posts[0]
    assert sent.pop("csrfmiddlewaretoken")
    assert 1 <= int(sent.pop("seconds")) <= 60
    marks = dict(zip(LINES, map(str, HIGH_MARKS), strict=True))
    rest = {"uuid": shown, "pack": PACK_KEY, "language": "en"}
    rest |= {"line_length_mm": "100", "wants_to_talk": "1"}
    assert sent == marks | rest


def test_rather_not_works_without_marks_and_takes_none_along(rating_page, rating_desk):
    page = rating_page()
    tap(page, "goals", 10)
    page.locator("[name=declined]").tap()
    page.wait_for_url("**/thanks")
    assert rating_desk.posts[0]["declined"] == "1"
    assert not set(LINES) & set(rating_desk.posts[0])


def test_double_tap_on_done_sends_once(rating_page, rating_desk):
    rating_desk.answers.append(Answer(after=0.5))
    page = rating_page()
    mark_all(page)
    box = page.locator("[data-done]").bounding_box()
    for _ in range(3):
        page.touchscreen.tap(box["x"] + 20, box["y"] + 20)
    expect(page.locator("[data-status]")).to_have_text("Saving…")
    page.wait_for_url("**/thanks")
    assert len(rating_desk.posts) == 1


def test_submitting_twice_in_one_moment_sends_once(rating_page, rating_desk):
    rating_desk.answers.append(Answer(after=0.3))
    page = rating_page()
    mark_all(page)
    page.evaluate("for (const time of [0, 1]) document.getElementById('rating').requestSubmit()")
    page.wait_for_url("**/thanks")
    assert len(rating_desk.posts) == 1


@pytest.mark.parametrize("trouble", [Answer(0), Answer(503), Answer(502)])
def test_trouble_on_the_way_is_said_and_the_same_form_sent_again(rating_page, rating_desk, trouble):
    rating_desk.answers += [trouble, trouble]
    page = rating_page()
    mark_all(page)
    done(page)
    expect(page.locator("[data-status]")).to_have_text("Not saved yet, trying again")
    page.wait_for_url("**/thanks")
    assert len(rating_desk.posts) >= 3
    assert all(post == rating_desk.posts[0] for post in rating_desk.posts)


def test_marks_cannot_change_while_they_are_being_sent(rating_page, rating_desk):
    rating_desk.answers += [Answer(503)] * 20
    page = rating_page()
    mark_all(page)
    done(page)
    expect(page.locator("[data-status]")).to_have_text("Not saved yet, trying again")
    tap(page, "goals", 10)
    assert value(page, "goals") == HIGH_MARKS[1]


def test_lost_network_is_survived(rating_page, rating_desk):
    page = rating_page()
    mark_all(page)
    page.context.set_offline(True)
    done(page)
    expect(page.locator("[data-status]")).to_have_text("Not saved yet, trying again")
    page.wait_for_timeout(1500)
    assert rating_desk.posts == []
    page.context.set_offline(False)
    page.wait_for_url("**/thanks")
    assert len(rating_desk.posts) == 1


def test_error_of_the_server_names_its_line(rating_page, rating_desk):
    rating_desk.answers.append(Answer(400, {"errors": {"goals": ["This line has no mark yet."]}}))
    page = rating_page()
    mark_all(page)
    done(page)
    expect(page.locator("[data-missing] li:visible")).to_have_text(["What matters to me"])
    expect(band(page, "goals")).to_be_focused()
    assert value(page, "goals") == HIGH_MARKS[1]


@pytest.mark.parametrize("status", [403, 404, 409, 410])
def test_refusal_is_said_and_the_marks_stay(rating_page, rating_desk, status):
    rating_desk.answers.append(Answer(status, {}))
    page = rating_page()
    mark_all(page)
    done(page)
    expect(page.locator("[data-status]")).to_contain_text("could not be saved")
    assert [value(page, name) for name in LINES] == list(HIGH_MARKS)


def test_form_cannot_be_reached_by_going_back(rating_page, rating_desk):
    page = rating_page(page="ready")
    page.goto(f"{rating_desk.url}/form")
    mark_all(page)
    done(page)
    page.wait_for_url("**/thanks")
    page.go_back()
    assert page.url.endswith("/ready?language=en")


# Without JavaScript, and around the form


@pytest.mark.parametrize("language", LANGUAGES)
def test_form_works_without_javascript(rating_page, rating_desk, language):
    page = rating_page(language, java_script_enabled=False)
    for name in LINES:
        page.locator(f"input[name={name}]").nth(4).check()
    page.locator("[data-done]").click()
    page.wait_for_url("**/thanks")
    assert [rating_desk.posts[0][name] for name in LINES] == ["80"] * 4


def test_missing_line_is_named_without_javascript(rating_page):
    page = rating_page(java_script_enabled=False)
    for name in ("relationship", "goals", "overall"):
        page.locator(f"input[name={name}]").nth(2).check()
    page.locator("[data-done]").click()
    expect(page.locator("[data-missing] li:visible")).to_have_text(["The way we worked"])
    expect(page.locator("input[name=goals]").nth(2)).to_be_checked()


def test_rather_not_works_without_javascript(rating_page, rating_desk):
    page = rating_page(java_script_enabled=False)
    page.locator("[name=declined]").click()
    page.wait_for_url("**/thanks")
    assert rating_desk.posts[0]["declined"] == "1"


def test_words_appear_if_the_script_never_comes(rating_page, rating_desk, browser):
    page = rating_page(new=True)
    page.route("**/rating-line.js", lambda route: route.abort())
    page.goto(f"{rating_desk.url}/form")
    expect(page.locator("input[name=goals]").first).to_be_visible()


def test_language_can_be_chosen_until_the_first_mark(rating_page):
    page = rating_page()
    page.locator(".languages summary").tap()
    expect(page.locator(".languages a")).to_have_text(
        ["English", "Deutsch", "Español", "Français", "العربية"]
    )
    tap(page, "overall", 80)
    expect(page.locator(".languages summary")).to_be_hidden()


def test_secret_of_a_link_leaves_the_address_and_waits_for_the_button(rating_page, rating_desk):
    page = rating_page(page="closed")
    page.goto(f"{rating_desk.url}/code#a-secret")
    expect(page.locator("input[name=token]")).to_have_value("a-secret")
    expect(page.locator("input[name=code]")).to_be_hidden()
    assert "a-secret" not in page.url
    assert rating_desk.posts == []


REFUSES_STORAGE = (
    "IDBFactory.prototype.open = () => { throw new DOMException('', 'SecurityError') }"
)


@pytest.mark.parametrize(("width", "height"), [*TABLETS, (390, 844)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_device_that_cannot_keep_answers_says_so_first_on_a_form_that_still_fits(
    rating_page, rating_desk, language, width, height
):
    page = rating_page(language, width=width, height=height, new=True)
    page.add_init_script(REFUSES_STORAGE)
    page.goto(f"{rating_desk.url}/form?language={language}&sealing_key=a-key")
    expect(page.locator("[data-cannot-keep]")).to_be_visible()
    extent = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    assert page.evaluate(extent) == [width, height]
    assert axe(page) == []


def test_thanks_offers_no_way_back(rating_page):
    page = rating_page(page="thanks")
    expect(page.locator("a:visible, button:visible")).to_have_count(0)


LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active"},
    "phone": PHONE,
    "narrow": {"width": 320, "height": 640},
    "large": {"font_size": 32},
}


def state_empty(page: Page, desk: RatingDesk) -> None:
    """As the form opens."""


def state_marked(page: Page, desk: RatingDesk) -> None:
    for part in page.locator(".line-band:visible").all():
        part.focus()
        page.keyboard.press("End")


def state_missing(page: Page, desk: RatingDesk) -> None:
    page.evaluate("document.getElementById('rating').requestSubmit()")


def state_side(page: Page, desk: RatingDesk) -> None:
    page.evaluate(
        """for (const band of document.querySelectorAll('.line-band'))
             band.dispatchEvent(new KeyboardEvent('keydown', {key: 'Home', bubbles: true}))"""
    )
    page.evaluate("document.getElementById('rating').requestSubmit()")
    expect(page.locator("[data-side]")).to_be_visible()


def state_waiting(page: Page, desk: RatingDesk) -> None:
    desk.answers += [Answer(503)] * 20
    page.evaluate(
        """for (const band of document.querySelectorAll('.line-band'))
             band.dispatchEvent(new KeyboardEvent('keydown', {key: 'End', bubbles: true}))"""
    )
    page.evaluate("document.getElementById('rating').requestSubmit()")
    expect(page.locator("[data-status]")).to_have_text(re.compile(r"\S"))


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(
    "state", [state_empty, state_marked, state_missing, state_side, state_waiting]
)
def test_form_is_clean_for_axe(rating_page, rating_desk, state, language, look):
    page = rating_page(language, reduced_motion="reduce", **LOOKS[look])
    state(page, rating_desk)
    assert axe(page) == []


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
@pytest.mark.parametrize("name", ["ready", "code", "thanks", "kept", "closed"])
def test_pages_around_the_form_are_clean_for_axe(rating_page, name, look):
    page = rating_page(page=name, **LOOKS[look])
    assert axe(page) == []


def test_form_without_javascript_has_a_legend_for_every_line(rating_page):
    page = rating_page(java_script_enabled=False)
    for heading in ("Between us", "What matters to me", "The way we worked", "The hour as a whole"):
        expect(page.get_by_role("group", name=heading)).to_be_visible()


def test_reduced_motion_has_no_transitions(rating_page):
    page = rating_page(reduced_motion="reduce")
    duration = (
        line(page, "goals")
        .locator(".line-mark")
        .evaluate("mark => getComputedStyle(mark).transitionProperty")
    )
    assert duration == "none"


def test_mark_stands_out_in_forced_colours(rating_page):
    page = rating_page(forced_colors="active")
    tap(page, "goals", 70)
    colours = line(page, "goals").evaluate(
        """line => [line.mark, line.band].map(node => getComputedStyle(node).backgroundColor)"""
    )
    assert colours[0] != colours[1]


def test_scripts_and_styles_keep_the_content_policy():
    for template in (ROOT / "templates/sessions_app").glob("*.html"):
        source = template.read_text()
        assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:", source), template.name
        for script in re.findall(r"<script[^>]*>(.*?)</script>", source, re.S):
            assert script == "", template.name
