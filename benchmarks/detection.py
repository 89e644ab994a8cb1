"""How long the detector takes, as ratios within one run.

    DATABASE_URL=postgresql://… python -m benchmarks.detection

Screening 1,000,000 sessions in memory is set against the time psycopg takes to read their
forms in binary from PostgreSQL. Without DATABASE_URL that ratio is left out, and it says so.
"""

import os
import resource
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import psycopg

from ruptures.detection.history import History
from ruptures.detection.policy import DEFAULT_POLICY
from ruptures.detection.reading import UNKNOWN
from ruptures.detection.screen import Screening, screen
from sessions_app.markers import FEELINGS, MARKERS
from sessions_app.srs import LINE_MAX, LINES

SEED = 20261
PAIRS = 20_000
SESSIONS = 50
SMALL_PAIRS = 2_000
WHAT_IF = 100_000
ONE_PAIR_RUNS = 30
TARGETS = {
    "ratio_to_reading": 3.0,
    "growth_100k_to_1m": 11.0,
    "one_pair_ms": 10.0,
    "what_if_100k_s": 1.0,
    "peak_gb": 3.0,
}
FORMS = """
    CREATE TEMPORARY TABLE detection_benchmark (
        pair_id integer, held_on date, relationship smallint, goals smallint,
        approach smallint, overall smallint, attendance smallint, seconds smallint)
"""


def realistic(pairs: int, sessions: int = SESSIONS) -> dict[str, Any]:
    """Columns of a clinic: normal totals, some strain, some missed, late, noted and repaired."""
    chance = np.random.default_rng(SEED)
    rows = pairs * sessions
    level = np.repeat(chance.normal(385, 35, pairs), sessions) + chance.normal(0, 25, rows)
    level -= np.where(chance.random(rows) < 0.03, 60, 0)
    attendance = chance.choice(4, rows, p=[0.88, 0.05, 0.05, 0.02]).astype("int8")
    lines = _marks(chance, level, 5)
    lines[:, (attendance != 0) | (chance.random(rows) < 0.08)] = UNKNOWN
    prediction = _marks(chance, level, 8)
    prediction[:, chance.random(rows) > 0.3] = UNKNOWN
    noted = np.flatnonzero(chance.random(rows) < 0.08)
    kinds, strengths = (
        chance.integers(0, len(MARKERS), len(noted)),
        chance.integers(1, 4, len(noted)),
    )
    return {
        "ids": range(pairs),
        "lengths": np.full(pairs, sessions),
        "on": np.tile(date(2024, 1, 1).toordinal() + 7 * np.arange(sessions), pairs),
        "attendance": attendance,
        "minutes_late": np.where(chance.random(rows) < 0.06, 12, 0),
        "lines": lines,
        "prediction": prediction,
        "seconds": chance.integers(3, 90, rows),
        "feelings": np.where(chance.random((len(FEELINGS), rows)) < 0.02, 3, 0),
        "markers": np.stack([noted, kinds, strengths], axis=1),
        "client_asks": chance.random(rows) < 0.01,
        "repair_steps": np.where(chance.random(rows) < 0.1, 7, 0),
        "settled": np.where(chance.random(rows) < 0.02, 0, UNKNOWN),
        "next_booked": chance.random(rows) > 0.02,
    }


def _marks(chance: np.random.Generator, level: np.ndarray, spread: float) -> np.ndarray:
    marks = level / len(LINES) + chance.normal(0, spread, (len(LINES), len(level)))
    return np.clip(np.rint(marks), 0, LINE_MAX).astype("int16")


def one_pair() -> list[dict[str, Any]]:
    """One of those pairs in the JSON shape, with a form in each session."""
    columns = realistic(1)
    start = date(2026, 1, 5)
    return [
        {
            "id": "a",
            "sessions": [
                {
                    "on": (start + timedelta(weeks=week)).isoformat(),
                    "lines": {
                        line: max(70, int(mark)) / 10
                        for line, mark in zip(LINES, columns["lines"][:, week], strict=True)
                    },
                    "seconds": 31,
                    "minutes_late": 0,
                    "markers": [],
                }
                for week in range(SESSIONS)
            ],
        }
    ]


def told(screening: Screening) -> tuple[dict, np.ndarray]:
    """All that a what-if asks for."""
    return screening.counts(), screening.episodes_opened()


def seconds(work: Callable[[], Any], runs: int = 3) -> float:
    """The best of some runs: the others were disturbed."""
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


def reading_seconds(url: str, columns: dict[str, Any]) -> float:
    """Time psycopg takes to read the forms in binary."""
    with psycopg.connect(url) as connection:
        _fill(connection, columns)

        def read() -> None:
            with connection.cursor(binary=True) as cursor:
                cursor.execute("SELECT * FROM detection_benchmark")
                cursor.fetchall()

        return seconds(read)


def _fill(connection: psycopg.Connection, columns: dict[str, Any]) -> None:
    days = [date.fromordinal(day) for day in columns["on"].tolist()]
    pair = np.repeat(np.arange(len(columns["lengths"])), columns["lengths"]).tolist()
    marks = [[None if mark < 0 else mark for mark in line.tolist()] for line in columns["lines"]]
    more = columns["attendance"].tolist(), columns["seconds"].tolist()
    connection.execute(FORMS)
    copy = "COPY detection_benchmark FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(copy) as writer:
        for row in zip(pair, days, *marks, *more, strict=True):
            writer.write_row(row)


def measure(url: str | None) -> dict[str, Any]:
    """All figures; `ratio_to_reading` is None without a database."""
    small, large = History.from_columns(**realistic(SMALL_PAIRS)), realistic(PAIRS)
    history = History.from_columns(**large)
    changed = DEFAULT_POLICY.with_overrides({"low_total": 35.0})
    figures: dict[str, Any] = {
        "entries": len(history.on),
        "screen_100k_s": seconds(lambda: told(screen(small))),
        "screen_1m_s": seconds(lambda: told(screen(history))),
        "what_if_100k_s": seconds(lambda: told(screen(small, changed))),
        "one_pair_ms": 1000 * _one_pair_seconds(),
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
    }
    figures["growth_100k_to_1m"] = figures["screen_1m_s"] / figures["screen_100k_s"]
    figures["reading_1m_s"] = reading_seconds(url, large) if url else None
    reading = figures["reading_1m_s"]
    figures["ratio_to_reading"] = figures["screen_1m_s"] / reading if reading else None
    return figures


def _one_pair_seconds() -> float:
    pairs = one_pair()
    times = [
        seconds(lambda: screen(History.from_pairs(pairs)).pair(0), runs=1)
        for _ in range(ONE_PAIR_RUNS)
    ]
    return statistics.median(times)


def run() -> dict[str, Any]:
    """Measure, print, and give back what a JSON file keeps."""
    url = os.environ.get("DATABASE_URL", "")
    figures = measure(url if url.startswith("postgres") else None)
    for name, value in figures.items():
        target = TARGETS.get(name)
        aim = f"   (at most {target:g})" if target else ""
        print(f"{name:20} {'-' if value is None else format(value, '.4g')}{aim}")
    if figures["ratio_to_reading"] is None:
        print("ratio_to_reading left out: DATABASE_URL names no PostgreSQL")
    return figures


if __name__ == "__main__":
    run()
