"""What every part of a pair's drawing has to know."""

from dataclasses import dataclass

from ruptures.charts.drawing.plane import Sheet
from ruptures.charts.sessions import ChartSession
from ruptures.charts.wording import Wording


@dataclass(frozen=True)
class View:
    """The sessions, the sheet they go on, the cut-off in tenths, the words."""

    sessions: list[ChartSession]
    sheet: Sheet
    cutoff: int
    wording: Wording

    @property
    def pitch(self) -> float:
        return self.sheet.pitch(len(self.sessions))

    def x(self, place: float) -> float:
        return self.sheet.x(place, len(self.sessions))
