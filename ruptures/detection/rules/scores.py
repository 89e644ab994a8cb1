"""Rules on the totals and the lines of the form."""

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np

from ruptures.detection.columns import TOLERANCE, Columns, tenths
from ruptures.detection.policy import Policy
from ruptures.detection.rules.fired import Fired, difference, figure, level, points
from ruptures.detection.vocabulary import Level
from sessions_app import srs

SECOND = 2


def low_total(view: Columns, policy: Policy) -> Fired:
    low = view.valid & (view.total < tenths(policy.low_total))
    return Fired(
        level(prompt=low), policy.low_total, lambda row: {"total": points(view.total, row)}
    )


def low_line(view: Columns, policy: Policy) -> Fired:
    low = view.has_lines & (view.lowest < tenths(policy.low_line))
    return Fired(level(prompt=low), policy.low_line, _mark(view), view.lowest_line)


def negative_pole(view: Columns, policy: Policy) -> Fired:
    low = view.has_lines & (view.lowest < tenths(policy.negative_pole))
    return Fired(level(moderate=low), policy.negative_pole, _mark(view), view.lowest_line)


def step_drop(view: Columns, policy: Policy) -> Fired:
    fell = view.drop >= tenths(policy.step_drop)
    return Fired(level(prompt=fell), policy.step_drop, lambda row: _fall(view, row))


def sudden_drop(view: Columns, policy: Policy) -> Fired:
    known = view.n >= policy.z_from_entries
    far = (view.drop >= tenths(policy.sudden_drop)) & (view.z <= policy.sudden_drop_z + TOLERANCE)
    early = ~known & (view.drop >= tenths(policy.sudden_drop_early))

    def values(row: int) -> dict[str, Any]:
        return {
            **_fall(view, row),
            "case": "usual" if known[row] else "early",
            "z": figure(view.z, row) if known[row] else None,
            "usual_low": _usual(view, row, policy.sudden_drop_z),
            "usual_high": _usual(view, row, -policy.sudden_drop_z),
            "needed": policy.sudden_drop if known[row] else policy.sudden_drop_early,
        } | _usual_place(view, row, policy.sudden_drop_z)

    low = view.total < tenths(policy.sudden_drop_confrontation_below)
    return Fired(level(moderate=far | early), policy.sudden_drop, values, leans=low)


def personal_low(view: Columns, policy: Policy) -> Fired:
    low = view.z <= policy.personal_low + TOLERANCE
    lower = view.z <= policy.personal_low_moderate + TOLERANCE
    thresholds = {Level.PROMPT: policy.personal_low, Level.MODERATE: policy.personal_low_moderate}
    return Fired(level(prompt=low, moderate=lower), thresholds, lambda row: _place(view, row))


def sustained_low(view: Columns, policy: Policy) -> Fired:
    low = view.z <= policy.sustained_low + TOLERANCE
    running = low & (view.low_run >= policy.sustained_low_running)

    def values(row: int) -> dict[str, Any]:
        second = view.low_run[row] == SECOND
        running = {"case": "second" if second else "more", "running": figure(view.low_run, row)}
        return _place(view, row) | running

    return Fired(level(moderate=running), policy.sustained_low, values)


def drift(view: Columns, policy: Policy) -> Fired:
    stepped = view.z == view.z
    some = stepped & (view.cusum >= policy.drift - TOLERANCE)
    much = stepped & (view.cusum >= policy.drift_moderate - TOLERANCE)
    thresholds = {Level.PROMPT: policy.drift, Level.MODERATE: policy.drift_moderate}

    def values(row: int) -> dict[str, Any]:
        return {
            **_place(view, row),
            "cusum": figure(view.cusum, row),
            "cut": policy.drift_z_cut,
        }

    return Fired(level(prompt=some, moderate=much), thresholds, values)


def steady_decline(view: Columns, policy: Policy) -> Fired | tuple[()]:
    size = policy.steady_decline_entries
    fall = view.entries.back(view.total, size - 1, -1) - view.entries.back(view.total, 0, -1)
    far = view.entries.at_least(size) & (fall >= tenths(policy.steady_decline))
    if not np.count_nonzero(far):
        return ()
    last = [view.entries.back(view.total, step, -1) for step in reversed(range(size))]
    pairs = [(early, late) for late in range(size) for early in range(late)]
    kendall = sum(np.sign(last[late] - last[early]).astype(np.int8) for early, late in pairs)
    some = far & (kendall <= policy.steady_decline_kendall)
    much = some & (fall >= tenths(policy.steady_decline_moderate))
    much &= view.total < tenths(policy.steady_decline_moderate_below)
    thresholds = {
        Level.PROMPT: policy.steady_decline,
        Level.MODERATE: policy.steady_decline_moderate,
    }

    def values(row: int) -> dict[str, Any]:
        ends = {"first": points(last[0], row), "total": points(view.total, row)}
        earlier = [int(total[row]) for total in last[:-1]]
        return {
            **ends,
            "kendall": figure(kendall, row),
            "entries": size,
            "speaks_up_to": _declines_up_to(earlier, int(view.total[row]), policy) / 10,
        }

    return Fired(level(prompt=some, moderate=much), thresholds, values)


def _declines_up_to(earlier: list[int], total: int, policy: Policy) -> int:
    """The highest newest total, in tenths, with which these five would still be a decline."""
    before = sum(_sign(late - early) for early, late in combinations(earlier, 2))
    highest = min(earlier[0] - tenths(policy.steady_decline), srs.TOTAL_MAX)
    while total + 1 <= highest:
        order = before + sum(_sign(total + 1 - early) for early in earlier)
        if order > policy.steady_decline_kendall:
            break
        total += 1
    return total


def _sign(difference: int) -> int:
    return (difference > 0) - (difference < 0)


def line_split(view: Columns, policy: Policy) -> Fired:
    others = view.total - view.lowest
    apart = others - 3 * view.lowest >= 3 * tenths(policy.line_split)

    def values(row: int) -> dict[str, Any]:
        return {"mark": points(view.lowest, row), "others": round(float(others[row]) / 30, 2)}

    split = level(prompt=view.has_lines & apart)
    return Fired(split, policy.line_split, values, view.lowest_line)


def line_drop(view: Columns, policy: Policy) -> tuple[Fired, ...]:
    """One finding for each line that falls."""
    before = view.entries.back(view.lines, 1, -1)
    known = view.has_lines & view.entries.back(view.has_lines, 1, False) & view.recent
    fell = before - view.lines
    some = known & (fell >= tenths(policy.line_drop))
    much = known & (fell >= tenths(policy.line_drop_moderate))
    # A policy may ask for less at moderate than at prompt.
    if not (np.count_nonzero(some) or np.count_nonzero(much)):
        return ()
    severity = level(prompt=some, moderate=much)
    thresholds = {Level.PROMPT: policy.line_drop, Level.MODERATE: policy.line_drop_moderate}

    def values_of(line: int) -> Callable[[int], dict[str, Any]]:
        return lambda row: {
            "mark": points(view.lines[line], row),
            "previous": points(before[line], row),
            "drop": difference(fell[line], row),
        }

    return tuple(
        Fired(severity[line], thresholds, values_of(line), line) for line in range(len(view.lines))
    )


def low_level(view: Columns, policy: Policy) -> Fired:
    """Low for some sessions running; then silent for some visits."""
    low = view.valid & (view.total < tenths(policy.low_level))
    size = policy.low_level_running
    running = view.entries.at_least(size) & (view.entries.count_last(low, size) == size)
    heard = _once_in(np.flatnonzero(running), view, policy.low_level_silent)

    def values(row: int) -> dict[str, Any]:
        return {"total": points(view.total, row), "running": size}

    return Fired(level(moderate=heard), policy.low_level, values)


def _once_in(rows: np.ndarray, view: Columns, silent: int) -> np.ndarray:
    """Of the rows where a rule holds, those with enough visits since it last spoke."""
    heard = np.zeros(len(view.valid), bool)
    pair = view.history.pair_of_row[rows]
    visits = view.attended_before[rows] + view.attended[rows]
    last_pair, last_visit = -1, 0
    for row, of, visit in zip(rows.tolist(), pair.tolist(), visits.tolist(), strict=True):
        if of != last_pair or visit - last_visit > silent:
            heard[row] = True
            last_pair, last_visit = of, visit
    return heard


def _mark(view: Columns) -> Callable[[int], dict[str, Any]]:
    return lambda row: {"mark": points(view.lowest, row)}


def _fall(view: Columns, row: int) -> dict[str, Any]:
    return {
        "total": points(view.total, row),
        "previous": points(view.previous, row),
        "drop": difference(view.drop, row),
    }


def _place(view: Columns, row: int) -> dict[str, Any]:
    """A total against the usual level it is judged by."""
    return {
        "total": points(view.total, row),
        "z": figure(view.z, row),
        "mean": figure(view.mean, row),
        "expected": figure(view.expected, row),
    }


def _usual_place(view: Columns, row: int, z: float) -> dict[str, Any]:
    """The bound of the usual range unrounded; nothing while that range is not known."""
    if view.z[row] != view.z[row]:
        return {}
    place = {"mean": figure(view.mean, row), "expected": figure(view.expected, row)}
    return place | {"usual_z": z}


def _usual(view: Columns, row: int, z: float) -> float:
    """A bound of the client's usual range, cut at the ends of the form."""
    bound = view.mean[row] + z * view.expected[row]
    return round(float(min(max(bound, srs.TOTAL_MIN), srs.TOTAL_MAX / 10)), 1)
