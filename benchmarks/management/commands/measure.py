"""`manage.py measure`, called by `python -m benchmarks` on an installation that is thrown away."""

import io
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from alliance.management.commands.serve import wait_for_answer
from alliance.processes import Programs
from alliance.stack import start_broker, web_command
from benchmarks import results, rounds
from benchmarks.models import Row
from benchmarks.subjects import Subject, all_subjects
from benchmarks.views import ROWS_READ
from benchmarks.visitor import Connection

ROUNDS = 60
WARM_UP = 8  # each of the threads that answer has met every page by then
AT_MOST_SECONDS = 80
COUNTING = 1
SHELVES = 100


class Command(BaseCommand):
    help = "Fills an empty database, serves it and times the pages. Writes a JSON file."

    def add_arguments(self, parser):
        parser.add_argument("results", type=Path, help="the file to write")
        parser.add_argument("--rounds", type=int, default=ROUNDS)

    def handle(self, *, rounds: int, **options):
        with web_server(), closing(Connection(settings.PORT)) as connection:
            subjects = all_subjects(connection, tries=WARM_UP + rounds + COUNTING)
            found = measure(connection, subjects, rounds)
        results.write(options["results"], found)
        self.stdout.write(results.table(found))


@contextmanager
def web_server() -> Iterator[None]:
    """Broker and web server as an installation starts them, with the demo clinic in place.

    No worker and no timetable: on a small machine they would be measured along.
    """
    group_file = settings.DATA_DIR / "serve.programs"
    programs = Programs(group_file=group_file, log_dir=settings.DATA_DIR / "logs")
    environment = dict(os.environ)
    try:
        start_broker(programs, environment)
        fill_database()
        programs.start("web server", *web_command(), environment=environment)
        wait_for_answer(programs)
        yield
    finally:
        programs.stop()


def fill_database() -> None:
    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("seed_demo", stdout=io.StringIO())
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
