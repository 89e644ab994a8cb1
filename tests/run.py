"""`python -m tests.run`: the whole suite, on SQLite with its browser journeys and on PostgreSQL.

Starts a PostgreSQL and a Redis of its own and stops them. Fails when a test fails, and when one
is skipped. The last line says what ran. Arguments are handed to pytest, to run a part of it.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import provision, servers

# Journeys and whole stacks start their own servers, and the core knows no database: a second run
# of them would say nothing new.
ON_SQLITE = "not postgres"
ON_POSTGRESQL = "not journeys and not stack and not core"
NOTHING_COLLECTED = 5


def main(arguments: list[str]) -> int:
    provision.ensure()
    with servers.redis() as redis, servers.postgresql() as postgresql:
        environment = os.environ | {"BROKER_URL": redis.url}
        environment.pop("DATABASE_URL", None)
        sqlite = run_suite("SQLite", ON_SQLITE, arguments, environment)
        environment["DATABASE_URL"] = postgresql.url
        on_postgresql = run_suite("PostgreSQL", ON_POSTGRESQL, arguments, environment)
    print(summary(sqlite, on_postgresql))
    return 0 if is_clean(sqlite) and is_clean(on_postgresql) else 1


def run_suite(title: str, marked: str, arguments: list[str], environment: dict) -> dict:
    """Runs pytest on one database. Returns its counts, with the exit code under `exit`."""
    print(f"\n— {title} —", flush=True)
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "counts.json"
        command = [sys.executable, "-m", "pytest", "-p", "tests.counts", f"--counts={file}"]
        code = subprocess.call([*command, "-q", "-m", marked, *arguments], env=environment)
        counts = json.loads(file.read_text()) if file.exists() else {}
    return counts | {"exit": 0 if code == NOTHING_COLLECTED and arguments else code}


def is_clean(counts: dict) -> bool:
    return counts["exit"] == 0 and not counts.get("skipped")


def summary(sqlite: dict, postgresql: dict) -> str:
    both = [sqlite, postgresql]
    failed = sum(counts.get("failed", 0) for counts in both)
    skipped = sum(counts.get("skipped", 0) for counts in both)
    line = (
        f"ran: {sqlite.get('tests', 0)} tests on SQLite, {postgresql.get('tests', 0)} on "
        f"PostgreSQL, {sqlite.get('journeys', 0)} browser journeys; skipped: {skipped}"
    )
    if failed:
        line += f"; failed: {failed}"
    elif any(counts["exit"] for counts in both):
        line += "; stopped before its end"
    return line


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
