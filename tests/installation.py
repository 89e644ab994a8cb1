"""A whole demo installation, started as `make run` starts it, for the tests that need one."""

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from functools import cache
from pathlib import Path

from django.conf import settings
from redis import Redis

from tests import tables
from tests.servers import free_port, free_port_with_mail

READY_WITHIN = 60
ENDS_WITHIN = 30


class Installation:
    """A demo installation in a directory of its own, started and stopped as a person would.

    It brings its own database, broker and mail server, where `services` names none: DATABASE_URL,
    BROKER_URL, CACHE_URL or EMAIL_URL.
    """

    def __init__(self, **services: str):
        self.services = services
        self.data = Path(tempfile.mkdtemp(prefix="alliance-serve-"))
        self.port = free_port_with_mail()
        self.output = self.data / "terminal.txt"
        self.process = None

    def manage(self, *command: str) -> list[str]:
        return [sys.executable, str(settings.BASE_DIR / "manage.py"), *command]

    @property
    def environment(self) -> dict[str, str]:
        named = ("BROKER_URL", "CACHE_URL", "DATABASE_URL", "EMAIL_URL")
        kept = {name: value for name, value in os.environ.items() if name not in named}
        own = {"DEMO": "1", "DATA_DIR": str(self.data), "PORT": str(self.port)}
        return kept | own | self.services

    @property
    def environment_of_the_stack(self) -> dict[str, str]:
        """For a command run beside it by hand: it finds the demo's mail server by its port."""
        return self.environment

    def migrate(self):
        """Gives it empty tables, which are made once and copied after that: making them takes
        longer than most tests."""
        folder, url = tables.made(), self.services.get("DATABASE_URL")
        if not url:
            shutil.copytree(_tables_once_made(), self.data, dirs_exist_ok=True)
        elif folder:
            tables.copy_to_postgresql(folder, url)
        else:
            self.run_migrations()

    def run_migrations(self):
        subprocess.run(
            self.manage("migrate", "--noinput", "--verbosity=0"), env=self.environment, check=True
        )

    def seed(self):
        subprocess.run(self.manage("seed_demo"), env=self.environment, check=True)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self, *command: str) -> subprocess.Popen:
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                command or self.manage("serve"),
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        return self.process

    def start_and_wait(self):
        self.start()
        wait_for(lambda: self.is_ready() or self.process.poll() is not None)
        assert self.process.poll() is None, self.said()

    def start_a_second_one(self) -> subprocess.CompletedProcess:
        return subprocess.run(
            self.manage("serve"),
            env=self.environment | {"PORT": str(free_port())},
            capture_output=True,
            text=True,
            timeout=READY_WITHIN,
            check=False,
        )

    def is_ready(self) -> bool:
        return "Ctrl-C stops" in self.said()

    def said(self) -> str:
        return self.output.read_text()

    def health(self) -> dict:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=10) as answer:
            return json.load(answer)

    def programs(self) -> dict[str, int]:
        lines = (self.data / "serve.programs").read_text().splitlines()
        return {name: int(pid) for pid, name in (line.split(" ", 1) for line in lines)}

    def broker(self) -> Redis:
        return Redis(unix_socket_path=str(self.data / "broker.sock"))

    def remove(self):
        self.end()
        shutil.rmtree(self.data)

    def end(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(ENDS_WITHIN)


@cache
def _tables_once_made() -> Path:
    """With the keys that lie beside them."""
    if folder := tables.made():
        return tables.of_sqlite(folder).parent
    installation = Installation()
    installation.run_migrations()
    atexit.register(installation.remove)
    return installation.data


def wait_for(condition, within: float = READY_WITHIN):
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)
