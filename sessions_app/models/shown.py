import json
from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac


class TextHasChanged(ValueError):
    """Another text stands there than the page showed from which it was to be shown."""


class ShownByChoice(models.Model):
    """A row with process notes that its author may show to supervision, each by itself.

    `shown_parts` names them. `<part>_shown_at` says since when whoever supervises the pair's
    therapist reads it, None that its author alone does.
    """

    shown_parts: tuple[str, ...] = ()

    class Meta:
        abstract = True

    def print_of(self, part: str) -> str:
        """A keyed print of what is written there now; it says nothing of it."""
        text = json.dumps([self._meta.label, self.pk, part, getattr(self, part)], sort_keys=True)
        return salted_hmac("sessions_app.shown", text, algorithm="sha256").hexdigest()

    def show(self, part: str, *, seen: str) -> None:
        """What the author read, whose print is `seen`. Raises TextHasChanged where another text
        stands there, or none."""
        if not getattr(self, part) or seen != self.print_of(part):
            raise TextHasChanged
        setattr(self, f"{part}_shown_at", timezone.now())

    def hide(self, part: str) -> None:
        """Whatever stands there."""
        setattr(self, f"{part}_shown_at", None)

    def choose(self, part: str, *, wanted: bool, seen: str) -> None:
        """Shows it, or hides it, and stores that."""
        if wanted:
            self.show(part, seen=seen)
        else:
            self.hide(part)
        self.save(update_fields=[f"{part}_shown_at"])

    def hide_what_changes(self, values: Mapping[str, Any]) -> None:
        """What was shown is one text, not what comes in its place."""
        for part in self.shown_parts:
            if part in values and values[part] != getattr(self, part):
                self.hide(part)


def shown_at(verbose_name) -> models.DateTimeField:
    return models.DateTimeField(verbose_name, null=True, editable=False)
