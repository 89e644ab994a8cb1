"""What every part of a drawing of weeks has to know."""

from dataclasses import dataclass

from ruptures.charts.drawing.plane import Sheet
from ruptures.charts.wording import Wording
from ruptures.trend import WeekFigures, forms_of

HEAD, NAME = 26, 18


@dataclass(frozen=True)
class WeekView:
    """The weeks, the sheet they go on, the words."""

    figures: list[WeekFigures]
    sheet: Sheet
    wording: Wording

    @property
    def forms(self) -> list[str]:
        """At least one, so that there is a scale before the first mark."""
        return forms_of(self.figures) or [""]

    @property
    def has_names(self) -> bool:
        """Two forms: each panel says above it which it is."""
        return len(self.forms) > 1

    @property
    def head(self) -> float:
        return HEAD + NAME * self.has_names

    @property
    def pitch(self) -> float:
        return self.sheet.pitch(len(self.figures))

    def x(self, place: float) -> float:
        return self.sheet.x(place, len(self.figures))

    def form_starts(self) -> list[int]:
        """The weeks in which the second form, the third … came into use."""
        return [
            next(place for place, week in enumerate(self.figures) if week.level(form))
            for form in self.forms[1:]
        ]
