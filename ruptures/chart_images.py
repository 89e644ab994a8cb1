"""PNG from SVG, for mail. The text is drawn with the font of a wheel, never one of the machine."""

from functools import cache
from html.parser import HTMLParser

import font_roboto
import resvg_py

FONT = "Roboto"
WEIGHTS = ("Roboto", "RobotoMedium")
NO_SUCH_LETTER = "\ue000"  # private use: the font draws its empty box for it


class FontMissing(RuntimeError):
    """The wheel that carries the font is not complete."""


class TextNotDrawable(ValueError):
    """The font lacks letters of this text, so the picture would show boxes in their place."""


def png(svg: str, width: int) -> bytes:
    """The drawing as PNG on white, `width` px wide, its text included.

    Raises FontMissing, TextNotDrawable, or ValueError for what is no SVG.
    """
    missing = sorted(letter for letter in _letters(svg) if not _is_drawn(letter))
    if missing:
        raise TextNotDrawable(f"{FONT} has no letter for {' '.join(missing)}")
    return _rendered(svg, width)


def can_draw(text: str) -> bool:
    """Whether the font has every letter of it."""
    return all(_is_drawn(letter) for letter in text if not letter.isspace())


def _rendered(svg: str, width: int) -> bytes:
    return resvg_py.svg_to_bytes(
        svg_string=svg,
        width=width,
        background="#ffffff",
        skip_system_fonts=True,
        font_family=FONT,
        sans_serif_family=FONT,
        font_files=_font_files(),
    )


@cache
def _font_files() -> list[str]:
    absent = [name for name in WEIGHTS if name not in font_roboto.font_files]
    if absent:
        raise FontMissing(f"The package font-roboto lacks {', '.join(absent)}.")
    return [font_roboto.font_files[name] for name in WEIGHTS]


class _Texts(HTMLParser):
    """Collects what stands inside <text>; the renderer skips titles and descriptions."""

    def __init__(self):
        super().__init__()
        self.depth = 0
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.depth += tag == "text"

    def handle_endtag(self, tag):
        self.depth -= tag == "text"

    def handle_data(self, data):
        if self.depth:
            self.found.append(data)


def _letters(svg: str) -> set[str]:
    texts = _Texts()
    texts.feed(svg)
    return {letter for letter in "".join(texts.found) if not letter.isspace()}


@cache
def _is_drawn(letter: str) -> bool:
    return _picture_of(letter) not in (_picture_of(" "), _picture_of(NO_SUCH_LETTER))


@cache
def _picture_of(letter: str) -> bytes:
    sample = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24">'
        f'<text x="4" y="18" font-size="16" font-family="{FONT}">&#{ord(letter)};</text></svg>'
    )
    return _rendered(sample, 24)
