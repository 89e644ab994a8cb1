"""Which clients were erased, in a file that no backup of the database holds.

A line has the hash of the destroyed key's name, when and why, and a keyed code, so that nobody can
write an erasure into it. It is written before the rows go: an erasure that was begun is never
forgotten.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from accounts.audit import keyed


class LogBroken(ValueError):
    """A line of the log was changed; the message names it."""


def path() -> Path:
    return Path(settings.APART_DIR) / "erasures.jsonl"


def hash_of(key: UUID) -> str:
    return hashlib.sha256(key.bytes).hexdigest()


def add(key: UUID, *, reason: str) -> None:
    """Returns when the line is on the disk."""
    path().parent.mkdir(parents=True, exist_ok=True)
    line = {"key": hash_of(key), "at": timezone.now().isoformat(), "reason": reason}
    line["code"] = _code(line)
    with path().open("a") as log:
        log.write(json.dumps(line) + "\n")
        log.flush()
        os.fsync(log.fileno())


def erased() -> dict[str, str]:
    """Hashes of destroyed keys, each with its reason. Raises LogBroken."""
    return {line["key"]: line["reason"] for line in _lines()}


def _lines() -> Iterator[dict]:
    if not path().exists():
        return
    for number, text in enumerate(path().read_text().splitlines(), start=1):
        try:
            line = json.loads(text)
            whole = line["code"] == _code(line)
        except (ValueError, KeyError) as wrong:
            raise LogBroken(f"Line {number} of {path()} cannot be read.") from wrong
        if not whole:
            raise LogBroken(f"Line {number} of {path()} was changed.")
        yield line


def _code(line: dict) -> str:
    return keyed(f"erasure|{line['key']}|{line['at']}|{line['reason']}")
