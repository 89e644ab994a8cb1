"""A file that only the holder of a key can read, and in which nobody can change or cut a byte.

AES-256-GCM in chunks (the STREAM construction): each nonce counts the chunks and tells the last
one, so that chunks cannot be swapped, dropped or cut off. The key of each file is drawn from the
holder's secret and a salt at its head.
"""

import os
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"ALLIANCE-BACKUP-1\n"
SALT_BYTES = 16
CHUNK = 1024 * 1024
TAG_BYTES = 16


class CannotOpen(ValueError):
    """Another key, another kind of file, or a byte was changed or cut off; the message says what
    is known."""


def write(source: BinaryIO, sealed: BinaryIO, *, secret: str) -> None:
    """Seals all that `source` gives."""
    salt = os.urandom(SALT_BYTES)
    head = MAGIC + salt
    sealed.write(head)
    cipher = _cipher(secret, salt)
    number, chunk = 0, _read(source, CHUNK)
    while True:
        following = _read(source, CHUNK)
        sealed.write(cipher.encrypt(_nonce(number, last=not following), chunk, head))
        if not following:
            return
        number, chunk = number + 1, following


def read(sealed: BinaryIO, *, secret: str) -> Iterator[bytes]:
    """What was sealed, chunk by chunk; each was checked. Raises CannotOpen, also at the end where
    some is missing: who needs all of it or nothing reads it once before using it."""
    head = _read(sealed, len(MAGIC) + SALT_BYTES)
    if not head.startswith(MAGIC) or len(head) < len(MAGIC) + SALT_BYTES:
        raise CannotOpen("This is not a backup of Alliance.")
    cipher = _cipher(secret, head[len(MAGIC) :])
    number, chunk = 0, _read(sealed, CHUNK + TAG_BYTES)
    while True:
        following = _read(sealed, CHUNK + TAG_BYTES)
        try:
            yield cipher.decrypt(_nonce(number, last=not following), chunk, head)
        except InvalidTag as wrong:
            raise CannotOpen(
                "It was sealed with another BACKUP_KEY, or the file is damaged or cut off."
            ) from wrong
        if not following:
            return
        number, chunk = number + 1, following


def _read(source: BinaryIO, size: int) -> bytes:
    """So many bytes unless it ends before: a pipe gives less at a time."""
    parts = []
    while size and (part := source.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _cipher(secret: str, salt: bytes) -> AESGCM:
    key = HKDF(SHA256(), length=32, salt=salt, info=MAGIC).derive(secret.encode())
    return AESGCM(key)
