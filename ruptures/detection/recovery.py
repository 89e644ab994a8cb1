"""How an episode comes back: the recovery table of the clinical rules, session by session."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from ruptures.detection.columns import TOLERANCE
from ruptures.detection.episodes import ADDRESSED, NO_LINE, OPEN, STATE, Episodes
from ruptures.detection.vocabulary import (
    EpisodeState,
    EscalationReason,
    RepairStep,
    Settled,
    code,
)
from sessions_app import srs

PARTIAL, RECOVERED = STATE[EpisodeState.PARTIAL], STATE[EpisodeState.RECOVERED]
UNRESOLVED = STATE[EpisodeState.UNRESOLVED]
NO_PAIRS = np.empty(0, np.intp)
NO = code(Settled.NO)
FIRST_THREE = sum(
    1 << code(step) for step in (RepairStep.ACKNOWLEDGE, RepairStep.INVITE, RepairStep.VALIDATE)
)


@dataclass(frozen=True)
class Closed:
    """Pairs whose episode closed on its scores in a session, by the way it closed."""

    recovered: np.ndarray
    new_level: np.ndarray


def follow(episodes: Episodes, pairs: np.ndarray, view: SimpleNamespace, session: int) -> Closed:
    """One session after opening, for pairs with an open episode."""
    table, ids = episodes.table, episodes.current[pairs]
    table.attended[ids] += view.attended[pairs]
    table.recovered[ids[view.no_show[pairs]]] = 0
    valid = pairs[view.valid[pairs]]
    recovered = _judge_scores(episodes, valid, view, session) if valid.size else valid
    _mark_unresolved(episodes, episodes.open_of(pairs[view.attended[pairs]]), session)
    new_level = _take_new_level(episodes, episodes.open_of(pairs[view.new_level[pairs]]), session)
    return Closed(recovered, new_level)


def _judge_scores(
    episodes: Episodes, pairs: np.ndarray, view: SimpleNamespace, session: int
) -> np.ndarray:
    """RECOVERED, PARTIAL or what it was; gives the pairs whose episode closed."""
    table, ids = episodes.table, episodes.current[pairs]
    total = view.total[pairs].astype(np.int32)
    table.lowest[ids] = np.minimum(table.lowest[ids], total)
    back = total / 10 >= table.mean[ids] - table.spread[ids] - TOLERANCE
    recovered = back & _line_is_back(episodes, ids, view.rows[pairs])
    partial = ~back & _half_way(episodes, ids, total)
    table.recovered[ids] = np.where(recovered, table.recovered[ids] + 1, 0)
    table.ever_recovered[ids] |= recovered
    closing = _closing_state(episodes, ids)
    _change_state(episodes, ids[closing < 0], recovered[closing < 0], partial[closing < 0], session)
    if not np.count_nonzero(closing >= 0):
        return NO_PAIRS
    for state in (EpisodeState.VERIFIED, EpisodeState.CAME_BACK_BY_ITSELF):
        closed = pairs[closing == STATE[state]]
        if closed.size:
            _close(episodes, closed, view.rows[closed], session, state)
    return pairs[closing >= 0]


def _change_state(
    episodes: Episodes, ids: np.ndarray, recovered: np.ndarray, partial: np.ndarray, session: int
) -> None:
    """The state of episodes that stay open; a fall out of RECOVERED goes back to the ground."""
    table = episodes.table
    was = table.state[ids]
    ground = np.where(table.steps[ids] != 0, ADDRESSED, OPEN)
    state = np.where(was == RECOVERED, ground, was)
    state = np.where(partial, PARTIAL, state)
    state = np.where(recovered, RECOVERED, state)
    changed = state != was
    if np.count_nonzero(changed):
        ids, state = ids[changed], state[changed]
        for entered in (OPEN, ADDRESSED, PARTIAL, RECOVERED):
            episodes.enter(ids[state == entered], session, entered)


def _line_is_back(episodes: Episodes, ids: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The struck line is near its usual mean; no line, no mean or no mark: not asked."""
    table = episodes.table
    line = table.struck[ids]
    mark = episodes.columns.lines[line, rows] / 10
    nearest = table.struck_mean[ids] - episodes.policy.struck_line_within
    unknown = (line == NO_LINE) | ~episodes.columns.has_lines[rows]
    return unknown | (mark >= nearest - TOLERANCE)


def _half_way(episodes: Episodes, ids: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Half of the fall or more is made up; without a fall there is nothing to make up."""
    lowest = episodes.table.lowest[ids] / 10
    fall = episodes.table.mean[ids] - lowest
    share = episodes.policy.partial_share
    return (fall > TOLERANCE) & (total / 10 - lowest >= share * fall - TOLERANCE)


def _closing_state(episodes: Episodes, ids: np.ndarray) -> np.ndarray:
    """VERIFIED or CAME_BACK_BY_ITSELF where enough sessions in a row allow it, −1 elsewhere."""
    table = episodes.table
    settled = table.recovered[ids] >= episodes.policy.verify_running
    settled &= table.settled[ids] != NO
    repaired = (table.steps[ids] & FIRST_THREE) == FIRST_THREE
    state = np.where(repaired, STATE[EpisodeState.VERIFIED], -1)
    alone = STATE[EpisodeState.CAME_BACK_BY_ITSELF]
    state = np.where(table.steps[ids] == 0, alone, state)
    return np.where(settled, state, -1)


def _close(
    episodes: Episodes, pairs: np.ndarray, rows: np.ndarray, session: int, state: EpisodeState
) -> None:
    """Close, and say whether the verifying totals lie a spread above the old level."""
    table, ids = episodes.table, episodes.current[pairs]
    episodes.close(pairs, session, state)
    entries = episodes.columns.entries.last(rows, episodes.policy.verify_running)
    mean = episodes.columns.total[entries].mean(axis=1) / 10
    higher = table.mean[ids] + table.spread[ids]
    judged = higher <= srs.TOTAL_MAX / 10 + TOLERANCE
    strong = judged & (mean >= higher - TOLERANCE)
    table.strengthened[ids] = np.where(judged, strong, -1)
    episodes.enter(ids[strong], session, STATE[EpisodeState.STRENGTHENED])


def _mark_unresolved(episodes: Episodes, pairs: np.ndarray, session: int) -> None:
    """Once, after the last session allowed for a first RECOVERED."""
    if not pairs.size:
        return
    table, ids = episodes.table, episodes.current[pairs]
    due = table.attended[ids] == episodes.policy.unresolved_sessions
    ids = ids[due & ~table.ever_recovered[ids]]
    episodes.enter(ids, session, UNRESOLVED)
    episodes.raise_high(ids, session, EscalationReason.UNRESOLVED)


def _take_new_level(episodes: Episodes, pairs: np.ndarray, session: int) -> np.ndarray:
    """The clinician agrees to a new level after long enough without recovery."""
    if not pairs.size:
        return NO_PAIRS
    table, ids = episodes.table, episodes.current[pairs]
    long = table.attended[ids] >= episodes.policy.new_level_sessions
    pairs = pairs[long & ~table.ever_recovered[ids]]
    episodes.close(pairs, session, EpisodeState.NEW_LEVEL)
    return pairs
