import json
import re

import pytest

from sessions_app import client_texts

LANGUAGES = ["en", "ar", "de", "es", "fr"]


@pytest.fixture
def german() -> dict:
    return json.loads((client_texts.FOLDER / "de.json").read_text(encoding="utf-8"))


def test_languages_are_listed_by_their_own_names_english_first():
    assert list(client_texts.own_names()) == ["en", "de", "es", "fr", "ar"]
    assert client_texts.own_names()["de"] == "Deutsch"


@pytest.mark.parametrize("language", LANGUAGES)
def test_language_is_complete(language):
    texts = client_texts.texts_of(language)
    assert texts["dir"] == ("rtl" if language == "ar" else "ltr")
    assert texts["language"] == language


def test_unknown_language_is_refused():
    with pytest.raises(KeyError):
        client_texts.texts_of("xx")


@pytest.mark.parametrize("language", LANGUAGES)
def test_client_reads_no_digit(language):
    assert not [text for text in client_texts.texts_of(language).values() if re.search(r"\d", text)]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"done": None}, "de.done: must be text"),
        ({"done": "  "}, "de.done: blank"),
        ({"more": "Mehr"}, "de.more: unknown"),
        ({"nudge": "Ein wenig"}, "de.nudge: must contain {anchor}"),
        ({"dir": "sideways"}, "de.dir: must be ltr or rtl"),
    ],
)
def test_wrong_text_is_named(german, change, problem):
    assert client_texts.problems(german | change, "de") == [problem]


def test_missing_text_is_named(german):
    del german["done"]
    assert client_texts.problems(german, "de") == ["de.done: missing"]
