"""A rescreening that is killed half-way, and one that workers share."""

import os
import shutil
import signal
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.installation import Installation, wait_for

pytestmark = [pytest.mark.faults, pytest.mark.stack]


@pytest.fixture(scope="module")
def at_first():
    installation = Installation()
    installation.migrate()
    installation.seed()
    yield installation.data
    installation.remove()


@pytest.fixture
def clinic(at_first):
    installation = Installation()
    shutil.copytree(at_first, installation.data, dirs_exist_ok=True)
    yield installation
    installation.remove()


def ask(clinic, query: str):
    with sqlite3.connect(Path(clinic.data) / "alliance.sqlite3", timeout=20) as database:
        return database.execute(query).fetchall()


def strict(clinic):
    """A stricter policy, so that there is something to find."""
    subprocess.run(
        clinic.manage(
            "shell",
            "--verbosity=0",
            "--command",
            "from ruptures.models import PolicyVersion;"
            "PolicyVersion.objects.create(version='strict', overrides={'low_line': 9.6})",
        ),
        env=clinic.environment,
        check=True,
    )


LOW_LINES = "select count(*) from ruptures_finding where rule = 'low_line'"


def test_rescreen_killed_half_way_finishes_when_run_again(clinic):
    strict(clinic)
    few = ask(clinic, LOW_LINES)
    first = subprocess.Popen(clinic.manage("rescreen", "--workers=0"), env=clinic.environment)
    wait_for(lambda: ask(clinic, LOW_LINES) > few)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    half = ask(clinic, LOW_LINES)
    assert ask(clinic, "select is_running from ruptures_rescreening") == [(1,)]
    # The killed one's lease would run out by itself; the test does not wait for it.
    with sqlite3.connect(Path(clinic.data) / "alliance.sqlite3", timeout=20) as database:
        database.execute("update ruptures_rescreeningchunk set leased_until = null")
    subprocess.run(clinic.manage("rescreen", "--workers=0"), env=clinic.environment, check=True)
    assert ask(clinic, LOW_LINES) > half
    assert ask(clinic, "select is_running from ruptures_rescreening") == [(0,)]


def test_rescreen_is_shared_with_the_workers(clinic):
    strict(clinic)
    clinic.start_and_wait()
    said = subprocess.run(
        clinic.manage("rescreen", "--workers=2"),
        env=clinic.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "findings are new" in said.stdout
    worker_log = Path(clinic.data) / "logs" / "worker.log"
    wait_for(lambda: "ruptures.rescreen_chunks" in worker_log.read_text(), within=10)
