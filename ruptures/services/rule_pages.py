"""The detector, laid open: its rules in words and its numbers with their sources."""

from dataclasses import Field, fields

from django.utils.translation import gettext

from ruptures.detection import sentences
from ruptures.detection.rules import REGISTER
from ruptures.models import PolicyVersion


def rules_in_force() -> dict:
    """Every rule with its title, every number of the policy in force with source and evidence."""
    version = PolicyVersion.current()
    policy = version.policy
    return {
        "version": version.version,
        "rules": [
            {"code": rule.id, "title": sentences.title(rule.id, translate=gettext)}
            for rule in REGISTER
        ],
        "numbers": [_shown(number, getattr(policy, number.name)) for number in fields(policy)],
    }


def _shown(number: Field, value: float) -> dict:
    source = number.metadata["source"]
    return {
        "name": number.name,
        "value": value,
        "evidence": number.metadata["mark"],
        "source": gettext(source),
    }
