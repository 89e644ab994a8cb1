"""How fast the pictures of the Monday mail are drawn, and whether their cost grows linearly.

    python -m benchmarks.weekly_pictures

Draws 50, 100 and 200 of them, each of a team of its own, and prints JSON.
"""

import json
import os
import re
import sys
import time
from datetime import date
from pathlib import Path
from random import Random

import django

COUNTS = (50, 100, 200)
SEED = 20261130
WEEKS = 12
# Per picture, 200 against 50: 1 is linear; a machine with other work on it wavers.
TARGETS = {"growth_50_to_200": 1.3}


def teams(count: int) -> list:
    """Weekly figures of so many teams, no two alike."""
    from ruptures.trend import AttendedSession, EpisodeEvent, IsoWeek, week_figures, weeks_back

    chance = Random(SEED)
    weeks = weeks_back(WEEKS, IsoWeek.containing(date(2026, 11, 29)))
    found = []
    for _team in range(count):
        sessions = [
            AttendedSession(week.monday, chance.randrange(280, 401), "Session check")
            for week in weeks
            for _session in range(chance.randrange(4, 30))
        ]
        episodes = [EpisodeEvent(chance.choice(weeks).monday) for _episode in range(5)]
        found.append(week_figures(sessions, episodes, weeks))
    return found


def measure() -> dict:
    """One pass over the largest count, with the clock read at each count on the way. Growth is of
    processor time, which other programs on the machine disturb less."""
    from ruptures.services import trend_pictures

    drawn = teams(max(COUNTS))
    trend_pictures.weekly_png(drawn[0])  # fonts and templates are read once
    begun, used = time.perf_counter(), time.process_time()
    took, spent = {}, {}
    for count, figures in enumerate(drawn, start=1):
        trend_pictures.weekly_png(figures)
        if count in COUNTS:
            took[count] = time.perf_counter() - begun
            spent[count] = time.process_time() - used
    least, most = min(COUNTS), max(COUNTS)
    return {
        **{f"seconds_for_{count}": round(took[count], 2) for count in COUNTS},
        "pictures_a_second": round(most / took[most], 1),
        "processor_ms_a_picture": round(1000 * spent[most] / most, 1),
        "growth_50_to_200": round((spent[most] / most) / (spent[least] / least), 2),
        "peak_mb": peak_mb(),
    }


def peak_mb() -> int:
    """Of this program alone: what `getrusage` gives begins with the peak of whoever started it."""
    status = Path("/proc/self/status").read_text()
    return round(int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1000)


def told(figures: dict) -> str:
    lines = []
    for name, value in figures.items():
        aim = f"   (at most {TARGETS[name]:g})" if name in TARGETS else ""
        lines.append(f"{name:22} {value:g}{aim}")
    return "\n".join(lines)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    django.setup()
    json.dump(measure(), sys.stdout)


if __name__ == "__main__":
    main()
