"""The one entry: `screen(history, policy)`, for one pair or a million sessions."""

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from ruptures.detection.columns import TOLERANCE, Columns, tenths
from ruptures.detection.episodes import Episodes
from ruptures.detection.history import History
from ruptures.detection.policy import DEFAULT_POLICY, Policy
from ruptures.detection.results import PairResult
from ruptures.detection.rules import REGISTER, Rule
from ruptures.detection.rules.fired import Fired
from ruptures.detection.standing import Standing
from ruptures.detection.telling import Teller
from ruptures.detection.vocabulary import SEVERITIES
from ruptures.detection.walk import Walk

LEVELS = len(SEVERITIES) + 1  # silence is one too


def screen(history: History, policy: Policy = DEFAULT_POLICY) -> "Screening":
    """Ask every rule about every session of every pair.

    Pairs do not touch each other, and a session is judged by what came before it alone.
    """
    columns = Columns(history, policy)
    fired = {rule.id: _judge(rule, columns, policy) for rule in REGISTER if not rule.stepwise}
    episodes = Walk(history, columns, _standing(columns, fired, policy), policy).run()
    return Screening(history, policy, columns, fired, episodes)


def _judge(rule: Rule, columns: Columns, policy: Policy) -> tuple[Fired, ...]:
    """Nothing where no session has what the rule needs."""
    is_asked = rule.needs is None or np.count_nonzero(getattr(columns, rule.needs))
    return rule.judge(columns, policy) if is_asked else ()


def _standing(columns: Columns, fired: dict[str, tuple[Fired, ...]], policy: Policy) -> Standing:
    """Sums of the rules asked for all sessions at once."""
    covered: dict[str, np.ndarray] = {}
    for results in fired.values():
        for each in results:
            covered |= each.covers
    standing = Standing.blank(len(columns.valid), policy)
    for rule in REGISTER:
        for each in fired.get(rule.id, ()):
            standing.add(rule, each, covered.get(rule.id))
    return standing


class Screening:
    """What was found, as columns; plain objects are made for the pairs that are asked for.

    `severity`: final Level number of each session (0: nothing). `low_but_steady`: where the
    note of that name stands.
    """

    def __init__(
        self,
        history: History,
        policy: Policy,
        columns: Columns,
        fired: dict[str, tuple[Fired, ...]],
        episodes: Episodes,
    ):
        self.history = history
        self.policy = policy
        self.columns = columns
        self.episodes = episodes
        self._fired = fired

    @cached_property
    def findings(self) -> list[tuple[Rule, Fired]]:
        """Each rule of the register with what it said; a rule with several lines comes often."""
        stepwise = {
            rule.id: _judge(rule, self.columns, self.policy) for rule in REGISTER if rule.stepwise
        }
        found = self._fired | stepwise
        return [(rule, fired) for rule in REGISTER for fired in found[rule.id]]

    @property
    def severity(self) -> np.ndarray:
        return self.columns.severity

    @cached_property
    def low_but_steady(self) -> np.ndarray:
        """Below the cue some times running, and close to the client's own usual level."""
        columns, policy = self.columns, self.policy
        low = columns.valid & (columns.total < tenths(policy.steady_note_below))
        unsteady = np.abs(columns.z) >= policy.steady_note_z - TOLERANCE
        size = policy.steady_note_running
        running = columns.entries.count_last(low & ~unsteady, size) == size
        return running & (columns.z == columns.z)

    def counts(self) -> dict[str, dict[str, int]]:
        """Findings by rule and severity, without building them."""
        counts = {rule.id: np.zeros(LEVELS, np.int64) for rule in REGISTER}
        for rule, fired in self.findings:
            counts[rule.id] += np.bincount(fired.severity, minlength=LEVELS)
        return {rule: _by_name(levels) for rule, levels in counts.items()}

    def sessions_by_severity(self) -> dict[str, int]:
        """Sessions by their final severity; silent ones are left out."""
        return _by_name(np.bincount(self.severity, minlength=LEVELS))

    def episodes_opened(self) -> np.ndarray:
        """Number of episodes opened at each session index (first element: session 1)."""
        opened = self.episodes.table.opened[: self.episodes.count]
        longest = int(self.history.lengths.max(initial=0))
        return np.bincount(opened, minlength=longest + 1)[1:]

    def escalated(self) -> int:
        """How many times an open episode became high by waiting."""
        return sum(len(ids) for ids, _session, _reason in self.episodes.escalations)

    @cached_property
    def _teller(self) -> Teller:
        return Teller(self)

    def pair(self, place: int) -> PairResult:
        """What was found of one pair, by its place in the history."""
        return self._teller.pair(place)

    def pairs(self) -> Iterator[PairResult]:
        """What was found of each pair, in the order of the history."""
        return (self.pair(place) for place in range(len(self.history.ids)))


def _by_name(levels: np.ndarray) -> dict[str, int]:
    return {name.value: int(number) for name, number in zip(SEVERITIES, levels[1:], strict=True)}
