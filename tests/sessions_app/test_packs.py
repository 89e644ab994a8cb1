import copy
import json
import re

import pytest

from sessions_app import client_texts, packs

LANGUAGES = ["en", "es", "fr", "de", "ar"]
SCHEMA = json.loads((packs.FOLDER / "schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def pack() -> dict:
    return packs.load_pack()


def follow(pack: dict, path: str) -> tuple[dict, str]:
    """The object that holds the last key of `path`, and that key."""
    *way, last = path.split(".")
    for key in way:
        pack = pack[key]
    return pack, last


def texts_of(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts_of(item)]
    if isinstance(value, list):
        return [text for item in value for text in texts_of(item)]
    return [value]


def test_default_pack_is_complete_in_its_five_languages(pack):
    assert list(pack["languages"]) == LANGUAGES
    assert packs.problems(pack) == []


def test_default_pack_says_that_it_is_not_the_licensed_scale(pack):
    assert "not the licensed SRS" in pack["notice"]


def test_schema_and_loader_know_the_same_keys(pack):
    known = SCHEMA["$defs"]["language"]["properties"]
    english = pack["languages"]["en"]
    assert set(known) == set(english)


MISSING = [
    "notice",
    "rights.holder",
    "languages.ar.title",
    "languages.de.lines.goals",
    "languages.fr.lines.overall.high",
    "languages.es.instruction",
]


@pytest.mark.parametrize("path", MISSING)
def test_missing_key_is_named_by_its_path(pack, path):
    holder, key = follow(pack, path)
    del holder[key]
    assert f"{path}: missing" in packs.problems(pack)


@pytest.mark.parametrize("path", ["extra", "languages.ar.extra", "languages.de.lines.mood"])
def test_unknown_key_is_named_by_its_path(pack, path):
    holder, key = follow(pack, path)
    holder[key] = "something"
    assert packs.problems(pack) == [f"{path}: unknown; please remove it"]


@pytest.mark.parametrize("path", ["name", "languages.fr.instruction", "languages.ar.title"])
def test_blank_text_is_named_by_its_path(pack, path):
    holder, key = follow(pack, path)
    holder[key] = "  "
    assert packs.problems(pack) == [f"{path}: blank"]


def test_blank_word_is_named_by_its_place(pack):
    pack["languages"]["es"]["lines"]["goals"]["words"][2] = ""
    assert packs.problems(pack) == ["languages.es.lines.goals.words.2: blank"]


def test_word_missing_from_a_line_is_named(pack):
    pack["languages"]["es"]["lines"]["goals"]["words"].pop()
    assert packs.problems(pack) == [
        "languages.es.lines.goals.words: must be six texts, or left out"
    ]


def test_same_word_twice_is_named(pack):
    words = pack["languages"]["en"]["lines"]["goals"]["words"]
    words[1] = words[2]
    assert packs.problems(pack) == ["languages.en.lines.goals.words: says the same word twice"]


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("languages.ar.title", ["a"], "languages.ar.title: must be text"),
        ("languages.ar.lines", "a", "languages.ar.lines: must be an object"),
        ("rights", None, "rights: must be an object"),
        ("format", "something-else", "format: must be alliance-instrument-pack"),
        ("name", 7, "name: must be text"),
    ],
)
def test_wrong_kind_of_value_is_named(pack, path, value, problem):
    holder, key = follow(pack, path)
    holder[key] = value
    assert packs.problems(pack) == [problem]


@pytest.mark.parametrize("nonsense", [None, [], "pack", 4])
def test_what_is_no_object_is_no_pack(nonsense):
    assert packs.problems(nonsense) == ["pack: must be an object"]


def test_loading_an_incomplete_pack_names_every_problem(pack, tmp_path):
    broken = copy.deepcopy(pack)
    del broken["languages"]["de"]["instruction"]
    broken["languages"]["ar"]["title"] = ""
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(broken), encoding="utf-8")
    with pytest.raises(ValueError, match=r"ar\.title: blank") as raised:
        packs.load_pack(path)
    assert "languages.de.instruction: missing" in str(raised.value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_view_lays_out_the_four_lines_in_order(pack, language):
    shown = packs.view(pack, language)
    assert [line["code"] for line in shown["lines"]] == list(packs.LINE_CODES)
    assert all(len(line["words"]) == len(line["values"]) == 6 for line in shown["lines"])
    assert shown["language"] == language


def test_view_of_an_unknown_language_is_refused(pack):
    with pytest.raises(KeyError):
        packs.view(pack, "xx")


@pytest.mark.parametrize("language", LANGUAGES)
def test_line_without_words_gets_neutral_ones_in_its_language(pack, language):
    line = pack["languages"][language]["lines"]["goals"]
    del line["words"]
    assert packs.problems(pack) == []
    words = packs.view(pack, language)["lines"][1]["words"]
    texts = client_texts.texts_of(language)
    assert (words[0], words[5]) == (line["low"], line["high"])
    assert words[1] == texts["word_near"].format(anchor=line["low"])
    assert words[3] == texts["word_towards"].format(anchor=line["high"])
    assert len(set(words)) == 6


def test_pack_may_lack_english_but_not_every_language(pack):
    del pack["languages"]["en"]
    assert packs.problems(pack) == []
    pack["languages"] = {}
    assert packs.problems(pack) == ["languages: must hold one language at least"]


def test_language_that_the_clients_pages_lack_is_refused(pack):
    pack["languages"]["it"] = pack["languages"]["es"]
    (problem,) = packs.problems(pack)
    assert problem.startswith("languages.it: the client's pages are not there in this language")
    assert "en, de, es, fr, ar" in problem


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("id", "Our Form", "id: must be small letters, digits and hyphens"),
        ("version", "9" * 21, "version: longer than 20 characters"),
        ("rights.valid_until", "soon", "rights.valid_until: must be a day such as 2027-12-31"),
        ("rights.valid_until", "2027-02-30", "rights.valid_until: must be a day such as"),
        ("languages.de.title", "x" * 121, "languages.de.title: longer than 120 characters"),
        ("languages.de.lines.goals.low", "x" * 161, "languages.de.lines.goals.low: longer than"),
    ],
)
def test_problem_says_what_would_be_right(pack, path, value, problem):
    holder, key = follow(pack, path)
    holder[key] = value
    (found,) = packs.problems(pack)
    assert found.startswith(problem)


def test_problems_are_named_in_another_language_where_asked(pack):
    del pack["name"]
    assert packs.problems(pack, translate=lambda message: message.replace("missing", "fehlt")) == [
        "name: fehlt"
    ]


def sized(pack: dict, size: int) -> bytes:
    file = json.dumps(pack).encode()
    return file + b" " * (size - len(file))


def test_file_is_read_up_to_its_limit_and_not_beyond(pack):
    assert packs.read_pack(sized(pack, packs.LARGEST_FILE)) == pack
    with pytest.raises(packs.PackRefused, match="larger than 64 KB"):
        packs.read_pack(sized(pack, packs.LARGEST_FILE + 1))


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe{}", "not JSON"),
        (b"[" * 60_000, "not JSON"),
        (b'{"format": "a\\ud800"}', "cannot be stored as text"),
        (b'{"format": "a\\u0000"}', "cannot be stored as text"),
        (b"[]", "pack: must be an object"),
    ],
)
def test_file_that_is_no_pack_is_refused_with_its_reason(file, reason):
    with pytest.raises(packs.PackRefused, match=reason):
        packs.read_pack(file)


def test_bytes_before_the_text_that_some_editors_write_are_no_matter(pack):
    assert packs.read_pack(b"\xef\xbb\xbf" + json.dumps(pack).encode()) == pack


@pytest.mark.parametrize("language", LANGUAGES)
def test_ends_of_a_line_are_its_first_and_last_word(pack, language):
    for line in pack["languages"][language]["lines"].values():
        assert (line["low"], line["high"]) == (line["words"][0], line["words"][-1])


@pytest.mark.parametrize("language", LANGUAGES)
def test_client_reads_no_digit(pack, language):
    assert not [text for text in texts_of(pack["languages"][language]) if re.search(r"\d", text)]
