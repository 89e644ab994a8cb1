"""The published interface: JSON in, JSON out, status 2 for bad input."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ruptures.detection.__main__ import respond
from ruptures.detection.policy import DEFAULT_POLICY
from tests.ruptures.detection.cases import even, pair

ROOT = Path(__file__).parents[3]
GOOD = {"pairs": [pair({"lines": even(38.0)}, {"lines": even(35.0)}, {"total": 29.0})]}


def run(text, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "ruptures.detection", *arguments],
        input=text.encode(),
        capture_output=True,
        cwd=ROOT,
        timeout=60,
    )


def test_answer_has_the_published_shape():
    done = run(json.dumps(GOOD))
    assert (done.returncode, done.stderr) == (0, b"")
    answer = json.loads(done.stdout)
    assert answer["policy_version"] == DEFAULT_POLICY.version
    (first,) = answer["pairs"]
    assert [session["index"] for session in first["sessions"]] == [1, 2, 3]
    session = first["sessions"][1]
    assert session["baseline"].keys() == {"n", "mean", "s", "p"}
    assert {"total", "z", "cusum", "severity"} <= session.keys()
    finding = session["findings"][0]
    assert finding["rule"] == "low_total"
    assert finding["values"] == {"total": 35.0}
    assert finding["threshold"] == 36.0
    assert finding["sentence"].startswith("Today's total is 35.0")
    (episode,) = first["episodes"]
    assert episode["opened"] == 3
    assert episode["states"] == [{"session": 3, "state": "open"}]
    assert {"component", "type", "points"} <= episode.keys()


def test_fast_leaves_the_sentences_out():
    fast, slow = json.loads(run(json.dumps(GOOD), "--fast").stdout), json.loads(respond_to(GOOD))
    for session in slow["pairs"][0]["sessions"]:
        for finding in session["findings"]:
            del finding["sentence"], finding["unless"]
    assert fast == slow


def respond_to(document):
    return respond(json.dumps(document).encode(), fast=False)


def test_no_pairs_give_no_pairs():
    assert json.loads(run('{"pairs": []}').stdout)["pairs"] == []


def test_ids_of_any_text_come_back():
    document = {"pairs": [{**pair(38.0), "id": "Ünïcode \ud800"}, {**pair(38.0), "id": 7}]}
    answer = json.loads(run(json.dumps(document)).stdout)
    assert [each["id"] for each in answer["pairs"]] == ["Ünïcode \ud800", 7]


def test_policy_may_be_changed():
    document = {"policy": {"low_total": 34.0}, **GOOD}
    findings = json.loads(respond_to(document))["pairs"][0]["sessions"][1]["findings"]
    assert "low_total" not in [each["rule"] for each in findings]


LINE_TOO_HIGH = pair(38.0, {"lines": {"goals": 10.1}})
BAD = [
    (json.dumps(GOOD)[:-20], "not whole JSON"),
    ("", "not whole JSON"),
    ("[" * 100_000, "not whole JSON"),
    ('"\udcff"'.encode("utf-8", "surrogateescape").decode("latin-1"), "an object"),
    ("[]", "an object"),
    ("{}", "field pairs: missing"),
    ('{"pairs": [], "pears": []}', "'pears': unknown"),
    ('{"pairs": [], "policy": [1]}', "field policy"),
    ('{"pairs": [], "policy": {"low_totl": 1}}', "did you mean 'low_total'"),
    (json.dumps({"pairs": [LINE_TOO_HIGH]}), "pair 'a', session 2, field lines.goals"),
    (json.dumps({"pairs": [pair(float("nan"))]}), "pair 'a', session 1, field total"),
    (json.dumps({"pairs": [pair(38.0), pair(38.0)]}), "pair 'a', field id: given twice"),
]


@pytest.mark.parametrize(("text", "message"), BAD, ids=[message for _, message in BAD])
def test_bad_input_ends_with_one_message(text, message):
    done = run(text)
    assert done.returncode == 2
    assert done.stdout == b""
    assert message in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1
