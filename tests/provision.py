"""What the suite needs besides Python packages: PostgreSQL, Redis and Chromium.

Installed where that is allowed (root, on Debian or a relative of it), else named with the command
that installs it. Nothing is skipped because it is missing.
"""

import os
import shutil
import subprocess
import sys

from tests.servers import postgresql_programs

# Chromium draws Latin, Greek, Cyrillic and Arabic with this font; without one it draws boxes.
FONT_PACKAGE = "fonts-dejavu-core"
# The same browser without its windows, for a third of the time. Without it the suite uses Chromium.
QUICKER = "chromium-headless-shell"


def missing_packages() -> list[str]:
    """Debian packages for what this machine lacks."""
    missing = []
    if postgresql_programs() is None:
        missing.append("postgresql")
    if not shutil.which("redis-server"):
        missing.append("redis-server")
    if not shutil.which("chromium"):
        missing += ["chromium", FONT_PACKAGE]
    return missing


def ensure() -> None:
    """Returns when all is there. Raises SystemExit, saying what to install, when it cannot be."""
    missing = missing_packages()
    if not missing:
        _ensure_quicker()
        return
    if not _may_install():
        raise SystemExit(
            "The suite needs programs this machine lacks. Install them, then run it again:\n"
            f"    sudo apt-get install {' '.join(missing)}\n"
            "(elsewhere than on Debian and Ubuntu: PostgreSQL's server programs, redis-server, "
            "and Chromium as `chromium` on PATH)"
        )
    print(f"Installing for the tests: {' '.join(missing)} …", flush=True)
    _install(missing)
    if still_missing := missing_packages():
        raise SystemExit(f"Installed, but not found: {', '.join(still_missing)}")
    _ensure_quicker()


def _ensure_quicker() -> None:
    if shutil.which(QUICKER) or not _may_install():
        return
    try:
        _install([QUICKER])
    except SystemExit as failure:
        print(f"The browser is slower than it could be: {failure}", flush=True)


def _may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _install(packages: list[str]) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-qq", "--yes", "--no-install-recommends", *packages],
    ):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"`{' '.join(command)}` failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


if __name__ == "__main__":
    ensure()
