"""The commands of docker-compose.yml, each run without a container on real servers.

What needs a Docker engine stays untested here: building the image, the networks.
"""

import os
import subprocess

import pytest

from deploy.example_environment import example_environment
from tests import servers
from tests.deploy.compose import COMPOSE, SERVICES

pytestmark = pytest.mark.stack

OURS = ["migrate", "web", "worker", "beat"]


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
