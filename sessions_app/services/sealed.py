"""Answers that a device sealed before it sent them, and that may come days later.

They need no cookie, since the ticket's may be gone by then: the ticket's uuid, which only the page
of the form ever held, is what lets somebody hand in, and it travels within the seal.
"""

import datetime
import json
from uuid import UUID

from django.utils import timezone

from accounts import sealing
from sessions_app.models import TabletLink
from sessions_app.services import tablet

LARGEST_BYTES = 4 * 1024
# By the server's clock: a tablet's own may be wrong by days and is asked nothing.
TAKEN_FOR = datetime.timedelta(days=30)


class NotForUs(ValueError):
    """Unknown, forged, unreadable or too late: whoever sends it learns no more than that."""


def open_answers(sealed: bytes, *, device: str) -> tuple[TabletLink, dict[str, str]]:
    """The ticket a sealed form was filled in with, and its fields as the device wrote them.

    Also a ticket that ran out or was revoked: the client marked the lines while it was good.
    `device` is what tries are counted by. Raises NotForUs, and TooManyTries.
    """
    tablet.refuse_after_many_tries(device)
    try:
        answers = _fields(sealing.open_sealed(sealed))
        return _ticket(answers.get("uuid", "")), answers
    except ValueError as wrong:
        tablet.count_failure(device)
        raise NotForUs from wrong


def _fields(opened: bytes) -> dict[str, str]:
    answers = json.loads(opened)
    if not isinstance(answers, dict) or not all(isinstance(x, str) for x in answers.values()):
        raise ValueError("not the fields of a form")
    return answers


def _ticket(entry_uuid: str) -> TabletLink:
    since = timezone.now() - TAKEN_FOR
    links = TabletLink.objects.select_related(
        "therapy_session__pair__client", "therapy_session__srs_entry"
    )
    link = links.filter(entry_uuid=UUID(entry_uuid), created_at__gt=since).first()
    if link is None:
        raise ValueError("no ticket")
    return link
