"""Mails about somebody's own access: no name, no client, a link to this installation."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import AccountMail, User

DELIVER_TASK = "accounts.deliver_mails"


@transaction.atomic
def write(*, to: User, kind: str, token: str = "") -> AccountMail:
    """A row in the transaction of its cause; the worker sends it."""
    mail = AccountMail.objects.create(recipient=to, kind=kind, token=token)
    transaction.on_commit(lambda: outbox.look_now(DELIVER_TASK))
    return mail


def withdraw_to(user: User, *, kind: str) -> None:
    """What is not sent yet, and no longer true."""
    for mail in AccountMail.objects.unsent().filter(recipient=user, kind=kind):
        _withdraw(mail)


def any_was_sent() -> bool:
    return AccountMail.objects.exclude(sent_at=None).exists()


def deliver_due() -> int:
    """Sends what is due. Returns how many went out."""
    return outbox.deliver(
        AccountMail.objects.due().select_related("recipient"),
        message_for=message_for,
        still_concerns=lambda mail: mail.recipient.is_active,
        withdraw=_withdraw,
    )


def message_for(mail: AccountMail) -> EmailMessage:
    """In the language of its recipient."""
    writers = {
        AccountMail.Kind.INVITATION: _invitation,
        AccountMail.Kind.SECOND_FACTOR_RESET: _second_factor_reset,
        AccountMail.Kind.BREAK_GLASS: _break_glass,
    }
    with translation.override(mail.recipient.mail_language):
        subject, body = writers[mail.kind](mail)
    return EmailMessage(
        subject=subject,
        body=body,
        to=[mail.recipient.email],
        headers={"Message-ID": outbox.message_id(mail), "Auto-Submitted": "auto-generated"},
    )


def _invitation(mail: AccountMail) -> tuple[str, str]:
    link = f"{settings.ORIGIN}{reverse('invitation_accept')}#{mail.token}"
    return _("Alliance: an invitation"), render_to_string("emails/invitation.txt", {"link": link})


def _second_factor_reset(mail: AccountMail) -> tuple[str, str]:
    link = settings.ORIGIN + reverse("account_login")
    body = render_to_string("emails/second_factor_reset.txt", {"link": link})
    return _("Alliance: your second step was reset"), body


def _break_glass(mail: AccountMail) -> tuple[str, str]:
    link = settings.ORIGIN + reverse("break_glass_list")
    body = render_to_string("emails/break_glass.txt", {"link": link})
    return _("Alliance: a record was opened in an emergency"), body


def _withdraw(mail: AccountMail) -> None:
    outbox.close(mail, withdrawn_at=timezone.now())
