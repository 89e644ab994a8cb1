"""What comes out, as plain values: a pair, its sessions, findings and episodes."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Baseline(NamedTuple):
    """The usual level before a session: entries, mean m, spread s, spread of the next total p."""

    n: int
    mean: float
    s: float
    p: float


@dataclass(frozen=True)
class FindingResult:
    """What one rule reports of one session. `threshold` and scores in `values` are points.

    `values` hold the inputs; `case` among them says which of several reasons it was, `least`
    the threshold of the rule's lowest severity where it has several.
    """

    rule: str
    severity: str
    line: str | None
    component: str | None
    values: dict[str, Any]
    threshold: float | None
    leaning: str | None = None


class SessionResult(NamedTuple):
    """One session, `index` from 1. `severity` is final: raised by independent sources."""

    index: int
    total: float | None
    baseline: Baseline
    z: float | None
    cusum: float
    severity: str | None
    findings: tuple[FindingResult, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class StateChange:
    session: int
    state: str


@dataclass(frozen=True)
class Escalation:
    """Why and when an episode became high by waiting."""

    session: int
    reason: str


@dataclass(frozen=True)
class EpisodeResult:
    """A possible strain. `opened` counts sessions from 1; `baseline_mean`, `baseline_spread`
    and `lowest` are the frozen B, s and L in points; `struck_mean` is the usual mark on the line
    of the component, None where that is not asked. `recovered` sessions in a row were back by
    now, of `attended` since the opening. `strengthened` is None where it cannot be judged, or has
    not been."""

    opened: int
    component: str
    type: str
    points: dict[str, int]
    states: tuple[StateChange, ...]
    severity: str
    escalated: tuple[Escalation, ...]
    baseline_mean: float
    baseline_spread: float
    lowest: float | None
    strengthened: bool | None
    struck_mean: float | None = None
    recovered: int = 0
    attended: int = 0
    ever_recovered: bool = False

    @property
    def state(self) -> str:
        """Where the episode stands now."""
        return self.states[-1].state


@dataclass(frozen=True)
class PairResult:
    id: str | int
    sessions: tuple[SessionResult, ...] = field(default=())
    episodes: tuple[EpisodeResult, ...] = field(default=())
