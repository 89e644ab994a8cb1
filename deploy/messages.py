"""The catalogues of the staff's pages: whole, or `make check` fails.

    python -m deploy.messages             says what is missing in a language, and ends with 1
    python -m deploy.messages --update    brings new messages into locale/, drops the gone, compiles

Django's own `makemessages` and `compilemessages` need GNU gettext; this needs Babel alone, and what
runs Alliance needs neither: the compiled catalogues are kept beside their sources.
"""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
SOURCES = ("accounts", "alliance", "ruptures", "sessions_app", "templates")
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HOW_TO_MEND = "Run `make messages`, write what is missing into locale/, and run it again."
# What a translation must bring along: places that are filled in, and markup.
KEPT = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|%%|</?\w+>")


def extract_template(file, keywords, comment_tags, options) -> Iterator:
    """Messages of a Django template. Django turns it into lines that read as Python does."""
    source = templatize(file.read().decode())
    lines = "\n".join(line.strip() for line in source.splitlines())
    return extract_python(io.BytesIO(lines.encode()), keywords, comment_tags, options)


METHODS = [("**.py", "python"), ("**.html", extract_template)]
METHODS += [("**.txt", extract_template), ("**.svg", extract_template)]


def read_sources() -> Catalog:
    """Every message that code and templates mark, each with the files it stands in."""
    messages = Catalog(charset="utf-8")
    for folder in SOURCES:
        found = extract_from_dir(
            str(ROOT / folder), METHODS, {}, KEYWORDS, ("Translators:",), strip_comment_tags=True
        )
        for name, _line, message, comments, context in found:
            where = [(f"{folder}/{name}", 0)]
            messages.add(message, None, where, auto_comments=comments, context=context)
    return messages


def languages() -> list[str]:
    """Those with a catalogue; a test compares them with settings.LANGUAGES."""
    return sorted(path.name for path in LOCALE.iterdir())


def path_of(language: str, ending: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"django.{ending}"


def read(language: str) -> Catalog:
    with path_of(language, "po").open("rb") as file:
        return read_po(file, locale=language)


def compiled(catalogue: Catalog) -> bytes:
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def problems(language: str, sources: Catalog, catalogue: Catalog) -> list[str]:
    """What keeps a language from being whole, each with the message it is about."""
    found = []
    for message in _messages(sources):
        said = catalogue.get(message.id, message.context)
        if wrong := "missing" if said is None else _wrong_with(said):
            found.append(f"{language}: {wrong}: {_shown(message)}")
    for message in _messages(catalogue):
        if sources.get(message.id, message.context) is None:
            found.append(f"{language}: no longer in the sources: {_shown(message)}")
    return found


def _messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def _shown(message: Message) -> str:
    return repr(message.id[0] if message.pluralizable else message.id)


def _wrong_with(message: Message) -> str | None:
    if message.fuzzy:
        return "fuzzy"
    forms = message.string if message.pluralizable else (message.string,)
    if not all(forms):
        return "empty"
    return None if _keeps_places(message, forms) else "places differ"


def _keeps_places(message: Message, forms: tuple[str, ...]) -> bool:
    """The form for one may leave the number out; the form for many has every place."""
    *for_few, for_many = [sorted(KEPT.findall(form)) for form in forms]
    wanted = sorted(KEPT.findall(message.id[-1] if message.pluralizable else message.id))
    return for_many == wanted and all(set(places) <= set(wanted) for places in for_few)


def check() -> list[str]:
    sources, found = read_sources(), []
    for language in languages():
        catalogue = read(language)
        found += problems(language, sources, catalogue)
        if path_of(language, "mo").read_bytes() != compiled(catalogue):
            found.append(f"{language}: django.mo is not django.po compiled")
    return found


def update() -> None:
    sources = read_sources()
    for language in languages():
        catalogue = read(language)
        catalogue.update(sources, no_fuzzy_matching=True, update_creation_date=False)
        catalogue.obsolete.clear()
        with path_of(language, "po").open("wb") as file:
            write_po(file, catalogue, width=100, sort_by_file=True, include_lineno=False)
        path_of(language, "mo").write_bytes(compiled(catalogue))


def main() -> None:
    if "--update" in sys.argv[1:]:
        update()
    if found := check():
        sys.exit("\n".join([*found, HOW_TO_MEND]))


if __name__ == "__main__":
    main()
