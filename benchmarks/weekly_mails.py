"""The Monday mail to many supervisors, made and sent for real: how long, how much memory.

    python -m benchmarks.weekly_mails [--supervisors 500]

Starts a PostgreSQL and a mail server of its own, fills a clinic in which each supervisor has one
therapist with ten rated sessions a week for twelve weeks, and runs `manage.py send_weekly_report`
twice. Not part of `make bench`: it takes minutes.
"""

import argparse
import datetime
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from aiosmtpd.controller import Controller

from tests import servers

ROOT = Path(__file__).resolve().parent.parent
SESSIONS_A_WEEK = 10
WEEKS = 12
FILL = "from benchmarks.weekly_mails import fill; fill({count})"


def fill(count: int) -> None:
    """A clinic of `count` supervisors with a therapist each, written in bulk."""
    from django.utils import timezone

    from accounts.models import RolePeriod, Supervision, User
    from sessions_app.models import Client, Pair

    since = timezone.localdate() - datetime.timedelta(days=200)
    names = [f"{kind}-{n}" for n in range(count) for kind in ("supervisor", "therapist")]
    people = User.objects.bulk_create(
        User(email=f"{name}@clinic.example", name=name, password="!") for name in names
    )
    RolePeriod.objects.bulk_create(
        RolePeriod(user=person, role=RolePeriod.Role.THERAPIST, from_on=since) for person in people
    )
    Supervision.objects.bulk_create(
        Supervision(supervisor=above, therapist=below, from_on=since)
        for above, below in zip(people[::2], people[1::2], strict=True)
    )
    clients = [Client.objects.create(case_label=f"Case-{n}") for n in range(count)]
    pairs = Pair.objects.bulk_create(
        Pair(client=client, therapist=therapist, from_on=since)
        for client, therapist in zip(clients, people[1::2], strict=True)
    )
    _fill_sessions(pairs)


def _fill_sessions(pairs: list) -> None:
    """Ten an hour apart on a day of each week, enough for a level and no client's course."""
    from django.utils import timezone

    from sessions_app.models import SRSEntry, TherapySession
    from sessions_app.services.packs import active_pack

    newest = timezone.now() - datetime.timedelta(days=timezone.localdate().weekday() + 3)
    sessions = TherapySession.objects.bulk_create(
        (
            TherapySession(
                pair=pair,
                starts_at=newest - datetime.timedelta(weeks=week, hours=hour),
                attendance=TherapySession.Attendance.ATTENDED,
            )
            for pair in pairs
            for week in range(WEEKS)
            for hour in range(SESSIONS_A_WEEK)
        ),
        batch_size=2000,
    )
    pack = active_pack()
    SRSEntry.objects.bulk_create(
        (
            SRSEntry(
                therapy_session=session,
                pack=pack,
                language="en",
                source=SRSEntry.Source.HAND_OVER,
                relationship=80 + session.pk * 7 % 20,
                goals=80 + session.pk * 3 % 20,
                approach=80 + session.pk * 11 % 20,
                overall=80 + session.pk * 13 % 20,
            )
            for session in sessions
        ),
        batch_size=2000,
    )


class Letterbox:
    """Keeps of each mail its recipient and its size: what this process holds would count as memory
    of the command that it starts."""

    def __init__(self):
        self.recipients: list[str] = []
        self.bytes = 0

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  (aiosmtpd's name)
        self.recipients += envelope.rcpt_tos
        self.bytes += len(envelope.content)
        return "250 OK"


def run(count: int) -> int:
    office = Letterbox()
    post = Controller(office, hostname=servers.LOOPBACK, port=servers.free_port())
    post.start()
    try:
        with servers.postgresql(is_synced=True) as server, tempfile.TemporaryDirectory() as data:
            environment = _environment(server.url, data, post.port)
            _manage(environment, "migrate", "-v0")
            _manage(environment, "shell", "--no-imports", "-v0", "-c", FILL.format(count=count))
            for time_of in ("first", "second"):
                _send(environment, time_of, office)
    finally:
        post.stop()
    return 0 if len(office.recipients) == len(set(office.recipients)) == count else 1


def _environment(database: str, data: str, port: int) -> dict[str, str]:
    return os.environ | {
        "DEMO": "1",
        "DATA_DIR": data,
        "DATABASE_URL": database,
        "EMAIL_URL": f"smtp://{servers.LOOPBACK}:{port}",
        "LOG_LEVEL": "ERROR",
    }


def _manage(environment: dict[str, str], *command: str) -> None:
    subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)


def _send(environment: dict[str, str], time_of: str, office: Letterbox) -> None:
    """The command, its seconds, and the most memory its process held."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "send_weekly_report"], cwd=ROOT, env=environment
    )
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    took = time.perf_counter() - begun
    processor = used.ru_utime + used.ru_stime
    arrived = len(office.recipients)
    size = office.bytes / max(arrived, 1) / 1000
    print(
        f"{time_of} run: exit {process.returncode}, {took:.1f} s, {processor:.1f} s of processor, "
        f"{used.ru_maxrss / 1000:.0f} MB; {arrived} mails have arrived, to "
        f"{len(set(office.recipients))} people, {size:.0f} KB each",
        flush=True,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--supervisors", type=int, default=500)
    sys.exit(run(parser.parse_args().supervisors))
