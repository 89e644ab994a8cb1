"""What the pages of docs/ name exists: each test, each file of tests/, each page they lead to."""

import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
CODE = re.compile(r"`([^`\n]+)`")
TEST = re.compile(r"(?:([\w/]+\.py)::)?(?<!\w)(test_\w+)(?!\w*\.py)(…?)")
FILE = re.compile(r"(?<![\w/…])((?:tests/[\w/]+)?\w*test_\w+\.py|tests/[\w/.]+)")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@cache
def known_tests() -> dict[str, set[str]]:
    """Each file of tests, and the functions in it."""
    defined = re.compile(r"^def (test_\w+)", re.MULTILINE)
    files = ROOT.glob("tests/**/*.py")
    return {str(file.relative_to(ROOT)): set(defined.findall(file.read_text())) for file in files}


def unknown_in(text: str) -> list[str]:
    """Every test and every file of tests that `text` names and that does not exist."""
    missing = []
    for span in CODE.findall(text):
        missing += [file for file in FILE.findall(span) if not _is_there(file)]
        missing += [
            name
            for file, name, more in TEST.findall(span)
            if not any(_names(known, name, more) for known in _functions_of(file))
        ]
    return missing


def _is_there(path: str) -> bool:
    return (ROOT / path).exists() or any(known.endswith(f"/{path}") for known in known_tests())


def _functions_of(file: str) -> set[str]:
    """Those of the files whose path ends so; of all of them where none is named."""
    found = [names for path, names in known_tests().items() if path.endswith(file)]
    return set().union(*found)


def _names(known: str, name: str, more: str) -> bool:
    return known.startswith(name) if more else known == name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_names_tests_that_exist(page):
    assert unknown_in(page.read_text()) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_leads_to_files_that_exist(page):
    targets = [target for target in LINK.findall(page.read_text()) if "://" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_name_of_no_test_is_found():
    assert unknown_in("`tests/test_docs.py::test_name_of_no_test_is_found`") == []
    assert unknown_in("`test_docs.py::test_name_of…`, `tests/faults/`, `tests/run.py`") == []
    assert unknown_in("`tests/test_docs.py::test_nothing`") == ["test_nothing"]
    assert unknown_in("`test_nothing_of_the_kind…`") == ["test_nothing_of_the_kind"]
    assert unknown_in("`tests/nothing/`, `test_nowhere.py`") == [
        "tests/nothing/",
        "test_nowhere.py",
    ]
