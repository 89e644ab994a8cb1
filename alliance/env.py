"""Reads the environment, once. Every variable is listed in `.env.example`.

In demo mode (`DEMO=1`) each variable has a default that works on one machine. Without it the
variables that make an installation safe have no default, and a missing one is named.
"""

import secrets
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

SHORTEST_SECRET = 50
PLACEHOLDER = "change-me"

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


def secret(name: str, *, demo: str) -> str:
    """One secret, or several separated by commas. Raises ImproperlyConfigured, naming the variable,
    when one is short or taken from the example."""
    value = required(name, demo=demo)
    if not DEMO and any(is_weak(each) for each in value.split(",")):
        raise ImproperlyConfigured(
            f"{name} holds a secret that is short or taken from the example. At least "
            f"{SHORTEST_SECRET} random characters: python3 -c "
            "'import secrets; print(secrets.token_urlsafe(50))'"
        )
    return value


def is_weak(secret: str) -> bool:
    return len(secret) < SHORTEST_SECRET or PLACEHOLDER in secret


def origin(name: str, *, demo: str) -> str:
    """The address people type. Raises ImproperlyConfigured when it is not encrypted."""
    value = required(name, demo=demo)
    if not DEMO and not value.startswith("https://"):
        raise ImproperlyConfigured(
            f"{name} does not begin with https://. Without encryption passwords and records can be "
            "read on the way. Put a TLS proxy in front; DEMO=1 tries Alliance with made-up data."
        )
    return value


def refuse_debug() -> None:
    """Pages of errors would show records. Raises ImproperlyConfigured where DEBUG is set."""
    if _read.bool("DEBUG", default=False):
        raise ImproperlyConfigured("DEBUG is set. Alliance has no debug mode; unset it.")


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
