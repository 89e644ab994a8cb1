"""What the rules look at: the history, and what follows from it without a baseline."""

from functools import cache

import numpy as np

from ruptures.detection.history import History
from ruptures.detection.policy import Policy
from ruptures.detection.running import Running
from ruptures.detection.vocabulary import Attendance, MissingReason, code

NO_DROP = -1000  # below every possible difference of two totals, in tenths
TOLERANCE = 1e-9


@cache  # of some thirty thresholds, each asked for in every screening
def tenths(points: float) -> float:
    """A threshold in points on the scale of the columns."""
    return round(points * 10, 6)


class Columns:
    """One value a session in each attribute; scores in tenths, −1 where there is none.

    `entries` are the valid forms, `visits` the attended sessions, `bookings` all of them.
    """

    # what the walk takes along, session by session
    TAKEN = (
        *("on", "total", "valid", "attended", "no_show", "first_attended", "attended_before"),
        *(
            "drop",
            "previous",
            "prediction",
            "gap",
            "usual_gap",
            "missing",
            "technical",
            "missing_running",
            "missing_recent",
        ),
        *("no_shows_recent", "repair_steps", "settled", "new_level", "nothing_booked"),
        *("not_a_strain", "opened_by_hand", "component", "left", "closed", "decided"),
    )

    def __init__(self, history: History, policy: Policy):
        self.history = history
        for name in ("on", "total", "lines", "attendance", "minutes_late", "seconds"):
            setattr(self, name, getattr(history, name))
        for name in ("prediction", "marker_salience", "marker_code", "feelings", "client_asks"):
            setattr(self, name, getattr(history, name))
        for name in ("repair_steps", "settled", "new_level", "next_booked", "not_a_strain"):
            setattr(self, name, getattr(history, name))
        for name in ("opened_by_hand", "component", "left", "closed"):
            setattr(self, name, getattr(history, name))
        self.nothing_booked = ~self.next_booked
        self.decided = self.not_a_strain | self.closed | self.left
        pair = history.pair_of_row
        self._look_at_attendance(history, pair, policy)
        self._look_at_scores(policy)
        self._look_at_predictions(policy)

    def _look_at_attendance(self, history: History, pair: np.ndarray, policy: Policy) -> None:
        self.attended = self.attendance == code(Attendance.ATTENDED)
        self.no_show = self.attendance == code(Attendance.NO_SHOW)
        self.cancelled = self.attendance == code(Attendance.CANCELLED_CLIENT)
        self.late = self.attended & (self.minutes_late >= policy.late_minutes)
        self.valid = self.total >= 0
        self.bookings = Running(np.ones(len(pair), bool), pair)
        self.visits = self.bookings.counting(self.attended)
        visits = np.cumsum(self.attended, dtype=np.int32) - self.attended
        self.attended_before = (
            visits - visits[np.arange(len(pair), dtype=np.int32) - self.bookings.rank]
        )
        self.first_attended = self.attended & (self.attended_before == 0)
        self.first = np.flatnonzero(self.first_attended)
        self.missing = self.attended & ~self.valid
        self.technical = history.missing_reason == code(MissingReason.TECHNICAL)
        own = self.missing & ~self.technical
        self.missing_running = self.visits.count_last(own, policy.missing_running)
        self.missing_recent = self.visits.count_last(own, policy.missing_of)
        self.no_shows_recent = self.bookings.count_last(self.no_show, policy.no_show_of)

    def _look_at_scores(self, policy: Policy) -> None:
        self.has_lines = (self.lines >= 0).all(axis=0)
        self.lowest_line = self.lines.argmin(axis=0).astype("int8")
        self.lowest = self.lines.min(axis=0)
        self.entries = self.bookings.counting(self.valid)
        days = self.on - self.entries.back(self.on, 1, -(10**6))
        self.recent = days <= policy.previous_within_days
        last = self.entries.back(self.total, 1, -1)
        self.previous = np.where(self.recent, last, np.int16(-1))
        known = self.valid & (self.previous >= 0)
        self.drop = np.where(known, self.previous - self.total, np.int16(NO_DROP))
        self.fell = self.drop > 0
        self.at_top = self.has_lines & (self.total >= tenths(policy.ceiling_total))

    def _look_at_predictions(self, policy: Policy) -> None:
        """Prediction − total, less the mean of the earlier gaps once there are enough of them."""
        self.foreseen = both = self.valid & (self.prediction >= 0)
        raw = self.prediction.astype(np.int32) - self.total
        number, total = self.bookings.counting(both).sums_before(raw)
        habit = np.where(number >= policy.prediction_entries, total / np.maximum(number, 1), 0.0)
        self.usual_gap = habit
        self.gap = np.where(both, raw - habit, -np.inf)
