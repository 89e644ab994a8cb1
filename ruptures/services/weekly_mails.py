"""The Monday mail: aggregate figures of the team, or the link alone. Nobody is in it."""

from email.mime.image import MIMEImage

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Clinic, User
from ruptures.charts import week_rows
from ruptures.charts.week_events import marked
from ruptures.services import trend_pictures
from ruptures.services.report_contents import Content
from ruptures.trend import iso_week, without_small_counts
from ruptures.trend_words import sentence, text_table

CHART_ID = "weekly-trend@alliance"


def is_link_only(recipient: User) -> bool:
    """By the person's own choice, or by the clinic's for all."""
    return recipient.weekly_mail == User.WeeklyMail.LINK or Clinic.current().weekly_mail_link_only


def weekly_message(
    content: Content, *, recipient: User, is_test: bool = False
) -> EmailMultiAlternatives:
    """The mail of a week in the language that is active. A test says that it is one, and is the
    same beneath."""
    context = {
        "monday": iso_week(content.week).monday,
        "is_test": is_test,
        "link": settings.ORIGIN + _address(content),
    }
    subject = _("Test: Alliance, the weekly trend") if is_test else _("Alliance: the weekly trend")
    if is_link_only(recipient):
        body = render_to_string("emails/weekly_link.txt", context)
        return EmailMultiAlternatives(subject=subject, body=body)
    return _with_chart(subject, content, context)


def _address(content: Content) -> str:
    if content.is_kept:
        return reverse("weekly_report_detail", args=[content.week])
    return reverse("weekly_report_now")


def _with_chart(subject: str, content: Content, context: dict) -> EmailMultiAlternatives:
    figures = without_small_counts(content.team)
    events, words = marked(content.events, figures), trend_pictures.wording()
    context |= {
        "sentence": sentence(figures[-1], _, words.number, words.day),
        "table": text_table(figures, _, words.number, words.day),
        "rows": week_rows(figures, words),
        "events": [{"letter": event.letter, "on": event.on} for event in events],
        "chart_id": CHART_ID,
    }
    message = EmailMultiAlternatives(
        subject=subject, body=render_to_string("emails/weekly.txt", context)
    )
    message.mixed_subtype = "related"  # the picture belongs to the text, and is no attachment
    message.attach_alternative(render_to_string("emails/weekly.html", context), "text/html")
    message.attach(_inline_png(trend_pictures.weekly_png(figures, content.events)))
    return message


def _inline_png(png: bytes) -> MIMEImage:
    part = MIMEImage(png)
    part.add_header("Content-ID", f"<{CHART_ID}>")
    part.add_header("Content-Disposition", "inline", filename="weekly-trend.png")
    return part
