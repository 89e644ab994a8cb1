"""A package that was swapped on its way is refused: pip and uv compare what they are told to."""

import re

import pytest
from django.conf import settings

pytestmark = pytest.mark.core

PINNED = re.compile(r"[\w.\-]+(\[[\w,.\-]+\])?==\S+")
INSTALLS = re.compile(r"^(?!\s*echo).*\bpip\b.*\binstall\b.*\brequirement")


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_package_is_pinned_with_its_hash(name):
    text = (settings.BASE_DIR / name).read_text().replace("\\\n", " ")
    packages = [line for line in text.splitlines() if line.strip() and line.strip()[0] != "#"]
    assert len(packages) > 20
    for line in packages:
        assert PINNED.match(line), line
        assert "--hash=sha256:" in line, line


@pytest.mark.parametrize("name", ["deploy/install.sh", "Dockerfile"])
def test_every_installation_demands_the_hashes(name):
    text = (settings.BASE_DIR / name).read_text().replace("\\\n", " ")
    installs = [line for line in text.splitlines() if INSTALLS.search(line)]
    assert installs
    for line in installs:
        assert "--require-hashes" in line, line
