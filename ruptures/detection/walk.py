"""Through the sessions, all pairs side by side: baseline, rules that need it, episodes.

Rules that need neither baseline nor episode have been asked before, for all sessions at once.
"""

from types import SimpleNamespace

import numpy as np

from ruptures.detection.baseline import Baselines
from ruptures.detection.columns import Columns
from ruptures.detection.episodes import NONE_OPEN, Episodes
from ruptures.detection.history import History
from ruptures.detection.policy import Policy
from ruptures.detection.recovery import Closed, follow
from ruptures.detection.rules import REGISTER, RULES
from ruptures.detection.standing import Standing
from ruptures.detection.vocabulary import Level, Source

STEPPED = [rule for rule in REGISTER if rule.stepwise]
LAST = RULES["no_next_session"]
COMPOSITE = [rule for rule in STEPPED if rule.composite_of]
ON_SCORES = [rule for rule in STEPPED if rule.source is Source.SCORE]
SINGLE = [rule for rule in STEPPED if rule not in (*ON_SCORES, *COMPOSITE, LAST)]
# what a step leaves behind for each session
KEPT = {
    "n": "int8",
    "mean": "float64",
    "spread": "float64",
    "expected": "float64",
    "z": "float64",
    "cusum": "float64",
    "cusum_after": "float64",
    "low_run": "int16",
    "open_before": "bool",
    "open_after": "bool",
    "opened": "bool",
    "after_evidence": "bool",
    "score_level": "int8",
    "severity": "int8",
}


class Walk:
    """One run over a history. Pairs stand by number of sessions, the longest first."""

    def __init__(self, history: History, columns: Columns, standing: Standing, policy: Policy):
        self.columns = columns
        self.standing = standing
        self.policy = policy
        order = np.argsort(-history.lengths, kind="stable")
        self.starts = history.starts[order]
        self.lengths = history.lengths[order]
        self.as_of = history.as_of[order]
        self.baselines = Baselines(columns, len(order), policy)
        self.episodes = Episodes(columns, order, policy)
        self.evidence = np.zeros(len(order), bool)
        for name, kind in KEPT.items():
            setattr(columns, name, np.zeros(len(columns.valid), kind))

    def run(self) -> Episodes:
        """Walk through all sessions; the columns hold what each step found."""
        for index in range(int(self.lengths.max(initial=0))):
            self._keep(int(np.searchsorted(-self.lengths, -index, side="left")), index)
            self._step(self.starts + index, index + 1)
        self._keep(0, int(self.lengths.max(initial=0)))
        return self.episodes

    def _keep(self, pairs: int, index: int) -> None:
        """Go on with the pairs that have more sessions; judge what waits in the others."""
        if pairs == len(self.starts):
            return
        ended = np.arange(pairs, len(self.starts))
        ended = self.episodes.open_of(ended[self.as_of[pairs:] > 0])
        self.episodes.escalate(ended, self.as_of, index)
        self.baselines.keep(pairs)
        self.episodes.keep(pairs)
        for name in ("starts", "lengths", "as_of", "evidence"):
            setattr(self, name, getattr(self, name)[:pairs])

    def _step(self, rows: np.ndarray, session: int) -> None:
        view = self._look(rows)
        found = self._ask(view, rows)
        closed, opened = self._carry(view, found, session)
        self._learn(view, closed, opened)
        view.opened = opened
        view.cusum_after = self.baselines.cusum
        for name in KEPT:
            getattr(self.columns, name)[rows] = getattr(view, name)

    def _look(self, rows: np.ndarray) -> SimpleNamespace:
        """The session of each pair, against the level before it."""
        view, baselines = self.columns.at(rows), self.baselines
        view.rows = rows
        view.n = baselines.n.copy()
        view.mean = baselines.mean.copy()
        view.spread = baselines.spread.copy()
        view.expected = baselines.expected.copy()
        view.z = baselines.look(view.total, view.valid)
        view.cusum = baselines.cusum.copy()
        view.low_run = baselines.low_run
        view.open_before = self.episodes.current != NONE_OPEN
        view.after_evidence = self.evidence
        return view

    def _ask(self, view: SimpleNamespace, rows: np.ndarray) -> Standing:
        """The rules that need the baseline, then those that need what these said."""
        found = self.standing.at(rows)
        for rule in (*ON_SCORES, *SINGLE):
            self._add(found, rule, view)
        view.score_level = found.score_level
        for rule in COMPOSITE:
            self._add(found, rule, view)
        self.evidence = found.evidence
        return found

    def _add(self, found: Standing, rule, view: SimpleNamespace) -> None:
        for fired in rule.judge(view, self.policy):
            found.add(rule, fired)

    def _carry(
        self, view: SimpleNamespace, found: Standing, session: int
    ) -> tuple[Closed, np.ndarray]:
        """Episodes through this session; leaves the final severity in the view."""
        episodes = self.episodes
        view.severity = found.session_level()
        wanted = (found.level_for_opening() >= Level.MODERATE) | view.opened_by_hand
        opened = wanted & ~view.open_before
        before = np.flatnonzero(view.open_before)
        episodes.join(before, found, view.severity)
        episodes.choose(before, view, self.baselines)
        episodes.repair(before, view, session)
        closed = follow(episodes, before, view, session)
        episodes.escalate(episodes.open_of(before), view.on, session)
        new = np.flatnonzero(opened)
        if new.size:
            episodes.open(new, view, session, self.baselines)
            episodes.join(new, found, view.severity)
            episodes.choose(new, view, self.baselines)
            episodes.repair(new, view, session)
        self._ask_last(view, found)
        still = np.flatnonzero(episodes.current != NONE_OPEN)
        self.baselines.cusum[episodes.decide(still, view, session)] = 0.0
        return closed, opened

    def _ask_last(self, view: SimpleNamespace, found: Standing) -> None:
        """No next session: asked when it is known which episodes are open."""
        view.open_after = self.episodes.current != NONE_OPEN
        alone = np.flatnonzero(view.open_after & ~view.next_booked)
        if not alone.size:
            return
        points = Standing.blank(len(view.rows), self.policy)
        self._add(points, LAST, view)
        self._add(found, LAST, view)
        view.severity = found.session_level()
        self.episodes.join(alone, points, view.severity)

    def _learn(self, view: SimpleNamespace, closed: Closed, opened: np.ndarray) -> None:
        """Free totals, the verifying ones among them, go into the baseline."""
        baselines, entries = self.baselines, self.columns.entries
        free = np.flatnonzero(view.valid & ~view.open_before & ~opened)
        baselines.learn(free, view.rows[free])
        if closed.recovered.size:
            verifying = entries.last(view.rows[closed.recovered], self.policy.verify_running)
            for place in range(verifying.shape[1]):
                baselines.learn(closed.recovered, verifying[:, place])
            baselines.cusum[closed.recovered] = 0.0
        baselines.rise(np.concatenate((free, closed.recovered)))
        if closed.new_level.size:
            last = entries.last(view.rows[closed.new_level], self.policy.new_level_entries)
            baselines.reset(closed.new_level, last[:, -self.policy.baseline_entries :])
