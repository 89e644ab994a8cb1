"""Rules on forms at the very top: an absence of information, not good news."""

from typing import Any

import numpy as np

from ruptures.detection.columns import Columns, tenths
from ruptures.detection.history import WITHDRAWAL
from ruptures.detection.policy import Policy
from ruptures.detection.rules.fired import Fired, level, points

SIGNS = ("marker", "no_show", "late", "prediction", "seconds")


def ceiling_flat(view: Columns, policy: Policy) -> Fired:
    def values(row: int) -> dict[str, Any]:
        return {"total": points(view.total, row), "entries": policy.ceiling_entries}

    return Fired(level(info=_flat(view, policy)), policy.ceiling_total, values)


def ceiling_masked(view: Columns, policy: Policy) -> Fired:
    flat = _flat(view, policy)
    signs = {name: flat & sign for name, sign in _signs(view, policy).items()}
    covers = {
        "withdrawal_marker": signs["marker"],
        "cancel_or_late": signs["late"],
        "gloomier_than_client": signs["prediction"],
    }
    masked = np.logical_or.reduce(list(signs.values()))

    def values(row: int) -> dict[str, Any]:
        seen = [name for name, sign in signs.items() if sign[row]]
        return {"case": seen[0], "signs": seen, "total": points(view.total, row)}

    return Fired(level(moderate=masked), policy.ceiling_total, values, covers=covers)


def _flat(view: Columns, policy: Policy) -> np.ndarray:
    """The last forms are all near the top, and all their lines close together."""
    size = policy.ceiling_entries
    highest = np.where(view.has_lines, view.lines.max(axis=0), np.int16(-1))
    flat = view.entries.count_last(view.at_top, size) == size
    most, least = highest, view.lowest
    for step in range(1, size):
        most = np.maximum(most, view.entries.back(highest, step, -1))
        least = np.minimum(least, view.entries.back(view.lowest, step, 1000))
    return flat & (most - least <= tenths(policy.ceiling_spread))


def _signs(view: Columns, policy: Policy) -> dict[str, np.ndarray]:
    """What speaks against perfect scores, by kind, in the order it is told."""
    size = policy.masked_sessions
    marked = view.marker_salience[WITHDRAWAL, 0] >= policy.masked_marker
    quick = view.seconds < policy.masked_seconds
    forms = policy.ceiling_entries
    signs = (
        view.bookings.count_last(marked, size) > 0,
        view.bookings.count_last(view.no_show, size) >= policy.masked_no_shows,
        view.bookings.count_last(view.late, size) >= policy.masked_late,
        (view.prediction >= 0) & (view.prediction <= tenths(policy.masked_prediction)),
        view.entries.count_last(quick, forms) == forms,
    )
    return dict(zip(SIGNS, signs, strict=True))
