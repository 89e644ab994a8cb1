"""Rules on what people noted: markers, the client's request, the therapist's own feelings."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ruptures.detection.columns import Columns
from ruptures.detection.history import CONFRONTATION, WITHDRAWAL
from ruptures.detection.policy import Policy
from ruptures.detection.reading import FEELING_CODES
from ruptures.detection.rules.fired import Fired, level
from ruptures.detection.vocabulary import Level
from sessions_app.markers import MARKERS


def confrontation_marker(view: Columns, policy: Policy) -> Fired:
    strongest, second = view.marker_salience[CONFRONTATION]
    some = strongest >= policy.confrontation_marker
    much = strongest >= policy.confrontation_marker_high
    much |= second >= policy.confrontation_marker_two
    thresholds = {
        Level.MODERATE: policy.confrontation_marker,
        Level.HIGH: policy.confrontation_marker_high,
    }
    two = policy.confrontation_marker_two
    return Fired(
        level(moderate=some, high=some & much), thresholds, _noted(view, CONFRONTATION, two)
    )


def withdrawal_marker(view: Columns, policy: Policy) -> Fired:
    strongest, second = view.marker_salience[WITHDRAWAL]
    some = strongest >= policy.withdrawal_marker
    much = strongest >= policy.withdrawal_marker_moderate
    much |= second >= policy.withdrawal_marker_two
    thresholds = {
        Level.PROMPT: policy.withdrawal_marker,
        Level.MODERATE: policy.withdrawal_marker_moderate,
    }
    two = policy.withdrawal_marker_two
    return Fired(
        level(prompt=some, moderate=some & much), thresholds, _noted(view, WITHDRAWAL, two)
    )


def client_asks(view: Columns, policy: Policy) -> Fired:
    return Fired(level(moderate=view.client_asks))


def therapist_feelings(view: Columns, policy: Policy) -> Fired:
    one = (view.feelings >= policy.feelings_one).any(axis=0)
    two = (view.feelings >= policy.feelings_two).sum(axis=0) >= 2
    strongest = view.feelings.argmax(axis=0)

    def values(row: int) -> dict[str, Any]:
        return {
            "feeling": FEELING_CODES[int(strongest[row])],
            "degree": int(view.feelings[:, row].max()),
            "second_threshold": policy.feelings_two,
        }

    return Fired(level(prompt=one | two), policy.feelings_one, values)


def _noted(view: Columns, kind: int, two: int) -> Callable[[int], dict[str, Any]]:
    """The strongest and the second marker of a kind."""
    salience, codes = view.marker_salience[kind], view.marker_code[kind]

    def values(row: int) -> dict[str, Any]:
        return {
            "case": "two" if salience[1, row] >= two else "one",
            "marker": _code(codes[0], row),
            "salience": int(salience[0, row]),
            "second_marker": _code(codes[1], row),
            "second_salience": int(salience[1, row]),
        }

    return values


def _code(column: np.ndarray, row: int) -> str | None:
    return None if column[row] < 0 else MARKERS[int(column[row])].code
