"""Through the sessions, all pairs side by side: baseline, rules that need it, episodes.

Rules that need neither baseline nor episode have been asked before, for all sessions at once.
"""

from collections.abc import Callable
from functools import cached_property
from types import SimpleNamespace

import numpy as np

from ruptures.detection.baseline import Baselines, pass_free
from ruptures.detection.columns import TOLERANCE, Columns, tenths
from ruptures.detection.episodes import NONE_OPEN, Episodes
from ruptures.detection.history import History
from ruptures.detection.policy import Policy
from ruptures.detection.recovery import NO_PAIRS, Closed, follow
from ruptures.detection.rules import REGISTER, RULES, Rule
from ruptures.detection.standing import EVIDENCE, Standing
from ruptures.detection.vocabulary import Level

STEPPED = [rule for rule in REGISTER if rule.stepwise]
LAST = RULES["no_next_session"]
COMPOSITE = [rule for rule in STEPPED if rule.composite_of]
SCORES = [rule for rule in STEPPED if rule.source in EVIDENCE]
OTHERS = [rule for rule in STEPPED if rule not in (*SCORES, *COMPOSITE, LAST)]
NOTHING_CLOSED = Closed(NO_PAIRS, NO_PAIRS)
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
    "astray": "bool",
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
        self.policy = policy
        pairs = np.argsort(-history.lengths, kind="stable")
        self.lengths = history.lengths[pairs]
        self.as_of = history.as_of[pairs]
        self.order, self.size = _by_session(history.starts[pairs], self.lengths)
        self.is_one = len(pairs) == 1
        # A single pair's sessions stand in their order already: these are views, not to be changed.
        self.place = slice(None) if self.is_one else self.order
        self.standing = standing.at(self.place)
        self.taken = {name: getattr(columns, name)[self.place] for name in Columns.TAKEN}
        self.kept = {name: np.empty(len(self.order), kind) for name, kind in KEPT.items()}
        self.episodes = Episodes(columns, pairs, policy)
        self.evidence = np.zeros(len(pairs), bool)

    @cached_property
    def baselines(self) -> Baselines:
        """Where each pair stands. A single pair whose sessions were all passed needs none."""
        return Baselines(self.columns, len(self.lengths), self.policy)

    @cached_property
    def _present(self) -> dict[str, list[bool]]:
        """Whether any pair has what a rule needs, by the index of the session."""
        return {
            rule.needs: _any_in_step(getattr(self.columns, rule.needs)[self.order], self.size)
            for rule in STEPPED
            if rule.needs not in KEPT
        }

    def run(self) -> Episodes:
        """Walk through all sessions; the columns then hold what each step found."""
        first = passed = self._pass_quiet() if self.is_one else 0
        for index, pairs in enumerate(self.size[passed:], passed):
            self._keep(pairs, index)
            self._step(slice(first, first + pairs), index)
            first += pairs
        self._escalate(0, len(self.size))
        for name, kept in self.kept.items():
            column = np.empty_like(kept)
            column[self.place] = kept
            setattr(self.columns, name, column)
        return self.episodes

    def _pass_quiet(self) -> int:
        """Judge a single pair's sessions side by side, up to the first that opens an episode. Gives
        how many they are.

        While nothing is open a session leaves behind its total and its evidence alone.
        """
        sessions = self._before_a_likely_opening()
        view = self._look_through(sessions)
        found = self._ask(view, self.standing.at(slice(sessions)), _a_session_later)
        view.severity, opening = self._levels(found)
        opens = self._is_wanted(opening, view)
        if opens.any():  # sooner than guessed: the level is learned of fewer sessions
            sessions = int(opens.argmax())
            view.passed = pass_free(self.columns, sessions, self.policy)
        for name, kept in self.kept.items():
            kept[:sessions] = getattr(view, name)[:sessions]
        if 0 < sessions < len(self.order):
            self.baselines.go_on_from(view.passed)
            self.evidence = found.evidence[sessions - 1 : sessions]
        return sessions

    def _before_a_likely_opening(self) -> int:
        """How many sessions of a single pair come before the first that opens an episode by what
        is known without the level, or falls as far as a sudden drop. Where the guess is wrong,
        more is judged one by one than had to be, or the level is learned twice."""
        policy, view = self.policy, self._view(slice(len(self.order)))
        _severity, opening = self._levels(self.standing.at(slice(len(view.rows))))
        fall = tenths(min(policy.sudden_drop, policy.sudden_drop_early))
        likely = self._is_wanted(opening, view) | (view.drop >= fall)
        return int(likely.argmax()) if likely.any() else len(likely)

    def _look_through(self, sessions: int) -> SimpleNamespace:
        """A single pair's first sessions, each against the level before it, all of them free."""
        view = self._view(slice(sessions))
        view.passed = pass_free(self.columns, sessions, self.policy)
        vars(view).update(view.passed._asdict())
        view.open_before = view.open_after = view.opened = np.zeros(sessions, bool)
        view.astray = self._astray(view)
        return view

    def _keep(self, pairs: int, index: int) -> None:
        """Go on with the pairs that have more sessions; judge what waits in the others."""
        if pairs == len(self.as_of):
            return
        self._escalate(pairs, index)
        self.baselines.keep(pairs)
        self.episodes.keep(pairs)
        self.as_of, self.evidence = self.as_of[:pairs], self.evidence[:pairs]

    def _escalate(self, pairs: int, index: int) -> None:
        """Judge what waits in all but the first pairs, which have no session any more."""
        ended = np.arange(pairs, len(self.as_of))
        ended = self.episodes.open_of(ended[self.as_of[pairs:] > 0])
        self.episodes.escalate(ended, self.as_of, index)

    def _step(self, block: slice, index: int) -> None:
        view = self._look(block)
        found = self._ask(view, self.standing.at(block), lambda _found: self.evidence, index)
        self.evidence = found.evidence
        closed, opened = self._carry(view, found, index + 1)
        self._learn(view, closed, opened)
        view.opened = opened
        view.cusum_after = self.baselines.cusum
        for name, kept in self.kept.items():
            kept[block] = getattr(view, name)

    def _look(self, block: slice) -> SimpleNamespace:
        """The session of each pair, against the level before it (arrays nobody writes into)."""
        baselines = self.baselines
        view = self._view(block)
        view.n, view.mean = baselines.n, baselines.mean
        view.spread, view.expected = baselines.spread, baselines.expected
        view.z = baselines.look(view.total, view.valid)
        view.cusum = baselines.cusum.copy()
        view.low_run = baselines.low_run
        view.astray = self._astray(view)
        view.open_before = self.episodes.current != NONE_OPEN
        return view

    def _view(self, block: slice) -> SimpleNamespace:
        """What the columns say of some of the sessions."""
        view = SimpleNamespace(**{name: column[block] for name, column in self.taken.items()})
        view.rows = self.order[block]
        view.first = view.first_attended.nonzero()[0]
        return view

    def _astray(self, view: SimpleNamespace) -> np.ndarray:
        """Where z lies as low, or the CUSUM as high, as the least of what its rules ask for."""
        policy = self.policy
        low = max(policy.personal_low, policy.personal_low_moderate, policy.sustained_low)
        high = min(policy.drift, policy.drift_moderate)
        return (view.z <= low + TOLERANCE) | (view.cusum >= high - TOLERANCE)

    def _ask(
        self,
        view: SimpleNamespace,
        found: Standing,
        evidence_before: Callable[[Standing], np.ndarray],
        index: int | None = None,
    ) -> Standing:
        """The rules that need the baseline, then those that need what these said. `index`: the
        one session that is looked at; None: all of them."""
        self._ask_each(SCORES, view, found, index)
        view.after_evidence = evidence_before(found)
        self._ask_each(OTHERS, view, found, index)
        view.score_level = found.score_level
        self._ask_each(COMPOSITE, view, found, index)
        return found

    def _ask_each(
        self, rules: list[Rule], view: SimpleNamespace, found: Standing, index: int | None
    ) -> None:
        for rule in rules:
            if self._may_speak(rule, view, index):
                self._add(found, rule, view)

    def _may_speak(self, rule: Rule, view: SimpleNamespace, index: int | None) -> bool:
        """Whether any pair has in this session what the rule needs."""
        if rule.needs in KEPT:
            return np.count_nonzero(getattr(view, rule.needs)) > 0
        if index is None:
            return np.count_nonzero(getattr(self.columns, rule.needs)) > 0
        return self._present[rule.needs][index]

    def _add(self, found: Standing, rule: Rule, view: SimpleNamespace) -> None:
        for fired in rule.judge(view, self.policy):
            found.add(rule, fired)

    def _carry(
        self, view: SimpleNamespace, found: Standing, session: int
    ) -> tuple[Closed, np.ndarray]:
        """Episodes through this session; leaves the final severity in the view."""
        episodes = self.episodes
        view.severity, opening = self._levels(found)
        opened = self._is_wanted(opening, view) & ~view.open_before
        before, new = view.open_before.nonzero()[0], opened.nonzero()[0]
        closed = NOTHING_CLOSED
        if before.size:
            self._take_part(before, view, found, session)
            closed = follow(episodes, before, view, session)
            episodes.escalate(episodes.open_of(before), view.on, session)
        if new.size:
            episodes.open(new, view, session, self.baselines)
            self._take_part(new, view, found, session)
        self._ask_last(view, found)
        still = (view.open_after & view.decided).nonzero()[0]
        if still.size:
            self.baselines.cusum[episodes.decide(still, view, session)] = 0.0
        return closed, opened

    def _levels(self, found: Standing) -> tuple[np.ndarray, np.ndarray]:
        """The severity of each session, and the level that may open an episode."""
        severity = found.session_level()
        is_aside = np.count_nonzero(found.aside_level)
        return severity, found.level_for_opening() if is_aside else severity

    def _is_wanted(self, opening: np.ndarray, view: SimpleNamespace) -> np.ndarray:
        """Where an episode begins, unless one is open."""
        return (opening >= Level.MODERATE) | view.opened_by_hand

    def _take_part(
        self, pairs: np.ndarray, view: SimpleNamespace, found: Standing, session: int
    ) -> None:
        """What this session brings to an open episode."""
        self.episodes.join(pairs, found, view.severity)
        self.episodes.choose(pairs, view, self.baselines)
        self.episodes.repair(pairs, view, session)

    def _ask_last(self, view: SimpleNamespace, found: Standing) -> None:
        """No next session: asked when it is known which episodes are open."""
        view.open_after = self.episodes.current != NONE_OPEN
        alone = (view.open_after & view.nothing_booked).nonzero()[0]
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
        free = (view.valid & ~view.open_before & ~opened).nonzero()[0]
        baselines.learn(free, view.rows[free])
        baselines.rise(free)
        if closed.recovered.size:
            verifying = entries.last(view.rows[closed.recovered], self.policy.verify_running)
            for place in range(verifying.shape[1]):
                baselines.learn(closed.recovered, verifying[:, place])
            baselines.cusum[closed.recovered] = 0.0
            baselines.rise(closed.recovered)
        if closed.new_level.size:
            last = entries.last(view.rows[closed.new_level], self.policy.new_level_entries)
            baselines.reset(closed.new_level, last[:, -self.policy.baseline_entries :])


def _a_session_later(found: Standing) -> np.ndarray:
    """The evidence of the session before, of a single pair."""
    before = np.zeros(len(found.evidence), bool)
    before[1:] = found.evidence[:-1]
    return before


def _by_session(starts: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """Rows by session number and pair, and how many pairs have each session number."""
    if len(lengths) == 1:
        return starts[0] + np.arange(lengths[0]), [1] * int(lengths[0])
    longest = int(lengths.max(initial=0))
    size = np.searchsorted(-lengths, -np.arange(longest), side="left").tolist()
    rows = [starts[:pairs] + index for index, pairs in enumerate(size)]
    return np.concatenate(rows) if rows else np.empty(0, np.intp), size


def _any_in_step(column: np.ndarray, size: list[int]) -> list[bool]:
    """Whether any pair has something in the column, by session index."""
    if not size:
        return []
    firsts = np.concatenate(([0], np.cumsum(size)[:-1]))
    return np.logical_or.reduceat(column, firsts).tolist()
