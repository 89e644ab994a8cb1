"""What is known of each pair, session by session, as columns.

One row is one session (attended or not). The rows of a pair stand together, oldest first,
and the pairs one after another, so that a histories' table is read as it comes from a
database and no pair is padded to the length of another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from ruptures.detection.reading import FEELING_CODES, UNKNOWN, HistoryError, read_pairs
from ruptures.detection.vocabulary import (
    Attendance,
    EpisodeComponent,
    MissingReason,
    RepairStep,
    Settled,
)
from sessions_app import srs
from sessions_app.markers import FEELING_MAX, MARKERS, SALIENCE_MAX, SALIENCE_MIN, MarkerKind

__all__ = ["History", "HistoryError"]

LINE_COUNT = len(srs.LINES)
WITHDRAWAL, CONFRONTATION = 0, 1
KIND_OF = np.array([int(marker.kind is MarkerKind.CONFRONTATION) for marker in MARKERS])
# name: (dtype, value where nothing is known)
ROW_COLUMNS: dict[str, tuple[str, Any]] = {
    "on": ("int32", 0),
    "attendance": ("int8", 0),
    "minutes_late": ("float32", 0),
    "total": ("int16", UNKNOWN),
    "missing_reason": ("int8", UNKNOWN),
    "seconds": ("float32", np.nan),
    "client_asks": ("bool", False),
    "repair_steps": ("uint8", 0),
    "settled": ("int8", UNKNOWN),
    "new_level": ("bool", False),
    "next_booked": ("bool", True),
    "not_a_strain": ("bool", False),
    "opened_by_hand": ("bool", False),
    "component": ("int8", UNKNOWN),
    "left": ("bool", False),
    "closed": ("bool", False),
}
# highest value of the columns that are places in a vocabulary, or bits
HIGHEST = {
    "attendance": len(Attendance) - 1,
    "missing_reason": len(MissingReason) - 1,
    "settled": len(Settled) - 1,
    "component": len(EpisodeComponent) - 1,
    "repair_steps": (1 << len(RepairStep)) - 1,
}
WIDE_COLUMNS = {"lines": (LINE_COUNT, UNKNOWN), "prediction": (LINE_COUNT, UNKNOWN)}


@dataclass(frozen=True)
class History:
    """Histories of pairs side by side. Build with `from_pairs` or `from_columns`.

    `ids` and `lengths` and `as_of` have one value a pair; every other column one value a
    session (N = sum of lengths), `lines` 4 × N. Scores are tenths, −1 where unknown; `on` and
    `as_of` are proleptic day numbers (date.toordinal), `as_of` 0 where not given.
    `marker_salience` and `marker_code` (2 kinds × 2 × N) hold the strongest and the second
    different marker of each kind (0: withdrawal, 1: confrontation), salience 0 where none.
    """

    ids: Sequence[Any]
    lengths: np.ndarray
    as_of: np.ndarray
    on: np.ndarray
    attendance: np.ndarray
    minutes_late: np.ndarray
    lines: np.ndarray
    total: np.ndarray
    missing_reason: np.ndarray
    seconds: np.ndarray
    prediction: np.ndarray
    marker_salience: np.ndarray
    marker_code: np.ndarray
    feelings: np.ndarray
    client_asks: np.ndarray
    repair_steps: np.ndarray
    settled: np.ndarray
    new_level: np.ndarray
    next_booked: np.ndarray
    not_a_strain: np.ndarray
    opened_by_hand: np.ndarray
    component: np.ndarray
    left: np.ndarray
    closed: np.ndarray

    @classmethod
    def from_pairs(cls, pairs: Sequence[Mapping[str, Any]]) -> "History":
        """Read the JSON shape of the detector's interface.

        Raises HistoryError naming pair, session number and field.
        """
        ids, lengths, as_of, rows = read_pairs(pairs)
        columns: dict[str, Any] = {
            name: [row.get(name, unknown) for row in rows]
            for name, (_, unknown) in ROW_COLUMNS.items()
        }
        for name, (width, unknown) in WIDE_COLUMNS.items():
            blank = (unknown,) * width
            columns[name] = _wide([row.get(name, blank) for row in rows], width)
        none = (0,) * len(FEELING_CODES)
        columns["feelings"] = _wide([row.get("feelings", none) for row in rows], len(none))
        columns["markers"] = [
            (place, code, salience)
            for place, row in enumerate(rows)
            for code, salience in row.get("markers", ())
        ]
        return cls.from_columns(ids, lengths, as_of=as_of, **columns)

    @classmethod
    def from_columns(
        cls,
        ids: Sequence[Any],
        lengths: Sequence[int] | np.ndarray,
        *,
        on: Sequence[int] | np.ndarray,
        lines: np.ndarray | None = None,
        prediction: np.ndarray | None = None,
        feelings: np.ndarray | None = None,
        markers: Sequence[tuple[int, int, int]] | np.ndarray = (),
        as_of: Sequence[int] | np.ndarray | None = None,
        **columns: Any,
    ) -> "History":
        """Columns as they come from a database, without a Python step a row.

        `ids`, `lengths`, `as_of`: one a pair. `on` (day numbers) and the other columns: one a
        session, pair after pair, oldest first. `lines` and `prediction`: 4 × N tenths, −1
        unknown. `feelings`: 7 × N degrees in the order of `sessions_app.markers.FEELINGS`.
        `markers`: M × 3 of row, place of the marker in `MARKERS`, salience. `total` (tenths)
        matters only where lines are unknown; `attendance`, `missing_reason`, `settled`,
        `component`: places in their vocabularies, −1 unknown; `repair_steps`: bits;
        `next_booked`: False where nothing was booked 24 h later. What is left out is unknown.
        Raises HistoryError for a column of the wrong length or a value out of bounds.
        """
        lengths = np.asarray(lengths, dtype=np.int64)
        rows = int(lengths.sum())
        table = _row_columns({"on": on, **columns}, rows)
        table["lines"] = _score_lines("lines", lines, rows)
        _fill_totals(table)
        table["prediction"] = _sum_lines(_score_lines("prediction", prediction, rows))
        table["feelings"] = _block("feelings", feelings, len(FEELING_CODES), rows, 0)
        table["marker_salience"], table["marker_code"] = _two_strongest(markers, rows)
        days = np.zeros(len(lengths), "int32") if as_of is None else np.asarray(as_of, "int32")
        history = cls(ids=ids, lengths=lengths, as_of=days, **table)
        given = {"feelings"} if feelings is not None else set()
        _check_history(history, given | set(columns))
        return history

    @property
    def starts(self) -> np.ndarray:
        """First row of each pair."""
        return np.cumsum(self.lengths) - self.lengths

    @property
    def pair_of_row(self) -> np.ndarray:
        return np.repeat(np.arange(len(self.lengths), dtype=np.int32), self.lengths)

    def place(self, row: int) -> str:
        """Where a row stands, for messages: pair and session number."""
        pair = int(np.searchsorted(np.cumsum(self.lengths), row, side="right"))
        return f"pair {self.ids[pair]!r}, session {row - int(self.starts[pair]) + 1}"


def _wide(rows: list[tuple[int, ...]], width: int) -> np.ndarray:
    return np.array(rows, dtype="int16").reshape(-1, width).T


def _row_columns(given: dict[str, Any], rows: int) -> dict[str, np.ndarray]:
    unknown = set(given) - set(ROW_COLUMNS)
    if unknown:
        raise HistoryError(f"columns: unknown {', '.join(sorted(unknown))}")
    table = {}
    for name, (dtype, blank) in ROW_COLUMNS.items():
        value = given.get(name)
        table[name] = np.full(rows, blank, dtype) if value is None else np.asarray(value, dtype)
        if table[name].shape != (rows,):
            raise HistoryError(f"column {name}: {rows} values needed, got {table[name].shape}")
    return table


def _block(name: str, value: Any, width: int, rows: int, blank: int) -> np.ndarray:
    if value is None:
        return np.full((width, rows), blank, "int16")
    block = np.ascontiguousarray(value, dtype="int16")
    if block.shape != (width, rows):
        raise HistoryError(f"column {name}: {width} × {rows} values needed, got {block.shape}")
    return block


def _score_lines(name: str, value: Any, rows: int) -> np.ndarray:
    return _block(name, value, LINE_COUNT, rows, UNKNOWN)


def _sum_lines(lines: np.ndarray) -> np.ndarray:
    """Totals of the forms with all four lines, −1 elsewhere."""
    complete = (lines >= 0).all(axis=0)
    return np.where(complete, lines.sum(axis=0, dtype="int16"), np.int16(UNKNOWN))


def _fill_totals(table: dict[str, np.ndarray]) -> None:
    """A total comes from four lines, or alone where no line is known; else there is none."""
    summed = _sum_lines(table["lines"])
    alone = np.where((table["lines"] < 0).all(axis=0), table["total"], np.int16(UNKNOWN))
    table["total"] = np.where(summed >= 0, summed, alone)


def _two_strongest(markers: Any, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Strongest and second different marker of each kind in each session."""
    salience = np.zeros((2, 2, rows), "int8")
    codes = np.full((2, 2, rows), UNKNOWN, "int8")
    table = np.asarray(markers, dtype=np.int64).reshape(-1, 3)
    if not len(table):  # as in most: nothing to sort
        return salience, codes
    row, code, strength = table.T
    right = (row >= 0) & (row < rows) & (code >= 0) & (code < len(MARKERS))
    right &= (strength >= SALIENCE_MIN) & (strength <= SALIENCE_MAX)
    if not right.all():
        raise HistoryError("markers: row {}, marker {}, salience {}".format(*table[~right][0]))
    order = np.lexsort((code, -strength, row))
    for place in (0, 1):
        for kind in (WITHDRAWAL, CONFRONTATION):
            chosen = order[KIND_OF[code[order]] == kind]
            if place:
                chosen = chosen[code[chosen] != codes[kind, 0, row[chosen]]]
            at, first = np.unique(row[chosen], return_index=True)
            salience[kind, place, at] = strength[chosen[first]]
            codes[kind, place, at] = code[chosen[first]]
    return salience, codes


def _check_history(history: History, given: set[str]) -> None:
    """`given`: what came along of the columns in `HIGHEST`, and of `feelings`. What did not holds
    what stands for unknown."""
    _check_bounds(history, "lines", history.lines, srs.LINE_MAX, scale=10)
    for name in ("total", "prediction"):
        _check_bounds(history, name, getattr(history, name), srs.TOTAL_MAX, scale=10)
    for name, highest in HIGHEST.items():
        if name in given:
            _check_bounds(history, name, getattr(history, name), highest)
    if "feelings" in given:
        _check_bounds(history, "feelings", history.feelings, FEELING_MAX)
    early = (history.on[1:] < history.on[:-1]).nonzero()[0] + 1
    if early.size:
        early = early[~np.isin(early, history.starts)]
    if early.size:
        row = int(early[0])
        day = date.fromordinal(int(history.on[row]))
        raise HistoryError(f"{history.place(row)}, field on: {day} is before the session before it")


def _check_bounds(
    history: History, name: str, column: np.ndarray, highest: int, *, scale: int = 1
) -> None:
    """`column`: one value a session, or several, one below the other."""
    wrong = (column < UNKNOWN) | (column > highest)
    if not np.count_nonzero(wrong):
        return
    row = int(wrong.nonzero()[-1].min())
    value = column[..., row][wrong[..., row]].flat[0]
    raise HistoryError(
        f"{history.place(row)}, field {name}: {int(value) / scale:g} lies outside "
        f"0–{highest / scale:g}"
    )
