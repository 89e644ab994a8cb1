"""The charts in a real browser, under the content policy that the application sends."""

import importlib.util
import io
import json
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template.loader import render_to_string
from django.utils import translation
from pypdf import PdfReader

from ruptures.charts import (
    alliance_chart,
    alliance_page,
    alliance_still,
    lines_page,
    small_multiple,
    weekly_trend_page,
)
from ruptures.services.report_pages import ReportPage
from ruptures.services.trend_pictures import wording
from ruptures.trend import TrendEvent
from tests.journeys.rating_harness import serve

STATIC = Path(__file__).parents[2] / "static"
PLOTLY = Path(importlib.util.find_spec("plotly").submodule_search_locations[0])
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
)
KINDS = {".css": "text/css", ".js": "text/javascript"}
GROUND = b"body { margin: 0; padding: 1rem; background: var(--ground); color: var(--ink); }"
LIVE = "document.querySelectorAll('.chart--live').length === 3"


class Site(BaseHTTPRequestHandler):
    """One page, the static files, Plotly where it is there, and the figure of a still chart."""

    def __init__(self, *args, page: str, has_plotly: bool, figure: dict | None):
        self.page, self.has_plotly, self.figure = page, has_plotly, figure
        super().__init__(*args)

    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/":
            return self.answer(self.page.encode(), "text/html; charset=utf-8")
        if path == "/figure.json" and self.figure:
            return self.answer(json.dumps(self.figure).encode(), "application/json")
        if path == "/ground.css":
            return self.answer(GROUND, "text/css")
        if path == "/static/vendor/plotly.min.js":
            file = PLOTLY / "package_data" / "plotly.min.js"
        else:
            file = STATIC / path.removeprefix("/static/")
        if not file.is_file() or ("plotly" in path and not self.has_plotly):
            return self.send_error(404)
        return self.answer(file.read_bytes(), KINDS[file.suffix])

    def answer(self, body: bytes, kind: str):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Quiet: the test speaks."""


@pytest.fixture
def site(plain_static):
    """Starts a site with a page; returns its address."""
    servers = []

    def start(page, has_plotly=True, figure=None):
        handler = partial(Site, page=page, has_plotly=has_plotly, figure=figure)
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        servers.append(server)
        serve(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def charts_page(chart_sessions, weeks):
    lines = {"lines": dict.fromkeys(("relationship", "goals", "approach", "overall"), 90)}
    changes = {f"s{number}": lines for number in range(1, 9)}
    changes["s5"] = {"attendance": "no_show"}
    changes["s6"] = lines | {"markers": ("withdrawal",), "in_episode": True}
    sessions = chart_sessions(370, 380, 375, 372, None, 312, 350, 371, **changes)
    figures = weeks(36.0, 37.0, None, 38.0, 36.5)
    charts = [
        alliance_page(sessions, cutoff=360, key="pair"),
        lines_page(sessions, cutoff=90, key="lines"),
        weekly_trend_page(figures, key="team"),
    ]
    return page_of({"chart": chart} for chart in charts)


def page_of(shown):
    figures = [render_to_string("ruptures/charts/_chart_figure.html", each) for each in shown]
    scripts = render_to_string("ruptures/charts/_chart_scripts.html")
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Charts</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="/static/css/tokens.css">'
        '<link rel="stylesheet" href="/static/css/charts.css">'
        '<link rel="stylesheet" href="/ground.css">'
        f"<body><main><h1>Charts</h1>{''.join(figures)}</main>{scripts}</body></html>"
    )


@pytest.fixture
def sessions(chart_sessions):
    return chart_sessions(370, 380, 375, 372, None, 312, 350, 371)


@pytest.fixture
def still_page(sessions):
    """A chart that fetches its figure when somebody looks closer."""
    chart = alliance_still(sessions, cutoff=360, key="pair")
    return page_of([{"chart": chart, "figure_url": "/figure.json", "table_url": "/table/"}])


@pytest.fixture
def complaints(page):
    """What the browser's console says against the page."""
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


@pytest.fixture
def live(page, site, charts_page, complaints):
    page.goto(site(charts_page))
    until(page, LIVE)
    return page


def until(page, expression):
    """Waits for it by asking again: the page's policy forbids Playwright's own polling."""
    for _ in range(200):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never came true: {expression}")


def axis_range(page):
    return page.evaluate("document.querySelector('.chart-live').layout.yaxis.range")


def test_charts_draw_and_answer_the_pointer_without_breaking_the_policy(live, complaints):
    box = live.locator(".chart-live .scatterlayer .point").nth(3).bounding_box()
    live.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    live.locator(".hovertext").first.wait_for()
    assert "Session 4" in live.locator(".hovertext").first.text_content()
    assert not live.locator(".chart-still").first.is_visible()
    assert complaints == []


def test_without_plotly_the_still_picture_stays(page, site, charts_page):
    page.goto(site(charts_page, has_plotly=False))
    page.wait_for_load_state("load")
    assert page.locator(".chart-wide svg").first.is_visible()
    assert page.locator(".chart--live").count() == 0
    assert not page.locator(".chart-tools").first.is_visible()


def test_print_brings_the_still_picture_back(live):
    live.emulate_media(media="print")
    assert live.locator(".chart-wide svg").first.is_visible()
    assert not live.locator(".chart-live").first.is_visible()


def test_dark_mode_redraws_in_the_colours_of_the_tokens(live):
    line = "document.querySelector('.chart-live').data.find(t => t.name === 'Total').line.color"
    assert live.evaluate(line) == "#0072b2"
    live.emulate_media(color_scheme="dark")
    until(live, f"{line} === '#56b4e9'")


def test_whole_scale_is_one_press_away_and_back(live):
    button = live.get_by_role("button", name="Whole scale, 0–40")
    button.click()
    until(live, "document.querySelector('.chart-live').layout.yaxis.range[0] === 0")
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    until(live, "document.querySelector('.chart-live').layout.yaxis.range[0] === 20")
    assert axis_range(live) == [20, 40]


def test_show_all_undoes_a_zoom_and_the_scale_of_scores_never_zooms(live):
    whole = live.evaluate("document.querySelector('.chart-live').layout.xaxis.range")
    box = live.locator(".chart-live .nsewdrag").first.bounding_box()
    live.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 20)
    live.mouse.down()
    live.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 90, steps=5)
    live.mouse.up()
    zoomed = "document.querySelector('.chart-live').layout.xaxis.range[0] > 1"
    until(live, zoomed)
    assert axis_range(live) == [20, 40]
    live.get_by_role("button", name="Show all").first.click()
    until(live, f"!({zoomed})")
    assert live.evaluate("document.querySelector('.chart-live').layout.xaxis.range") == whole


def test_nothing_jumps_when_the_live_figure_arrives(page, site, charts_page):
    address = site(charts_page)
    page.route("**/plotly.min.js", lambda route: route.abort())
    page.goto(address)
    still = page.locator("main").bounding_box()["height"]
    page.unroute("**/plotly.min.js")
    page.goto(address)
    until(page, LIVE)
    assert page.locator("main").bounding_box()["height"] == pytest.approx(still, abs=2)


@pytest.fixture
def asked_for(page):
    """What the page fetched after the document itself."""
    addresses = []
    page.on("request", lambda request: addresses.append(request.url.rsplit("/", 1)[1]))
    return addresses


def test_still_chart_loads_nothing_until_somebody_looks_closer(
    page, site, still_page, sessions, asked_for, complaints
):
    page.goto(site(still_page, figure=alliance_chart(sessions, cutoff=360)))
    look = page.get_by_role("button", name="Look closer")
    look.wait_for()
    assert page.locator(".chart-wide svg").first.is_visible()
    assert not {"plotly.min.js", "figure.json"} & set(asked_for)
    assert page.get_by_role("link", name="The same as a table").get_attribute("href") == "/table/"
    look.click()
    until(page, "document.querySelectorAll('.chart--live').length === 1")
    until(page, "document.activeElement.matches('[data-chart-reset]')")
    assert not look.is_visible()
    assert complaints == []


def test_whole_scale_of_a_still_chart_is_one_press_away(page, site, still_page, sessions):
    page.goto(site(still_page, figure=alliance_chart(sessions, cutoff=360)))
    page.get_by_role("button", name="Whole scale, 0–40").click()
    until(page, "document.querySelector('.chart-live')?.layout?.yaxis.range[0] === 0")


def test_still_chart_says_so_where_its_figure_does_not_come(page, site, still_page):
    page.goto(site(still_page))
    look = page.get_by_role("button", name="Look closer")
    look.click()
    page.get_by_text("The live chart could not be loaded.").wait_for()
    assert page.locator(".chart-wide svg").first.is_visible()
    assert look.is_enabled()


def test_page_never_scrolls_sideways(live):
    for width in (1280, 768, 390, 320):
        live.set_viewport_size({"width": width, "height": 800})
        until(live, f"innerWidth === {width} && document.documentElement.scrollWidth <= {width}")
        assert live.locator(".chart-live").count() == 3


@pytest.mark.parametrize("language", ["en", "de"])
def test_weeks_of_the_trend_are_named_apart_on_a_tablet(page, site, weeks, language):
    with translation.override(language):
        chart = weekly_trend_page(weeks(*[36.0] * 12), key="team", wording=wording())
        shown = page_of([{"chart": chart}])
    page.set_viewport_size({"width": 820, "height": 1180})
    page.goto(site(shown))
    until(page, "document.querySelectorAll('.chart--live').length === 1")
    boxes = [name.bounding_box() for name in page.locator(".xtick text").all()]
    gaps = [
        after["x"] - before["x"] - before["width"]
        for before, after in zip(boxes, boxes[1:], strict=False)
    ]
    assert len(gaps) >= 4 and min(gaps) >= 8


@pytest.mark.parametrize("has_plotly", [True, False])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_charts_are_axe_clean(page, site, charts_page, has_plotly, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(site(charts_page, has_plotly))
    until(page, LIVE if has_plotly else "document.readyState === 'complete'")
    page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    violations = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in violations] == []


# --- the weekly report on paper ---------------------------------------------------------------

NAMES = ("Therapist Ash", "Therapist Birch", "Therapist Cedar")
STYLES = ("tokens", "base", "layout", "components", "print", "charts")
A4_WIDTH = 595  # points


@pytest.fixture
def report_page(weeks):
    """The report of a team with two forms and an event, as the page holds it."""
    figures = weeks(
        *[36.0] * 12, form="Session check", forms=dict.fromkeys(range(7, 12), "Partnership form")
    )
    events = [TrendEvent(figures[3].monday, "holiday, two weeks")]
    report = ReportPage(
        monday=figures[-1].monday,
        first_on=figures[-1].monday,
        is_empty=False,
        sentence="Week so and so.",
        chart=weekly_trend_page(figures, key="team", events=events),
        multiples=[small_multiple(figures, name=name, key=f"t-{name[-1]}") for name in NAMES],
        left_out=0,
    )
    body = render_to_string("ruptures/_weekly_report.html", {"page": report})
    links = [f'<link rel="stylesheet" href="/static/css/{name}.css">' for name in STYLES]
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Weekly trend</title>'
        f'<link rel="icon" href="data:,">{"".join(links)}'
        f'<body><main class="page">{body}</main></body></html>'
    )


def printed(page, **options):
    return PdfReader(io.BytesIO(page.pdf(format="A4", **options)))


def places(sheet):
    """(left edge in points, text) of each piece of text on a printed page."""
    found = []

    def note(text, matrix, text_matrix, *_font):
        if text.strip():
            x, y = text_matrix[4], text_matrix[5]
            found.append((matrix[0] * x + matrix[2] * y + matrix[4], text.strip()))

    sheet.extract_text(visitor_text=note)
    return found


def test_weekly_report_prints_whole(page, site, report_page):
    page.goto(site(report_page))
    until(page, "document.querySelectorAll('.chart--live').length === 1")
    sheets = printed(page)
    said = " ".join(" ".join(sheet.extract_text().split()) for sheet in sheets.pages)
    said = said.replace("\ufb01", "fi")
    for part in (
        *NAMES,
        "Week so and so.",
        "Each therapist",
        "Total, Partnership form",
        "new form",
    ):
        assert part in said
    assert "A: 2026-03-23, holiday, two weeks" in said
    assert said.count("2026-05-18 ") >= 1 + len(NAMES)  # its row in each table, which is unfolded
    assert "Show all" not in said
    edges = [x for sheet in sheets.pages for x, _text in places(sheet)]
    assert min(edges) > 0 and max(edges) < A4_WIDTH


def test_weekly_report_is_no_wider_than_its_paper(page, site, report_page):
    """What stands over the edge of the paper is cut off there."""
    page.set_viewport_size({"width": 703, "height": 1000})  # A4 without its margins
    page.goto(site(report_page))
    page.emulate_media(media="print")
    outside = """() => [...document.querySelectorAll("main *")]
      .filter((each) => each.getBoundingClientRect().right > 703)
      .map((each) => `${each.tagName} ${each.textContent.trim().slice(0, 40)}`)"""
    assert page.evaluate(outside) == []
