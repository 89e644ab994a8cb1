"""What sends mail dies, stands still or is there twice: each mail goes out."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import uuid
from collections import Counter

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings

from tests import servers
from tests.installation import Installation, wait_for
from tests.mail_sink import PostOffice
from tests.servers import LOOPBACK, free_port

pytestmark = [pytest.mark.faults, pytest.mark.stack]

SUPERVISED_STRAIN = """
from tests import factories
from tests.conftest import SUDDEN_FALL
pair = factories.PairFactory()
factories.SupervisionFactory(therapist=pair.therapist)
factories.weekly(pair, SUDDEN_FALL)
"""
ALERTS = """
from ruptures.models import Alert, Episode
Alert.objects.all().delete()
episode = Episode.objects.get()
oak = episode.pair.therapist.supervisions_received.get().supervisor
for number in range({count}):
    Alert.objects.create(kind="strain", cause=f"test:{{number}}", recipient=oak, episode=episode)
"""
STATE = "select key, attempts, sent_at, leased_until from ruptures_alert order by id"
# Without what a hasty timetable's other tasks write meanwhile: at night that waits for the morning.
OF_THE_TEST = "select key, attempts, sent_at from ruptures_alert where cause like 'test:%'"
LEASE_RUNS_OUT = "update ruptures_alert set leased_until = '2026-01-01'"
TEN_MINUTES_PASS = "update ruptures_alert set due_at = datetime(due_at, '-10 minutes')"
# As it is answered, since the page is what people see.
BANNER = """
import json
from django.test import Client
from accounts.models import User
from ruptures.models import Alert
browser = Client(headers={"host": "localhost"})
browser.force_login(Alert.objects.first().recipient)
page = browser.get("/account/", follow=True).content.decode()
waits = browser.get("/healthz").json()["oldest_unsent_alert"]
print(json.dumps(["E-mails are not going out" in page, waits and waits["seconds"]]))
"""


class HangingPostOffice(PostOffice):
    """Says nothing while it hangs, as a server behind a cut cable: before or after it has stored
    what it was sent."""

    def __init__(self):
        super().__init__()
        self.hangs, self.hung = "", 0

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  (aiosmtpd's name)
        if self.hangs == "before it took the mail":
            await self._hang()
        answer = await super().handle_DATA(server, session, envelope)
        if self.hangs == "after it took the mail":
            await self._hang()
        return answer

    async def _hang(self):
        self.hung += 1
        await asyncio.sleep(60)


@pytest.fixture(scope="module")
def redis():
    with servers.redis() as redis:
        yield redis


@pytest.fixture(scope="module")
def office_of_all():
    office = HangingPostOffice()
    controller = Controller(office, hostname=LOOPBACK, port=free_port())
    controller.start()
    office.url = f"smtp://{LOOPBACK}:{controller.port}"
    yield office
    controller.stop()


@pytest.fixture
def office(office_of_all):
    office_of_all.messages.clear()
    office_of_all.hangs, office_of_all.hung = "", 0
    return office_of_all


@pytest.fixture(scope="module")
def installation(office_of_all, redis):
    installation = Installation(EMAIL_URL=office_of_all.url, BROKER_URL=redis.url)
    installation.migrate()
    run_in(installation, SUPERVISED_STRAIN)
    yield installation
    installation.remove()


@pytest.fixture
def start(installation):
    """Starts a real worker, or the timetable; each is killed at the end, if it still lives."""
    programs = []

    def start_program(*command: str) -> subprocess.Popen:
        programs.append(
            subprocess.Popen(
                [sys.executable, "-m", "celery", "--app", "tests.faults.hasty", *command],
                cwd=settings.BASE_DIR,
                env=installation.environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
        return programs[-1]

    yield start_program
    for program in programs:
        if program.poll() is None:
            program.kill()
            program.wait()


WORKER = ("worker", "--pool=threads", "--concurrency=1", "--without-gossip", "--without-mingle")


def timetable(installation, number: int = 1) -> tuple[str, ...]:
    return ("beat", "--pidfile=", f"--schedule={installation.data / f'beat-{number}'}")


def run_in(installation, code: str) -> str:
    return subprocess.run(
        installation.manage("shell", "--no-imports", "-c", code),
        cwd=settings.BASE_DIR,
        env=installation.environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def waiting_alerts(installation, count: int = 1) -> None:
    """As many mails to one supervisor are due, and nobody has looked yet."""
    run_in(installation, ALERTS.format(count=count))


def ask(installation, query: str) -> list[sqlite3.Row]:
    with sqlite3.connect(installation.data / "alliance.sqlite3", timeout=20) as database:
        database.row_factory = sqlite3.Row
        return database.execute(query).fetchall()


def alerts_of(installation) -> list[sqlite3.Row]:
    return ask(installation, STATE)


def message_id(alert: sqlite3.Row) -> str:
    return f"<{uuid.UUID(alert['key'])}@localhost>"


def times_sent(office: PostOffice) -> Counter:
    return Counter(message["Message-ID"] for message in office.messages)


@pytest.mark.parametrize(
    ("moment", "mails"), [("before it took the mail", 1), ("after it took the mail", 2)]
)
def test_worker_killed_while_it_sends_loses_nothing(installation, office, start, moment, mails):
    """The server has the mail or has it not; the row is claimed, and not marked. Who cannot know
    sends again, under the same Message-ID."""
    waiting_alerts(installation)
    office.hangs = moment
    first = start(*WORKER)
    wait_for(lambda: office.hung)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    (left,) = alerts_of(installation)
    assert (left["attempts"], left["sent_at"]) == (1, None)
    assert left["leased_until"]

    office.hangs = ""
    ask(installation, LEASE_RUNS_OUT)
    start(*WORKER)
    wait_for(lambda: len(office.messages) == mails)
    wait_for(lambda: alerts_of(installation)[0]["sent_at"])
    assert {message["Message-ID"] for message in office.messages} == {message_id(left)}
    assert alerts_of(installation)[0]["attempts"] == 2


def test_worker_stopped_for_ten_minutes_is_a_banner_until_it_is_back(installation, office, start):
    waiting_alerts(installation)
    ask(installation, TEN_MINUTES_PASS)
    banner, seconds = json.loads(run_in(installation, BANNER))
    assert banner is True
    assert 600 <= seconds < 660
    start(*WORKER)
    wait_for(lambda: alerts_of(installation)[0]["sent_at"])
    assert json.loads(run_in(installation, BANNER)) == [False, None]
    assert len(office.messages) == 1


def test_broker_killed_and_emptied_loses_nothing(installation, office, start, redis):
    """The alert is written while it is away, so nobody is woken; what was queued is gone."""
    start(*WORKER)
    start(*timetable(installation))
    redis.kill()
    waiting_alerts(installation)
    assert office.messages == []
    redis.start()
    wait_for(lambda: alerts_of(installation)[0]["sent_at"])
    (alert,) = ask(installation, OF_THE_TEST)
    assert times_sent(office)[message_id(alert)] == 1


def test_two_workers_and_two_timetables_send_each_mail_once(installation, office, start):
    waiting_alerts(installation, count=8)
    for number in (1, 2):
        start(*WORKER)
        start(*timetable(installation, number))
    wait_for(lambda: all(row["sent_at"] for row in ask(installation, OF_THE_TEST)), within=120)
    waited = ask(installation, OF_THE_TEST)
    assert {message_id(row) for row in waited} <= set(times_sent(office))
    assert set(times_sent(office).values()) == {1}
    assert [row["attempts"] for row in waited] == [1] * 8
