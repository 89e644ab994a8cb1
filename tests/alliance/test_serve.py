"""`manage.py serve` with its real web server, worker, timetable, broker and mail server."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings
from redis import Redis

from tests.servers import free_port

pytestmark = [pytest.mark.stack, pytest.mark.faults]

READY_WITHIN = 60
ENDS_WITHIN = 30
PROGRAMS = ["broker", "mail server", "web server", "worker", "timetable"]


class Installation:
    """A demo installation in a directory of its own, started and stopped as a person would."""

    def __init__(self):
        self.data = Path(tempfile.mkdtemp(prefix="alliance-serve-"))
        self.port = free_port()
        self.output = self.data / "terminal.txt"
        self.process = None

    def manage(self, *command: str) -> list[str]:
        return [sys.executable, str(settings.BASE_DIR / "manage.py"), *command]

    @property
    def environment(self) -> dict[str, str]:
        named = ("BROKER_URL", "CACHE_URL", "DATABASE_URL", "EMAIL_URL")
        kept = {name: value for name, value in os.environ.items() if name not in named}
        return kept | {"DEMO": "1", "DATA_DIR": str(self.data), "PORT": str(self.port)}

    def migrate(self):
        subprocess.run(
            self.manage("migrate", "--noinput", "--verbosity=0"), env=self.environment, check=True
        )

    def start(self, *command: str) -> subprocess.Popen:
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                command or self.manage("serve"),
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        return self.process

    def start_and_wait(self):
        self.start()
        wait_for(lambda: self.is_ready() or self.process.poll() is not None)
        assert self.process.poll() is None, self.said()

    def start_a_second_one(self) -> subprocess.CompletedProcess:
        return subprocess.run(
            self.manage("serve"),
            env=self.environment | {"PORT": str(free_port())},
            capture_output=True,
            text=True,
            timeout=READY_WITHIN,
            check=False,
        )

    def is_ready(self) -> bool:
        return "Ctrl-C stops" in self.said()

    def said(self) -> str:
        return self.output.read_text()

    def health(self) -> dict:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=10) as answer:
            return json.load(answer)

    def programs(self) -> dict[str, int]:
        lines = (self.data / "serve.programs").read_text().splitlines()
        return {name: int(pid) for pid, name in (line.split(" ", 1) for line in lines)}

    def broker(self) -> Redis:
        return Redis(unix_socket_path=str(self.data / "broker.sock"))

    def end(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(ENDS_WITHIN)


def wait_for(condition, within: float = READY_WITHIN):
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)


def is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until_gone(programs: dict[str, int]):
    """With what each of them started: a killed process stays listed until its parent looks."""
    wait_for(lambda: not any(is_alive(group) for group in programs.values()), ENDS_WITHIN)


@pytest.fixture(scope="module")
def migrated():
    installation = Installation()
    installation.migrate()
    yield installation
    shutil.rmtree(installation.data, ignore_errors=True)


@pytest.fixture
def installation(migrated):
    """The same data for every test of this file, as on a machine that is started again."""
    yield migrated
    migrated.end()


def test_serve_starts_everything_and_stops_it_on_ctrl_c(installation):
    installation.start_and_wait()
    wait_for(lambda: installation.health()["worker_seen_at"])
    health = installation.health()
    programs = installation.programs()
    assert (health["database"], health["broker"], health["demo"]) == ("ok", "ok", True)
    assert health["worker_seconds_ago"] < 60
    assert list(programs) == PROGRAMS
    assert f"http://localhost:{installation.port}" in installation.said()

    second = installation.start_a_second_one()
    assert second.returncode == 1
    assert "already runs on the data in" in second.stderr

    installation.process.send_signal(signal.SIGINT)
    assert installation.process.wait(ENDS_WITHIN) == 0
    wait_until_gone(programs)


def test_serve_stops_and_names_the_program_that_was_killed(installation):
    installation.start_and_wait()
    programs = installation.programs()

    os.kill(programs["web server"], signal.SIGKILL)

    assert installation.process.wait(ENDS_WITHIN) == 1
    assert "The web server ended by itself (exit code -9)" in installation.said()
    wait_until_gone(programs)


def test_serve_starts_again_after_it_was_killed(installation):
    installation.start_and_wait()
    first = installation.programs()
    installation.broker().rpush("waiting", "one message")
    os.kill(first["worker"], signal.SIGSTOP)  # this one cannot hear that its parent ends

    installation.process.kill()
    installation.process.wait()
    installation.start_and_wait()

    assert installation.health()["broker"] == "ok"
    assert installation.broker().lpop("waiting") == b"one message"
    wait_until_gone(first)


def test_serve_says_that_its_port_is_in_use(installation):
    with socket.create_server(("127.0.0.1", installation.port)):
        code = installation.start().wait(ENDS_WITHIN)
    assert code == 1
    assert f"Port {installation.port} of 127.0.0.1 cannot be used" in installation.said()
    assert f"PORT={installation.port + 1} make run" in installation.said()


def test_serve_ends_with_the_process_that_started_it(installation):
    """As with `make run`, when make is killed."""
    command = " ".join(installation.manage("serve", "--end-with-parent"))
    installation.start("sh", "-c", f"{command}; echo over")
    wait_for(installation.is_ready)
    programs = installation.programs()

    installation.process.kill()
    installation.process.wait()

    wait_until_gone(programs)
