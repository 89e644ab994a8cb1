"""Reads the environment, once. Every variable is listed in `.env.example`.

In demo mode (`DEMO=1`) each variable has a default that works on one machine. Without it the
variables that make an installation safe have no default, and a missing one is named.
"""

import secrets
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

_read = environ.Env()
_read.read_env(BASE_DIR / ".env")

DEMO = _read.bool("DEMO", default=False)
DATA_DIR = Path(_read("DATA_DIR", default=str(BASE_DIR / "var")))


def required(name: str, *, demo: str) -> str:
    """The variable `name`; in demo mode `demo` where it is not set.

    Raises ImproperlyConfigured, naming the variable, when it is missing outside demo mode.
    """
    value = _read(name, default="")
    if value:
        return value
    if DEMO:
        return demo
    raise ImproperlyConfigured(
        f"{name} is not set. Put it in the environment or in .env (.env.example says what it "
        "holds), or set DEMO=1 to try Alliance with made-up data."
    )


def optional(name: str, default: str) -> str:
    return _read(name, default=default)


def number(name: str, default: int) -> int:
    return _read.int(name, default=default)


def database(name: str, *, demo: str) -> dict:
    return _read.db_url_config(required(name, demo=demo))


def email(name: str, *, demo: str) -> dict:
    return _read.email_url_config(required(name, demo=demo))


def secret_kept_in(file_name: str) -> str:
    """A secret made at first need and kept in the data directory, for demo mode alone."""
    if not DEMO:
        return ""
    path = DATA_DIR / file_name
    if not path.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text().strip()
