"""A mail worker that dies between claim and send: the mail goes out all the same."""

import asyncio
import json
import os
import signal
import subprocess
import sys

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings

from tests.installation import Installation, wait_for
from tests.mail_sink import PostOffice
from tests.servers import LOOPBACK, free_port

pytestmark = [pytest.mark.faults, pytest.mark.stack]

ONE_ALERT = """
from ruptures.models import Alert
from accounts.models import User
oak = User.objects.create_user("oak@clinic.example", "Supervisor Oak")
Alert.objects.create(kind="digest", cause="digest:2026-10-01", recipient=oak)
from tests import factories
from tests.conftest import SUDDEN_FALL
pair = factories.PairFactory()
factories.SupervisionFactory(supervisor=oak, therapist=pair.therapist)
factories.weekly(pair, SUDDEN_FALL)
Alert.objects.exclude(cause="digest:2026-10-01").delete()
"""
STATE = """
import json
from ruptures.models import Alert
rows = Alert.objects.values("key", "attempts", "sent_at", "leased_until")
print(json.dumps(list(rows), default=str))
"""
LEASE_RUNS_OUT = """
from django.utils import timezone
from ruptures.models import Alert
Alert.objects.update(leased_until=timezone.now())
"""


class HangingPostOffice(PostOffice):
    """Says nothing after DATA while it hangs, as a server behind a cut cable."""

    def __init__(self):
        super().__init__()
        self.hangs, self.hung = True, 0

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  (aiosmtpd's name)
        if self.hangs:
            self.hung += 1
            await asyncio.sleep(60)
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture
def office():
    office = HangingPostOffice()
    controller = Controller(office, hostname=LOOPBACK, port=free_port())
    controller.start()
    office.url = f"smtp://{LOOPBACK}:{controller.port}"
    yield office
    controller.stop()


@pytest.fixture
def installation(office):
    installation = Installation(EMAIL_URL=office.url, BROKER_URL=settings.BROKER_URL)
    installation.migrate()
    yield installation
    installation.remove()


@pytest.fixture
def start_worker(installation):
    """Starts a real worker; each is killed at the end, if it still lives."""
    workers = []

    def start() -> subprocess.Popen:
        # fmt: off
        command = [
            sys.executable, "-m", "celery", "--app", "alliance", "worker", "--pool", "threads",
            "--concurrency", "1", "--without-gossip", "--without-mingle",
        ]
        # fmt: on
        workers.append(
            subprocess.Popen(
                command,
                cwd=settings.BASE_DIR,
                env=installation.environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
        return workers[-1]

    yield start
    for worker in workers:
        if worker.poll() is None:
            worker.kill()
            worker.wait()


def run_in(installation, code: str) -> str:
    return subprocess.run(
        installation.manage("shell", "--no-imports", "-c", code),
        cwd=settings.BASE_DIR,
        env=installation.environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def alert_of(installation) -> dict:
    (alert,) = json.loads(run_in(installation, STATE))
    return alert


def test_worker_killed_between_claim_and_send_loses_nothing(installation, office, start_worker):
    run_in(installation, ONE_ALERT)
    first = start_worker()
    wait_for(lambda: office.hung)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    left = alert_of(installation)
    assert (left["attempts"], left["sent_at"]) == (1, None)
    assert left["leased_until"]
    assert office.messages == []

    office.hangs = False
    run_in(installation, LEASE_RUNS_OUT)
    start_worker()
    wait_for(lambda: office.messages)
    wait_for(lambda: alert_of(installation)["sent_at"])
    assert left["key"] in office.only()["Message-ID"]
    assert alert_of(installation)["attempts"] == 2
