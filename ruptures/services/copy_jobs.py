"""A client's copy is made by the worker: asked for in a row, claimed by a lease, kept for a day.

A worker that is killed leaves a lease that runs out; the next look makes the copy anew. Nothing of
the record is in the task, the log or the broker: the copy lies in its row, under the client's key.
"""

import datetime
import logging
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts import audit, outbox
from accounts.models import User
from ruptures.models import ClientCopy
from ruptures.models.client_copy import LEASE
from ruptures.services import client_copies
from sessions_app.fields import client_fernet
from sessions_app.models import Pair

logger = logging.getLogger(__name__)

TASK = "ruptures.make_client_copies"
MADE_IN_ONE_LOOK = 20
TRIES = 5
WAIT_AFTER_A_FAILURE = datetime.timedelta(minutes=1)


class TakenOver(Exception):
    """Another worker has the row, or nobody wants the copy any more."""


class GoneMeanwhile(ValueError):
    """The day of the copy ended, or it is made anew, at this moment. Not its DoesNotExist: that
    would become an absent page in `audit.noted`."""


@audit.noted(audit.Action.ADDED)
def ask(*, pair: Pair, by: User) -> ClientCopy:
    """One copy of a client for a person: who asks while it is being made gets the same one, and
    what was made before is made anew."""
    mine = ClientCopy.objects.filter(pair=pair, asked_by=by)
    mine.exclude(pk__in=mine.unmade().values("pk")).delete()
    copy, _new = ClientCopy.objects.get_or_create(pair=pair, asked_by=by)
    transaction.on_commit(lambda: outbox.look_now(TASK))
    return copy


@audit.noted(audit.Action.EXPORTED, on="copy")
def hand_out(*, copy: ClientCopy, by: User) -> dict[str, Any]:
    """What the copy says, which is read now. Raises GoneMeanwhile."""
    try:
        return copy.content
    except ClientCopy.DoesNotExist as gone:
        raise GoneMeanwhile from gone


def standing(*, pair: Pair, asked_by: User) -> ClientCopy | None:
    """The copy of this client that the person asked for, and how far it is."""
    return ClientCopy.objects.of(asked_by).filter(pair=pair).defer("content").first()


def make_due() -> int:
    """Makes what is asked for, and forgets what is over. Returns how many were made."""
    ClientCopy.objects.over().delete()
    made = 0
    for copy in (
        ClientCopy.objects.due()
        .select_related("pair__client__sealing_key")
        .order_by("pk")[:MADE_IN_ONE_LOOK]
    ):
        made += _claim(copy) and _make(copy)
    return made


def _claim(copy: ClientCopy) -> bool:
    """A conditional update: of two workers that found the same row one gets it. What five workers
    were killed by, or failed at, is given up."""
    now = timezone.now()
    free = ClientCopy.objects.due(now).filter(pk=copy.pk, attempts=copy.attempts)
    if copy.attempts >= TRIES:
        free.update(failed_at=now, leased_until=None, parts_made=None)
        return False
    claimed = free.update(leased_until=now + LEASE, attempts=F("attempts") + 1, parts_made=0)
    copy.attempts += claimed
    return claimed == 1


def _make(copy: ClientCopy) -> bool:
    """Whether it was made. Whatever goes wrong with one, those after it are made."""
    try:
        content = client_copies.copy_of(
            pair=copy.pair, part_told=lambda told: _go_on(copy, parts_made=told)
        )
        sealed = ClientCopy._meta.get_field("content").seal(
            content, client_fernet(copy, "pair.client")
        )
        _go_on(copy, content=sealed, made_at=timezone.now(), parts_made=None)
    except TakenOver:
        return False
    except Exception as failure:
        # The kind of failure alone: its words may hold what the record says.
        logger.error("Client copy %s was not made: %s", copy.pk, type(failure).__name__)
        _held(copy).update(leased_until=timezone.now() + WAIT_AFTER_A_FAILURE, parts_made=None)
        return False
    return True


def _held(copy: ClientCopy):
    """The row, for as long as it is in the hands of this claim."""
    return ClientCopy.objects.unmade().filter(pk=copy.pk, attempts=copy.attempts)


def _go_on(copy: ClientCopy, **done) -> None:
    """Notes what is done and holds the row for longer. Raises TakenOver."""
    if not _held(copy).update(leased_until=timezone.now() + LEASE, **done):
        raise TakenOver
