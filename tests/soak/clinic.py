"""The programs of an installation, each started again when it ends, as Docker Compose does."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path

from aiosmtpd.controller import Controller

from alliance.processes import end_with_parent
from tests import servers
from tests.installation import wait_for
from tests.mail_sink import PostOffice

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ("web", "worker", "timetable")
# The commands are the installation's own: alliance/stack.py makes them.
BECOME = """
import os
import django
django.setup()
from alliance import stack
command = stack.{name}_command()
os.execv(command[0], command)
"""
WAITING_FORMS = """
import json, random
from accounts.models import Clinic
from sessions_app.services import tablet
from tests import factories
at_any_hour = dict(alert_at_once_from="moderate", quiet_from="00:00", quiet_until="00:00")
Clinic.objects.update_or_create(pk=1, defaults=at_any_hour)
supervisors = [factories.therapist() for _ in range(4)]
therapists = [factories.therapist() for _ in range(8)]
for place, therapist in enumerate(therapists):
    factories.SupervisionFactory(therapist=therapist, supervisor=supervisors[place % 4])
forms = []
for place in range({pairs}):
    pair = factories.PairFactory(therapist=therapists[place % 8])
    sessions = factories.weekly(pair, [37.0, 38.0, 37.5, 38.0] + [None] * {each})[4:]
    links = [tablet.hand_over(therapy_session=one, by=pair.therapist)[0] for one in sessions]
    forms.append([str(link.entry_uuid) for link in links])
print(json.dumps(forms))
"""
LEASES_RUN_OUT = """
from django.utils import timezone
from ruptures.models import Alert
Alert.objects.filter(sent_at=None, withdrawn_at=None).update(leased_until=timezone.now())
"""
PAIRS = 40
HEALTHY_WITHIN = 60
SAMPLES_EVERY = 5.0
MEGABYTE = 1024 * 1024


class SoakClinic:
    """PostgreSQL, Redis, a mail server, and the three programs of Alliance."""

    def __enter__(self):
        self._stack = ExitStack()
        self._stack.callback(self._end_programs)
        self.postgresql = self._stack.enter_context(servers.postgresql(is_synced=True))
        self.redis = self._stack.enter_context(servers.redis())
        self.data = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="soak-")))
        self.office = PostOffice()
        mail = Controller(self.office, hostname=servers.LOOPBACK, port=servers.free_port())
        mail.start()
        self._stack.callback(mail.stop)
        self.port = servers.free_port()
        self.environment = os.environ | {
            "DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "alliance.settings",
            "DATA_DIR": str(self.data),
            "PORT": str(self.port),
            "DATABASE_URL": self.postgresql.url,
            "BROKER_URL": self.redis.url,
            "CACHE_URL": self.redis.url,
            "EMAIL_URL": f"smtp://{servers.LOOPBACK}:{mail.port}",
        }
        self.programs: dict[str, subprocess.Popen] = {}
        self.deaths = 0
        self.memory: dict[str, list[tuple[float, int]]] = defaultdict(list)
        self._is_watched = threading.Event()
        return self

    def __exit__(self, *reason):
        self._stack.close()

    def prepare(self, count: int) -> list[list[str]]:
        """The uuids of at least `count` forms that wait, in order, for each of `PAIRS` clients."""
        self.manage("migrate", "--noinput", "--verbosity=0")
        each = -(-count // PAIRS)
        return json.loads(self.run(WAITING_FORMS.format(pairs=PAIRS, each=each)))

    def start(self) -> None:
        for name in PROGRAMS:
            self._start(name)
        wait_for(self.is_healthy, within=HEALTHY_WITHIN)
        self._is_watched.set()
        threading.Thread(target=self._watch, daemon=True).start()

    def is_healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5):
                return True
        except OSError:
            return False

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def kill(self, name: str) -> None:
        """kill -9 of it and of what it started, as a container ends; `_watch` starts it again."""
        process = self.programs[name]
        if process.poll() is None:
            for pid in [process.pid, *servers.children_of(process.pid)]:
                os.kill(pid, signal.SIGKILL)

    def kill_web_workers(self) -> None:
        """All that serve requests. The web server starts others, or ends and is started again."""
        for worker in servers.children_of(self.programs["web"].pid):
            os.kill(worker, signal.SIGKILL)

    def send_what_waits(self) -> None:
        """Cuts short the pauses between tries, which may last half an hour."""
        self.run(LEASES_RUN_OUT)

    def manage(self, *command: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *command],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )

    def run(self, code: str) -> str:
        return self.manage("shell", "--no-imports", "-c", code).stdout

    def _start(self, name: str) -> None:
        with (self.data / f"{name}.log").open("a") as log:
            self.programs[name] = subprocess.Popen(
                [sys.executable, "-c", BECOME.format(name=name)],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                preexec_fn=end_with_parent,
            )

    def _watch(self) -> None:
        began, next_sample = time.monotonic(), 0.0
        while self._is_watched.is_set():
            for name, process in list(self.programs.items()):
                if process.poll() is not None:
                    self.deaths += 1
                    self._start(name)
            if time.monotonic() - began >= next_sample:
                self._sample(time.monotonic() - began)
                next_sample += SAMPLES_EVERY
            time.sleep(0.5)

    def _sample(self, at: float) -> None:
        for name, process in self.programs.items():
            self.memory[name].append((at, _resident_of_family(process.pid)))

    def _end_programs(self) -> None:
        self._is_watched.clear()
        for process in self.programs.values():
            process.terminate()
        for process in self.programs.values():
            process.wait(timeout=30)


def _resident_of_family(pid: int) -> int:
    """Bytes of a program and of those it started; one that has just ended counts nothing."""
    try:
        family = [pid, *servers.children_of(pid)]
        return sum(_resident(one) for one in family)
    except FileNotFoundError:
        return 0


def _resident(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def most_in_each_half(samples: list[tuple[float, int]]) -> tuple[float, float]:
    """Megabytes at most in the first half of the time and in the second. Programs are killed and
    start small again, so what they were at most says more than what they were last."""
    middle = samples[-1][0] / 2
    first = max(size for at, size in samples if at <= middle)
    return first / MEGABYTE, max(size for at, size in samples if at > middle) / MEGABYTE
