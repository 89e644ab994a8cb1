from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils import timezone


class ShownByChoice(models.Model):
    """A row with process notes that its author may show to supervision, each by itself.

    `shown_parts` names them. `<part>_shown_at` says since when whoever supervises the pair's
    therapist reads it, None that its author alone does.
    """

    shown_parts: tuple[str, ...] = ()

    class Meta:
        abstract = True

    def show(self, part: str, *, wanted: bool) -> None:
        """An empty part cannot be shown."""
        there = wanted and getattr(self, part)
        setattr(self, f"{part}_shown_at", timezone.now() if there else None)

    def hide_what_changes(self, values: Mapping[str, Any]) -> None:
        """What was shown is one text, not what comes in its place."""
        for part in self.shown_parts:
            if part in values and values[part] != getattr(self, part):
                self.show(part, wanted=False)


def shown_at(verbose_name) -> models.DateTimeField:
    return models.DateTimeField(verbose_name, null=True, editable=False)
