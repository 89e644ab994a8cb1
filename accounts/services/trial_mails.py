"""A mail sent at once to whoever asks for it, to see whether mail goes out and how it looks.

It is no row of the outbox: nothing is kept, and nothing counts as sent.
"""

import smtplib
from uuid import uuid4

from allauth.core import context
from allauth.core.internal import ratelimit
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.models import User

# The page waits for the mail server, and a mail server may take many for a flood.
LIMIT = {"trial_mail": "5/15m/user"}


class NotTaken(Exception):
    """The mail server did not take the mail, or was not asked; the message says so to a person."""


def send_to_oneself(message: EmailMessage, *, by: User) -> None:
    """Sends `message` to `by` and to nobody else, within EMAIL_TIMEOUT. Raises NotTaken."""
    if not by.email:
        raise NotTaken(_("You have no e-mail address here."))
    _refuse_many(by)
    message.to = [by.email]
    message.extra_headers["Message-ID"] = f"<test-{uuid4()}@alliance>"
    try:
        message.send()
    except smtplib.SMTPAuthenticationError as failure:
        raise NotTaken(_("The mail server refused the name or password.")) from failure
    except smtplib.SMTPRecipientsRefused as failure:
        raise NotTaken(_("The mail server refused your address.")) from failure
    except smtplib.SMTPException as failure:
        raise NotTaken(_("The mail server did not take the mail.")) from failure
    except OSError as failure:
        raise NotTaken(_("The mail server could not be reached.")) from failure


def _refuse_many(by: User) -> None:
    if not ratelimit.consume(
        context.request, app="alliance", action="trial_mail", config=LIMIT, user=by
    ):
        raise NotTaken(_("Five in a quarter of an hour are all there are. Please wait."))


def clinic_message() -> EmailMessage:
    """What an administrator sends to see that mail goes out. It holds nothing of anybody."""
    return EmailMessage(
        subject=_("Test: Alliance sends e-mail"), body=render_to_string("emails/trial.txt")
    )
