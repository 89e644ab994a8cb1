"""The sheet of a drawing: its widths, its scales, and words that keep out of each other's way."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ruptures.charts.axes import Axis

LETTER = 6.9  # mean width of a letter at the 12.5 px of the drawings, on the generous side
APART = 15  # least distance of two lines of words, from one baseline to the next
FEWEST_PLACES = 8  # so that three sessions do not stretch over the whole sheet


@dataclass(frozen=True)
class Sheet:
    """Size in px. Left of `left` stand names, right of `right` what a line or band is called."""

    width: int
    left: int
    right: int
    is_narrow: bool
    panel: int
    lane: int

    def pitch(self, count: int) -> float:
        """Distance from one place to the next."""
        return (self.right - self.left) / max(count, FEWEST_PLACES)

    def x(self, place: float, count: int) -> float:
        return self.left + (place + 0.5) * self.pitch(count)


WIDE = Sheet(width=720, left=128, right=628, is_narrow=False, panel=220, lane=24)
NARROW = Sheet(width=340, left=26, right=304, is_narrow=True, panel=190, lane=40)
PADDING = 16  # around a picture that stands alone


def px(value: float) -> str:
    """A coordinate with a point, whatever the language of the page."""
    return f"{value:.1f}".removesuffix(".0")


def y_scale(axis: Axis, top: float, bottom: float):
    """A function from tenths to y; what lies beyond the axis stays on its edge."""

    def y(tenths: float) -> float:
        share = (min(max(tenths, axis.bottom), axis.top) - axis.bottom) / (axis.top - axis.bottom)
        return bottom - share * (bottom - top)

    return y


@dataclass(frozen=True)
class Label:
    """Words at a point. `kind` is the CSS class that colours them."""

    at: float
    height: float
    text: str
    anchor: str = "start"
    kind: str = ""

    @property
    def x(self) -> str:
        return px(self.at)

    @property
    def y(self) -> str:
        return px(self.height)

    @property
    def span(self) -> tuple[float, float]:
        width = LETTER * len(self.text)
        start = self.at - width * {"start": 0, "middle": 0.5, "end": 1}[self.anchor]
        return start, start + width


def within(label: Label, left: float, right: float) -> Label:
    """The label, moved inwards where it would leave the sheet."""
    start, end = label.span
    return replace(label, at=label.at + max(left - start, 0) - max(end - right, 0))


def without_overlap(labels: Sequence[Label], gap: float = 8) -> list[Label]:
    """The labels of one row, the important first; those that would touch an earlier one go."""
    kept: list[Label] = []
    for label in labels:
        start, end = label.span
        if all(end + gap <= other.span[0] or other.span[1] + gap <= start for other in kept):
            kept.append(label)
    return kept


def beside(label: Label, fixed: Label) -> Label:
    """The label, moved up or down until it clears a fixed one of the same column."""
    distance = label.height - fixed.height
    if abs(distance) >= APART:
        return label
    return replace(label, height=fixed.height + (APART if distance > 0 else -APART))


class Drawing:
    """What all drawings share. Standing alone, as in mail, they get a margin."""

    sheet: Sheet
    height: int

    @property
    def view_box(self) -> str:
        return f"0 0 {self.sheet.width} {self.height}"

    @property
    def padded_view_box(self) -> str:
        width, height = self.sheet.width + 2 * PADDING, self.height + 2 * PADDING
        return f"{-PADDING} {-PADDING} {width} {height}"
