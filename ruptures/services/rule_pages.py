"""The detector, laid open: its rules and its numbers in words, with where they come from."""

from dataclasses import fields

from django.utils.translation import gettext

from ruptures.detection import sentences
from ruptures.detection.legend import GROUPS, UNITS
from ruptures.detection.policy import Policy
from ruptures.detection.rules import REGISTER
from ruptures.detection.workings import source_of
from ruptures.models import PolicyVersion
from ruptures.writing import one_decimal

UNIT_OF = {number.name: number.metadata["unit"] for number in fields(Policy)}


def rules_in_force() -> dict:
    """Every rule with its title; every number of the policy in force, in groups, with its unit and
    its source."""
    version = PolicyVersion.current()
    policy = version.policy
    return {
        "version": version,
        "rules": [
            {"code": rule.id, "title": sentences.title(rule.id, translate=gettext)}
            for rule in REGISTER
        ],
        "groups": [
            (gettext(heading), [_shown(name, meaning, policy) for name, meaning in numbers.items()])
            for heading, numbers in GROUPS.items()
        ],
    }


def _shown(name: str, meaning: str, policy: Policy) -> dict:
    value, unit = getattr(policy, name), UNITS[UNIT_OF[name]]
    return {
        "meaning": gettext(meaning),
        "value": one_decimal(value) if isinstance(value, float) else value,
        "unit": gettext(unit) if unit else "",
        "source": source_of(name, gettext),
    }
