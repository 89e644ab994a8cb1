"""The published interface of the detector: JSON in on standard input, JSON out.

    python -m ruptures.detection [--fast] < histories.json > findings.json

Bad input ends with status 2 and one message on standard error; nothing is written half.
"""

import argparse
import json
import sys
from typing import Any

from ruptures.detection.history import History, HistoryError
from ruptures.detection.policy import DEFAULT_POLICY, PolicyError
from ruptures.detection.publishing import to_json
from ruptures.detection.screen import screen

BAD_INPUT = 2
KEYS = ("policy", "pairs")


class InputError(ValueError):
    """The document as a whole is not what is asked for."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ruptures.detection")
    parser.add_argument("--fast", action="store_true", help="leave the sentences out")
    options = parser.parse_args(arguments)
    try:
        answer = respond(sys.stdin.buffer.read(), fast=options.fast)
    except (InputError, HistoryError, PolicyError) as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    print(answer)
    return 0


def respond(text: bytes, *, fast: bool) -> str:
    """The answer to one document. Raises InputError, HistoryError or PolicyError."""
    document = _parse(text)
    policy = DEFAULT_POLICY.with_overrides(document.get("policy") or {})
    screening = screen(History.from_pairs(document["pairs"]), policy)
    return json.dumps(to_json(screening, fast=fast))


def _parse(text: bytes) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"input: this is not whole JSON ({error})") from None
    if not isinstance(document, dict):
        raise InputError('input: an object {"pairs": […]} is needed')
    unknown = [key for key in document if key not in KEYS]
    if unknown:
        raise InputError(f"input, field {unknown[0]!r}: unknown; right are {', '.join(KEYS)}")
    if "pairs" not in document:
        raise InputError("input, field pairs: missing; a list of pairs is needed")
    if not isinstance(document.get("policy") or {}, dict):
        raise InputError("input, field policy: an object of names and numbers is needed")
    return document


if __name__ == "__main__":
    sys.exit(main())
