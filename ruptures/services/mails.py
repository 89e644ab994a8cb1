"""What goes out by e-mail. No client, no therapist, no score of a person: a count and a link."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import Clinic
from ruptures.models import Alert, Episode
from ruptures.services import ladders, reports, weekly_mails


def message_for(alert: Alert) -> EmailMultiAlternatives:
    """The mail of an alert, in its recipient's language."""
    makers = {
        Alert.Kind.STRAIN: _strain,
        Alert.Kind.DIGEST: _digest,
        Alert.Kind.WEEKLY: _weekly,
        Alert.Kind.HANDED: _handed,
    }
    with translation.override(alert.recipient.mail_language):
        message = makers[alert.kind](alert)
    message.to = [alert.recipient.email]
    message.extra_headers["Message-ID"] = outbox.message_id(alert)
    return message


def _strain(alert: Alert) -> EmailMultiAlternatives:
    """Higher up the ladder it says that nobody has answered; nowhere, of whom it speaks."""
    plan_by = ladders.contact_plan_due_at(alert.episode)
    return _text(
        _("Alliance: something is waiting for you"),
        "emails/strain.txt",
        {
            "link": settings.ORIGIN + reverse("review_queue"),
            "nobody_answered": alert.rung > 0,
            "plan_by": timezone.localtime(plan_by, Clinic.current().zone) if plan_by else None,
        },
    )


def _handed(alert: Alert) -> EmailMultiAlternatives:
    return _text(
        _("Alliance: a case was handed to you"),
        "emails/handed.txt",
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
    content = reports.content_of(alert.weekly_report)
    return weekly_mails.weekly_message(content, recipient=alert.recipient)


def _text(subject: str, template: str, context: dict) -> EmailMultiAlternatives:
    return EmailMultiAlternatives(subject=subject, body=render_to_string(template, context))
