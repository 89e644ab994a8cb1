"""The runner of the suite is honest: what failed or was skipped shows, and counts as failure."""

import os

import pytest

from tests import provision, run

GREEN = {"exit": 0, "tests": 312, "passed": 326, "journeys": 14}

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


def outcome_of(tmp_path, source: str) -> dict:
    (tmp_path / "test_sample.py").write_text(source)
    arguments = [
        str(tmp_path),
        "--rootdir",
        str(tmp_path),
        "-p",
        "no:django",
        "-p",
        "no:cacheprovider",
    ]
    return run.run_suite("a sample", run.ON_SQLITE, arguments, dict(os.environ))


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
    postgresql = {"exit": 0, "tests": 290, "passed": 290}
    assert run.summary(GREEN, postgresql) == (
        "ran: 312 tests on SQLite, 290 on PostgreSQL, 14 browser journeys; skipped: 0"
    )


def test_run_ends_with_what_failed_and_what_broke_off():
    assert run.summary(GREEN, {"exit": 1, "failed": 2}).endswith("skipped: 0; failed: 2")
    assert run.summary(GREEN, {"exit": 3}).endswith("skipped: 0; stopped before its end")


def test_provision_names_the_command_where_it_may_not_install(monkeypatch):
    monkeypatch.setattr(provision.shutil, "which", lambda name: None)
    monkeypatch.setattr(provision, "postgresql_programs", lambda: None)
    with pytest.raises(SystemExit, match="apt-get install postgresql redis-server chromium"):
        provision.ensure()
