"""Rules on forms and visits that did not happen, or came late."""

from typing import Any

from ruptures.detection.columns import Columns
from ruptures.detection.policy import Policy
from ruptures.detection.rules.fired import Fired, figure, level

START_CASES = ("none", "one", "few")


def missing_rating(view: Columns, policy: Policy) -> Fired:
    """`after_evidence`: the session before had a score or marker finding, prompt or above."""
    own = view.missing & ~view.technical
    often = own & (
        (view.missing_running >= policy.missing_running)
        | (view.missing_recent >= policy.missing_count)
    )
    after = own & view.after_evidence

    def values(row: int) -> dict[str, Any]:
        repeated = "repeated" if often[row] else "first"
        return {
            "case": "after_low" if after[row] else repeated,
            "missing": figure(view.missing_recent, row),
            "window": policy.missing_of,
        }

    severity = level(info=view.missing, prompt=often, moderate=after)
    return Fired(severity, policy.missing_count, values)


def early_no_show(view: Columns, policy: Policy) -> Fired:
    early = view.no_show & (view.attended_before < policy.early_no_show)

    def values(row: int) -> dict[str, Any]:
        attended = int(view.attended_before[row])
        return {"case": START_CASES[min(attended, len(START_CASES) - 1)], "attended": attended}

    return Fired(level(high=early), policy.early_no_show, values)


def no_show(view: Columns, policy: Policy) -> Fired:
    later = view.no_show & (view.attended_before >= policy.early_no_show)
    often = view.no_shows_recent >= policy.no_show_count
    grave = later & (often | view.open_before)

    def values(row: int) -> dict[str, Any]:
        repeated = "often" if often[row] else "one"
        return {
            "case": "open" if view.open_before[row] else repeated,
            "no_shows": figure(view.no_shows_recent, row),
            "window": policy.no_show_of,
        }

    return Fired(level(moderate=later, high=grave), policy.no_show_count, values)


def cancel_or_late(view: Columns, policy: Policy) -> Fired:
    cancellations = view.bookings.count_last(view.cancelled, policy.cancel_of)
    late = view.visits.count_last(view.late, policy.late_of)
    often = view.cancelled & (cancellations >= policy.cancel_count)
    often_late = view.attended & (late >= policy.late_count)

    def values(row: int) -> dict[str, Any]:
        if view.attended[row]:
            times = {"times": figure(late, row), "window": policy.late_of}
            return {"case": "late", **times, "least": policy.late_count}
        kind = "cancelled_often" if often[row] else "cancelled"
        return {"case": kind, "times": figure(cancellations, row), "window": policy.cancel_of}

    severity = level(info=view.cancelled, prompt=often | often_late)
    return Fired(severity, policy.cancel_count, values)


def no_next_session(view: Columns, policy: Policy) -> Fired:
    """`open_after`: an episode is open once this session has been judged."""
    alone = view.open_after & view.nothing_booked
    return Fired(level(high=alone), policy.next_booked_hours)
