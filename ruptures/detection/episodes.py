"""Episodes of possible strain: opening, type, component, and how they close.

All episodes stand in one table of columns, an episode a row; `current` names the open one of
each pair. How the scores come back is judged in `recovery`.
"""

from types import SimpleNamespace

import numpy as np

from ruptures.detection.baseline import Baselines
from ruptures.detection.columns import Columns
from ruptures.detection.policy import Policy
from ruptures.detection.standing import Standing
from ruptures.detection.vocabulary import (
    EpisodeComponent,
    EpisodeState,
    EpisodeType,
    EscalationReason,
    Level,
    code,
)

NONE_OPEN = -1
NO_LINE = -1
NO_TOTAL = 10_000
SMALLEST_TABLE = 64
UNSPECIFIED = code(EpisodeComponent.UNSPECIFIED)
STATE = {state: code(state) for state in EpisodeState}
OPEN, ADDRESSED = STATE[EpisodeState.OPEN], STATE[EpisodeState.ADDRESSED]
# name: (dtype, value at opening)
COLUMNS = {
    "pair": ("int64", 0),
    "opened": ("int32", 0),
    "opened_on": ("int32", 0),
    "mean": ("float64", 0.0),
    "spread": ("float64", 0.0),
    "lowest": ("int32", NO_TOTAL),
    "component": ("int8", UNSPECIFIED),
    "struck": ("int8", NO_LINE),
    "struck_mean": ("float64", -np.inf),
    "withdrawal": ("int32", 0),
    "confrontation": ("int32", 0),
    "steps": ("uint8", 0),
    "settled": ("int8", -1),
    "attended": ("int32", 0),
    "recovered": ("int32", 0),
    "ever_recovered": ("bool", False),
    "state": ("int8", OPEN),
    "severity": ("int8", 0),
    "strengthened": ("int8", -1),
}


def type_of(withdrawal: int, confrontation: int, policy: Policy) -> EpisodeType:
    """The type that the points speak for; a person confirms it."""
    if withdrawal - confrontation >= policy.type_lead:
        return EpisodeType.WITHDRAWAL
    if confrontation - withdrawal >= policy.type_lead:
        return EpisodeType.CONFRONTATION
    if min(withdrawal, confrontation) >= policy.type_mixed:
        return EpisodeType.MIXED
    return EpisodeType.UNDETERMINED


class Episodes:
    """The table of episodes while the sessions go by.

    `pairs` in the methods are places in the arrays of the walk, `session` counts from 1.
    """

    def __init__(self, columns: Columns, pair_of: np.ndarray, policy: Policy):
        self.columns = columns
        self.policy = policy
        self._pair_of = pair_of
        self.current = np.full(len(pair_of), NONE_OPEN)
        self.count = 0
        blank = {name: np.empty(0, dtype) for name, (dtype, _) in COLUMNS.items()}
        self.table = SimpleNamespace(**blank)
        self.log: list[tuple[np.ndarray, int, int]] = []
        self.escalations: list[tuple[np.ndarray, int, EscalationReason]] = []

    def keep(self, pairs: int) -> None:
        """Go on with the first pairs only; the others have no more sessions."""
        self.current = self.current[:pairs]

    def open(
        self, pairs: np.ndarray, view: SimpleNamespace, session: int, baselines: Baselines
    ) -> None:
        """Open an episode for each pair, with the level before this session frozen."""
        ids = np.arange(self.count, self.count + len(pairs))
        self._grow(len(pairs))
        table = self.table
        self.current[pairs] = ids
        table.pair[ids] = self._pair_of[pairs]
        table.opened[ids] = session
        table.opened_on[ids] = view.on[pairs]
        table.mean[ids] = baselines.mean[pairs]
        table.spread[ids] = baselines.spread[pairs]
        table.lowest[ids] = np.where(view.valid[pairs], view.total[pairs], NO_TOTAL)
        table.severity[ids] = Level.MODERATE
        self.log.append((ids, session, OPEN))
        number, sums = baselines.line_sums(pairs)
        component = self._struck_component(view.rows[pairs], number, sums)
        self._strike(ids, component, number, sums)

    def _grow(self, more: int) -> None:
        self.count += more
        size = len(self.table.pair)
        if self.count <= size:
            return
        extra = max(self.count - size, size, SMALLEST_TABLE)
        for name, (dtype, blank) in COLUMNS.items():
            grown = np.concatenate((getattr(self.table, name), np.full(extra, blank, dtype)))
            setattr(self.table, name, grown)

    def _struck_component(
        self, rows: np.ndarray, number: np.ndarray, sums: np.ndarray
    ) -> np.ndarray:
        """Component of the line lowest against its own mean; ties and `overall`: unspecified."""
        marks = self.columns.lines[:, rows].astype(np.int64)
        distance = marks * np.maximum(number, 1) - sums
        line = distance.argmin(axis=0)
        alone = (distance == distance.min(axis=0)).sum(axis=0) == 1
        known = self.columns.has_lines[rows] & alone & (line < UNSPECIFIED)
        return np.where(known, line, UNSPECIFIED)

    def _strike(
        self, ids: np.ndarray, component: np.ndarray, number: np.ndarray, sums: np.ndarray
    ) -> None:
        """Set component, struck line and that line's usual mean (−inf where there is none)."""
        line = np.where(component < UNSPECIFIED, component, NO_LINE)
        mean = sums[line, np.arange(len(ids))] / (10 * np.maximum(number, 1))
        self.table.component[ids] = component
        self.table.struck[ids] = line
        self.table.struck_mean[ids] = np.where(number > 0, mean, -np.inf)

    def join(self, pairs: np.ndarray, found: Standing, severity: np.ndarray) -> None:
        """Findings of this session join the open episode: points and severity."""
        table, ids = self.table, self.current[pairs]
        table.withdrawal[ids] += found.withdrawal[pairs]
        table.confrontation[ids] += found.confrontation[pairs]
        table.severity[ids] = np.maximum(table.severity[ids], severity[pairs])

    def repair(self, pairs: np.ndarray, view: SimpleNamespace, session: int) -> None:
        """Steps logged, and the client's latest answer to "is this settled for you?"."""
        table, ids = self.table, self.current[pairs]
        table.steps[ids] |= view.repair_steps[pairs]
        answer = view.settled[pairs]
        table.settled[ids] = np.where(answer >= 0, answer, table.settled[ids])
        addressed = (table.steps[ids] != 0) & (table.state[ids] == OPEN)
        self.enter(ids[addressed], session, ADDRESSED)

    def choose(self, pairs: np.ndarray, view: SimpleNamespace, baselines: Baselines) -> None:
        """A person's choice of component overrides the one read from the lines."""
        pairs = pairs[view.component[pairs] >= 0]
        if pairs.size:
            self._strike(self.current[pairs], view.component[pairs], *baselines.line_sums(pairs))

    def escalate(self, pairs: np.ndarray, on: np.ndarray, session: int) -> None:
        """A moderate episode becomes high when nobody logs a step for long enough."""
        table, policy, ids = self.table, self.policy, self.current[pairs]
        waiting = (table.severity[ids] == Level.MODERATE) & (table.steps[ids] == 0)
        long = table.attended[ids] >= policy.response_sessions
        long |= on[pairs] - table.opened_on[ids] >= policy.response_days
        self.raise_high(ids[waiting & long], session, EscalationReason.NO_RESPONSE)

    def raise_high(self, ids: np.ndarray, session: int, reason: EscalationReason) -> None:
        ids = ids[self.table.severity[ids] < Level.HIGH]
        if ids.size:
            self.table.severity[ids] = Level.HIGH
            self.escalations.append((ids, session, reason))

    def decide(self, pairs: np.ndarray, view: SimpleNamespace, session: int) -> np.ndarray:
        """What people decided by the end of the session; gives the pairs that a person closed."""
        dismissed = pairs[view.not_a_strain[pairs]]
        self.close(dismissed, session, EpisodeState.NOT_A_STRAIN)
        talked = self.open_of(pairs[view.closed[pairs]])
        self.close(talked, session, EpisodeState.RESOLVED)
        left = self.open_of(pairs[view.left[pairs]])
        self.close(left, session, EpisodeState.ENDED_EARLY)
        return np.concatenate((dismissed, talked))

    def open_of(self, pairs: np.ndarray) -> np.ndarray:
        return pairs[self.current[pairs] != NONE_OPEN]

    def close(self, pairs: np.ndarray, session: int, state: EpisodeState) -> None:
        self.enter(self.current[pairs], session, STATE[state])
        self.current[pairs] = NONE_OPEN

    def enter(self, ids: np.ndarray, session: int, state: int) -> None:
        """Write a change of state into the log."""
        if ids.size:
            self.table.state[ids] = state
            self.log.append((ids, session, state))
