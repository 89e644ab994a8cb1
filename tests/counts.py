"""A pytest plugin: writes down how many tests passed, failed and were skipped (`--counts=FILE`)."""

import json
from collections import Counter
from pathlib import Path

import pytest


def pytest_addoption(parser):
    parser.addoption("--counts", help="write the numbers of this run to this file, as JSON")


def pytest_configure(config):
    if config.getoption("--counts"):
        config.pluginmanager.register(Counts(Path(config.getoption("--counts"))))


class Counts:
    """Counts each test once, by its worst outcome; journeys apart from the others."""

    def __init__(self, file: Path):
        self._file = file
        self._outcomes: dict[str, str] = {}
        self._journeys: set[str] = set()

    @pytest.hookimpl(trylast=True)  # after the marks of each folder
    def pytest_collection_modifyitems(self, items):
        self._journeys = {item.nodeid for item in items if item.get_closest_marker("journeys")}

    def pytest_runtest_logreport(self, report):
        if report.outcome != "passed" or report.when == "call":
            outcome = self._outcomes.get(report.nodeid)
            self._outcomes[report.nodeid] = "failed" if outcome == "failed" else report.outcome

    def pytest_collectreport(self, report):
        """A file that is skipped whole has no tests to report; it counts as one."""
        if report.outcome != "passed":
            self._outcomes[report.nodeid] = report.outcome

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self):
        counts = Counter(self._outcomes.values())
        passed = {test for test, outcome in self._outcomes.items() if outcome == "passed"}
        journeys = len(passed & self._journeys)
        counts |= {"journeys": journeys, "tests": len(passed) - journeys}
        self._file.write_text(json.dumps(counts))
