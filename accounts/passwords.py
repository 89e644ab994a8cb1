"""Words that anybody would try here are no password."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Clinic

WORDS = (
    "alliance", "clinic", "client", "counselling", "klinik", "mental", "passwort", "password",
    "patient", "praxis", "practice", "psycho", "rating", "repair", "session", "supervision",
    "supervisor", "therapeut", "therapie", "therapist", "therapy", "welcome", "willkommen",
)  # fmt: skip
SHORTEST_WORD = 4  # of the clinic's name
SHORTEST_REST = 6


class NotOfThisPlace:
    """A validator of Django's. What is left without such words, the words of the clinic's name,
    figures and signs, has to have some letters."""

    def validate(self, password, user=None):
        words = {*WORDS, *_words(Clinic.current().name)}
        rest = "".join(_words(password, shortest=1))
        for word in sorted(words, key=len, reverse=True):
            rest = rest.replace(word, "")
        if len(rest) < SHORTEST_REST:
            raise ValidationError(self.get_help_text(), code="password_of_this_place")

    def get_help_text(self):
        return _("Not made of words that anybody would try here, such as the clinic's name.")


def _words(text: str, *, shortest: int = SHORTEST_WORD) -> list[str]:
    """Its runs of letters, in small ones."""
    runs = re.findall(r"[^\W\d_]+", text.casefold())
    return [run for run in runs if len(run) >= shortest]
