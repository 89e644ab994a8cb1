"""Text that is unreadable in the database, in its copies and in its backups."""

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def _fernet() -> MultiFernet:
    """Keys from NOTE_KEYS, newest first; any text serves as a key, the older ones still read."""
    derived = [hashlib.sha256(key.encode()).digest() for key in settings.NOTE_KEYS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


def encrypt(text: str) -> str:
    return _fernet().encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    return _fernet().decrypt(text.encode()).decode()
