"""How any row that waits to be sent goes out: a worker claims it, sends it, marks it sent.

A worker killed between claim and send leaves a lease that runs out; the next sweep sends it. A
mail may then come twice, under one Message-ID; none is lost. A mail that does not reach its
recipient is marked as failed, so that somebody else can be told, and is tried on all the same.
"""

import datetime
import fcntl
import logging
import os
from email.utils import parseaddr
from pathlib import Path
from smtplib import SMTPDataError, SMTPRecipientsRefused
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import Outgoing

logger = logging.getLogger(__name__)

LEASE = datetime.timedelta(minutes=2)
BACK_OFF = datetime.timedelta(minutes=1)
LONGEST_BACK_OFF = 30  # times BACK_OFF
SENT_IN_ONE_SWEEP = 200
TRIES_UNTIL_FAILED = 5
FAILED_AFTER = datetime.timedelta(minutes=30)
PERMANENT = 500
SENT_LOG_BYTES = 1024 * 1024  # some 20,000 mails; the file before it is kept as well
# After so many in a row the mail server is away, and each further row would wait for its time-out.
SERVER_IS_AWAY_AFTER = 3


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


def return_path(row: Outgoing) -> str:
    """Where a mail that cannot be delivered comes back to, naming the row."""
    if not settings.EMAIL_RETURN_PATH:
        return settings.DEFAULT_FROM_EMAIL
    mailbox, _at, domain = parseaddr(settings.EMAIL_RETURN_PATH)[1].rpartition("@")
    return f"{mailbox}+{row.key.hex}@{domain}"


def deliver(due, *, message_for, still_concerns, withdraw) -> int:
    """Sends the rows of the queryset `due`, each claimed by one worker alone. Returns how many
    went out. `message_for` writes a row's mail; what no longer `still_concerns` its recipient is
    handed to `withdraw` instead."""
    sent = unanswered = 0
    for row in due[:SENT_IN_ONE_SWEEP]:
        if not _claim(row):
            continue
        failure = _deliver_one(row, message_for, still_concerns, withdraw)
        sent += failure is None and row.sent_at is not None
        unanswered = unanswered + 1 if _is_servers(failure) else 0
        if unanswered == SERVER_IS_AWAY_AFTER:
            break
    return sent


def close(row: Outgoing, **fields) -> None:
    """The row was sent or withdrawn: no lease, and nothing kept that was for sending alone."""
    blank = dict.fromkeys(row.only_until_over, "")
    blank["leased_until"] = None
    if row.failed_at:  # not one that came back while it was being sent
        blank |= {"failed_at": None, "failure": ""}
    _rows(row).filter(pk=row.pk).update(**blank, **fields)


def came_back(row: Outgoing, status: str) -> None:
    """A mail that had gone out was returned: it did not reach its recipient."""
    _rows(row).filter(pk=row.pk, failed_at=None).update(
        failed_at=timezone.now(), failure=Outgoing.Failure.CAME_BACK, last_error=status[:200]
    )


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
    row.attempts += claimed
    return claimed == 1


def _deliver_one(row: Outgoing, message_for, still_concerns, withdraw) -> Exception | None:
    """None when the mail server took it, or nobody needs it any more; otherwise the row says why
    and comes up again.

    Whatever goes wrong with one row, those after it are not held up.
    """
    try:
        if not still_concerns(row):
            withdraw(row)
            return None
        if not _with_return_path(message_for(row), row).send():
            raise NoAddress
    except Exception as failure:
        # The kind of failure alone: a mail server's words may hold the address.
        logger.error("%s %s was not delivered: %s", _name(row), row.pk, type(failure).__name__)
        _put_back(row, failure)
        return failure
    _remember_sent(row)
    row.sent_at = timezone.now()
    close(row, sent_at=row.sent_at)
    return None


def _with_return_path(message: EmailMessage, row: Outgoing) -> EmailMessage:
    """The reader sees the usual sender; a mail server returns it to the row's own address."""
    message.extra_headers.setdefault("From", message.from_email)
    message.from_email = return_path(row)
    return message


def _sent_log() -> Path:
    return Path(settings.APART_DIR) / "sent.log"


def _older_sent_log() -> Path:
    """The one before, which makes room when the newer is full."""
    return _sent_log().with_suffix(".1.log")


def _remember_sent(row: Outgoing) -> None:
    """Its key, in a file that no backup of the database holds."""
    try:
        _sent_log().parent.mkdir(parents=True, exist_ok=True)
        with _sent_log().open("a") as log:
            fcntl.flock(log, fcntl.LOCK_EX)
            log.writelines(f"{mark}\n" for mark in _marks(row))
            log.flush()
            # Of two that find it full, the second finds another file in its place.
            if log.tell() > SENT_LOG_BYTES and _is_still(log, _sent_log()):
                _sent_log().replace(_older_sent_log())
    except OSError as failure:
        # The mail is out. Better twice after a restore than reported as not sent.
        logger.error("%s %s was sent, not logged: %s", _name(row), row.pk, type(failure).__name__)


def _is_still(log, path: Path) -> bool:
    return path.exists() and os.path.samestat(os.fstat(log.fileno()), path.stat())


def _marks(row: Outgoing) -> set[str]:
    return {str(row.key), row.said_once} - {""}


def _sent() -> set[str]:
    # The newer first: it may become the older one in between.
    logs = [path for path in (_sent_log(), _older_sent_log()) if path.exists()]
    return {mark for path in logs for mark in path.read_text().split()}


def was_sent(row: Outgoing) -> bool:
    """Also where the row that was sent is gone, as after a restore."""
    return not _marks(row).isdisjoint(_sent())


def close_what_was_sent(model: type[Outgoing]) -> int:
    """After a restore: rows that wait in the backup, and went out since, do not go out again.
    Returns how many."""
    sent = _sent()
    again = [row for row in model.objects.unsent().iterator() if not _marks(row).isdisjoint(sent)]
    for row in again:
        close(row, sent_at=timezone.now())
    return len(again)


def _name(row: Outgoing) -> str:
    return str(row._meta.verbose_name).capitalize()


def _put_back(row: Outgoing, failure: Exception) -> None:
    now = timezone.now()
    waits = BACK_OFF * min(2 ** (row.attempts - 1), LONGEST_BACK_OFF)
    changes = {"leased_until": now + waits, "last_error": type(failure).__name__}
    if kind := _failed(row, failure, now):
        changes |= {"failed_at": row.failed_at or now, "failure": kind}
    _rows(row).filter(pk=row.pk).update(**changes)


def _failed(row: Outgoing, failure: Exception, now: datetime.datetime) -> str:
    """Refused for good, or tried long enough; blank while there is hope."""
    if _is_refusal(failure):
        return Outgoing.Failure.REFUSED
    if row.attempts >= TRIES_UNTIL_FAILED or now - row.due_at >= FAILED_AFTER:
        return Outgoing.Failure.NO_ANSWER
    return ""


def _is_refusal(failure: Exception) -> bool:
    """The recipient, or the mail itself, was refused in words that say: do not try again."""
    if isinstance(failure, SMTPRecipientsRefused):
        return all(code >= PERMANENT for code, _said in failure.recipients.values())
    if isinstance(failure, SMTPDataError):
        return failure.smtp_code >= PERMANENT
    return isinstance(failure, NoAddress)


def _is_servers(failure: Exception | None) -> bool:
    """The mail server did not answer, or ended the connection: it would do so with any mail."""
    refused = (SMTPRecipientsRefused, SMTPDataError)
    return isinstance(failure, OSError) and not isinstance(failure, refused)
