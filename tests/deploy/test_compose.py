"""The commands of docker-compose.yml, each run without a container on real servers.

What needs a Docker engine stays untested here: building the image, the networks, the proxy.
"""

import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from deploy.example_environment import example_environment
from tests import servers

pytestmark = pytest.mark.stack

COMPOSE = yaml.safe_load((settings.BASE_DIR / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
HEALTHY_WITHIN = 60
OURS = ["migrate", "web", "worker", "beat"]


class Host:
    """Stands in for the containers: their commands, on this machine's ports and directories."""

    def __init__(self, data: Path, postgresql: servers.Server, redis: servers.Server):
        self.web_port = str(servers.free_port())
        self.data = data
        self.postgresql, self.redis = postgresql, redis

    @property
    def environment(self) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return example_environment() | {
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


@pytest.fixture(scope="module")
def host():
    with (
        tempfile.TemporaryDirectory(prefix="alliance-compose-") as data,
        servers.postgresql() as postgresql,
        servers.redis() as redis,
    ):
        host = Host(Path(data), postgresql, redis)
        subprocess.run(
            host.command("migrate"), env=host.environment, cwd=settings.BASE_DIR, check=True
        )
        yield host


@pytest.mark.parametrize("service", ["web", "worker", "beat"])
def test_compose_service_starts_and_passes_its_health_check(host, service):
    assert not host.is_healthy(service)
    with host.running(service) as process:
        assert host.becomes_healthy(service)
        assert process.poll() is None
    assert process.returncode == 0


def test_compose_health_checks_of_the_servers_tell_up_from_down(host):
    assert host.is_healthy("postgres")
    assert host.is_healthy("redis", "-p", str(host.redis.port))
    assert not host.is_healthy("redis", "-p", str(servers.free_port()))


def test_compose_redis_starts_with_the_options_given():
    words = [word.replace("${REDIS_PASSWORD:?set it in .env}", "secret") for word in options()]
    with servers.redis(*words) as redis:
        asks = ["redis-cli", "-p", str(redis.port), "ping"]
        assert "NOAUTH" in subprocess.check_output(asks, text=True)
        answer = subprocess.check_output(
            asks, text=True, env=os.environ | {"REDISCLI_AUTH": "secret"}
        )
    assert answer == "PONG\n"


def options() -> list[str]:
    program, *words = SERVICES["redis"]["command"]
    assert program == "redis-server"
    return words


def test_compose_has_every_service_restarted_and_watched():
    lasting = set(SERVICES) - {"migrate"}
    assert {name for name in lasting if SERVICES[name]["restart"] != "unless-stopped"} == set()
    assert {name for name in lasting if "healthcheck" not in SERVICES[name]} == set()


def test_compose_publishes_the_proxy_alone():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]


def test_compose_services_that_scale_have_no_fixed_name_and_no_volume_of_their_own():
    for name in ("web", "worker"):
        assert not {"container_name", "hostname", "ports"} & set(SERVICES[name])
        shared = ["apart:/apart", "backups:/backups"]  # one for all of them
        assert SERVICES[name]["volumes"] == shared


def test_compose_services_of_ours_share_one_image_and_the_environment_file():
    assert {(SERVICES[name]["image"], SERVICES[name]["env_file"]) for name in OURS} == {
        ("alliance", ".env")
    }
    assert set(SERVICES["web"]["environment"]) <= set(example_environment())


def test_backups_lie_on_a_volume_that_outlives_the_container():
    web = SERVICES["web"]
    mounted = dict(reversed(volume.split(":")) for volume in web["volumes"])
    named = [mounted[web["environment"][place]] for place in ("BACKUP_DIR", "APART_DIR")]
    assert named == ["backups", "apart"]
    assert set(named) <= COMPOSE["volumes"].keys()
