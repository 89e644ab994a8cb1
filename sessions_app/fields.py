import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models


def _fernet() -> MultiFernet:
    """Keys from NOTE_KEYS, newest first; any text serves as a key, the older ones still read."""
    derived = [hashlib.sha256(key.encode()).digest() for key in settings.NOTE_KEYS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


class EncryptedTextField(models.TextField):
    """Free text, encrypted at rest with keys kept apart from SECRET_KEY. It cannot be searched."""

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return _fernet().encrypt(value.encode()).decode() if value else value

    def from_db_value(self, value, expression, connection):
        return _fernet().decrypt(value.encode()).decode() if value else value
