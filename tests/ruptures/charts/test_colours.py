import re
from pathlib import Path

import pytest

from ruptures.charts import colours

ROOT = Path(__file__).parents[3]
STATIC, TEMPLATES = ROOT / "static" / "css", ROOT / "templates"
OKABE_ITO = {"#0072b2", "#d55e00", "#009e73"}

# Names for tests and for other classes to hang on.
UNSTYLED = {
    "chart-lane",
    "chart-row",
    "chart-row--events",
    "chart-text",
    "chart-break",
    "chart-panel",
}


def test_data_colours_are_okabe_itos():
    assert {colours.LINE, colours.STRAIN, colours.REPAIR} == OKABE_ITO


def test_colours_are_the_light_values_of_the_tokens():
    light = dict(re.findall(r"(--[\w-]+): (#\w+);", _light_tokens()))
    named = {name: value for value, name in colours.VARIABLES.items() if value.startswith("#")}
    assert {name: light[name] for name in named} == named


def test_what_crosses_a_page_in_red_differs_from_the_red_of_high_in_more_than_colour():
    """A record open in an emergency, and mail that stands still: filled, with a sign, and with an
    edge that stays where colours are forced; the word High is outlined."""
    layout = (STATIC / "layout.css").read_text()
    rules = re.findall(r"^\s*(\.alarm[^{]*)\{([^}]*)\}", layout, re.MULTILINE)
    assert "var(--high" not in "".join(body for _names, body in rules)
    assert layout.split("forced-colors: active", 2)[1].count("CanvasText") >= 2
    assert ".alarm" in (STATIC / "print.css").read_text()  # of the moment, not of the record
    for band in ("_break_glass", "_mail_troubles"):
        shown = (TEMPLATES / "components" / f"{band}.html").read_text()
        assert shown.count('class="alarm') == shown.count('include "components/_alarm_')


def test_band_is_the_tokens_colour_with_its_transparency():
    red, green, blue, alpha = re.search(
        r"--chart-band: #(..)(..)(..)(..);", _light_tokens()
    ).groups()
    numbers = [int(part, 16) for part in (red, green, blue)]
    assert "rgba({}, {}, {}, {:.2f})".format(*numbers, int(alpha, 16) / 255) == colours.BAND


def test_mail_pictures_use_no_colour_of_their_own():
    style = Path("templates/ruptures/charts/_standalone_style.svg").read_text()
    known = set(colours.VARIABLES) | {"#fff"}
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", style)) <= known


@pytest.mark.parametrize("path", sorted(Path("templates/ruptures/charts").iterdir()), ids=str)
def test_every_class_of_the_templates_is_styled(path):
    classes = set(re.findall(r'class="([\w -]+)"', path.read_text()))
    css = (STATIC / "charts.css").read_text()
    missing = {name for each in classes for name in each.split() if f".{name}" not in css}
    assert missing <= UNSTYLED


def _light_tokens():
    return (STATIC / "tokens.css").read_text().split("@media")[0]
