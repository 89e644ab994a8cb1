"""Register, policy, page and tests name the same rules."""

import re
from pathlib import Path

import pytest

from ruptures.detection.policy import DEFAULT_POLICY
from ruptures.detection.rules import REGISTER, RULES

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "detection.md"
RULE_TESTS = Path(__file__).with_name("rules")


def test_register_has_25_rules_each_once():
    assert len(REGISTER) == len(RULES) == 25


def test_each_rule_has_a_heading_in_the_page():
    headings = re.findall(r"^#{2,3} `(\w+)`$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == list(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_has_a_test_of_its_own(rule):
    tests = "\n".join(path.read_text(encoding="utf-8") for path in RULE_TESTS.glob("test_*.py"))
    assert re.search(rf"^def test_{rule}(_|\()", tests, re.MULTILINE)


@pytest.mark.parametrize("rule", REGISTER, ids=lambda rule: rule.id)
def test_points_stand_in_the_policy_for_the_rules_that_score(rule):
    assert hasattr(DEFAULT_POLICY, f"points_{rule.id}") is (rule.counts_for is not None)


def test_each_function_belongs_to_the_register():
    functions = set()
    for path in (ROOT / "ruptures" / "detection" / "rules").glob("[!_]*.py"):
        if path.stem != "fired":
            functions |= set(re.findall(r"^def ([a-z]\w+)\(", path.read_text(), re.MULTILINE))
    assert functions == set(RULES)
