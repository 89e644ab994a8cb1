"""What was measured, as a file and as a table."""

import json
import platform
from pathlib import Path

import django
from django.db import connection
from django.utils import timezone

from benchmarks.rounds import Timings
from benchmarks.subjects import Subject
from benchmarks.visitor import Answer

HEAD = f"{'':<38}{'median':>9}{'middle half':>16}{'ratio':>8}{'SQL':>6}{'KB':>7}   compared with"


def gather(
    subjects: dict[str, Subject], timings: dict[str, Timings], answers: dict[str, Answer]
) -> dict:
    """Times in milliseconds, ratios of medians, SQL statements and bytes of one answer."""
    return {
        "measured_on": timezone.localdate().isoformat(),
        "rounds": len(timings["bare"].own),
        "versions": versions(),
        "subjects": {
            name: _row(subject, timings[name], answers[name]) for name, subject in subjects.items()
        },
    }


def versions() -> dict[str, str]:
    number = ".".join(str(part) for part in connection.get_database_version())
    return {
        "python": platform.python_version(),
        "django": django.get_version(),
        "database": f"{connection.display_name} {number}",
    }


def _row(subject: Subject, timings: Timings, answer: Answer) -> dict:
    return {
        "title": subject.title,
        "median_ms": round(timings.median, 2),
        "middle_half_ms": [round(quartile, 2) for quartile in timings.quartiles],
        "compared_with": subject.against,
        "ratio": round(timings.ratio, 2),
        "statements": answer.statements,
        "bytes": len(answer.body.encode()),
    }


def write(path: Path, found: dict) -> None:
    path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def table(found: dict) -> str:
    rows = found["subjects"]
    software = found["versions"]
    return "\n".join(
        [
            f"{software['database']}, Python {software['python']}, Django {software['django']}; "
            f"one client, {found['rounds']} rounds, times in ms",
            HEAD,
            *(_line(row, rows[row["compared_with"]]["title"]) for row in rows.values()),
        ]
    )


def _line(row: dict, compared_with: str) -> str:
    lower, upper = row["middle_half_ms"]
    return (
        f"{row['title']:<38}{row['median_ms']:>9.1f}{f'{lower:.1f} – {upper:.1f}':>16}"
        f"{row['ratio']:>8.1f}{row['statements']:>6}{row['bytes'] / 1000:>7.1f}   {compared_with}"
    )
