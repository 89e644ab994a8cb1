"""A ticket's link by e-mail: to the client's own address, in the client's language.

The mail names nobody and says nothing of therapy. It is sent by the worker, out of a row.
"""

from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import User
from sessions_app import client_texts
from sessions_app.models import LinkMail, TabletLink, TherapySession
from sessions_app.services import tablet

DELIVER_TASK = "sessions_app.deliver_link_mails"
# Enough to mend a mistyped address twice; too few to flood somebody's letter-box.
MAILS_A_SESSION = 5


class MailRefused(ValueError):
    """No mail goes out; the message says why, in the reader's language."""


@transaction.atomic
def send(*, therapy_session: TherapySession, by: User) -> LinkMail:
    """A new link, revoking those before it, and the mail that takes it to the client.

    Raises MailRefused, and EntryRefused where the session cannot be rated.
    """
    TherapySession.objects.select_for_update(no_key=True).get(pk=therapy_session.pk)
    _refuse_impossible(therapy_session)
    link, token = tablet.send_link(therapy_session=therapy_session, by=by)
    mail = LinkMail.objects.create(tablet_link=link, token=token)
    withdraw_what_is_over()
    transaction.on_commit(lambda: outbox.look_now(DELIVER_TASK))
    return mail


def newest_of(therapy_session: TherapySession) -> LinkMail | None:
    mails = LinkMail.objects.filter(tablet_link__therapy_session=therapy_session)
    return mails.select_related("tablet_link").order_by("-pk").first()


def deliver_due() -> int:
    """Sends what is due. Returns how many went out."""
    withdraw_what_is_over()
    return outbox.deliver(
        LinkMail.objects.due().select_related(
            "tablet_link__therapy_session__pair__client__sealing_key"
        ),
        message_for=message_for,
        still_concerns=_still_opens,
        withdraw=lambda mail: outbox.close(mail, withdrawn_at=timezone.now()),
    )


def message_for(mail: LinkMail) -> EmailMessage:
    client = mail.tablet_link.therapy_session.pair.client
    texts = client_texts.texts_of(client.language)
    link = tablet.address_of(mail.token, language=client.language)
    return EmailMessage(
        subject=texts["mail_subject"],
        body=render_to_string("emails/link.txt", {"texts": texts, "link": link}),
        to=[client.email],
        headers={"Message-ID": outbox.message_id(mail), "Auto-Submitted": "auto-generated"},
    )


def withdraw_what_is_over() -> None:
    """A link that was opened, used, revoked or that expired needs no mail any more."""
    over = LinkMail.objects.unsent().exclude(tablet_link__in=TabletLink.objects.unopened())
    over.update(withdrawn_at=timezone.now(), leased_until=None, token="")


def _still_opens(mail: LinkMail) -> bool:
    return TabletLink.objects.unopened().filter(pk=mail.tablet_link_id).exists()


def _refuse_impossible(therapy_session: TherapySession) -> None:
    if not therapy_session.pair.client.email:
        raise MailRefused(_("There is no e-mail address on the client's form yet."))
    sent = LinkMail.objects.filter(tablet_link__therapy_session=therapy_session).count()
    if sent >= MAILS_A_SESSION:
        raise MailRefused(
            _("%(most)s e-mails were written for this session already. Give the link by hand.")
            % {"most": MAILS_A_SESSION}
        )
