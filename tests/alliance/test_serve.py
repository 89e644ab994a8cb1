"""`manage.py serve` with its real web server, worker, timetable, broker and mail server."""

import os
import signal
import socket

import pytest

from tests.installation import ENDS_WITHIN, Installation, wait_for

pytestmark = [pytest.mark.stack, pytest.mark.faults]

PROGRAMS = ["broker", "mail server", "web server", "worker", "timetable"]


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
    installation.remove()


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
