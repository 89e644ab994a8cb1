"""Every text of the client's pages and mails but the instrument's own words, language by language.

A language is a JSON file beside this module: its own name, its direction, and each text by a name.
The English texts are the measure of completeness: a language lacks nothing that English has, adds
nothing, and keeps the places that a page fills in, such as {low}. This module knows no Django.
"""

import json
import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
REFERENCE_LANGUAGE = "en"
DIRECTIONS = ("ltr", "rtl")
PLACES = re.compile(r"\{\w+\}")


@cache
def texts_of(language: str) -> dict[str, str]:
    """All texts of one language, with `language` itself, `own_name` and `dir` among them.

    A language without a file raises KeyError; an incomplete one ValueError, naming each problem.
    """
    texts = _read(language)
    found = problems(texts, language)
    if found:
        raise ValueError(f"{language}.json is not complete: " + "; ".join(found))
    return {**texts, "language": language}


@cache
def own_names() -> dict[str, str]:
    """Each language's code with the name its speakers give it: English first, then by name."""
    names = {file.stem: texts_of(file.stem)["own_name"] for file in FOLDER.glob("*.json")}
    return dict(sorted(names.items(), key=lambda name: (name[0] != REFERENCE_LANGUAGE, name[1])))


def problems(texts: dict, language: str) -> list[str]:
    """What keeps the texts of a language from being used, each by its path."""
    reference = _read(REFERENCE_LANGUAGE)
    found = [f"{language}.{name}: missing" for name in reference.keys() - texts.keys()]
    found += [f"{language}.{name}: unknown" for name in texts.keys() - reference.keys()]
    for name in reference.keys() & texts.keys():
        text = texts[name]
        if not isinstance(text, str):
            found.append(f"{language}.{name}: must be text")
        elif not text.strip():
            found.append(f"{language}.{name}: blank")
        else:
            lost = set(PLACES.findall(reference[name])) - set(PLACES.findall(text))
            found += [f"{language}.{name}: must contain {place}" for place in lost]
    if texts.get("dir", "ltr") not in DIRECTIONS:
        found.append(f"{language}.dir: must be ltr or rtl")
    return sorted(found)


def _read(language: str) -> dict:
    file = FOLDER / f"{language}.json"
    if not file.is_file():
        raise KeyError(language)
    return json.loads(file.read_text(encoding="utf-8"))
