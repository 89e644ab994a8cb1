import struct

import font_roboto
import pytest
from django.template.loader import render_to_string

from ruptures import chart_images
from ruptures.chart_images import FontMissing, TextNotDrawable, png
from ruptures.charts import draw_weekly_trend

BLANK = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 50">{}</svg>'


def with_text(words):
    return BLANK.format(f'<text x="5" y="30" font-size="20" font-family="Roboto">{words}</text>')


def test_picture_is_a_png_of_the_width_asked_for():
    picture = png(with_text("Total"), 400)
    assert picture.startswith(b"\x89PNG")
    assert struct.unpack(">II", picture[16:24]) == (400, 100)


def test_text_leaves_its_mark_in_the_picture():
    assert png(with_text("Total"), 200) != png(BLANK.format(""), 200)
    assert png(with_text("36.0"), 200) != png(with_text("36.1"), 200)


@pytest.mark.parametrize("words", ["Größe, séance, años", "Ω λόγος", "Неделя", "–×≥"])
def test_letters_of_the_font_are_drawn(words):
    assert png(with_text(words), 200) != png(BLANK.format(""), 200)


@pytest.mark.parametrize("words", ["الأسبوع", "▼", "週"])
def test_letters_the_font_lacks_are_refused_aloud(words):
    with pytest.raises(TextNotDrawable, match="no letter for"):
        png(with_text(words), 200)


def test_letters_outside_drawn_text_are_no_obstacle():
    assert png(BLANK.format("<title>الأسبوع</title><desc>▼</desc>"), 200)


def test_missing_font_is_refused_aloud(monkeypatch):
    monkeypatch.setattr(font_roboto, "font_files", {})
    chart_images._font_files.cache_clear()
    with pytest.raises(FontMissing, match="Roboto"):
        png(with_text("Total"), 200)


def test_what_is_no_svg_is_refused():
    with pytest.raises(ValueError):
        png("no picture", 200)


def test_weekly_trend_becomes_a_picture_of_modest_size(weeks):
    drawing = draw_weekly_trend(weeks(*[36.0, 37.5, None, 38.0] * 3), key="mail")
    svg = render_to_string(
        "ruptures/charts/_weekly_trend.svg", {"drawing": drawing, "standalone": True}
    )
    assert 5_000 < len(png(svg, 1440)) < 200_000
    assert "var(--" not in svg
