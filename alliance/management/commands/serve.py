"""`manage.py serve`: everything Alliance needs on this machine, started and stopped together."""

import importlib
import signal
import socket
import time
import urllib.request
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from alliance import processes
from alliance.processes import LOOKS_EVERY, Program, Programs, lock
from alliance.stack import LOOPBACK, start_all, stop_if_one_died

ANSWERS_WITHIN = 60.0
ENDING_TAKES = 4.0
SIGNALS_TO_END = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Somebody pressed Ctrl-C, or sent a signal to end."""


class Command(BaseCommand):
    help = (
        "Starts web server, worker and timetable; in demo mode also a broker and a mail server "
        "where BROKER_URL and EMAIL_URL name none. Ctrl-C stops all."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--end-with-parent",
            action="store_true",
            help="stop when the process that started this one ends, even by kill -9 (Linux)",
        )

    def handle(self, *, end_with_parent: bool, **options):
        if end_with_parent:
            processes.end_with_parent()
        data_dir = settings.DATA_DIR
        data_dir.mkdir(parents=True, exist_ok=True)
        with hold(data_dir):
            programs = Programs(group_file=data_dir / "serve.programs", log_dir=data_dir / "logs")
            refuse_busy_port(settings.HOST, settings.PORT)
            self.run_until_stopped(programs)

    def run_until_stopped(self, programs: Programs) -> None:
        end_on_signals()
        try:
            start_all(programs)
            wait_for_answer(programs)
            self.greet()
            self.report(programs.wait_until_one_dies())
            raise SystemExit(1)
        except Stopped:
            self.stdout.write("Stopping.")
        finally:
            ignore_signals()
            programs.stop()

    def greet(self) -> None:
        self.stdout.write(f"\nAlliance is ready at {settings.ORIGIN}")
        if settings.DEMO:
            self.stdout.write("\nDemo mode, made-up people. Sign in as one of them:\n")
            for email, password, roles in demo_accounts():
                self.stdout.write(f"  {email:<34} {password:<26} {roles}")
            self.stdout.write(f"\nThe e-mail it sends: {settings.ORIGIN}/demo/mail/")
        self.stdout.write(f"Logs: {settings.DATA_DIR / 'logs'}. Ctrl-C stops everything.")

    def report(self, dead: Program) -> None:
        self.stderr.write(
            f"The {dead.name} ended by itself (exit code {dead.process.returncode}), so "
            f"everything stops. Its last words, from {dead.log}:\n{dead.last_words()}"
        )


def hold(data_dir: Path) -> IO:
    """The lock of the one run that a data directory can have; a run that is ending is awaited."""
    deadline = time.monotonic() + ENDING_TAKES
    while (held := lock(data_dir / "serve.lock")) is None:
        if time.monotonic() > deadline:
            raise CommandError(
                f"Alliance already runs on the data in {data_dir}. Stop that run first, or start "
                "this one on other data: DATA_DIR=… PORT=… make run"
            )
        time.sleep(LOOKS_EVERY)
    return held


def refuse_busy_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as failure:
            raise CommandError(
                f"Port {port} of {host} cannot be used: {failure.strerror}. "
                f"Choose another one, for example: PORT={port + 1} make run"
            ) from failure


def end_on_signals() -> None:
    for number in SIGNALS_TO_END:
        signal.signal(number, _end)


def ignore_signals() -> None:
    """A second Ctrl-C must not interrupt the stopping, which takes seconds at most."""
    for number in SIGNALS_TO_END:
        signal.signal(number, signal.SIG_IGN)


def _end(number, frame):
    raise Stopped


def wait_for_answer(programs: Programs) -> None:
    """Until /healthz says that the database and the broker answer."""
    deadline = time.monotonic() + ANSWERS_WITHIN
    while not is_healthy():
        stop_if_one_died(programs)
        if time.monotonic() > deadline:
            raise CommandError(
                f"No healthy answer within {ANSWERS_WITHIN:.0f} seconds. "
                f"The logs in {settings.DATA_DIR / 'logs'} say why."
            )
        time.sleep(0.1)


def is_healthy() -> bool:
    host = LOOPBACK if settings.HOST == "0.0.0.0" else settings.HOST
    request = urllib.request.Request(
        f"http://{host}:{settings.PORT}/healthz",
        headers={"Host": urlsplit(settings.ORIGIN).netloc},
    )
    try:
        with urllib.request.urlopen(request, timeout=10):
            return True
    except OSError:  # refused, too slow, or an answer other than 200
        return False


def demo_accounts() -> list[tuple[str, str, str]]:
    """Imported by name, here alone: the demo's people exist in demo mode only."""
    return importlib.import_module("ruptures.demo.accounts").ACCOUNTS
