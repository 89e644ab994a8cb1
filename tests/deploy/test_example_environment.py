"""`.env.example` names every variable that is read, and no other; with it production is safe."""

import ast
import re

from django.conf import settings

from deploy.example_environment import check_production, example_environment

READERS = {
    "required",
    "secret",
    "origin",
    "optional",
    "number",
    "database",
    "email",
    "bool",
    "int",
    "_read",
}


def variables_read_in(path) -> set[str]:
    """First arguments, in capitals, of calls to the readers of `alliance.env`."""
    calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    return {
        call.args[0].value
        for call in calls
        if getattr(call.func, "attr", getattr(call.func, "id", "")) in READERS
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and str(call.args[0].value).isupper()
    }


def variables_read() -> set[str]:
    files = (settings.BASE_DIR / "alliance").rglob("*.py")
    return set().union(*(variables_read_in(file) for file in files))


def variables_of_compose() -> set[str]:
    text = (settings.BASE_DIR / "docker-compose.yml").read_text()
    return set(re.findall(r"\$\{([A-Z_]+)", text))


def test_example_names_exactly_the_variables_that_are_read():
    assert {"SECRET_KEY", "DATABASE_URL", "DEMO", "HOST"} <= variables_read()
    assert set(example_environment()) == variables_read() | variables_of_compose()


def test_example_explains_each_variable_above_it():
    lines = (settings.BASE_DIR / ".env.example").read_text().splitlines()
    unexplained = [
        line
        for above, line in zip(lines, lines[1:], strict=False)
        if "=" in line and not line.startswith("#") and not above
    ]
    assert unexplained == []


def test_example_keeps_no_secret():
    assert not any("change-me" in value for value in example_environment().values())
    assert example_environment()["SECRET_KEY"] != example_environment()["SECRET_KEY"]


def test_production_settings_pass_every_check():
    assert check_production() == 0
