import subprocess
import tempfile
from pathlib import Path

import pytest
from django.conf import settings

from tests import servers
from tests.deploy.compose import Host


@pytest.fixture(scope="session")
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
