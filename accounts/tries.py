"""How often one network address may be wrong. Never counted by account: no stranger locks anybody
out, and each purpose has a count of its own."""

from django.core.cache import cache

from accounts.tokens import hash_of

FAILURES_A_QUARTER_HOUR = 20
NOTED_A_QUARTER_HOUR = 20
QUARTER_HOUR_SECONDS = 15 * 60


class TooManyTries(Exception):
    """An address was wrong too often; it may go on after a quarter of an hour."""


def refuse_after_many(what: str, device: str) -> None:
    """Raises TooManyTries."""
    if cache.get(_key(what, device), 0) >= FAILURES_A_QUARTER_HOUR:
        raise TooManyTries


def count_failure(what: str, device: str) -> None:
    _count(_key(what, device))


def is_among_the_first(what: str, whose: str) -> bool:
    """Counts it. Whether it is one of the first `NOTED_A_QUARTER_HOUR`: what a stranger can do
    without end must not fill a table."""
    return _count(f"noted:{what}:{hash_of(whose)}") <= NOTED_A_QUARTER_HOUR


def _count(key: str) -> int:
    """The count begins anew a quarter of an hour after its first one."""
    if cache.add(key, 1, timeout=QUARTER_HOUR_SECONDS):
        return 1
    try:
        count = cache.incr(key)
    except ValueError:  # it was over in this moment
        count = 1
    if count == 1:
        cache.set(key, 1, timeout=QUARTER_HOUR_SECONDS)
    return count


def _key(what: str, device: str) -> str:
    return f"failures:{what}:{hash_of(device)}"
