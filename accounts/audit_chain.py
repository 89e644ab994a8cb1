"""The chain over the audit: sealing new rows, and finding where it was tampered with.

The end of the chain is kept twice, in the database and in a file apart from it, so that rows cut
off at the end are missed too. Whoever can write to the database and to that file, and knows the
key, can forge everything; whoever lacks one of the three is found out.
"""

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from accounts.audit import keyed, own_mac
from accounts.models import AuditEntry, AuditHead

SEALED_AT_ONCE = 1000
FIRST = "first"  # what stands before the first row


@dataclass(frozen=True)
class Verdict:
    """`broken_at` is the place in the chain, counted from 1, or 0 for what has no place."""

    entries: int
    broken_at: int | None = None
    why: str = ""

    @property
    def is_whole(self) -> bool:
        return self.broken_at is None


def seal() -> int:
    """Gives every row that has none its place. Returns how many."""
    sealed = 0
    while done := _seal_some():
        sealed += done
    return sealed


@transaction.atomic
def _seal_some() -> int:
    """Under the lock of the head, so that of two sealers one works. Rows come in the order of
    their ids; one whose transaction ended late gets a later place, and is lost to nobody."""
    AuditHead.objects.get_or_create(pk=1)
    head = AuditHead.objects.select_for_update().get(pk=1)
    before, chain = head.length, head.chain or FIRST
    links = []
    for entry in AuditEntry.objects.unsealed().order_by("id")[:SEALED_AT_ONCE]:
        place = before + len(links) + 1
        chain = link(chain, place, entry.pk, entry.own_mac)
        links.append((place, chain, entry.pk))
    if links:
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE accounts_auditentry SET place = %s, chain = %s WHERE id = %s", links
            )
        _move_head(head, before + len(links), chain)
    return len(links)


def link(chain: str, place: int, number: int, mac: str) -> str:
    return keyed(f"{chain}|{place}|{number}|{mac}")


def _move_head(head: AuditHead, length: int, chain: str) -> None:
    head.length, head.chain, head.mac = length, chain, _mac_of_head(length, chain)
    head.save()
    transaction.on_commit(lambda: keep_head_apart(length, chain))


def _mac_of_head(length: int, chain: str) -> str:
    return keyed(f"head|{length}|{chain}")


def head_file() -> Path:
    return Path(settings.APART_DIR) / "audit-head.json"


def keep_head_apart(length: int, chain: str) -> None:
    """Written beside and renamed, so that a crash leaves the one before. Where an overtaken sealer
    writes an older head last, the next sealing mends it."""
    path = head_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    said = {"length": length, "chain": chain, "mac": _mac_of_head(length, chain)}
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as beside:
        json.dump(said, beside)
        beside.flush()
        os.fsync(beside.fileno())
    Path(beside.name).replace(path)


def start_from_database() -> None:
    """After a restore the end of the chain is an older one; it is taken as it stands there."""
    head = AuditHead.objects.filter(pk=1).first()
    if head is None:
        forget()
    else:
        keep_head_apart(head.length, head.chain)


def forget() -> None:
    """For a database that is emptied and begins anew."""
    head_file().unlink(missing_ok=True)


def verify() -> Verdict:
    """Walks the whole chain. What was not yet sealed is sealed first."""
    seal()
    chain, expected = FIRST, 0
    apart = _head_apart()
    sealed = AuditEntry.objects.sealed()
    for entry in sealed.iterator(chunk_size=SEALED_AT_ONCE):
        expected += 1
        if entry.place != expected:
            return Verdict(expected, expected, "an entry is missing here")
        if own_mac(entry) != entry.own_mac:
            return Verdict(expected, expected, "this entry was changed")
        chain = link(chain, entry.place, entry.pk, entry.own_mac)
        if chain != entry.chain:
            return Verdict(expected, expected, "this entry does not follow from the one before")
        if apart and apart["length"] == expected and apart["chain"] != chain:
            return Verdict(expected, expected, "the head kept apart tells another entry")
    return _compare_heads(expected, chain, apart)


def _compare_heads(length: int, chain: str, apart: dict | None) -> Verdict:
    head = AuditHead.objects.filter(pk=1).first()
    if length and head is None:
        return Verdict(length, 0, "the head in the database is gone")
    if head and head.length != length:
        return Verdict(length, length + 1, f"the head counts {head.length} entries")
    if head and head.length and (head.chain != chain or head.mac != _mac_of_head(length, chain)):
        return Verdict(length, length, "the head in the database was changed")
    if apart is None:
        return Verdict(length, 0 if length else None, "the head kept apart is gone")
    if apart["mac"] != _mac_of_head(apart["length"], apart["chain"]):
        return Verdict(length, 0, "the head kept apart was changed")
    if apart["length"] > length:
        return Verdict(length, length + 1, f"the head kept apart counts {apart['length']} entries")
    return Verdict(length)


def _head_apart() -> dict | None:
    path = head_file()
    return json.loads(path.read_text()) if path.exists() else None
