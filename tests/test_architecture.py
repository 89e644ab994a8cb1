"""What the house asks of every file, kept by reading them all."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import get_resolver

from tests.test_access_matrix import own_url_names

ROOT = Path(__file__).resolve().parent.parent
CODE = ("accounts", "alliance", "benchmarks", "deploy", "ruptures", "sessions_app", "tests")
LONGEST_FUNCTION = 50
NAMES_WITHOUT_A_HOME = {"utils", "util", "helpers", "helper", "common", "core", "misc"}

# Addresses that answer with another page, or with none of their own.
WITHOUT_A_TEMPLATE = {
    "healthz",
    "rating_hand_in",
    "client_worker",
    "client_manifest",
    "pack_preview",
    "pack_template",
    "agreement_end",
    "agreement_stand",
    "change_undo",
    "log_draft_keep",
    "session_part_show",
    "log_draft_discard",
    "episode_confirm",
    "repair_step_create",
    "repair_step_show",
    "reflection_show",
    "episode_settle",
    "episode_dismiss",
    "episode_close",
    "episode_new_level",
    "episode_reopen",
    "episode_supervision",
    "generalisation_create",
    "repair_record_edit",
    "comment_create",
    "plan_create",
    "discussion_create",
    "useful_create",
    "review_acknowledge",
    "review_acknowledge_chosen",
    "review_snooze",
    "review_wake",
    "review_hand_over",
    "review_reopen",
    "review_resolve",
    "invitation_send",
    "invitation_withdraw",
    "second_factor_reset",
    "still_here",
    "sign_ins_end",
    "sign_in_end",
    "break_glass_end",
    "break_glass_review",
    "supervision_end",
    "delegation_end",
    "language_choose",
    "clinic_mail_try",
    "weekly_mail_try",
    "team_event_remove",
    "missing_reason_create",
    "tablet_forget_measure",
    "tablet_revoke",
    "tablet_state",
    "tablet_take",
    "tablet_waiting",
    "client_chart_figure",
    "client_copy_csv",
    "client_copy_json",
    "client_copy_state",
    "episode_chart_figure",
    "retention_period",
}
# Pages that an address shows besides its own.
SHOWN_BY_ANOTHER = {"rating_closed", "tablet_pair", "tablet_signed_in"}


def python_files() -> list[Path]:
    files = [path for folder in CODE for path in (ROOT / folder).rglob("*.py")]
    return [path for path in files if "migrations" not in path.parts]


def templates() -> list[Path]:
    return sorted(
        path for kind in ("html", "svg", "txt") for path in (ROOT / "templates").rglob(f"*.{kind}")
    )


def inside(path: Path) -> str:
    return str(path.relative_to(ROOT))


def long_functions(path: Path) -> list[str]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        f"{inside(path)}:{node.lineno} {node.name}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, functions) and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]


def test_no_function_is_longer_than_fifty_lines():
    assert [found for path in python_files() for found in long_functions(path)] == []


def test_no_file_is_named_for_whatever_had_no_home():
    named = [path for path in python_files() if path.stem in NAMES_WITHOUT_A_HOME]
    folders = {
        folder for path in python_files() for folder in path.parts if folder in NAMES_WITHOUT_A_HOME
    }
    assert [inside(path) for path in named] == []
    assert folders == set()


def test_every_test_folder_mirrors_the_tree():
    free = {"factories", "journeys", "faults"}
    folders = {
        path.parent.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("test_*.py")
    }
    strangers = [
        str(folder)
        for folder in folders
        if folder.parts and folder.parts[0] not in free and not (ROOT / folder).is_dir()
    ]
    assert strangers == []


@pytest.mark.django_db
def test_no_migration_is_missing(no_quiet_hours):
    no_quiet_hours.undo()
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


INLINE = {
    "a script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.I),
    "a style element": re.compile(r"<style\b", re.I),
    "a style attribute": re.compile(r"<[a-z][^>]*\sstyle\s*=", re.I),
    "a handler": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.I),
    "a javascript link": re.compile(r"javascript:", re.I),
}
# For a mail and its picture alone: no browser's policy applies, and mail readers know no files.
NEVER_IN_A_PAGE = {
    "templates/ruptures/charts/_standalone_style.svg",
    "templates/emails/weekly.html",
}


@pytest.mark.parametrize("what", INLINE)
def test_no_template_holds_inline(what):
    pages = [path for path in templates() if inside(path) not in NEVER_IN_A_PAGE]
    assert [inside(path) for path in pages if INLINE[what].search(path.read_text())] == []


def test_patterns_for_inline_parts_find_them():
    page = '<script>x</script><style>y</style><p style="z" ><a onclick="w" href="javascript:v">'
    assert [what for what, pattern in INLINE.items() if pattern.search(page)] == list(INLINE)


def test_no_template_loads_or_links_from_elsewhere():
    elsewhere = re.compile(r"""(?:src|href|action|url\()\s*=?\s*["'(]?(?:https?:)?//""", re.I)
    assert [inside(path) for path in templates() if elsewhere.search(path.read_text())] == []


def test_no_stylesheet_or_script_loads_from_elsewhere():
    elsewhere = re.compile(r"""(?:@import|url\(|from\s|import\(|fetch\()\s*["'(]*(?:https?:)?//""")
    own = [*(ROOT / "static").rglob("*.css"), *(ROOT / "static").rglob("*.js")]
    assert [inside(path) for path in own if elsewhere.search(path.read_text())] == []


MAKES_MARKUP_OR_CODE = re.compile(
    r"\.(?:inner|outer)HTML|insertAdjacentHTML|document\.write|srcdoc|createContextualFragment"
    r"|parseFromString|\beval\(|new Function|set(?:Timeout|Interval)\(\s*[\"'`]"
)


def test_no_script_makes_markup_or_code_of_text():
    """What somebody typed stays text in the browser, too."""
    own = [*(ROOT / "static").rglob("*.js")]
    assert len(own) > 10
    assert [inside(path) for path in own if MAKES_MARKUP_OR_CODE.search(path.read_text())] == []
    for planted in ("row.innerHTML = typed", "eval(typed)", "setTimeout('go()', 1)"):
        assert MAKES_MARKUP_OR_CODE.search(planted)


LOOSE = re.compile(r"[^=!<>]==[^=]|!=[^=]")
BETWEEN_WINDOWS = re.compile(
    r"(?:window|self|parent|opener|top|frames\[\w+\])\.postMessage|window\.onmessage"
    r"|(?:window|self|globalThis)\.addEventListener\(\s*[\"']message[\"']"
)


@pytest.mark.parametrize(
    ("refused", "planted"),
    [
        (LOOSE, ["if (a == b)", "if (a != b)"]),
        (
            BETWEEN_WINDOWS,
            ["parent.postMessage(x, '*')", "window.addEventListener('message', take)"],
        ),
    ],
    ids=["loose", "between windows"],
)
def test_no_script_compares_loosely_or_talks_to_other_windows(refused, planted):
    own = [*(ROOT / "static").rglob("*.js")]
    assert len(own) > 10
    assert [inside(path) for path in own if refused.search(path.read_text())] == []
    for text in planted:
        assert refused.search(text)


RUNS_PROGRAMS = {"accounts/backups.py", "alliance/processes.py"}
MAKES_CODE = {"eval", "exec", "compile", "from_string", "Template", "system", "popen"}


OF_THE_PRODUCT = ("accounts", "alliance", "ruptures", "sessions_app")


def made_of_input(code: str) -> list[str]:
    """Calls that make code, a template, a command line or a pattern out of text."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        of = getattr(getattr(node.func, "value", None), "id", "")
        is_fixed = node.args and isinstance(node.args[0], ast.Constant)
        by_shell = any(word.arg == "shell" for word in node.keywords)
        if by_shell or (not is_fixed if of == "re" else name in MAKES_CODE):
            found.append(f"{name}, line {node.lineno}")
    return found


def test_nothing_that_runs_is_made_of_text():
    """No code, no template, no command line and no regular expression out of input; programs are
    started by two files, with a list of words."""
    own = [path for path in python_files() if inside(path).startswith(OF_THE_PRODUCT)]
    made = {inside(path): made_of_input(path.read_text()) for path in own}
    assert {path: calls for path, calls in made.items() if calls} == {}
    assert {inside(path) for path in own if "subprocess" in path.read_text()} == RUNS_PROGRAMS


@pytest.mark.parametrize(
    "planted", ["eval(x)", "re.compile(x)", "run(x, shell=True)", "os.system(x)", "Template(x)"]
)
def test_what_is_made_of_text_would_be_found(planted):
    assert made_of_input(planted)


def addresses(patterns) -> Iterator[tuple[str, str]]:
    """Each address's name with the name of the function behind it."""
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from addresses(pattern.url_patterns)
        else:
            yield pattern.name, getattr(pattern.callback, "__name__", "")


def test_every_address_is_named_as_its_view():
    own = [pair for pair in addresses(get_resolver().url_patterns) if pair[0] in own_url_names()]
    assert len(own) == len(own_url_names())
    assert [pair for pair in own if pair[0] != pair[1]] == []


def page_templates() -> dict[str, Path]:
    """Templates of whole pages, by name: those in an app's folder without a leading underscore."""
    apps = ("accounts", "alliance", "ruptures", "sessions_app")
    files = [path for app in apps for path in (ROOT / "templates" / app).glob("*.html")]
    return {path.stem: path for path in files if not path.name.startswith("_")}


def test_every_page_template_belongs_to_an_address():
    assert set(page_templates()) - own_url_names() == SHOWN_BY_ANOTHER


def test_every_address_has_its_template():
    assert own_url_names() - set(page_templates()) == WITHOUT_A_TEMPLATE


def test_every_page_template_can_be_read():
    broken = []
    for path in templates():
        try:
            get_template(str(path.relative_to(ROOT / "templates")))
        except TemplateDoesNotExist as missing:
            broken.append(f"{inside(path)}: {missing}")
    assert broken == []


def test_the_product_speaks_of_no_licensed_wording_by_name():
    """The title of the licensed form stands in no page a person reads."""
    licensed = re.compile(r"session rating scale|outcome rating scale", re.I)
    assert [inside(path) for path in templates() if licensed.search(path.read_text())] == []
