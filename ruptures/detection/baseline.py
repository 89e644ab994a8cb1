"""The client's usual level, learned from a few totals and then held; and the running CUSUM.

Sums are whole tenths, so that the same totals give the same level in whatever order they came.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ruptures.detection.columns import TOLERANCE, Columns
from ruptures.detection.policy import Policy

NO_ENTRY = -1
THE_PAIR = np.zeros(1, np.intp)


def usual_level(
    n: np.ndarray, total: np.ndarray, squares: np.ndarray, policy: Policy
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, spread and spread expected of the next total, in points (clinical rules, baseline).

    `n` totals with sum `total` (tenths) and sum of squares `squares` (tenths²). With none the
    prior stands: its mean and its spread.
    """
    some = np.maximum(n, 1)
    deviation = (squares - total * total / some) / 100
    weight = policy.prior_weight
    variance = (weight * policy.prior_spread**2 + deviation) / (weight + n - 1)
    variance = np.maximum(variance, policy.smallest_variance)
    variance = np.where(n > 0, variance, policy.prior_spread**2)
    ratio = variance / policy.between_spread**2
    share = n / (n + ratio)
    mean = share * (total / (10 * some)) + (1 - share) * policy.prior_mean
    return mean, np.sqrt(variance), np.sqrt(variance * (1 + 1 / (n + ratio)))


def distance(
    total: np.ndarray, valid: np.ndarray, level: tuple[np.ndarray, ...], policy: Policy
) -> np.ndarray:
    """z of totals (tenths) against levels (n, mean, spread, expected); nan where there is none."""
    n, mean, _spread, expected = level
    judged = valid & (n >= policy.z_from_entries)
    return np.where(judged, (total / 10 - mean) / expected, np.nan)


def cusum_step(
    before: np.ndarray, z: np.ndarray, allowance: float, cut: float = np.inf
) -> np.ndarray:
    """One step of the one-sided lower CUSUM: max(0, C − z − k), with z cut at ±cut."""
    return np.maximum(0.0, before - np.minimum(np.maximum(z, -cut), cut) - allowance)


def _running_sums(values: np.ndarray) -> np.ndarray:
    """Over the first 0, 1, 2 … of them."""
    sums = np.zeros(len(values) + 1, np.int64)
    np.cumsum(values, out=sums[1:])
    return sums


class Passed(NamedTuple):
    """What was known at each of the sessions of a single pair: the level before it (`n` totals,
    mean, spread, spread expected), z (nan where none), the CUSUM with it and after it, and how
    many low totals ran up to it. At the end: rows of the block, and of the last free entries."""

    n: np.ndarray
    mean: np.ndarray
    spread: np.ndarray
    expected: np.ndarray
    z: np.ndarray
    cusum: np.ndarray
    cusum_after: np.ndarray
    low_run: np.ndarray
    block: np.ndarray
    free: np.ndarray


def pass_free(columns: Columns, sessions: int, policy: Policy) -> Passed:
    """Look through the first sessions of a single pair, all of them free, side by side. The figures
    are those of `Baselines`, taking one session after the other, to the last bit."""
    size = policy.baseline_entries
    valid = columns.valid[:sessions]
    totals = columns.total[:sessions].astype(np.int64)
    entries = valid.nonzero()[0]
    total = totals[entries]
    sums, squares = _running_sums(total), _running_sums(total * total)
    learned = np.arange(min(len(entries), size) + 1)
    levels = usual_level(learned, sums[: size + 1], squares[: size + 1], policy)
    before = np.cumsum(valid) - valid
    n = np.minimum(before, size)
    mean, spread, expected = (figure[n] for figure in levels)
    block, rises = entries[:size], []
    if len(entries) >= size:
        full = tuple(figure[size] for figure in levels)
        for number, level in _rises(sums, squares, full, policy):
            later = before >= number
            mean[later], spread[later], expected[later] = level
            block = entries[number - size : number]
            rises.append(number)
    level = (n, mean, spread, expected)
    z = distance(totals, valid, level, policy)
    running = _running(z, valid, before, rises, policy)
    return Passed(*level, z, *running, block, entries[-size:])


def _rises(
    sums: np.ndarray, squares: np.ndarray, level: tuple, policy: Policy
) -> Iterator[tuple[int, tuple]]:
    """After how many free totals of a single pair the level rises, and to which. `sums` and
    `squares`: over the first 0, 1, 2 … totals. `level`: that of the first full block."""
    size = policy.baseline_entries
    last = sums[size:] - sums[:-size]
    last_squares = squares[size:] - squares[:-size]
    means = last / (10 * size)
    asked = 0
    while True:
        mean, spread, _expected = level
        higher = means[asked:] - mean >= spread - TOLERANCE
        if not np.count_nonzero(higher):
            return
        place = asked + int(higher.argmax())
        level = usual_level(np.int64(size), last[place], last_squares[place], policy)
        yield place + size, level
        asked = place + 1


def _running(
    z: np.ndarray, valid: np.ndarray, before: np.ndarray, rises: list[int], policy: Policy
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The CUSUM of a single pair with each session and after it, and its runs of low totals.
    As in `Baselines.look`, one plain number after the other: arrays of one take much longer."""
    low = policy.sustained_low + TOLERANCE
    fall = np.minimum(np.maximum(z, -policy.drift_z_cut), policy.drift_z_cut)
    each = zip(z.tolist(), fall.tolist(), valid.tolist(), before.tolist(), strict=True)
    cusum, run = 0.0, 0
    with_it, after_it, runs = [], [], []
    for z_here, falls, counts, earlier in each:
        if z_here == z_here:
            cusum = max(0.0, cusum - falls - policy.drift_allowance)
        if counts:
            run = run + 1 if z_here <= low else 0
        with_it.append(cusum)
        runs.append(run)
        if counts and earlier + 1 in rises:
            cusum = 0.0
        after_it.append(cusum)
    return np.array(with_it), np.array(after_it), np.array(runs, np.int64)


class Baselines:
    """The block of each pair, its free totals, its CUSUM. Rows of the arrays are pairs.

    A block holds at most `baseline_entries` valid entries, named by their row in the history.
    """

    def __init__(self, columns: Columns, pairs: int, policy: Policy):
        self.policy = policy
        self._total = columns.total.astype(np.int64)
        self._lines = np.ascontiguousarray(columns.lines.T)
        self._has_lines = columns.has_lines
        size = policy.baseline_entries
        self.block = np.full((pairs, size), NO_ENTRY)
        self.free = np.full((pairs, size), NO_ENTRY)
        self.n = np.zeros(pairs, np.int64)
        self.sum = np.zeros(pairs, np.int64)
        self.squares = np.zeros(pairs, np.int64)
        self.cusum = np.zeros(pairs)
        self.low_run = np.zeros(pairs, np.int64)
        self.mean, self.spread, self.expected = usual_level(self.n, self.sum, self.squares, policy)

    def go_on_from(self, passed: Passed) -> None:
        """Stand where a single pair stands after the sessions that it `passed`."""
        self.reset(THE_PAIR, passed.block[None])
        self.free[0, self.policy.baseline_entries - len(passed.free) :] = passed.free
        self.cusum, self.low_run = passed.cusum_after[-1:], passed.low_run[-1:]

    def keep(self, pairs: int) -> None:
        """Go on with the first pairs only; the others have no more sessions."""
        for name, value in vars(self).items():
            if not name.startswith("_") and isinstance(value, np.ndarray):
                setattr(self, name, value[:pairs])

    def look(self, total: np.ndarray, valid: np.ndarray) -> np.ndarray:
        """z of each total against the level before it, taken into its CUSUM and run of low ones."""
        policy = self.policy
        level = (self.n, self.mean, self.spread, self.expected)
        z = distance(total, valid, level, policy)
        if not np.count_nonzero(valid):
            return z
        stepped = cusum_step(self.cusum, z, policy.drift_allowance, policy.drift_z_cut)
        self.cusum = np.where(z == z, stepped, self.cusum)
        low = z <= policy.sustained_low + TOLERANCE
        self.low_run = np.where(valid, np.where(low, self.low_run + 1, 0), self.low_run)
        return z

    def learn(self, pairs: np.ndarray, rows: np.ndarray) -> None:
        """Take free totals in: they fill the block until it is full."""
        if not pairs.size:
            return
        self.free[pairs, :-1] = self.free[pairs, 1:]
        self.free[pairs, -1] = rows
        short = self.n[pairs] < self.policy.baseline_entries
        pairs, rows = pairs[short], rows[short]
        if not pairs.size:
            return
        total = self._total[rows]
        self.block[pairs, self.n[pairs]] = rows
        self.n = self.n.copy()
        self.n[pairs] += 1
        self.sum[pairs] += total
        self.squares[pairs] += total * total
        self._settle(pairs)

    def rise(self, pairs: np.ndarray) -> None:
        """Re-set upward where the last free totals lie a spread above the usual level."""
        if not pairs.size:
            return
        full = (self.n[pairs] == self.policy.baseline_entries) & (self.free[pairs, 0] >= 0)
        pairs = pairs[full]
        mean = self._total[self.free[pairs]].sum(axis=1) / (10 * self.policy.baseline_entries)
        higher = mean - self.mean[pairs] >= self.spread[pairs] - TOLERANCE
        if np.count_nonzero(higher):
            pairs = pairs[higher]
            self.reset(pairs, self.free[pairs])

    def reset(self, pairs: np.ndarray, entries: np.ndarray) -> None:
        """Make `entries` (pairs × up to block size, NO_ENTRY where none) the block; C = 0."""
        present = entries >= 0
        order = np.argsort(~present, axis=1, kind="stable")
        self.block[pairs] = NO_ENTRY
        self.block[pairs, : entries.shape[1]] = np.take_along_axis(entries, order, axis=1)
        total = np.where(present, self._total[entries], 0)
        self.n = self.n.copy()
        self.n[pairs] = present.sum(axis=1)
        self.sum[pairs] = total.sum(axis=1)
        self.squares[pairs] = (total * total).sum(axis=1)
        self.cusum[pairs] = 0.0
        self._settle(pairs)

    def line_sums(self, pairs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Entries of the block that have lines, and the sum of each line over them (4 × pairs)."""
        block = self.block[pairs]
        with_lines = (block >= 0) & self._has_lines[block]
        marks = self._lines[block] * with_lines[:, :, None]
        return with_lines.sum(axis=1), marks.sum(axis=1, dtype=np.int64).T

    def _settle(self, pairs: np.ndarray) -> None:
        """Learn the level anew, in new arrays: a step still holds those it was judged by."""
        self.mean, self.spread = self.mean.copy(), self.spread.copy()
        self.expected = self.expected.copy()
        self.mean[pairs], self.spread[pairs], self.expected[pairs] = usual_level(
            self.n[pairs], self.sum[pairs], self.squares[pairs], self.policy
        )
