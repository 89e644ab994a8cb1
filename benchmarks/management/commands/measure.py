"""`manage.py measure`, called by `python -m benchmarks` on an installation that is thrown away."""

import io
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from accounts.models import User
from alliance.management.commands.serve import wait_for_answer
from alliance.processes import Programs
from alliance.stack import start_broker, web_command
from benchmarks import results, rounds
from benchmarks.models import Row
from benchmarks.subjects import Subject, all_subjects
from benchmarks.views import ROWS_READ
from benchmarks.visitor import Connection
from ruptures.demo import bulk

ROUNDS = 60
WARM_UP = 8  # each of the threads that answer has met every page by then
AT_MOST_SECONDS = 80
COUNTING = 1
SHELVES = 100
SESSIONS_A_PAIR = 50


class Command(BaseCommand):
    help = "Fills an empty database, serves it and times the pages. Writes a JSON file."

    def add_arguments(self, parser):
        parser.add_argument("results", type=Path, help="the file to write")
        parser.add_argument("--rounds", type=int, default=ROUNDS)
        parser.add_argument(
            "--pairs", type=int, help="clients with fifty ratings each; then pages alone are timed"
        )

    def handle(self, *, rounds: int, pairs: int | None, **options):
        with web_server(pairs), closing(Connection(settings.PORT)) as connection:
            subjects = all_subjects(
                connection, WARM_UP + rounds + COUNTING, pages_only=pairs is not None
            )
            bulk.tidy()
            found = measure(connection, subjects, rounds)
        results.write(options["results"], found)
        self.stdout.write(results.table(found))


@contextmanager
def web_server(pairs: int | None) -> Iterator[None]:
    """Broker and web server as an installation starts them, with the demo clinic in place, or a
    clinic of so many pairs.

    No worker and no timetable: on a small machine they would be measured along.
    """
    group_file = settings.DATA_DIR / "serve.programs"
    programs = Programs(group_file=group_file, log_dir=settings.DATA_DIR / "logs")
    environment = dict(os.environ)
    try:
        start_broker(programs, environment)
        fill_database(pairs)
        programs.start("web server", *web_command(), environment=environment)
        wait_for_answer(programs)
        yield
    finally:
        programs.stop()


def fill_database(pairs: int | None) -> None:
    """A clinic that is there already is brought up to date and left as it is."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    if User.objects.exists():
        return
    if pairs is None:
        call_command("seed_demo", stdout=io.StringIO())
    else:
        call_command("seed_demo", pairs=pairs, sessions=SESSIONS_A_PAIR)
    Row.objects.bulk_create(
        Row(shelf=shelf, name=f"Row {number}")
        for number in range(ROWS_READ)
        for shelf in range(1, SHELVES + 1)
    )


def measure(connection: Connection, subjects: dict[str, Subject], number: int) -> dict:
    timings = rounds.time_all(
        subjects, warm_up=WARM_UP, rounds=number, at_most_seconds=AT_MOST_SECONDS
    )
    connection.counts = True
    answers = {name: subject.visit() for name, subject in subjects.items()}
    return results.gather(subjects, timings, answers)
