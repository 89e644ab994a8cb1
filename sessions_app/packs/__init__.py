"""Instrument packs: the words of the form itself, language by language.

A pack is a JSON file. This module knows no Django: it reads a pack, names what is wrong with it by
path, and lays out one language as the pages want it. `session_check.json` is the default pack, in
the project's own words; it is not the licensed SRS. What the pages say around the form is in
`sessions_app.client_texts`.
"""

import json
from pathlib import Path

FOLDER = Path(__file__).parent
DEFAULT_PACK = FOLDER / "session_check.json"
REFERENCE_LANGUAGE = "en"

FORMAT = "alliance-instrument-pack"
LINE_CODES = ("relationship", "goals", "approach", "overall")
WORD_VALUES = (0, 20, 40, 60, 80, 100)  # the tenths that the six words of a line stand for
PACK_KEYS = ("format", "id", "version", "name", "notice", "rights", "languages")
RIGHTS_KEYS = ("copyright", "holder", "reference", "valid_until")
MAY_BE_EMPTY = ("rights.reference", "rights.valid_until")


def load_pack(path: Path | str = DEFAULT_PACK) -> dict:
    """The pack in the file at `path`; raises ValueError naming each problem in it."""
    pack = json.loads(Path(path).read_text(encoding="utf-8"))
    found = problems(pack)
    if found:
        raise ValueError(f"{Path(path).name} is not a complete pack: " + "; ".join(found))
    return pack


def problems(pack: dict) -> list[str]:
    """What keeps `pack` from being used, each by its path; empty when nothing does."""
    if not isinstance(pack, dict):
        return ["pack: must be an object"]
    found = _compare_keys(pack, PACK_KEYS, "") + _format_problems(pack)
    if "rights" in pack:
        found += _compare_keys(pack["rights"], RIGHTS_KEYS, "rights")
    languages = pack.get("languages")
    if not isinstance(languages, dict) or REFERENCE_LANGUAGE not in languages:
        return [*found, f"languages.{REFERENCE_LANGUAGE}: missing"]
    for code, texts in languages.items():
        found += _language_problems(texts, f"languages.{code}")
    return found


def view(pack: dict, language: str) -> dict:
    """One language of `pack` as the pages take it.

    Keys: language, title, instruction, and lines: a list in the order of the form, each {code,
    heading, low, high, words, values}. An unknown language raises KeyError.
    """
    texts = pack["languages"][language]
    lines = [
        {"code": code, **texts["lines"][code], "values": list(WORD_VALUES)} for code in LINE_CODES
    ]
    return {**texts, "language": language, "lines": lines}


def _format_problems(pack: dict) -> list[str]:
    found = [
        f"{key}: must be text"
        for key in ("id", "version", "name", "notice")
        if key in pack and not isinstance(pack[key], str)
    ]
    if pack.get("format", FORMAT) != FORMAT:
        found.append(f"format: must be {FORMAT}")
    return found


def _language_problems(texts: object, path: str) -> list[str]:
    return _compare(texts, _reference()["languages"][REFERENCE_LANGUAGE], path)


def _reference() -> dict:
    return json.loads(DEFAULT_PACK.read_text(encoding="utf-8"))


def _compare(value: object, model: object, path: str) -> list[str]:
    if isinstance(model, dict):
        found = _compare_keys(value, tuple(model), path)
        if isinstance(value, dict):
            for key in model.keys() & value.keys():
                found += _compare(value[key], model[key], f"{path}.{key}")
        return sorted(found)
    if isinstance(model, list):
        return _list_problems(value, model, path)
    return [] if isinstance(value, str) else [f"{path}: must be text"]


def _compare_keys(value: object, expected: tuple[str, ...], path: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{path}: must be an object"]
    prefix = f"{path}." if path else ""
    missing = [f"{prefix}{key}: missing" for key in expected if key not in value]
    unknown = [f"{prefix}{key}: unknown" for key in value if key not in expected]
    blank = [
        f"{prefix}{key}: blank"
        for key, text in value.items()
        if isinstance(text, str) and not text.strip() and f"{prefix}{key}" not in MAY_BE_EMPTY
    ]
    return missing + unknown + blank


def _list_problems(value: object, model: list, path: str) -> list[str]:
    if not isinstance(value, list) or len(value) != len(model):
        return [f"{path}: must be a list of {len(model)}"]
    found = []
    for place, (item, expected) in enumerate(zip(value, model, strict=True)):
        found += _compare(item, expected, f"{path}[{place}]")
        if isinstance(item, str) and not item.strip():
            found.append(f"{path}[{place}]: blank")
    if len(set(map(str, value))) != len(value):
        found.append(f"{path}: says the same word twice")
    return found
