"""The machine-readable examples, number by number: baseline, z, CUSUM, flags."""

import json
from pathlib import Path

import pytest

from tests.ruptures.detection.cases import LINES, THREE_STEPS, screened

VECTORS = Path(__file__).parents[2] / "vectors" / "worked_examples.json"
EXAMPLES = json.loads(VECTORS.read_text())
NAMES = {
    "ITEM_DROP1": ("line_drop", "prompt"),
    "ITEM_DROP2": ("line_drop", "moderate"),
    "LOW_ITEM": ("low_line", "prompt"),
    "ITEM_SPLIT": ("line_split", "prompt"),
    "PERSONAL_LOW2": ("personal_low", "prompt"),
    "PERSONAL_LOW3": ("personal_low", "moderate"),
    "DRIFT4": ("drift", "prompt"),
    "DRIFT5": ("drift", "moderate"),
    "STEADY_DECLINE1": ("steady_decline", "prompt"),
    "STEADY_DECLINE2": ("steady_decline", "moderate"),
    "LOW_TOTAL": ("low_total", "prompt"),
    "STEP_DROP": ("step_drop", "prompt"),
    "SUDDEN_DROP": ("sudden_drop", "moderate"),
    "SUSTAINED_LOW": ("sustained_low", "moderate"),
}
NOT_IN_VECTORS = {"missing_rating", "ceiling_flat"}


def screen_example(example):
    sessions = []
    for place, total in enumerate(example["totals"]):
        session = {"total": total}
        if example["items"] and example["items"][place]:
            session["lines"] = dict(zip(LINES, example["items"][place], strict=True))
        if "repair" in example["name"] and place == 4:
            session["repair_steps"] = THREE_STEPS
        sessions.append(session)
    return screened(*sessions)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["name"])
def test_numbers_agree_with_the_vectors(example):
    result = screen_example(example)
    for session, expected in zip(result.sessions, example["sessions"], strict=True):
        assert session.z == (
            None if expected["z"] is None else pytest.approx(expected["z"], abs=6e-5)
        )
        assert session.cusum == pytest.approx(expected["cusum"], abs=6e-5)
        if expected["baseline"]:
            baseline = expected["baseline"]
            assert session.baseline.n == baseline["n"]
            assert session.baseline.mean == pytest.approx(baseline["m"], abs=6e-5)
            assert session.baseline.s == pytest.approx(baseline["s"], abs=6e-5)
            assert session.baseline.p == pytest.approx(baseline["p"], abs=6e-5)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["name"])
def test_findings_agree_with_the_flags(example):
    result = screen_example(example)
    for session, expected in zip(result.sessions, example["sessions"], strict=True):
        flags = {flag.split(":")[0] for flag in expected["flags"] if "EPISODE" not in flag}
        found = {(each.rule, each.severity) for each in session.findings}
        found = {each for each in found if each[0] not in NOT_IN_VECTORS}
        assert found == {NAMES[flag] for flag in flags}, session.index


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["name"])
def test_episode_flags_agree_with_the_states(example):
    changes = {
        (each.session, each.state)
        for episode in screen_example(example).episodes
        for each in episode.states
    }
    for expected in example["sessions"]:
        for flag in expected["flags"]:
            state = flag.removeprefix("EPISODE:").lower()
            first = not any(
                flag in e["flags"] for e in example["sessions"][: expected["session"] - 1]
            )
            if flag.startswith("EPISODE:") and first:
                assert (expected["session"], state) in changes
