"""How findings of one session add up: level, independent sources, points for the type."""

from collections.abc import Mapping

import numpy as np

from ruptures.detection.policy import Policy
from ruptures.detection.rules import Rule
from ruptures.detection.rules.fired import Fired
from ruptures.detection.vocabulary import EpisodeType, Level, Source

BIT = {
    Source.SCORE: 1,
    Source.ATTENDANCE: 2,
    Source.MARKER: 4,
    Source.CLIENT: 8,
    Source.DISCREPANCY: 16,
    Source.THERAPIST: 0,
}
SOURCES_IN = np.array([bits.bit_count() for bits in range(32)], dtype=np.int8)
EVIDENCE = (Source.SCORE, Source.MARKER)


def raised(level: np.ndarray, sources: np.ndarray, policy: Policy) -> np.ndarray:
    """One level more where enough independent sources speak at prompt or above."""
    several = (level >= Level.PROMPT) & (SOURCES_IN[sources] >= policy.raising_sources)
    return np.minimum(level + several.astype(np.int8), np.int8(Level.HIGH))


class Standing:
    """Sums over the findings of each session, rule by rule.

    `opening_*` leave out the rules that open no episode. `evidence`: a score or marker finding
    at prompt or above. `score_level`: the highest score finding.
    """

    COLUMNS = {
        "level": "int8",
        "sources": "uint8",
        "opening_level": "int8",
        "opening_sources": "uint8",
        "score_level": "int8",
        "evidence": "bool",
        "withdrawal": "int16",
        "confrontation": "int16",
    }

    def __init__(self, columns: Mapping[str, np.ndarray], policy: Policy):
        self._policy = policy
        for name, column in columns.items():
            setattr(self, name, column)

    @classmethod
    def blank(cls, size: int, policy: Policy) -> "Standing":
        return cls({name: np.zeros(size, kind) for name, kind in cls.COLUMNS.items()}, policy)

    def at(self, rows: np.ndarray) -> "Standing":
        """The same sums for one session of many pairs, to go on with."""
        return Standing({name: getattr(self, name)[rows] for name in self.COLUMNS}, self._policy)

    def add(self, rule: Rule, fired: Fired, covered: np.ndarray | None = None) -> None:
        """Take one rule in. `covered`: where it was an input of a composite rule."""
        severity = fired.severity
        heard = severity >= Level.PROMPT
        counted = heard if covered is None else heard & ~covered
        bit = np.uint8(BIT[rule.source])
        self.level = np.maximum(self.level, severity)
        self.sources = self.sources | counted * bit
        if rule.composite_of:
            inputs = np.uint8(255 - BIT[rule.composite_of])
            self.sources = np.where(heard, self.sources & inputs, self.sources)
        if rule.opens:
            self.opening_level = np.maximum(self.opening_level, severity)
            self.opening_sources = self.opening_sources | counted * bit
            if rule.composite_of:
                self.opening_sources = np.where(
                    heard, self.opening_sources & inputs, self.opening_sources
                )
        if rule.source is Source.SCORE:
            self.score_level = np.maximum(self.score_level, severity)
        if rule.source in EVIDENCE:
            self.evidence = self.evidence | heard
        self._add_points(rule, fired)

    def _add_points(self, rule: Rule, fired: Fired) -> None:
        points = rule.type_points(fired, self._policy)
        if rule.counts_for is EpisodeType.WITHDRAWAL:
            self.withdrawal = self.withdrawal + points
        elif rule.counts_for is EpisodeType.CONFRONTATION:
            self.confrontation = self.confrontation + points

    def session_level(self) -> np.ndarray:
        return raised(self.level, self.sources, self._policy)

    def level_for_opening(self) -> np.ndarray:
        return raised(self.opening_level, self.opening_sources, self._policy)
