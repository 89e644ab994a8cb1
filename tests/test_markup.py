"""Markup typed into every field that takes words is shown as words, on every page and in the
client's copy. The page that shows it otherwise would run it."""

import pytest
from django.urls import NoReverseMatch, reverse
from django.utils.html import escape

from accounts.models import Clinic, User
from ruptures.models import Episode
from sessions_app.models import Client, TherapySession
from tests.mail_sink import post_office  # noqa: F401  (a fixture)
from tests.test_access_matrix import MATRIX
from tests.test_privacy import CANARIES, a_working_day, canary_people, signed_in

pytestmark = pytest.mark.django_db(transaction=True)

MARKUP = """<i onclick='go("x")'>"""
# An e-mail address takes no markup.
WORDS = set(CANARIES) - {"address", "letters"}
# What stands on no page while the strain is dismissed.
SHOWN_NOWHERE = {"closing", "opener"}


@pytest.fixture
def marked_day(monkeypatch, post_office):  # noqa: F811
    """A working day on which everybody typed markup before their words. Returns the keys."""
    for name in WORDS:
        monkeypatch.setitem(CANARIES, name, MARKUP + CANARIES[name])
    Clinic.objects.update_or_create(pk=1, defaults={"alert_at_once_from": "moderate"})
    a_working_day(*canary_people())
    last = TherapySession.objects.order_by("starts_at").last()
    return [Client.objects.get().key, last.key, Episode.objects.get().key]


def pages(keys: list) -> list[str]:
    """Every address that can be read and is named by nothing or by one of the keys."""
    found = []
    for name in (name for name, (reading, _writing) in MATRIX.items() if set(reading) & set(".4")):
        for arguments in ({}, *({"key": key} for key in keys)):
            try:
                found.append(reverse(name, kwargs=arguments))
            except NoReverseMatch:
                continue
    return found


def test_markup_is_shown_as_words_on_every_page(marked_day):
    shown = []
    for person in User.objects.all():
        browser = signed_in(person)
        for url in pages(marked_day):
            answer = browser.get(url)
            if answer.headers.get("Content-Type", "").startswith("text/html"):
                shown.append(answer.content.decode())
    whole = "\n".join(shown)
    assert MARKUP not in whole
    assert {name for name in WORDS if escape(CANARIES[name]) not in whole} == SHOWN_NOWHERE
