"""The environment of `.env.example` with its secrets filled in, and the production check in it."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

PLACEHOLDER = "change-me"
EXAMPLE = Path(__file__).resolve().parent.parent / ".env.example"


def example_environment() -> dict[str, str]:
    """Every variable of `.env.example`, each placeholder replaced by a secret made now."""
    lines = EXAMPLE.read_text().splitlines()
    pairs = [line.split("=", 1) for line in lines if line and not line.startswith("#")]
    return {name: value.replace(PLACEHOLDER, secrets.token_hex(32)) for name, value in pairs}


def check_production() -> int:
    """`check --deploy`, where a warning counts as a failure. Returns the exit code."""
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.call(command, env=os.environ | example_environment())


if __name__ == "__main__":
    sys.exit(check_production())
