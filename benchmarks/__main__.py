"""`python -m benchmarks`: how fast the pages are, as ratios against a plain one, in one run.
`--sizes`: the pages alone, with 10,000 ratings in the database and with a million. The large clinic
takes its time to load; `--keep DIRECTORY` leaves it there and takes it up again the next time.

Starts an installation of its own in a temporary directory, on PostgreSQL where its server programs
are installed, else on SQLite, and removes it. The numbers go to the terminal and to
benchmarks/results.json; they never fail a build, a page that does not answer does.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alliance.processes import end_with_parent
from benchmarks import detection, growth, weekly_pictures
from tests import servers

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results.json"
SIZE_RESULTS = ROOT / "benchmarks" / "results-sizes.json"
SIZES, KEEP = "--sizes", "--keep"
SMALL_PAIRS, LARGE_PAIRS = 200, 20_000  # with fifty ratings each


def main(arguments: list[str]) -> int:
    if SIZES in arguments:
        return measure_sizes(*_without_keep([word for word in arguments if word != SIZES]))
    with database() as url:
        code = measure_pages(url, arguments)
        if code == 0:
            add_detection(url)
            add_pictures(url)
    return code


def _without_keep(arguments: list[str]) -> tuple[list[str], Path | None]:
    """What is left for `manage.py measure`, and where the large clinic is kept."""
    if KEEP not in arguments:
        return arguments, None
    place = arguments.index(KEEP)
    if place + 1 == len(arguments):
        sys.exit(f"{KEEP} needs a directory.")
    return arguments[:place] + arguments[place + 2 :], Path(arguments[place + 1]).resolve()


def measure_sizes(arguments: list[str], kept: Path | None) -> int:
    """A clinic of each size on a server of its own, one after the other."""
    found = []
    for pairs, place in ((SMALL_PAIRS, None), (LARGE_PAIRS, kept)):
        print(f"\n{pairs} clients:", flush=True)
        with database(place) as url:
            sized = ["--pairs", str(pairs), *arguments]
            code = measure_pages(url, sized, SIZE_RESULTS, kept=place)
        if code:
            return code
        found.append(json.loads(SIZE_RESULTS.read_text()))
    SIZE_RESULTS.write_text(json.dumps(found, indent=2) + "\n")
    print(growth.table(*found))
    return 0


def measure_pages(
    database_url: str, arguments: list[str], written: Path = RESULTS, *, kept: Path | None = None
) -> int:
    """Runs `manage.py measure` in an installation of its own, which has its keys with a `kept`
    database. Returns its exit code."""
    command = [sys.executable, str(ROOT / "manage.py"), "measure", str(written), *arguments]
    with tempfile.TemporaryDirectory(prefix="alliance-bench-") as data:
        return subprocess.call(
            command,
            env=environment(database_url, str(kept / "data") if kept else data),
            cwd=ROOT,
            preexec_fn=end_with_parent,
        )


def add_detection(database_url: str) -> None:
    """Measures the detector by itself and adds its figures to the file."""
    print("\nThe detector by itself, a clinic of a million sessions:", flush=True)
    os.environ["DATABASE_URL"] = database_url
    found = json.loads(RESULTS.read_text()) | {"detection": detection.run()}
    RESULTS.write_text(json.dumps(found, indent=2) + "\n")


def add_pictures(database_url: str) -> None:
    """Measures the pictures of the Monday mail in a process of their own."""
    print("\nThe picture of the Monday mail:", flush=True)
    with tempfile.TemporaryDirectory(prefix="alliance-bench-") as data:
        said = subprocess.run(
            [sys.executable, "-m", "benchmarks.weekly_pictures"],
            env=environment(database_url, data),
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
            preexec_fn=end_with_parent,
        ).stdout
    figures = json.loads(said)
    print(weekly_pictures.told(figures), flush=True)
    found = json.loads(RESULTS.read_text()) | {"weekly_pictures": figures}
    RESULTS.write_text(json.dumps(found, indent=2) + "\n")


@contextmanager
def database(kept: Path | None = None) -> Iterator[str]:
    """The address of an empty PostgreSQL that waits for its disk, as that of an installation does,
    or nothing: an installation then uses SQLite. One that is `kept` is as it was left."""
    if servers.postgresql_programs() is None:
        print("No PostgreSQL server programs on this machine; measuring on SQLite.")
        yield ""
        return
    if kept:
        (kept / "data").mkdir(parents=True, exist_ok=True)
    with servers.postgresql(is_synced=True, kept=kept and kept / "postgresql") as server:
        yield server.url


def environment(database_url: str, data: str) -> dict[str, str]:
    """Demo mode in `data`. Empty variables stand against an .env file that names others."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "DEMO": "1",
        "DATA_DIR": data,
        "DATABASE_URL": database_url,
        "BROKER_URL": "",
        "CACHE_URL": f"unix://{data}/broker.sock",
        "EMAIL_URL": "",
        "ORIGIN": "",
        "HOST": servers.LOOPBACK,
        "PORT": str(servers.free_port()),
        "LOG_LEVEL": "ERROR",
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
