"""Timing in rounds: each subject right after what it is compared with, so noise hits both."""

import time
from dataclasses import dataclass, field
from statistics import median, quantiles

from benchmarks.subjects import Subject


@dataclass
class Timings:
    """Milliseconds of a subject, and of the view it is compared with, visited just before it."""

    own: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return median(self.own)

    @property
    def quartiles(self) -> tuple[float, float]:
        lower, _middle, upper = quantiles(self.own, n=4)
        return lower, upper

    @property
    def ratio(self) -> float:
        """Times the bare view; 1 for the bare view itself."""
        return self.median / median(self.bare or self.own)


def time_all(
    subjects: dict[str, Subject], *, warm_up: int, rounds: int, at_most_seconds: float
) -> dict[str, Timings]:
    """Timings by the subject's name. A slow machine gets fewer rounds, never fewer than three."""
    for _number in range(warm_up):
        _round(subjects, {name: Timings() for name in subjects})
    timings = {name: Timings() for name in subjects}
    deadline = time.monotonic() + at_most_seconds
    for number in range(rounds):
        _round(subjects, timings)
        if number >= 2 and time.monotonic() > deadline:
            break
    return timings


def _round(subjects: dict[str, Subject], timings: dict[str, Timings]) -> None:
    for name, subject in subjects.items():
        if subject.against != name:
            timings[name].bare.append(_milliseconds(subjects[subject.against]))
        timings[name].own.append(_milliseconds(subject))


def _milliseconds(subject: Subject) -> float:
    return subject.visit().seconds * 1000
