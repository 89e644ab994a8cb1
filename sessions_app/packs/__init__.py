"""Instrument packs: the words of the form itself, language by language.

A pack is a JSON file. This module knows no Django: it reads a pack, names what is wrong with it by
path, and lays out one language as the pages want it. `schema.json` says what a pack holds;
`session_check.json` is the default pack, in the project's own words; it is not the licensed SRS.
What the pages say around the form is in `sessions_app.client_texts`.
"""

import datetime
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

from jsonschema import Draft202012Validator, ValidationError

from sessions_app import client_texts

FOLDER = Path(__file__).parent
DEFAULT_PACK = FOLDER / "session_check.json"
SCHEMA = FOLDER / "schema.json"

LARGEST_FILE = 64 * 1024  # bytes; the default pack with its five languages has a quarter of it
PROBLEMS_NAMED = 20
LINE_CODES = ("relationship", "goals", "approach", "overall")
WORD_VALUES = (0, 20, 40, 60, 80, 100)  # the tenths that the six words of a line stand for
NEAR_A_WORD = 4  # tenths either side of a word's own place that still carry that word alone

Translate = Callable[[str], str]


class PackRefused(ValueError):
    """The file is no pack that can be used; `problems` names each reason by its path."""

    def __init__(self, problems: list[str]):
        self.problems = problems
        super().__init__("; ".join(problems))


def gettext_noop(message: str) -> str:
    """Mark a message for translation where it is defined; it is translated where it is shown."""
    return message


_ = gettext_noop

MISSING = _("missing")
UNKNOWN = _("unknown; please remove it")
BLANK = _("blank")
TOO_LONG = _("longer than {most} characters")
# What would be right, by the last part of a path or by the type that the schema asks for.
RIGHT = {
    "format": _("must be alliance-instrument-pack"),
    "id": _("must be small letters, digits and hyphens, at most 40, beginning with a letter"),
    "valid_until": _("must be a day such as 2027-12-31, or empty"),
    "words": _("must be six texts, or left out"),
    "string": _("must be text"),
    "object": _("must be an object"),
}
SAME_WORD = _("says the same word twice")
NO_LANGUAGE = _("must hold one language at least")
STRANGE_LANGUAGE = _("the client's pages are not there in this language; they are in {known}")
TOO_LARGE = _("The file is larger than {most} KB.")
NO_JSON = _("The file is not JSON: {reason}")
NO_TEXT = _("The file holds characters that cannot be stored as text.")


def load_pack(path: Path | str = DEFAULT_PACK) -> dict:
    """The pack in the file at `path`; raises PackRefused."""
    return read_pack(Path(path).read_bytes())


@cache
def default_pack() -> dict:
    """Our own pack, read once. Not to be changed."""
    return load_pack()


def read_pack(file: bytes, translate: Translate = gettext_noop) -> dict:
    """The pack in the bytes of a file from anywhere; raises PackRefused naming each problem."""
    if len(file) > LARGEST_FILE:
        raise PackRefused([translate(TOO_LARGE).format(most=LARGEST_FILE // 1024)])
    pack = _parse(file, translate)
    found = problems(pack, translate)
    if found:
        raise PackRefused(found)
    return pack


def problems(pack: object, translate: Translate = gettext_noop) -> list[str]:
    """What keeps `pack` from being used, each by its path; empty when nothing does."""
    found = [each for error in _validator().iter_errors(pack) for each in _say(error, translate)]
    if isinstance(pack, dict) and isinstance(pack.get("languages"), dict):
        found += _language_problems(pack["languages"], translate)
    if not found:
        found = _day_problems(pack, translate)
    return sorted(set(found))[:PROBLEMS_NAMED]


def view(pack: dict, language: str) -> dict:
    """One language of `pack` as the pages take it.

    Keys: language, title, instruction, copyright, and lines: a list in the order of the form, each
    {code, heading, low, high, words, values}. An unknown language raises KeyError.
    """
    texts = pack["languages"][language]
    lines = [_line(code, texts["lines"][code], language) for code in LINE_CODES]
    rights = pack["rights"]["copyright"]
    return {**texts, "language": language, "lines": lines, "copyright": rights}


def place_in_words(line: dict, tenths: int, between: str) -> str:
    """Where a mark lies, as the form itself says it: a word of `line`, or between two of them."""
    words = list(zip(line["values"], line["words"], strict=True))
    for value, word in words:
        if abs(value - tenths) <= NEAR_A_WORD:
            return word
    above = next(i for i, (value, _word) in enumerate(words) if value > tenths)
    return between.format(low=words[above - 1][1], high=words[above][1])


def valid_until(pack: dict) -> datetime.date | None:
    """The last day of the right to use it, as the file says; None where it names none."""
    day = pack["rights"]["valid_until"]
    return datetime.date.fromisoformat(day) if day else None


def _line(code: str, line: dict, language: str) -> dict:
    words = line.get("words") or _neutral_words(line["low"], line["high"], language)
    return {"code": code, **line, "words": words, "values": list(WORD_VALUES)}


def _neutral_words(low: str, high: str, language: str) -> list[str]:
    """Six words for a line that has none of its own: its ends, and how near to which of them."""
    texts = client_texts.texts_of(language)
    near, towards = texts["word_near"], texts["word_towards"]
    return [
        low,
        near.format(anchor=low),
        towards.format(anchor=low),
        towards.format(anchor=high),
        near.format(anchor=high),
        high,
    ]


def _parse(file: bytes, translate: Translate) -> object:
    try:
        pack = json.loads(file.decode("utf-8-sig"))
    except (ValueError, RecursionError) as broken:
        raise PackRefused([translate(NO_JSON).format(reason=broken)]) from broken
    if not _can_be_stored(json.dumps(pack, ensure_ascii=False)):
        raise PackRefused([translate(NO_TEXT)])
    return pack


def _can_be_stored(text: str) -> bool:
    """Half a character and the character zero are JSON, and no database keeps them."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\\u0000" not in text


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _say(error: ValidationError, translate: Translate) -> list[str]:
    """One line a problem: where it is, and what would be right there."""
    path = [str(step) for step in error.absolute_path]
    if error.validator == "required":
        lost = [key for key in error.validator_value if key not in error.instance]
        return [_at([*path, key], translate(MISSING)) for key in lost]
    if error.validator == "additionalProperties":
        strange = [key for key in error.instance if key not in error.schema["properties"]]
        return [_at([*path, key], translate(UNKNOWN)) for key in strange]
    return [_at(path, _what_is_right(error, path, translate))]


def _what_is_right(error: ValidationError, path: list[str], translate: Translate) -> str:
    name = path[-1] if path else ""
    if error.validator == "maxLength":
        return translate(TOO_LONG).format(most=error.validator_value)
    if error.validator == "minProperties":
        return translate(NO_LANGUAGE)
    if error.validator == "uniqueItems":
        return translate(SAME_WORD)
    if name in RIGHT:
        return translate(RIGHT[name])
    if error.validator == "type":
        return translate(RIGHT[error.validator_value])
    return translate(BLANK)


def _at(path: list[str], message: str) -> str:
    return f"{'.'.join(path) or 'pack'}: {message}"


def _language_problems(languages: dict, translate: Translate) -> list[str]:
    known = client_texts.own_names()
    message = translate(STRANGE_LANGUAGE).format(known=", ".join(known))
    return [_at(["languages", code], message) for code in languages if code not in known]


def _day_problems(pack: dict, translate: Translate) -> list[str]:
    """The schema knows the shape of a day; the thirtieth of February has it too."""
    try:
        valid_until(pack)
    except ValueError:
        return [_at(["rights", "valid_until"], translate(RIGHT["valid_until"]))]
    return []
