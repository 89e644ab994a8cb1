"""A language that is not whole is named, message by message."""

import shutil

import pytest
from babel.messages import Catalog
from django.conf import settings

from deploy import messages


@pytest.fixture
def sources() -> Catalog:
    sources = Catalog(locale="de")
    sources.add("%(count)s client", None, context=None)
    sources.add("Sign in")
    sources.add(("One case", "%(count)s cases"))
    return sources


@pytest.fixture
def german() -> Catalog:
    german = Catalog(locale="de")
    german.add("%(count)s client", "%(count)s Klient:in")
    german.add("Sign in", "Anmelden")
    german.add(("One case", "%(count)s cases"), ("Ein Fall", "%(count)s Fälle"))
    return german


def test_whole_language_has_no_problems(sources, german):
    assert messages.problems("de", sources, german) == []


def test_removed_message_is_missing(sources, german):
    german.delete("Sign in")
    assert messages.problems("de", sources, german) == ["de: missing: 'Sign in'"]


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        (("Ein Fall", ""), "empty"),
        (("Ein Fall", "viele Fälle"), "places differ"),
        (("%(number)s Fall", "%(count)s Fälle"), "places differ"),
    ],
)
def test_wrong_message_is_named(sources, german, said, wrong):
    german.get("One case").string = said
    assert messages.problems("de", sources, german) == [f"de: {wrong}: 'One case'"]


def test_fuzzy_message_is_not_good_enough(sources, german):
    german.get("Sign in").flags.add("fuzzy")
    assert messages.problems("de", sources, german) == ["de: fuzzy: 'Sign in'"]


def test_message_without_a_source_is_left_over(sources, german):
    german.add("Sign up", "Registrieren")
    assert messages.problems("de", sources, german) == ["de: no longer in the sources: 'Sign up'"]


def test_messages_come_from_code_and_templates():
    found = messages.read_sources()
    for message in (
        "clipped answers",  # marked in the core
        "Total {total}",  # marked in a chart
        "j F Y",  # a format in a template
        "The scale does not start at zero",  # in a drawing
        "This message names nobody on purpose.",  # in a mail
    ):
        assert found.get(message), message
    assert found.get("%(minutes)s minute late").pluralizable


def test_each_language_that_is_offered_has_a_catalogue():
    offered = [code for code, _name in settings.LANGUAGES]
    assert offered == ["en", *messages.languages()]


def test_stale_compiled_catalogue_is_named(tmp_path, monkeypatch):
    shutil.copytree(messages.LOCALE, tmp_path / "locale")
    monkeypatch.setattr(messages, "LOCALE", tmp_path / "locale")
    messages.path_of("de", "mo").write_bytes(b"")
    assert "de: django.mo is not django.po compiled" in messages.check()
