"""Text that is unreadable in the database, in its copies and in its backups."""

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


@lru_cache(maxsize=1)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    """The newest key first; any text serves as a key, the older ones still read."""
    derived = [hashlib.sha256(key.encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


def encrypt(text: str) -> str:
    return _fernet(tuple(settings.NOTE_KEYS)).encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    return _fernet(tuple(settings.NOTE_KEYS)).decrypt(text.encode()).decode()
