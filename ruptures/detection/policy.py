"""Every number with clinical meaning, its source, and how good the evidence is.

A clinic may change each of them; `Policy.version` names the set, and every finding keeps it.
Totals and lines are in points (0–40, 0–10), z and spreads in the units of clinical texts.
"""

import difflib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import Any


class Evidence(StrEnum):
    """How a number came here: read in a source, second hand, computed, or chosen."""

    SOURCE = "V"
    SECONDARY = "V2"
    COMPUTED = "C"
    DESIGN = "D"


class PolicyError(ValueError):
    """An override that names no number of the policy, or gives it an impossible value."""


def gettext_noop(message: str) -> str:
    """Mark a message for translation where it is defined; it is translated where it is shown."""
    return message


_ = gettext_noop

LARGEST = 1e6  # beyond every number that could be meant
SRS_CUES = _("published cues of the session rating")
CEILING = _("ratings sit at the ceiling (Meier & Feeley 2022, n = 2,990)")
NO_SHOWS = _("no-shows are a signal, cancellations hardly (Xiao 2017, 5,253 clients)")
CUSUM = _("one-sided CUSUM design (Brook & Evans 1972; Lucas & Crosier 1982)")
BASELINE = _("empirical Bayes baseline of this project")
KENDALL = _("exact tail of Kendall's S, P(S ≤ −8) = 5/120 for n = 5")
CHOICE = _("choice of this project, no study behind the number")


def number(
    default: float,
    source: str = CHOICE,
    mark: Evidence = Evidence.DESIGN,
    *,
    unit: str = "points",
    at_least: float | None = None,
) -> Any:
    """A field of the policy with its source, evidence mark and unit as metadata."""
    facts = {"source": source, "mark": mark, "unit": unit, "at_least": at_least}
    return field(default=default, metadata=facts)


def count(
    default: int,
    source: str = CHOICE,
    mark: Evidence = Evidence.DESIGN,
    *,
    unit: str = "sessions",
    at_least: int = 1,
) -> Any:
    """A whole number of something, one or more unless said otherwise."""
    return number(default, source, mark, unit=unit, at_least=at_least)


def points(default: int) -> Any:
    """Weight of a finding in the type of an episode."""
    return count(default, unit="type points", at_least=0)


@dataclass(frozen=True)
class Policy:
    """All thresholds of the detector. Frozen: change by `with_overrides`."""

    # Scores
    low_total: float = number(36.0, SRS_CUES, Evidence.SECONDARY)
    low_line: float = number(9.0, SRS_CUES, Evidence.SECONDARY)
    negative_pole: float = number(5.0)
    previous_within_days: int = count(60, unit="days")
    step_drop: float = number(1.0, SRS_CUES, Evidence.SOURCE)
    sudden_drop: float = number(5.0)
    sudden_drop_z: float = number(-2.0, unit="z")
    sudden_drop_early: float = number(7.0)
    sudden_drop_confrontation_below: float = number(30.0)
    personal_low: float = number(-2.0, unit="z")
    personal_low_moderate: float = number(-3.0, unit="z")
    sustained_low: float = number(-1.5, unit="z")
    sustained_low_running: int = count(2)
    drift: float = number(4.0, CUSUM, Evidence.SOURCE, unit="CUSUM")
    drift_moderate: float = number(5.0, CUSUM, Evidence.COMPUTED, unit="CUSUM")
    drift_allowance: float = number(0.5, CUSUM, Evidence.SOURCE, unit="z")
    drift_z_cut: float = number(3.0, unit="z", at_least=0)
    steady_decline_entries: int = count(5, at_least=2)
    steady_decline_kendall: int = number(-8, KENDALL, Evidence.COMPUTED, unit="S")
    steady_decline: float = number(2.0)
    steady_decline_moderate: float = number(5.0)
    steady_decline_moderate_below: float = number(36.0)
    line_split: float = number(2.0)
    line_drop: float = number(2.5)
    line_drop_moderate: float = number(3.5)
    low_level: float = number(30.0)
    low_level_running: int = count(2)
    low_level_silent: int = count(5, at_least=0)
    steady_note_below: float = number(36.0, SRS_CUES, Evidence.SECONDARY)
    steady_note_running: int = count(3)
    steady_note_z: float = number(1.5, unit="z", at_least=0)

    # Ceiling
    ceiling_entries: int = count(3)
    ceiling_total: float = number(39.0, CEILING)
    ceiling_spread: float = number(0.5, CEILING, at_least=0)
    masked_sessions: int = count(3)
    masked_marker: int = count(2, unit="salience")
    masked_no_shows: int = count(1)
    masked_late: int = count(2)
    masked_prediction: float = number(32.0)
    masked_seconds: float = number(4.0, unit="seconds", at_least=0)

    # Attendance
    missing_running: int = count(2)
    missing_count: int = count(3)
    missing_of: int = count(5)
    early_no_show: int = count(3, NO_SHOWS, Evidence.SOURCE)
    no_show_count: int = count(2, NO_SHOWS)
    no_show_of: int = count(4, NO_SHOWS)
    cancel_count: int = count(2, NO_SHOWS)
    cancel_of: int = count(4, NO_SHOWS)
    late_minutes: float = number(10, unit="minutes", at_least=0)
    late_count: int = count(2)
    late_of: int = count(3)
    next_booked_hours: int = count(24, unit="hours")

    # Markers, the client's request, the therapist's own feelings
    confrontation_marker: int = count(3, unit="salience")
    confrontation_marker_high: int = count(4, unit="salience")
    confrontation_marker_two: int = count(3, unit="salience")
    withdrawal_marker: int = count(2, unit="salience")
    withdrawal_marker_moderate: int = count(3, unit="salience")
    withdrawal_marker_two: int = count(2, unit="salience")
    feelings_one: int = count(4, unit="of 5")
    feelings_two: int = count(3, unit="of 5")

    # Prediction against rating
    unseen_gap: float = number(4.0)
    prediction_entries: int = count(8)
    gloomier_total: float = number(39.0)
    gloomier_prediction: float = number(32.0)

    # The client's usual level
    baseline_entries: int = count(4, BASELINE, at_least=2)
    prior_mean: float = number(36.0, BASELINE)
    prior_spread: float = number(2.5, BASELINE, at_least=1e-6)
    prior_weight: float = number(4.0, BASELINE, at_least=1.000001, unit="sessions")
    between_spread: float = number(4.0, BASELINE, at_least=1e-6)
    smallest_variance: float = number(1.0, BASELINE, at_least=1e-6, unit="points²")
    z_from_entries: int = count(2, BASELINE)

    # Severity
    raising_sources: int = count(2, unit="sources", at_least=2)
    response_sessions: int = count(2)
    response_days: int = count(14, unit="days")

    # Episodes
    partial_share: float = number(0.5, unit="share", at_least=0)
    struck_line_within: float = number(1.0, at_least=0)
    verify_running: int = count(2)
    unresolved_sessions: int = count(3)
    new_level_sessions: int = count(6)
    new_level_entries: int = count(3)
    type_lead: int = count(2, unit="type points")
    type_mixed: int = count(2, unit="type points")
    points_negative_pole: int = points(2)
    points_sudden_drop: int = points(1)
    points_sustained_low: int = points(1)
    points_drift: int = points(1)
    points_steady_decline: int = points(1)
    points_ceiling_masked: int = points(2)
    points_missing_rating: int = points(1)
    points_early_no_show: int = points(2)
    points_no_show: int = points(2)
    points_cancel_or_late: int = points(1)
    points_no_next_session: int = points(2)
    points_confrontation_marker: int = points(3)
    points_withdrawal_marker: int = points(3)
    points_client_asks: int = points(2)
    points_gloomier_than_client: int = points(1)

    def with_overrides(self, overrides: Mapping[str, Any]) -> "Policy":
        """This policy with some numbers changed.

        Raises PolicyError for a name that is none of the fields, or a value of another type.
        """
        known = {each.name: each for each in fields(self)}
        for name, value in overrides.items():
            if name not in known:
                raise PolicyError(_unknown(name, list(known)))
            _check(name, value, known[name])
        return replace(self, **{n: known[n].type(v) for n, v in overrides.items()})

    @property
    def version(self) -> str:
        """A short name of this set of numbers: equal numbers, equal version."""
        text = json.dumps(asdict(self), sort_keys=True)
        return "policy-" + hashlib.sha256(text.encode()).hexdigest()[:10]


DEFAULT_POLICY = Policy()


def _unknown(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(str(name), known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"policy, field {name!r}: there is no such number{hint}"


def _check(name: str, value: Any, known: Any) -> None:
    whole = known.type is int
    right = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
    if not right or not abs(value) <= LARGEST:
        kind = "a whole number" if whole else "a number"
        raise PolicyError(f"policy, field {name!r}: {value!r} is not {kind}")
    lowest = known.metadata["at_least"]
    if lowest is not None and value < lowest:
        raise PolicyError(f"policy, field {name!r}: {value!r} is below {lowest}")
