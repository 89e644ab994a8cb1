"""A weekly report as its page shows it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from ruptures.services import reports, trend_pictures
from ruptures.services.report_contents import Content
from ruptures.trend_words import sentence
from ruptures.writing import one_decimal


@dataclass(frozen=True)
class ReportPage:
    """`left_out`: therapists of the report whom the reader supervises no longer."""

    week: str
    sentence: str
    chart: object
    multiples: list
    left_out: int


def page_of(content: Content, *, reader: User) -> ReportPage:
    shown = reports.within_reach(content, reader)
    return ReportPage(
        week=content.week,
        sentence=sentence(content.team[-1], _, one_decimal),
        chart=trend_pictures.weekly_chart(content.team, content.events),
        multiples=trend_pictures.small_multiples(shown),
        left_out=len(content.supervisees) - len(shown),
    )
