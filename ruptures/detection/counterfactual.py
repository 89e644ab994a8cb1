"""When a finding would not have been there: the score up to which its rule still speaks.

Each bound is worked out from the inputs that the finding keeps, so that it also holds for one that
was made by an earlier policy.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from ruptures.detection.policy import DEFAULT_POLICY
from ruptures.detection.results import FindingResult
from sessions_app import srs

NEARLY = 1e-6
Values = Mapping[str, Any]


def speaks_up_to(finding: FindingResult) -> float | None:
    """The highest total of that session, or mark on the finding's line, at which the rule would
    still have spoken, in points; one tenth above it is silent. Infinite where no score would have
    kept it silent, None for rules of another kind."""
    bound = BOUNDS.get(finding.rule)
    if bound is None:
        return None
    values = finding.values
    points = bound(values, values.get("least", finding.threshold))
    if math.isinf(points):
        return points
    return math.floor(points * 10 + NEARLY) / 10


def _below(values: Values, threshold: float) -> float:
    return math.ceil(threshold * 10 - NEARLY) / 10 - 0.1


def _fall(values: Values, least: float) -> float:
    return values["previous"] - values.get("needed", least)


def _sudden(values: Values, least: float) -> float:
    fall = _fall(values, least)
    if values.get("z") is None:
        return fall
    usual = "mean" in values  # earlier findings keep the rounded bound alone
    return min(fall, _from_usual(values, values["usual_z"]) if usual else values["usual_low"])


def _from_usual(values: Values, z: float) -> float:
    return values["mean"] + z * values["expected"]


def _drift(values: Values, least: float) -> float:
    """The sum took today's z in, cut at its end; what it lies above `least` is to be made up."""
    cut = values.get("cut", DEFAULT_POLICY.drift_z_cut)
    z = min(max(values["z"], -cut), cut)
    needed = z + values["cusum"] - least
    total = math.inf if needed >= cut - NEARLY else _from_usual(values, needed)
    return total if total < srs.TOTAL_MAX / 10 else math.inf


def _decline(values: Values, least: float) -> float:
    return values.get("speaks_up_to", values["first"] - least)


def _split(values: Values, apart: float) -> float:
    return values["others"] - apart


def _unseen(values: Values, gap: float) -> float:
    return values["total"] + values["gap"] - gap


BOUNDS: dict[str, Callable[[Values, float], float]] = {
    "low_total": _below,
    "low_line": _below,
    "negative_pole": _below,
    "low_level": _below,
    "step_drop": _fall,
    "sudden_drop": _sudden,
    "personal_low": _from_usual,
    "sustained_low": _from_usual,
    "drift": _drift,
    "steady_decline": _decline,
    "line_split": _split,
    "line_drop": _fall,
    "unseen_by_therapist": _unseen,
}
