"""The detector, laid open: its rules in words and its numbers with their sources."""

from dataclasses import fields

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
        "numbers": [
            {
                "name": number.name,
                "value": getattr(policy, number.name),
                "evidence": number.metadata["mark"],
                "source": number.metadata["source"],
            }
            for number in fields(policy)
        ],
    }
