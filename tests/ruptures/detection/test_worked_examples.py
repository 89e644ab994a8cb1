"""The worked examples of the clinical reference, read from a table a clinician can check."""

from pathlib import Path

import pytest

from ruptures.detection.rules import RULES
from tests.ruptures.detection.cases import THREE_STEPS, lines, screened

PAGE = Path(__file__).with_name("worked_examples.txt")
LETTERS = {"i": "info", "p": "prompt", "m": "moderate", "h": "high", ".": None}
CAME = {"no-show": "no_show", "cancelled": "cancelled_client"}


def read_examples():
    text = "\n".join(
        line for line in PAGE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    )
    for block in text.strip().split("\n\n"):
        title, *rows = block.strip().splitlines()
        yield pytest.param({row.split()[0]: row.split()[1:] for row in rows}, id=title)


def history_of(example):
    for place, total in enumerate(example["total"]):
        session = {"total": float(total)} if total not in "-." else {}
        if cell(example, "lines", place):
            marks = cell(example, "lines", place).split("/")
            session["lines"] = lines(*(float(mark) for mark in marks))
        if cell(example, "came", place):
            session["attendance"] = CAME[cell(example, "came", place)]
        if cell(example, "marker", place):
            code, salience = cell(example, "marker", place).split(":")
            session["markers"] = [{"code": code, "salience": int(salience)}]
        if cell(example, "reason", place):
            session["missing_reason"] = cell(example, "reason", place)
        if cell(example, "steps", place) == "1-3":
            session["repair_steps"] = THREE_STEPS
        yield session


def cell(example, row, place):
    value = example.get(row, [])[place] if row in example else "."
    return None if value == "." else value


def expected_findings(example, place):
    found = set()
    for rule in RULES:
        mark = cell(example, rule, place)
        if mark:
            letter, _, line = mark.partition(":")
            found.add((rule, LETTERS[letter], line or None))
    return found


@pytest.mark.parametrize("example", list(read_examples()))
def test_worked_example_is_found_as_marked(example):
    result = screened(*history_of(example))
    for place, session in enumerate(result.sessions):
        found = {(each.rule, each.severity, each.line) for each in session.findings}
        assert found == expected_findings(example, place), session.index
        assert session.severity == LETTERS[example["severity"][place]], session.index
        if "note" in example:
            assert bool(session.notes) == bool(cell(example, "note", place)), session.index
    assert_episode(example, result)


def assert_episode(example, result):
    if "episode" not in example:
        assert not result.episodes
        return
    (episode,) = result.episodes
    marked = [
        (place + 1, state)
        for place, states in enumerate(example["episode"])
        for state in states.split(",")
        if state != "."
    ]
    assert [(each.session, each.state) for each in episode.states] == marked
    assert [episode.component, episode.type] == example["is"]
