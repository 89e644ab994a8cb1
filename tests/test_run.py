"""The runner of the suite is honest: what failed or was skipped shows, and counts as failure."""

import os
import signal
import subprocess
import sys

import pytest

from tests import provision, run
from tests.installation import wait_for

IN_A_BROWSER = {"exit": 0, "tests": 0, "passed": 14, "journeys": 14}
WITH_FAULTS = {"exit": 0, "tests": 5, "passed": 7, "journeys": 2}
ON_SQLITE = {"exit": 0, "tests": 312, "passed": 312}
PAGES = {"exit": 0, "tests": 90, "passed": 90}
ON_POSTGRESQL = {"exit": 0, "tests": 200, "passed": 200}

FILE = """
import pytest

def test_passes(): pass

@pytest.mark.journeys
def test_travels(): pass
"""
SKIPS = (
    FILE
    + """
@pytest.mark.skip(reason="not today")
def test_is_skipped(): pass
"""
)
FAILS_IN_TEARDOWN = (
    FILE
    + """
@pytest.fixture
def breaks():
    yield
    raise RuntimeError

def test_breaks_afterwards(breaks): pass
"""
)
SKIPPED_WHOLE = "import pytest\npytest.skip('none of it', allow_module_level=True)\n"


def arguments_for(folder) -> list[str]:
    return [str(folder), "--rootdir", str(folder), "-p", "no:django", "-p", "no:cacheprovider"]


# The samples need no plugin, and pytest starts in a third of the time without.
PLAIN = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def sample(marked: str) -> run.Part:
    return run.Part(f"A sample, {marked}", marked, PLAIN)


def outcome_of(tmp_path, source: str) -> dict:
    (tmp_path / "test_sample.py").write_text(source)
    part = sample("not postgres")
    run.run_side_by_side([part], arguments_for(tmp_path))
    return part.counts


def parts(**changed) -> list[run.Part]:
    """The parts with what came of each, all green but for what `changed` says."""
    counts = {
        "browser": IN_A_BROWSER,
        "faults": WITH_FAULTS,
        "sqlite": ON_SQLITE,
        "pages": PAGES,
        "postgresql": ON_POSTGRESQL,
    } | changed
    marks = {
        "browser": run.IN_A_BROWSER,
        "faults": run.WITH_FAULTS,
        "sqlite": run.ON_SQLITE,
        "pages": run.PAGES,
        "postgresql": run.ON_POSTGRESQL,
    }
    return [run.Part(name, marks[name], {}, each) for name, each in counts.items()]


def test_run_counts_tests_and_journeys_apart(tmp_path):
    counts = outcome_of(tmp_path, FILE)
    assert (counts["tests"], counts["journeys"]) == (1, 1)
    assert run.is_clean(counts)


@pytest.mark.parametrize("source", [SKIPS, FILE + SKIPPED_WHOLE])
def test_run_fails_when_something_is_skipped(tmp_path, source):
    counts = outcome_of(tmp_path, source)
    assert counts["skipped"] == 1
    assert not run.is_clean(counts)


def test_run_fails_when_a_test_breaks_after_its_end(tmp_path):
    counts = outcome_of(tmp_path, FAILS_IN_TEARDOWN)
    assert (counts["tests"], counts["failed"]) == (1, 1)
    assert not run.is_clean(counts)


def test_run_ends_with_what_ran():
    assert run.summary(parts()) == (
        "ran: 312 tests on SQLite, 290 on PostgreSQL, 5 on whole stacks, 16 browser journeys; "
        "skipped: 0"
    )


@pytest.mark.parametrize("part", ["browser", "faults", "sqlite", "pages", "postgresql"])
def test_run_ends_with_what_failed_and_what_broke_off_anywhere(part):
    failed, broken_off = {"exit": 1, "failed": 2, "skipped": 1}, {"exit": 3}
    assert run.summary(parts(**{part: failed})).endswith("skipped: 1; failed: 2")
    assert run.summary(parts(**{part: broken_off})).endswith("skipped: 0; stopped before its end")


def test_run_shows_each_part_whole(tmp_path, capfd):
    (tmp_path / "test_sample.py").write_text(FILE)
    both = [sample("journeys"), sample("not journeys")]
    run.run_side_by_side(both, arguments_for(tmp_path))
    shown = capfd.readouterr().out.split("—")
    assert [part.counts["exit"] for part in both] == [0, 0]
    titles, said = shown[1::2], shown[2::2]
    assert sorted(title.split(", ")[1] for title in titles) == ["journeys", "not journeys"]
    assert [text.count("1 passed, 1 deselected") for text in said] == [1, 1]


WAITS = """
import os, pathlib, time

def test_waits():
    pathlib.Path({pid!r}).write_text(str(os.getpid()))
    time.sleep(60)
"""
RUNS = """
import os, sys
from tests import run

run.heed_signals()
run.run_side_by_side([run.Part("A sample", "not postgres", dict(os.environ))], sys.argv[1:])
"""


def test_run_that_is_interrupted_ends_what_it_started(tmp_path):
    pid = tmp_path / "pid"
    (tmp_path / "test_sample.py").write_text(WAITS.format(pid=str(pid)))
    command = [sys.executable, "-c", RUNS, *arguments_for(tmp_path)]
    runner = subprocess.Popen(command, env=PLAIN)
    wait_for(lambda: pid.exists() and pid.read_text())
    runner.send_signal(signal.SIGINT)
    assert runner.wait(20) != 0
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_provision_names_the_command_where_it_may_not_install(monkeypatch):
    monkeypatch.setattr(provision.shutil, "which", lambda name: None)
    monkeypatch.setattr(provision, "postgresql_programs", lambda: None)
    with pytest.raises(SystemExit, match="apt-get install postgresql redis-server chromium"):
        provision.ensure()
