"""Reads the mail that a mail server sends back when it cannot deliver one of ours.

By the report that RFC 3464 describes; where a server writes its own, by who writes and to which
address. Whoever knows the random key of a mail can say that it came back, and does no more by it
than have the next person told.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import parseaddr
from uuid import UUID

RETURN_ADDRESS = re.compile(r"\+([0-9a-f]{32})@", re.I)
MESSAGE_ID = re.compile(r"<([0-9a-f-]{36})@", re.I)
ADDRESSED_IN = ("to", "delivered-to", "x-original-to", "envelope-to")
RETURNED_AS = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers")
MAIL_SERVERS = ("mailer-daemon", "postmaster")
UNKNOWN = "5.0.0"


@dataclass(frozen=True)
class Bounce:
    """`key` names the mail, `status` is the server's number for why (5.1.1: no such person)."""

    key: UUID
    status: str


def read(raw: bytes) -> Bounce | None:
    """None where nothing came back for good: a delay, a receipt, an answer of somebody away."""
    message = message_from_bytes(raw)  # the newer policy stumbles over headers gone wrong
    status = _failure(message)
    key = _key(message)
    return Bounce(key, status) if status and key else None


def _failure(message: Message) -> str:
    """The number of the first delivery that failed for good, blank where none did."""
    reports = [part for part in message.walk() if part.get_content_type().endswith("-status")]
    if not reports:
        return UNKNOWN if _wrote_a_server(message) else ""
    blocks = (block for report in reports for block in _blocks(report))
    failed = (block for block in blocks if _text(block, "action").lower() == "failed")
    status = next((_text(block, "status") or UNKNOWN for block in failed), "")
    return "" if status.startswith("4") else status[:20]


def _wrote_a_server(message: Message) -> bool:
    sender = parseaddr(_text(message, "from"))[1].lower()
    return sender.partition("@")[0] in MAIL_SERVERS


def _blocks(report: Message) -> list[Message]:
    content = report.get_payload()
    return content if isinstance(content, list) else []


def _key(message: Message) -> UUID | None:
    found = next(_keys(message), None)
    return UUID(found) if found else None


def _keys(message: Message) -> Iterator[str]:
    for name in ADDRESSED_IN:
        yield from RETURN_ADDRESS.findall(" ".join(map(str, message.get_all(name, []))))
    for part in message.walk():
        if part.get_content_type() in RETURNED_AS:
            yield from MESSAGE_ID.findall(_returned_id(part))


def _returned_id(part: Message) -> str:
    """Of the mail that came back, as a whole or by its headers alone."""
    content = part.get_payload()
    if isinstance(content, list):
        return _text(content[0], "message-id") if content else ""
    lines = str(content).splitlines()
    return next((line for line in lines if line.lower().startswith("message-id:")), "")


def _text(message: Message, name: str) -> str:
    return str(message.get(name, "")).strip()
