"""What goes out by e-mail. No client, no therapist, no score of a person: a count and a link."""

from email.mime.image import MIMEImage

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import outbox
from ruptures.models import Alert, Episode
from ruptures.services import reports, trend_pictures
from ruptures.trend import sentence, text_table
from ruptures.writing import one_decimal

CHART_ID = "weekly-trend@alliance"


def message_for(alert: Alert) -> EmailMultiAlternatives:
    """The mail of an alert, in its recipient's language."""
    makers = {
        Alert.Kind.STRAIN: _strain,
        Alert.Kind.DIGEST: _digest,
        Alert.Kind.WEEKLY: _weekly,
    }
    with translation.override(alert.recipient.mail_language):
        message = makers[alert.kind](alert)
    message.to = [alert.recipient.email]
    message.extra_headers["Message-ID"] = outbox.message_id(alert)
    return message


def _strain(alert: Alert) -> EmailMultiAlternatives:
    return _text(
        _("Alliance: something is waiting for you"),
        "emails/strain.txt",
        {"link": settings.ORIGIN + reverse("review_queue")},
    )


def supervised_open_episodes(alert: Alert):
    """Open strains of those whom the recipient supervises today."""
    return Episode.objects.open().supervised_by(alert.recipient)


def _digest(alert: Alert) -> EmailMultiAlternatives:
    return _text(
        _("Alliance: today's summary"),
        "emails/digest.txt",
        {
            "count": supervised_open_episodes(alert).count(),
            "link": settings.ORIGIN + reverse("review_queue"),
        },
    )


def _weekly(alert: Alert) -> EmailMultiAlternatives:
    report = alert.weekly_report
    figures = reports.figures_of(report)
    context = {
        "week": report.week,
        "sentence": sentence(figures[-1], translate=_, number=one_decimal),
        "table": text_table(figures, translate=_, number=one_decimal),
        "figures": figures,
        "chart_id": CHART_ID,
        "link": settings.ORIGIN + reverse("weekly_report_detail", args=[report.week]),
    }
    message = _text(_("Alliance: the weekly trend"), "emails/weekly.txt", context)
    message.attach_alternative(render_to_string("emails/weekly.html", context), "text/html")
    message.attach(_inline_png(trend_pictures.weekly_png(figures)))
    return message


def _text(subject: str, template: str, context: dict) -> EmailMultiAlternatives:
    return EmailMultiAlternatives(subject=subject, body=render_to_string(template, context))


def _inline_png(png: bytes) -> MIMEImage:
    part = MIMEImage(png)
    part.add_header("Content-ID", f"<{CHART_ID}>")
    part.add_header("Content-Disposition", "inline", filename="weekly-trend.png")
    return part
