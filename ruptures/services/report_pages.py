"""A weekly report as its page shows it."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from ruptures.services import reports, trend_pictures
from ruptures.services.report_contents import Content
from ruptures.trend import iso_week
from ruptures.trend_words import sentence


@dataclass(frozen=True)
class ReportPage:
    """`left_out`: therapists of the report whom the reader supervises no longer."""

    monday: date
    sentence: str
    chart: object
    multiples: list
    left_out: int


def page_of(content: Content, *, reader: User) -> ReportPage:
    shown, words = reports.within_reach(content, reader), trend_pictures.wording()
    return ReportPage(
        monday=iso_week(content.week).monday,
        sentence=sentence(content.team[-1], _, words.number, words.day),
        chart=trend_pictures.weekly_chart(content.team, content.events),
        multiples=trend_pictures.small_multiples(shown),
        left_out=len(content.supervisees) - len(shown),
    )
