"""What every part of a pair's drawing has to know."""

from collections.abc import Sequence
from dataclasses import dataclass

from ruptures.charts.drawing.plane import Sheet
from ruptures.charts.sessions import ChartSession
from ruptures.charts.wording import Wording, noted_words, session_name, status_words


def in_words(sessions: Sequence[ChartSession], wording: Wording) -> list[str]:
    """Each session in one line, for the small note under the pointer."""
    return [_words(each, wording) for each in sessions]


def _words(chart_session: ChartSession, wording: Wording) -> str:
    phrases = [session_name(chart_session, wording), status_words(chart_session, wording)]
    return ". ".join(phrases + noted_words(chart_session, wording))


@dataclass(frozen=True)
class View:
    """The sessions, the sheet they go on, the cut-off in tenths, the words; `said` is each session
    in one line, which two drawings of it share."""

    sessions: list[ChartSession]
    sheet: Sheet
    cutoff: int
    wording: Wording
    said: Sequence[str]

    @property
    def pitch(self) -> float:
        return self.sheet.pitch(len(self.sessions))

    def x(self, place: float) -> float:
        return self.sheet.x(place, len(self.sessions))
