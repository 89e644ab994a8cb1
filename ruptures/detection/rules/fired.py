"""What a rule gives back: a severity for each session, and the figures behind it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from ruptures.detection.vocabulary import SEVERITIES, Level

LEVEL_NUMBER = {name: np.int8(number) for number, name in enumerate(SEVERITIES, start=Level.INFO)}


def _nothing(row: int) -> dict[str, Any]:
    return {}


class Fired(NamedTuple):
    """One rule over many sessions, one value a session.

    `severity`: Level numbers, 0 where silent. `values`: the inputs of the finding in a row.
    `threshold`: the number, or one number a level where levels differ, the lowest first.
    `line`: place of the line, where the rule names one. `leans`: where the rule's type leaning
    holds (None: always). `covers`: findings of other rules that were inputs of this one.
    """

    severity: np.ndarray
    threshold: float | Mapping[int, float] | None = None
    values: Callable[[int], dict[str, Any]] = _nothing
    line: np.ndarray | int | None = None
    leans: np.ndarray | None = None
    covers: Mapping[str, np.ndarray] = MappingProxyType({})

    @property
    def speaks(self) -> bool:
        """Whether it says anything of any session."""
        return np.count_nonzero(self.severity) > 0


def level(**masks: np.ndarray) -> np.ndarray:
    """Severity numbers from masks named by level; the highest that holds counts."""
    severity = None
    for name, mask in masks.items():
        part = mask * LEVEL_NUMBER[name]
        severity = part if severity is None else np.maximum(severity, part)
    return severity


def points(column: np.ndarray, row: int) -> float | None:
    """A score in points from a column of tenths; None where there is none."""
    return None if column[row] < 0 else int(column[row]) / 10


def difference(column: np.ndarray, row: int) -> float:
    """A difference of scores in points from a column of tenths."""
    return round(float(column[row]) / 10, 2)


def figure(column: np.ndarray, row: int) -> float:
    """A plain number, rounded to four places."""
    return round(column[row].item(), 4)
