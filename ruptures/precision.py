"""CORE: a share of a small number, with the interval in which the true one may lie.

Knows neither Django nor a clock.
"""

from dataclasses import dataclass
from math import ceil, floor, sqrt

# The standard normal value that leaves 2.5 in 100 above it.
Z_95 = 1.959964


@dataclass(frozen=True)
class Share:
    """`hits` of `count`, with the 95 in 100 interval of Wilson. Shares run from 0 to 1, and are
    None where nothing was counted."""

    hits: int
    count: int

    def __post_init__(self):
        if not 0 <= self.hits <= self.count:
            raise ValueError(f"{self.hits} of {self.count} is no share.")

    @property
    def share(self) -> float | None:
        return self.hits / self.count if self.count else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.hits, self.count) if self.count else None

    @property
    def low_percent(self) -> int | None:
        """The lower end in whole percent, rounded outwards, so that no range looks too sure."""
        return floor(100 * self.interval[0] + 1e-9) if self.count else None

    @property
    def high_percent(self) -> int | None:
        """The upper end in whole percent, rounded outwards."""
        return ceil(100 * self.interval[1] - 1e-9) if self.count else None


def wilson(hits: int, count: int) -> tuple[float, float]:
    """The score interval for a share of `count` > 0 trials; also right for few of them, and for
    none or all, where the usual one shrinks to a point.

    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
    Journal of the American Statistical Association, 22, 209-212.
    """
    share, squared = hits / count, Z_95**2
    middle = (share + squared / (2 * count)) / (1 + squared / count)
    half = Z_95 / (1 + squared / count)
    half *= sqrt(share * (1 - share) / count + squared / (4 * count**2))
    return max(0.0, middle - half), min(1.0, middle + half)
