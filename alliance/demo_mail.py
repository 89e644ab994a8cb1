"""The mail of demo mode: what its own SMTP server received, read back from the Maildir."""

import base64
import email.policy
import mailbox
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

SHOWN = 100
IMAGE_TYPES = {"image/png", "image/jpeg", "image/gif"}


@dataclass(frozen=True)
class Mail:
    """One received message. `images` are data: URIs; HTML parts are not shown at all."""

    name: str
    subject: str
    sender: str
    recipients: str
    date: datetime | None
    text: str = ""
    images: tuple[tuple[str, str], ...] = ()


def newest(directory: Path) -> list[Mail]:
    """At most `SHOWN` messages, without their bodies, the newest first."""
    box = _open(directory)
    names = sorted(box.keys(), key=_arrived, reverse=True)[:SHOWN]
    return [_headers(name, _parse(box, name)) for name in names]


def find(directory: Path, name: str) -> Mail | None:
    """The message called `name` with its text and images; None where there is none."""
    box = _open(directory)
    if name not in box.keys():  # noqa: SIM118  (a Maildir is no mapping of safe file names)
        return None
    message = _parse(box, name)
    head = _headers(name, message)
    return Mail(**vars(head) | {"text": _text(message), "images": tuple(_images(message))})


def _open(directory: Path) -> mailbox.Maildir:
    directory.parent.mkdir(parents=True, exist_ok=True)
    return mailbox.Maildir(directory)


def _arrived(name: str) -> tuple[int, int]:
    """A Maildir name begins with the second, then M and the microsecond, of its arrival."""
    second, _, rest = name.partition(".")
    microsecond = rest.partition("P")[0].removeprefix("M")
    return int(second), int(microsecond) if microsecond.isdigit() else 0


def _parse(box: mailbox.Maildir, name: str) -> EmailMessage:
    return email.message_from_bytes(box.get_bytes(name), policy=email.policy.default)


def _headers(name: str, message: EmailMessage) -> Mail:
    return Mail(
        name=name,
        subject=message.get("Subject", ""),
        sender=message.get("From", ""),
        recipients=message.get("To", ""),
        date=_sent(message),
    )


def _sent(message: EmailMessage) -> datetime | None:
    """The zone "-0000", as Django writes it, is UTC of a sender who names no place."""
    if not message["Date"]:
        return None
    moment = message["Date"].datetime
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _text(message: EmailMessage) -> str:
    body = message.get_body(preferencelist=("plain",))
    return body.get_content() if body else ""


def _images(message: EmailMessage):
    """The PNG, JPEG and GIF parts, as (description, data: URI)."""
    for part in message.walk():
        if part.get_content_type() in IMAGE_TYPES:
            data = base64.b64encode(part.get_payload(decode=True)).decode()
            description = part.get_filename() or part.get("Content-Description", "")
            yield description, f"data:{part.get_content_type()};base64,{data}"
