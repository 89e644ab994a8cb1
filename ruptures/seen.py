"""What a form showed when it was opened, so that a save can tell whether it still stands so."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.crypto import salted_hmac


class ChangedMeanwhile(ValueError):
    """Somebody saved since the form was opened. `stored` is what stands there now."""

    def __init__(self, stored: Mapping[str, Any]):
        super().__init__("changed since it was opened")
        self.stored = dict(stored)


def mark_of(values: Mapping[str, Any]) -> str:
    """A keyed print of some values; it says nothing of them."""
    text = json.dumps(dict(values), sort_keys=True)
    return salted_hmac("ruptures.seen", text, algorithm="sha256").hexdigest()


def refuse_stale(stored: Mapping[str, Any], wanted: Mapping[str, Any], seen: str | None) -> None:
    """Raises ChangedMeanwhile unless the form saw what is stored, or asks for just that.

    `seen` None: the caller saw nothing and means to write in any case.
    """
    if seen is not None and seen != mark_of(stored) and dict(stored) != dict(wanted):
        raise ChangedMeanwhile(stored)
