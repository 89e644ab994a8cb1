"""From the published JSON shape to columns: every value checked, every fault named by place."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from ruptures.detection.vocabulary import (
    Attendance,
    EpisodeComponent,
    MissingReason,
    RepairStep,
    Settled,
    numbers_of,
)
from sessions_app import srs
from sessions_app.markers import (
    FEELING_MAX,
    FEELING_MIN,
    FEELINGS,
    MARKER_BY_CODE,
    SALIENCE_MAX,
    SALIENCE_MIN,
)

ISO_DATE_LENGTH = len("2026-01-05")
ROUNDING = 1e-6  # what a decimal fraction may lose as a float
LARGEST_AMOUNT = 1e9
UNKNOWN = -1
NOTHING = (UNKNOWN,) * len(srs.LINES)
MARKER_CODES = {code: number for number, code in enumerate(MARKER_BY_CODE)}
FEELING_CODES = tuple(FEELINGS)


class HistoryError(ValueError):
    """Something in a history that cannot be; the message says where and what would be right."""


class Fault(ValueError):
    """A value that cannot be, before its place is known. `field` narrows the place."""

    def __init__(self, message: str, field: str = ""):
        super().__init__(message)
        self.field = field


def read_date(value: Any) -> int:
    """Day number of an ISO date."""
    if isinstance(value, str) and len(value) == ISO_DATE_LENGTH:
        try:
            return date.fromisoformat(value).toordinal()
        except ValueError:
            pass
    raise Fault(f"{value!r} is not a date like 2026-01-31")


def read_tenths(value: Any, highest: int) -> int:
    """A score in points, with one decimal at most, as whole tenths."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
        raise Fault(f"{value!r} is not a number")
    if not 0 <= value <= highest / 10:
        raise Fault(f"{value!r} lies outside 0.0–{highest / 10}")
    tenths = round(value * 10)
    if abs(value * 10 - tenths) > ROUNDING:
        raise Fault(f"{value!r} has more than one decimal")
    return tenths


def read_lines(value: Any) -> tuple[int, ...]:
    """Four lines in tenths; a line without a mark is UNKNOWN."""
    _need(isinstance(value, Mapping), value, "an object with the four lines")
    marks = dict.fromkeys(srs.LINES, UNKNOWN)
    for line, mark in value.items():
        if line not in marks:
            raise Fault(f"unknown line; right are {', '.join(marks)}", f".{line}")
        if mark is not None:
            marks[line] = _within(f".{line}", read_tenths, mark, srs.LINE_MAX)
    return tuple(marks.values())


def read_total(value: Any) -> int:
    return read_tenths(value, srs.TOTAL_MAX)


def read_flag(value: Any) -> bool:
    _need(isinstance(value, bool), value, "true or false")
    return value


def read_amount(value: Any) -> float:
    """Minutes, hours or seconds: zero or more."""
    right = isinstance(value, (int, float)) and not isinstance(value, bool)
    _need(right and 0 <= value <= LARGEST_AMOUNT, value, "a number of 0 or more")
    return float(value)


def read_member(vocabulary: type[StrEnum]) -> Callable[[Any], int]:
    """A reader of one code of the vocabulary, giving its number."""
    numbers = numbers_of(vocabulary)

    def read(value: Any) -> int:
        if not isinstance(value, str) or value not in numbers:
            raise Fault(f"{value!r} is unknown; right are {', '.join(numbers)}")
        return numbers[value]

    return read


def read_markers(value: Any) -> list[tuple[int, int]]:
    """Marker number and salience of each marker noted."""
    _need(isinstance(value, list), value, "a list of markers")
    return [_within(f"[{place}]", _read_marker, item) for place, item in enumerate(value, 1)]


def _read_marker(value: Any) -> tuple[int, int]:
    right = isinstance(value, Mapping) and set(value) == {"code", "salience"}
    _need(right, value, "an object with code and salience")
    code = value["code"]
    if not isinstance(code, str) or code not in MARKER_CODES:
        raise Fault(f"unknown marker {code!r}; right are {', '.join(MARKER_CODES)}", ".code")
    salience = _within(".salience", _read_degree, value["salience"], SALIENCE_MIN, SALIENCE_MAX)
    return MARKER_CODES[code], salience


def read_feelings(value: Any) -> tuple[int, ...]:
    """Degree of each feeling in the order of the vocabulary, 0 where not named."""
    _need(isinstance(value, Mapping), value, "an object of feelings")
    degrees = dict.fromkeys(FEELING_CODES, 0)
    for name, degree in value.items():
        feeling = str(name).replace("-", "_")
        if feeling not in degrees:
            raise Fault(f"unknown feeling; right are {', '.join(degrees)}", f".{name}")
        if degree is not None:
            degrees[feeling] = _within(f".{name}", _read_degree, degree, FEELING_MIN, FEELING_MAX)
    return tuple(degrees.values())


def _read_degree(value: Any, lowest: int, highest: int) -> int:
    right = isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest
    _need(right, value, f"a whole number from {lowest} to {highest}")
    return value


_step_number = read_member(RepairStep)


def read_steps(value: Any) -> int:
    """The repair steps as bits, the first step the lowest."""
    _need(isinstance(value, list), value, "a list of repair steps")
    bits = 0
    for place, step in enumerate(value, 1):
        bits |= 1 << _within(f"[{place}]", _step_number, step)
    return bits


READERS: dict[str, Callable[[Any], Any]] = {
    "on": read_date,
    "attendance": read_member(Attendance),
    "minutes_late": read_amount,
    "cancelled_hours_ahead": read_amount,
    "lines": read_lines,
    "total": read_total,
    "missing_reason": read_member(MissingReason),
    "seconds": read_amount,
    "prediction": read_lines,
    "markers": read_markers,
    "feelings": read_feelings,
    "client_asks": read_flag,
    "repair_steps": read_steps,
    "settled": read_member(Settled),
    "new_level": read_flag,
    "next_booked": read_flag,
    "not_a_strain": read_flag,
    "opened_by_hand": read_flag,
    "component": read_member(EpisodeComponent),
    "left": read_flag,
    "closed": read_flag,
}
PAIR_KEYS = ("id", "sessions", "as_of")


def read_pairs(pairs: Any) -> tuple[list[str | int], list[int], list[int], list[dict[str, Any]]]:
    """Ids, number of sessions and `as_of` day (0: not given) of each pair, and all sessions.

    Raises HistoryError naming pair, session and field.
    """
    if isinstance(pairs, (str, bytes, Mapping)) or not isinstance(pairs, Sequence):
        raise HistoryError("pairs: a list of pairs is needed")
    ids: dict[str | int, None] = {}
    lengths, as_of, rows = [], [], []
    for place, pair in enumerate(pairs, 1):
        name = _read_id(pair, place)
        if name in ids:
            raise HistoryError(f"pair {name!r}, field id: given twice; each pair needs its own id")
        ids[name] = None
        sessions = _read_sessions(name, pair)
        rows += sessions
        lengths.append(len(sessions))
        as_of.append(_read_as_of(name, pair, sessions))
    return list(ids), lengths, as_of, rows


def _read_id(pair: Any, place: int) -> str | int:
    if not isinstance(pair, Mapping):
        raise HistoryError(f"pair number {place}: an object with id and sessions is needed")
    name = pair.get("id")
    if isinstance(name, bool) or not isinstance(name, (str, int)):
        raise HistoryError(f"pair number {place}, field id: {name!r} is not a text or whole number")
    for key in pair:
        if key not in PAIR_KEYS:
            raise HistoryError(
                f"pair {name!r}, field {key!r}: unknown; right are {', '.join(PAIR_KEYS)}"
            )
    return name


def _read_sessions(name: str | int, pair: Mapping[str, Any]) -> list[dict[str, Any]]:
    sessions = pair.get("sessions")
    if not isinstance(sessions, list):
        raise HistoryError(f"pair {name!r}, field sessions: a list of sessions is needed")
    rows: list[dict[str, Any]] = []
    for number, session in enumerate(sessions, 1):
        where = f"pair {name!r}, session {number}"
        row = _read_session(where, session)
        if rows and row["on"] < rows[-1]["on"]:
            raise HistoryError(
                f"{where}, field on: {session['on']} is before session {number - 1} "
                f"({sessions[number - 2]['on']}); sessions go from the oldest to the newest"
            )
        rows.append(row)
    return rows


def _read_session(where: str, session: Any) -> dict[str, Any]:
    if not isinstance(session, Mapping):
        raise HistoryError(f"{where}: an object is needed, {session!r} found")
    row: dict[str, Any] = {}
    for key, value in session.items():
        reader = READERS.get(key)
        if reader is None:
            raise HistoryError(f"{where}, field {key!r}: unknown; right are {', '.join(READERS)}")
        if value is None and key != "on":
            continue
        try:
            row[key] = reader(value)
        except Fault as fault:
            raise HistoryError(f"{where}, field {key}{fault.field}: {fault}") from None
    if "on" not in row:
        raise HistoryError(f"{where}, field on: missing; every session needs its date")
    _check_total(where, row)
    return row


def _check_total(where: str, row: dict[str, Any]) -> None:
    lines = row.get("lines", NOTHING)
    if "total" not in row or lines == NOTHING:
        return
    if UNKNOWN in lines:
        raise HistoryError(f"{where}, field total: a total needs all four lines, or none of them")
    if sum(lines) != row["total"]:
        raise HistoryError(
            f"{where}, field total: {row['total'] / 10} does not agree with the lines, "
            f"which give {sum(lines) / 10}"
        )


def _read_as_of(name: str | int, pair: Mapping[str, Any], rows: list[dict[str, Any]]) -> int:
    value = pair.get("as_of")
    if value is None:
        return 0
    try:
        day = read_date(value)
    except Fault as fault:
        raise HistoryError(f"pair {name!r}, field as_of: {fault}") from None
    if rows and day < rows[-1]["on"]:
        raise HistoryError(f"pair {name!r}, field as_of: {value} is before the last session")
    return day


def _need(right: bool, value: Any, what: str) -> None:
    if not right:
        raise Fault(f"{value!r} is not {what}")


def _within(place: str, reader: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return reader(*arguments)
    except Fault as fault:
        raise Fault(str(fault), place + fault.field) from None
