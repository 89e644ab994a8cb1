"""What a rule gives back: a severity for each session, and the figures behind it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ruptures.detection.vocabulary import SEVERITIES, Level

LEVEL_NUMBER = {name: np.int8(number) for number, name in enumerate(SEVERITIES, start=Level.INFO)}
Value = Callable[[int], Any]


@dataclass(frozen=True)
class Fired:
    """One rule over many sessions, one value a session.

    `severity`: Level numbers, 0 where silent. `values`: inputs of a finding by row.
    `threshold`: the number, or one number a level where levels differ. `line`: place of the
    line, where the rule names one. `leans`: where the rule's type leaning holds (None: always).
    `covers`: findings of other rules that were inputs of this one, by rule id.
    """

    severity: np.ndarray
    threshold: float | Mapping[int, float] | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    line: np.ndarray | int | None = None
    leans: np.ndarray | None = None
    covers: Mapping[str, np.ndarray] = field(default_factory=dict)


def level(**masks: np.ndarray) -> np.ndarray:
    """Severity numbers from masks named by level; the highest that holds counts."""
    severity = None
    for name, mask in masks.items():
        part = mask * LEVEL_NUMBER[name]
        severity = part if severity is None else np.maximum(severity, part)
    return severity


def points(column: np.ndarray) -> Value:
    """A score in points from a column of tenths; None where there is none."""
    return lambda row: None if column[row] < 0 else int(column[row]) / 10


def difference(column: np.ndarray) -> Value:
    """A difference of scores in points from a column of tenths."""
    return lambda row: round(float(column[row]) / 10, 2)


def figure(column: np.ndarray) -> Value:
    """A plain number, rounded to four places."""
    return lambda row: round(column[row].item(), 4)


def case(column: np.ndarray, names: tuple[str, ...]) -> Value:
    """Which of several reasons it was, from a column of places."""
    return lambda row: names[int(column[row])]
