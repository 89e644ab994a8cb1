"""Answers that a device sealed before it sent them, and that may come days later.

They need no cookie, since the ticket's may be gone by then: the ticket's uuid, which only the
pages of its own device ever held, is what lets somebody hand in, and it travels within the seal.
Tries are not counted: 122 random bits are not guessed, and many tablets stand behind one address.
"""

import datetime
import json
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts import sealing
from accounts.prepared import Given, prepared
from sessions_app.models import TabletLink
from sessions_app.services import tablet

LARGEST_BYTES = 4 * 1024
# By the server's clock: a tablet's own may be wrong by days and is asked nothing.
TAKEN_FOR = datetime.timedelta(days=30)


# A link that was called back may have reached the wrong person, a revoked tablet be stolen.
_FOR_SOMEBODY_ELSE = Q(way=TabletLink.Way.LINK, revoked_at__isnull=False) | Q(
    tablet__revoked_at__isnull=False
)


class NotForUs(ValueError):
    """Unknown, forged, unreadable or too late: whoever sends it learns no more than that."""


@contextmanager
def taking_in(sealed: bytes) -> Iterator[tuple[TabletLink, dict[str, str]]]:
    """The ticket a sealed form was filled in with, locked as by `tablet.taking_in`, and its fields
    as the device wrote them. The block is one transaction.

    Also a ticket that ran out or made room for a newer one: the client marked the lines while it
    was good. Raises NotForUs.
    """
    try:
        answers = _fields(sealing.open_sealed(sealed))
        entry_uuid = UUID(answers.get("uuid", ""))
    except (ValueError, RecursionError) as wrong:
        raise NotForUs from wrong
    with transaction.atomic():
        since = timezone.now() - TAKEN_FOR
        link = tablet.found_locked(_issued, entry_uuid=entry_uuid, since=since)
        if link is None:
            raise NotForUs
        yield link, answers


def _fields(opened: bytes) -> dict[str, str]:
    answers = json.loads(opened)
    if not isinstance(answers, dict) or not all(isinstance(x, str) for x in answers.values()):
        raise ValueError("not the fields of a form")
    return answers


@prepared
def _issued():
    since = Given("since", models.DateTimeField())
    links = TabletLink.objects.exclude(_FOR_SOMEBODY_ELSE).filter(created_at__gt=since)
    return tablet.with_session_locked(
        links.filter(entry_uuid=Given("entry_uuid", models.UUIDField()))
    )
