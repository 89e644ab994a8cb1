"""How any row that waits to be sent goes out: a worker claims it, sends it, marks it sent.

A worker killed between claim and send leaves a lease that runs out; the next sweep sends it. A
mail may then come twice, under one Message-ID; none is lost.
"""

import datetime
import logging
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import Outgoing

logger = logging.getLogger(__name__)

LEASE = datetime.timedelta(minutes=2)
BACK_OFF = datetime.timedelta(minutes=1)
SENT_IN_ONE_SWEEP = 200


class NoAddress(Exception):
    """The recipient has no e-mail address, so nothing went out."""


def look_now(task: str) -> None:
    """Wakes a worker. Where the broker is away the next sweep finds the row."""
    try:
        current_app.send_task(task, retry=False)
    except OperationalError:
        logger.warning("The broker is away; mails wait for the next sweep.")


def message_id(row: Outgoing) -> str:
    """From the row's key, so that a duplicate after a crash is known as one."""
    return f"<{row.key}@{urlsplit(settings.ORIGIN).hostname}>"


def deliver(due, *, message_for, still_concerns, withdraw) -> int:
    """Sends the rows of the queryset `due`, each claimed by one worker alone. Returns how many
    went out. `message_for` writes a row's mail; what no longer `still_concerns` its recipient is
    handed to `withdraw` instead."""
    sent = 0
    for row in due[:SENT_IN_ONE_SWEEP]:
        if not _claim(row):
            continue
        sent += _deliver_one(row, message_for, still_concerns, withdraw)
    return sent


def close(row: Outgoing, **fields) -> None:
    """The row was sent or withdrawn: no lease, and nothing kept that was for sending alone."""
    blank = dict.fromkeys(row.only_until_over, "")
    _rows(row).filter(pk=row.pk).update(leased_until=None, **blank, **fields)


def _rows(row: Outgoing):
    return type(row).objects


def _claim(row: Outgoing) -> bool:
    """A conditional update: of two workers one changes the row."""
    now = timezone.now()
    claimed = (
        _rows(row)
        .due(now)
        .filter(pk=row.pk)
        .update(leased_until=now + LEASE, attempts=F("attempts") + 1)
    )
    return claimed == 1


def _deliver_one(row: Outgoing, message_for, still_concerns, withdraw) -> bool:
    """True when the mail server took it; otherwise the row says why and comes up again.

    Whatever goes wrong with one row, those after it are not held up.
    """
    try:
        if not still_concerns(row):
            withdraw(row)
            return False
        if not message_for(row).send():
            raise NoAddress
    except Exception as failure:
        # The kind of failure alone: a mail server's words may hold the address.
        logger.error("%s %s was not delivered: %s", _name(row), row.pk, type(failure).__name__)
        _put_back(row, failure)
        return False
    close(row, sent_at=timezone.now())
    return True


def _name(row: Outgoing) -> str:
    return str(row._meta.verbose_name).capitalize()


def _put_back(row: Outgoing, failure: Exception) -> None:
    waits = BACK_OFF * min(2**row.attempts, 30)
    _rows(row).filter(pk=row.pk).update(
        leased_until=timezone.now() + waits, last_error=type(failure).__name__
    )
