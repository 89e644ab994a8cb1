"""How often one network address may be wrong. Never counted by account: no stranger locks anybody
out, and each purpose has a count of its own."""

from django.core.cache import cache

from accounts.tokens import hash_of

FAILURES_A_QUARTER_HOUR = 20
QUARTER_HOUR_SECONDS = 15 * 60


class TooManyTries(Exception):
    """An address was wrong too often; it may go on after a quarter of an hour."""


def refuse_after_many(what: str, device: str) -> None:
    """Raises TooManyTries."""
    if cache.get(_key(what, device), 0) >= FAILURES_A_QUARTER_HOUR:
        raise TooManyTries


def count_failure(what: str, device: str) -> None:
    cache.add(_key(what, device), 0, timeout=QUARTER_HOUR_SECONDS)
    cache.incr(_key(what, device))


def _key(what: str, device: str) -> str:
    return f"failures:{what}:{hash_of(device)}"
