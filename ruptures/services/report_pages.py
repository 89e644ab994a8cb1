"""A weekly report as its page shows it."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from accounts.models import User
from ruptures.services import reports, trend_pictures
from ruptures.services.report_contents import Content
from ruptures.trend import iso_week
from ruptures.trend_words import sentence


@dataclass(frozen=True)
class ReportPage:
    """`is_empty`: there is nothing to draw. `first_on`: the day on which what is there by then
    becomes a report. `left_out`: therapists of it whom the reader supervises no longer."""

    monday: date
    first_on: date
    is_empty: bool
    sentence: str
    chart: object
    multiples: list
    left_out: int


def page_of(content: Content, *, reader: User) -> ReportPage:
    shown, words = reports.within_reach(content, reader), trend_pictures.wording()
    return ReportPage(
        monday=iso_week(content.week).monday,
        first_on=iso_week(content.week).sunday + timedelta(days=1),
        is_empty=not content.events and all(week.is_empty for week in content.team),
        sentence=sentence(content.team[-1], _, words.number, words.day),
        chart=trend_pictures.weekly_chart(content.team, content.events),
        multiples=trend_pictures.small_multiples(shown),
        left_out=len(content.supervisees) - len(shown),
    )
