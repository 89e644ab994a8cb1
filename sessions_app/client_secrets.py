"""Texts about one client, encrypted with a key of that client alone.

The client's key is stored wrapped by the installation's keys. Who destroys it makes every text
under it unreadable, in the database and in all its copies.
"""

import json

from cryptography.fernet import Fernet

from accounts.encryption import decrypt, encrypt


class Sealed(str):
    """What the database holds of such a text."""


def new_wrapped_key() -> str:
    return encrypt(Fernet.generate_key().decode())


def fernet_of(wrapped: str) -> Fernet:
    return Fernet(decrypt(wrapped).encode())


def seal(text: str, fernet: Fernet) -> Sealed:
    return Sealed(fernet.encrypt(text.encode()).decode())


def open_sealed(sealed: str, fernet: Fernet) -> str:
    return fernet.decrypt(sealed).decode()


def open_json(sealed: str, fernet: Fernet):
    return json.loads(open_sealed(sealed, fernet))
