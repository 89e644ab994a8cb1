"""Rules on what the therapist expected against what the client marked."""

from typing import Any

import numpy as np

from ruptures.detection.columns import TOLERANCE, Columns, tenths
from ruptures.detection.policy import Policy
from ruptures.detection.rules.fired import Fired, difference, level, points
from ruptures.detection.vocabulary import Level


def unseen_by_therapist(view: Columns, policy: Policy) -> Fired:
    """One level above the highest score finding, which is `score_level`."""
    unseen = view.gap >= tenths(policy.unseen_gap) - TOLERANCE
    unseen = unseen & (view.score_level >= Level.PROMPT)
    severity = np.where(unseen, np.minimum(view.score_level + 1, Level.HIGH), 0).astype(np.int8)

    def values(row: int) -> dict[str, Any]:
        return {
            "case": "habit" if view.usual_gap[row] else "plain",
            "total": points(view.total, row),
            "prediction": points(view.prediction, row),
            "usual_gap": difference(view.usual_gap, row),
            "gap": difference(view.gap, row),
        }

    return Fired(severity, policy.unseen_gap, values)


def gloomier_than_client(view: Columns, policy: Policy) -> Fired:
    high = view.total >= tenths(policy.gloomier_total)
    gloomy = (view.prediction >= 0) & (view.prediction <= tenths(policy.gloomier_prediction))

    def values(row: int) -> dict[str, Any]:
        return {"total": points(view.total, row), "prediction": points(view.prediction, row)}

    return Fired(level(prompt=high & gloomy), policy.gloomier_prediction, values)
