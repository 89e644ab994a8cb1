"""Empty tables, made by the migrations once on each database and copied after that: making them
takes as much of the processor as many tests.

`tests.run` makes them. Without it, and for whoever runs pytest alone, each makes its own.
"""

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from alliance.processes import end_with_parent
from tests.servers import Server, postgresql_programs

MADE = "ALLIANCE_TEST_TABLES"  # the folder in which they lie
ON_POSTGRESQL = "tables"  # the database of the suite's server
MIGRATE = [sys.executable, str(Path(__file__).parents[1] / "manage.py"), "migrate", "--noinput"]


def made() -> Path | None:
    """The folder of those that were made before, with a file for SQLite and one for PostgreSQL."""
    return Path(os.environ[MADE]) if MADE in os.environ else None


def of_sqlite(folder: Path) -> Path:
    return folder / "data" / "alliance.sqlite3"


def of_postgresql(folder: Path) -> Path:
    return folder / "tables.sql"


@contextmanager
def made_once(postgresql: Server) -> Iterator[dict[str, str]]:
    """Makes both side by side. Answers with the environment in which they are found."""
    server = postgresql.url.rpartition("/")[0]
    with tempfile.TemporaryDirectory(prefix="alliance-tables-") as kept:
        folder = Path(kept)
        _run_program("createdb", f"--maintenance-db={postgresql.url}", ON_POSTGRESQL)
        url = f"{server}/{ON_POSTGRESQL}"
        both = [_migration_of(address, folder / "data") for address in ("", url)]
        ended = [migration.wait() for migration in both]
        if any(ended):
            raise SystemExit("The tables could not be made.")
        with closing(sqlite3.connect(of_sqlite(folder))) as file:
            file.execute("PRAGMA journal_mode=DELETE")  # one file, that a copy in memory can have
        _run_program("pg_dump", "--no-owner", f"--file={of_postgresql(folder)}", url)
        yield {MADE: str(folder)}


def _migration_of(url: str, data: Path) -> subprocess.Popen:
    environment = os.environ | {"DEMO": "1", "DATA_DIR": str(data), "DATABASE_URL": url}
    command = [*MIGRATE, "--verbosity=0"]
    return subprocess.Popen(command, env=environment, preexec_fn=end_with_parent)


def copy_to_postgresql(folder: Path, url: str) -> None:
    """Into an empty database."""
    stops = ("--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--single-transaction")
    _run_program("psql", *stops, f"--file={of_postgresql(folder)}", "--output=/dev/null", url)


def copy_to_memory(folder: Path, memory: sqlite3.Connection) -> None:
    """Into SQLite's database in memory, unless there are tables in it."""
    if not memory.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        with closing(sqlite3.connect(of_sqlite(folder))) as file:
            file.backup(memory)


def _run_program(program: str, *arguments: str) -> None:
    subprocess.run([postgresql_programs() / program, *arguments], check=True)
