"""How findings of one session add up: level, independent sources, points for the type."""

from collections.abc import Mapping

import numpy as np

from ruptures.detection.policy import Policy
from ruptures.detection.rules import Rule
from ruptures.detection.rules.fired import Fired
from ruptures.detection.vocabulary import EpisodeType, Level, Source

SCORE = Source.SCORE
BIT = {
    SCORE: np.uint8(1),
    Source.ATTENDANCE: np.uint8(2),
    Source.MARKER: np.uint8(4),
    Source.CLIENT: np.uint8(8),
    Source.DISCREPANCY: np.uint8(16),
    Source.THERAPIST: np.uint8(0),  # own feelings are never a source
}
SOURCES_IN = np.array([bits.bit_count() for bits in range(256)], dtype=np.int8)
EVIDENCE = (SCORE, Source.MARKER)


def raised(level: np.ndarray, sources: np.ndarray, policy: Policy) -> np.ndarray:
    """One level more where enough independent sources speak at prompt or above."""
    several = (level >= Level.PROMPT) & (SOURCES_IN[sources] >= policy.raising_sources)
    return np.minimum(level + several, np.int8(Level.HIGH))


class Standing:
    """Sums over the findings of each session, rule by rule.

    `level` and `sources` leave out the rules that open no episode; theirs are `aside_*`.
    `inputs`: sources that a composite rule has used up. `evidence`: a score or marker finding at
    prompt or above. `score_level`: the highest score finding.
    """

    COLUMNS = {
        "level": "int8",
        "sources": "uint8",
        "aside_level": "int8",
        "aside_sources": "uint8",
        "inputs": "uint8",
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

    def at(self, rows: np.ndarray | slice) -> "Standing":
        """The same sums for some of the sessions, to go on with."""
        return Standing({name: getattr(self, name)[rows] for name in self.COLUMNS}, self._policy)

    def add(self, rule: Rule, fired: Fired, covered: np.ndarray | None = None) -> None:
        """Take one rule in. `covered`: where it was an input of a composite rule."""
        if not fired.speaks:
            return
        heard = fired.severity >= Level.PROMPT
        bits = (heard if covered is None else heard & ~covered) * BIT[rule.source]
        if rule.opens:
            self.level = np.maximum(self.level, fired.severity)
            self.sources = self.sources | bits
        else:
            self.aside_level = np.maximum(self.aside_level, fired.severity)
            self.aside_sources = self.aside_sources | bits
        if rule.composite_of:
            self.inputs = self.inputs | heard * BIT[rule.composite_of]
        if rule.source is SCORE:
            self.score_level = np.maximum(self.score_level, fired.severity)
        if rule.source in EVIDENCE:
            self.evidence = self.evidence | heard
        if rule.counts_for is not None:
            self._add_points(rule, fired)

    def _add_points(self, rule: Rule, fired: Fired) -> None:
        points = rule.type_points(fired, self._policy)
        if rule.counts_for is EpisodeType.WITHDRAWAL:
            self.withdrawal = self.withdrawal + points
        else:
            self.confrontation = self.confrontation + points

    def session_level(self) -> np.ndarray:
        """Final severity: all rules, raised by independent sources."""
        level = np.maximum(self.level, self.aside_level)
        return raised(level, (self.sources | self.aside_sources) & ~self.inputs, self._policy)

    def level_for_opening(self) -> np.ndarray:
        """The same without the rules that open no episode."""
        return raised(self.level, self.sources & ~self.inputs, self._policy)
