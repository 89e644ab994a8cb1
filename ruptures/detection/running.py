""" "Previous", "running" and "last n" over columns, without crossing from one pair to the next."""

from functools import cached_property

import numpy as np


class Running:
    """The rows that count (valid entries, visits, bookings), each pair's in their order.

    Everything it gives back has one value a row of the history; rows that do not count hold
    the fill value.
    """

    def __init__(self, counts: np.ndarray, pair_of_row: np.ndarray):
        self.size = len(counts)
        self.rows = np.flatnonzero(counts)
        self._counts = counts
        self._pair_of_row = pair_of_row
        pair = pair_of_row[self.rows]
        place = np.arange(len(pair), dtype=np.int32)
        starts = np.ones(len(pair), bool)
        starts[1:] = pair[1:] != pair[:-1]
        self.rank = place - np.maximum.accumulate(starts * place)
        self._reaching: dict[int, np.ndarray] = {}

    def counting(self, counts: np.ndarray) -> "Running":
        """The same rows with others counting: this one itself where all count in both."""
        all_count = len(self.rows) == self.size and counts.all()
        return self if all_count else Running(counts, self._pair_of_row)

    def back(self, column: np.ndarray, steps: int, fill: object) -> np.ndarray:
        """The value `steps` counting rows earlier, of one column or of several side by side."""
        values = column[..., self.rows]
        if steps == 0:
            return self.spread(values, fill)
        earlier = np.full_like(values, fill)
        reached = self._reaches(steps)[steps:]
        np.copyto(earlier[..., steps:], values[..., :-steps], where=reached)
        return self.spread(earlier, fill)

    def count_last(self, mask: np.ndarray, window: int) -> np.ndarray:
        """How many of the last `window` counting rows, this one included, are in the mask."""
        if not np.count_nonzero(mask):  # in most there is nothing
            return np.zeros(self.size, np.int8)
        hits = mask[self.rows].astype(np.int8)
        number = hits.copy()
        for steps in range(1, min(window, len(hits))):
            number[steps:] += hits[:-steps] * self._reaches(steps)[steps:]
        return self.spread(number, 0)

    def _reaches(self, steps: int) -> np.ndarray:
        """Where the pair has a counting row so many steps earlier."""
        if steps not in self._reaching:
            self._reaching[steps] = self.rank >= steps
        return self._reaching[steps]

    def sums_before(self, column: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Number and sum of the counting rows of the pair before each counting row."""
        values = column[self.rows].astype(np.int64)
        before = np.cumsum(values) - values
        first = np.arange(len(values)) - self.rank
        return self.spread(self.rank, 0), self.spread(before - before[first], 0)

    def at_least(self, rows: int) -> np.ndarray:
        """Where at least so many counting rows exist, this one included."""
        return self.spread(self.rank >= rows - 1, False)

    @cached_property
    def _counted(self) -> np.ndarray:
        return np.cumsum(self._counts)

    def last(self, rows: np.ndarray, window: int) -> np.ndarray:
        """The last counting rows up to each of some rows (rows × window), −1 where none."""
        places = self._counted[rows][:, None] - np.arange(window, 0, -1)
        found = self.rows[np.maximum(places, 0)] if self.rows.size else np.full(places.shape, -1)
        same_pair = self._pair_of_row[found] == self._pair_of_row[rows][:, None]
        return np.where((places >= 0) & same_pair, found, -1)

    def spread(self, values: np.ndarray, fill: object) -> np.ndarray:
        """Values of the counting rows, laid out over all rows."""
        if values.shape[-1] == self.size:
            return values
        column = np.full((*values.shape[:-1], self.size), fill, dtype=values.dtype)
        column[..., self.rows] = values
        return column
