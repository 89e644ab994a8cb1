"""The services of docker-compose.yml on this machine, without containers."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import yaml
from django.conf import settings

from deploy.example_environment import example_environment
from tests import servers

COMPOSE = yaml.safe_load((settings.BASE_DIR / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
HEALTHY_WITHIN = 60


class Host:
    """Stands in for the containers: their commands, on this machine's ports and directories."""

    def __init__(self, data: Path, postgresql: servers.Server, redis: servers.Server):
        self.example = example_environment()  # its secrets are made anew each time
        self.settings: dict[str, str] = {}  # what a test has otherwise than `.env.example`
        self.web_port = str(servers.free_port())
        self.data = data
        self.postgresql, self.redis = postgresql, redis

    @property
    def environment(self) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return self.example | {
            "PATH": path,
            "PORT": self.web_port,
            "DATA_DIR": str(self.data),
            "APART_DIR": str(self.data / "apart"),
            "STATIC_ROOT": str(settings.STATIC_ROOT),
            "DATABASE_URL": self.postgresql.url,
            "BROKER_URL": self.redis.url,
            "CACHE_URL": self.redis.url,
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.postgresql.port),
            **self.settings,
        }

    def here(self, word: str) -> str:
        """A word of a command, with the container's port and directory replaced by this host's."""
        return word.replace("8000", self.web_port).replace("/data", str(self.data))

    def command(self, service: str) -> list[str]:
        return [self.here(word) for word in SERVICES[service]["command"]]

    def is_healthy(self, service: str, *more: str) -> bool:
        kind, program, *words = SERVICES[service]["healthcheck"]["test"]
        if kind == "CMD-SHELL":
            command = ["sh", "-c", self.here(program.replace("$$", "$"))]
        else:
            command = [program, *more, *words]
        return subprocess.call(command, env=self.environment, cwd=settings.BASE_DIR) == 0

    @contextmanager
    def running(self, service: str):
        process = subprocess.Popen(
            self.command(service),
            env=self.environment,
            cwd=settings.BASE_DIR,
            preexec_fn=servers.end_with_parent,
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(HEALTHY_WITHIN)

    def becomes_healthy(self, service: str) -> bool:
        deadline = time.monotonic() + HEALTHY_WITHIN
        while not self.is_healthy(service):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.3)
        return True
