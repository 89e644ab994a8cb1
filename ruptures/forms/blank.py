"""Empty forms, drawn once a process.

A page of a strain holds more than a dozen, most of them folded away, and drawing them cost as much
as all else on it. An empty one looks the same to everybody on one day in one language.
"""

import datetime
from collections.abc import Mapping
from functools import lru_cache

from crispy_forms.utils import render_crispy_form
from django import forms
from django.utils import timezone, translation
from django.utils.safestring import SafeString

KEPT = 200  # forms by their arguments, of a few languages, for some days


class Blank:
    """An empty form in a page, or one that shows codes alone, as its fields and its button, without
    the CSRF token.

    It is made of the class, of None, numbers and codes alone: what is kept for everybody can
    hold nothing of a record.
    """

    errors = ()  # as the form that was sent has them

    def __init__(
        self,
        form_class: type[forms.BaseForm],
        initial: Mapping[str, str] | None = None,
        **arguments: int | None,
    ):
        self._form_class = form_class
        self._initial = tuple(sorted((initial or {}).items()))
        self._arguments = tuple(sorted(arguments.items()))

    @property
    def drawn(self) -> SafeString:
        language, today = translation.get_language(), timezone.localdate()
        return _drawn(self._form_class, self._initial, self._arguments, language, today)


@lru_cache(KEPT)
def _drawn(
    form_class: type[forms.BaseForm],
    initial: tuple[tuple[str, str], ...],
    arguments: tuple[tuple[str, int | None], ...],
    language: str,
    today: datetime.date,
) -> SafeString:
    """`language` and `today` are those in force: they tell drawings apart."""
    given = {"initial": dict(initial)} if initial else {}
    return render_crispy_form(form_class(**given, **dict(arguments)))
