import re
from pathlib import Path

import pytest

from ruptures.charts import colours

STATIC = Path(__file__).parents[3] / "static" / "css"
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
