"""The fixed scales. An axis never fits itself to the data, so that charts compare by eye."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Axis:
    """A scale from bottom to top in tenths, with a tick at every `step`."""

    bottom: int
    top: int
    step: int

    @property
    def is_broken(self) -> bool:
        """Starts above zero, which the drawing must show."""
        return self.bottom > 0

    @property
    def ticks(self) -> list[int]:
        return list(range(self.bottom, self.top + 1, self.step))


UPPER_TOTALS = Axis(200, 400, 50)
ALL_TOTALS = Axis(0, 400, 100)
LINE_MARKS = Axis(0, 100, 50)


def totals_axis(totals: Iterable[float | None], full_scale: bool = False) -> Axis:
    """20-40, or 0-40 where asked for or where a value lies below 20."""
    lowest = min((total for total in totals if total is not None), default=ALL_TOTALS.top)
    return ALL_TOTALS if full_scale or lowest < UPPER_TOTALS.bottom else UPPER_TOTALS
