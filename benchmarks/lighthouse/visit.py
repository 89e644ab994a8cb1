"""One form that waits for its client, on an installation that is thrown away."""

import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.installation import Installation

WARM_UP = 12  # each of the threads that answer has met the page by then
TICKET = """
from accounts.models import User
from benchmarks import courses
from ruptures.demo import accounts
print(*courses.tickets(User.objects.get(email=accounts.THERAPISTS[0][0]), 1))
"""


@dataclass(frozen=True)
class Form:
    address: str
    cookie: str


@contextmanager
def waiting_form() -> Iterator[Form]:
    installation = Installation(LOG_LEVEL="ERROR")
    try:
        installation.migrate()
        installation.seed()
        installation.start_and_wait()
        form = Form(f"{installation.url}/rate/form/", f"ticket={_ticket(installation)}")
        for _time in range(WARM_UP):
            _open(form)
        yield form
    finally:
        installation.remove()


def _ticket(installation: Installation) -> str:
    done = subprocess.run(
        installation.manage("shell", "--no-imports", "-c", TICKET),
        env=installation.environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def _open(form: Form) -> None:
    request = urllib.request.Request(form.address, headers={"Cookie": form.cookie})
    with urllib.request.urlopen(request, timeout=30) as answer:
        answer.read()
