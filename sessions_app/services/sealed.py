"""Answers that a device sealed before it sent them, and that may come days later.

They need no cookie, since the ticket's may be gone by then: the ticket's uuid, which only the
pages of its own device ever held, is what lets somebody hand in, and it travels within the seal.
Tries are not counted: 122 random bits are not guessed, and many tablets stand behind one address.
"""

import datetime
import json
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from accounts import sealing
from sessions_app.models import TabletLink

LARGEST_BYTES = 4 * 1024
# By the server's clock: a tablet's own may be wrong by days and is asked nothing.
TAKEN_FOR = datetime.timedelta(days=30)


# A link that was called back may have reached the wrong person, a revoked tablet be stolen.
_FOR_SOMEBODY_ELSE = Q(way=TabletLink.Way.LINK, revoked_at__isnull=False) | Q(
    tablet__revoked_at__isnull=False
)


class NotForUs(ValueError):
    """Unknown, forged, unreadable or too late: whoever sends it learns no more than that."""


def open_answers(sealed: bytes) -> tuple[TabletLink, dict[str, str]]:
    """The ticket a sealed form was filled in with, and its fields as the device wrote them.

    Also a ticket that ran out or made room for a newer one: the client marked the lines while it
    was good. Raises NotForUs.
    """
    try:
        answers = _fields(sealing.open_sealed(sealed))
        return _ticket(answers.get("uuid", "")), answers
    except (ValueError, RecursionError) as wrong:
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
    links = links.exclude(_FOR_SOMEBODY_ELSE)
    link = links.filter(entry_uuid=UUID(entry_uuid), created_at__gt=since).first()
    if link is None:
        raise ValueError("no ticket")
    return link
