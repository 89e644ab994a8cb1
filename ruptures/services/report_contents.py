"""What a weekly report holds, and how its row keeps it."""

from dataclasses import dataclass

from ruptures.models import WeeklyReport
from ruptures.trend import TrendEvent, WeekFigures


@dataclass(frozen=True)
class Supervisee:
    """One therapist's weeks in a report; `key` is the person's, the name as it was then."""

    key: str
    name: str
    weeks: list[WeekFigures]


@dataclass(frozen=True)
class Content:
    """All that a report shows, in no language: the team, each therapist by name, the events.

    `is_kept`: it comes from a stored report, which has an address of its own.
    """

    week: str
    team: list[WeekFigures]
    supervisees: list[Supervisee]
    events: list[TrendEvent]
    is_kept: bool = False

    def as_fields(self) -> dict:
        """Plain values, as `WeeklyReport` keeps them; `content_of` reads them back."""
        return {
            "figures": [row.as_row() for row in self.team],
            "supervisees": [
                {
                    "key": each.key,
                    "name": each.name,
                    "weeks": [row.as_row() for row in each.weeks],
                }
                for each in self.supervisees
            ],
            "events": [event.as_row() for event in self.events],
        }


def content_of(report: WeeklyReport) -> Content:
    """The report as it was made, whatever was corrected since."""
    return Content(
        week=report.week,
        team=[WeekFigures.from_row(row) for row in report.figures],
        supervisees=[
            Supervisee(
                each["key"], each["name"], [WeekFigures.from_row(row) for row in each["weeks"]]
            )
            for each in report.supervisees
        ],
        events=[TrendEvent.from_row(row) for row in report.events],
        is_kept=True,
    )
