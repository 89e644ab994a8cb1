"""`python -m tests.run`: the whole suite: on SQLite, on PostgreSQL, in a browser, and with faults.

Its parts run side by side, each in a process of its own with a Redis database of its own, and each
shows what it said when it has ended. Starts a PostgreSQL and a Redis and stops them. Fails when a
test fails, and when one is skipped. The last line says what ran. Arguments are handed to pytest, to
run a part of it.
"""

import compileall
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from alliance.processes import LOOKS_EVERY, end_with_parent
from tests import places, provision, servers, tables

# Whole stacks and browsers start their own servers, and the core knows no database: a second run
# of them would say nothing new. Those that start and kill programs mostly wait, so they have a
# process of their own. Pages are asked for on PostgreSQL, as in a clinic, beside all the rest that
# runs there; the browser asks for them on SQLite. The longest part begins first.
IN_A_BROWSER = "journeys and not faults and not stack"
WITH_FAULTS = "stack or (journeys and faults)"
ON_SQLITE = "not postgres and not pages and not journeys and not stack"
PAGES = "pages and not journeys and not stack"
ON_POSTGRESQL = "not core and not pages and not journeys and not stack"
ROOT = Path(__file__).parents[1]
RUNS_IN_EACH_PROGRAM = ("accounts", "alliance", "ruptures", "sessions_app", "tests/factories")
NOTHING_COLLECTED = 5
ENDS_WITHIN = 30
GIVES_WAY_BY = 5


@dataclass
class Part:
    """One run of pytest. `counts` are its numbers once it has ended, with the exit code under
    `exit`; `places` are where what is `marked` lies, unless the arguments name places."""

    title: str
    marked: str
    environment: dict
    counts: dict = field(default_factory=dict)
    places: list[Path] = field(default_factory=list)
    gives_way: bool = False  # to the longer parts, so that all end together

    def start(self, arguments: list[str]) -> None:
        self._arguments, self._began = arguments, time.monotonic()
        self._folder = tempfile.TemporaryDirectory(prefix="alliance-suite-")
        self._said = Path(self._folder.name) / "said.txt"
        self._numbers = Path(self._folder.name) / "counts.json"
        command = [sys.executable, "-m", "pytest", "-p", "tests.counts"]
        command += [f"--counts={self._numbers}", "-q", "-m", self.marked, *arguments]
        if not any(Path(argument.partition("::")[0]).exists() for argument in arguments):
            command += map(str, self.places)
        with self._said.open("w") as said:
            self._process = subprocess.Popen(
                command,
                env=self.environment,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches this program alone, which passes it on
                preexec_fn=self._in_the_new_process,
            )

    def _in_the_new_process(self) -> None:
        end_with_parent()
        os.nice(GIVES_WAY_BY if self.gives_way else 0)

    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def wait(self) -> dict:
        code = self._process.wait()
        self.counts = json.loads(self._numbers.read_text()) if self._numbers.exists() else {}
        self.counts["exit"] = 0 if code == NOTHING_COLLECTED and self._arguments else code
        return self.counts

    def show(self) -> None:
        seconds = time.monotonic() - self._began
        print(f"\n— {self.title}, {seconds:.0f} s —", self._said.read_text(), sep="\n", flush=True)

    def interrupt(self) -> None:
        """As Ctrl-C does: pytest ends what it has started."""
        if not self.has_ended():
            self._process.send_signal(signal.SIGINT)

    def end(self) -> None:
        """Whatever still runs after its time to end is killed."""
        try:
            self._process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._folder.cleanup()


def main(arguments: list[str]) -> int:
    provision.ensure()
    heed_signals()
    compile_once()
    with (
        servers.redis() as redis,
        servers.postgresql() as postgresql,
        tables.made_once(postgresql) as made,
    ):
        parts = the_parts(redis.url, postgresql.url, made)
        try:
            run_side_by_side(parts, arguments)
        except KeyboardInterrupt:
            print("\nStopped.")
            return 130
    print(summary(parts))
    return 0 if all(is_clean(part.counts) for part in parts) else 1


def compile_once() -> None:
    """The parts start some two hundred programs, each of which would compile the project anew where
    Python was told to keep nothing (PYTHONDONTWRITEBYTECODE)."""
    for package in RUNS_IN_EACH_PROGRAM:
        compileall.compile_dir(ROOT / package, quiet=1)


def heed_signals() -> None:
    """Both end as Ctrl-C does, also where a shell that started this in the background has Ctrl-C
    ignored."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.default_int_handler)


def the_parts(redis_url: str, postgresql_url: str, made: dict[str, str]) -> list[Part]:
    """A Redis database each: tests empty their cache, which is in the broker's. A database each
    in PostgreSQL, which pytest makes: `test_pages` and `test_postgres`. The tables are `made`."""
    plain = os.environ | made | {"DATABASE_URL": ""}
    environments = [plain | {"BROKER_URL": redis_url.replace("/0", f"/{n}")} for n in range(5)]
    pages_url = f"{postgresql_url.rpartition('/')[0]}/pages"
    return [
        Part("In a browser", IN_A_BROWSER, environments[0], places=places.JOURNEYS),
        Part(
            "Pages, on PostgreSQL",
            PAGES,
            environments[1] | {"DATABASE_URL": pages_url},
            places=places.PAGES,
            gives_way=True,
        ),
        Part(
            "PostgreSQL",
            ON_POSTGRESQL,
            environments[2] | {"DATABASE_URL": postgresql_url},
            gives_way=True,
        ),
        Part("With faults, on whole stacks", WITH_FAULTS, environments[3], places=places.STACKS),
        Part("SQLite", ON_SQLITE, environments[4], gives_way=True),
    ]


def run_side_by_side(parts: list[Part], arguments: list[str]) -> None:
    print(f"Side by side: {', '.join(part.title for part in parts)} …", flush=True)
    for part in parts:
        part.start(arguments)
    running = list(parts)
    try:
        while running:
            time.sleep(LOOKS_EVERY)
            for part in [part for part in running if part.has_ended()]:
                part.wait()
                part.show()
                running.remove(part)
    finally:
        for part in running:
            part.interrupt()
        for part in parts:
            part.end()


def is_clean(counts: dict) -> bool:
    return counts["exit"] == 0 and not counts.get("skipped")


def summary(parts: list[Part]) -> str:
    def total(name: str, *marked: str) -> int:
        chosen = [part for part in parts if not marked or part.marked in marked]
        return sum(part.counts.get(name, 0) for part in chosen)

    line = (
        f"ran: {total('tests', ON_SQLITE)} tests on SQLite, "
        f"{total('tests', ON_POSTGRESQL, PAGES)} on PostgreSQL, "
        f"{total('tests', WITH_FAULTS)} on whole stacks, {total('journeys')} browser journeys; "
        f"skipped: {total('skipped')}"
    )
    if failed := total("failed"):
        line += f"; failed: {failed}"
    elif any(part.counts["exit"] for part in parts):
        line += "; stopped before its end"
    return line


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
