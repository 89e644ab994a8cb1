"""A clinic on a PostgreSQL of its own, with forms that wait for their client, to be broken."""

import json
import os
import signal
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from playwright.sync_api import Page

from tests.installation import Installation, wait_for
from tests.servers import Server, children_of

# What falls so far below the usual is a finding, opens a strain and tells a supervisor.
LOW_MARKS = {"relationship": 58, "goals": 86, "approach": 84, "overall": 82}
WAITING_FORMS = """
import json
from sessions_app.services import tablet
from tests import factories
tickets = []
for _number in range({count}):
    pair = factories.PairFactory()
    factories.SupervisionFactory(therapist=pair.therapist)
    *_earlier, newest = factories.weekly(pair, [37.0, 38.0, 37.5, 38.0, None])
    _link, token = tablet.hand_over(therapy_session=newest, by=pair.therapist)
    tickets.append([newest.pk, token])
print(json.dumps(tickets))
"""
THERAPIST_OF = """
from sessions_app.models import TherapySession
from tests.factories.people import PASSWORD
therapist = TherapySession.objects.get(pk={pk}).pair.therapist
therapist.set_password(PASSWORD)
therapist.save()
print(therapist.email)
"""
ON_PAPER = """
from sessions_app.models import TherapySession
from tests import factories
factories.rate(TherapySession.objects.get(pk={pk}), 36.0)
"""
STORED = """
select
  (select count(*) from sessions_app_srsentry where therapy_session_id = session.id),
  (select count(*) from ruptures_finding where therapy_session_id = session.id),
  (select count(*) from ruptures_episode where pair_id = session.pair_id),
  (select count(*) from ruptures_alert where recipient_id in (select supervisor_id from
    accounts_supervision join sessions_app_pair on accounts_supervision.therapist_id =
    sessions_app_pair.therapist_id where sessions_app_pair.id = session.pair_id)
    and episode_id is not null)
from sessions_app_therapysession session where session.id = %s
"""
GROWN_UP_AFTER = 7.0  # granian takes a second death within 5.5 s for a crash loop
IN_THE_MIDST = "select count(*) from pg_locks where not granted"


@dataclass(frozen=True)
class Stored:
    """How many rows there are of one session's rating and of what follows from it."""

    ratings: int
    findings: int
    strains: int
    alerts: int


NOTHING = Stored(0, 0, 0, 0)
ONE_WHOLE_RATING = Stored(ratings=1, findings=7, strains=1, alerts=1)


class FaultClinic(Installation):
    """`make run` on a PostgreSQL that a test may kill; web workers too."""

    def __init__(self, postgresql: Server):
        super().__init__(DATABASE_URL=postgresql.url)
        self.postgresql = postgresql
        self.workers_since = time.monotonic()

    def waiting_forms(self, count: int) -> list[tuple[int, str]]:
        """`count` sessions that can be rated: the id, and the token that opens the form."""
        return json.loads(self.run(WAITING_FORMS.format(count=count)))

    def rate_on_paper(self, therapy_session: int) -> None:
        self.run(ON_PAPER.format(pk=therapy_session))

    def therapist_of(self, therapy_session: int) -> str:
        """The address to sign in with."""
        return self.run(THERAPIST_OF.format(pk=therapy_session)).strip()

    def run(self, code: str) -> str:
        done = subprocess.run(
            self.manage("shell", "--no-imports", "-c", code),
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def start_postgresql_again(self) -> None:
        """Returns when it has recovered: it accepts connections before that, and refuses them."""
        self.postgresql.start()
        wait_for(self.database_answers)

    def database_answers(self) -> bool:
        try:
            return self.ask("select true")[0]
        except psycopg.OperationalError:
            return False

    def connection(self) -> psycopg.Connection:
        return psycopg.connect(self.postgresql.url, autocommit=True)

    def ask(self, query: str, *values) -> tuple:
        with self.connection() as connection:
            return connection.execute(query, values).fetchone()

    def stored(self, therapy_session: int, connection: psycopg.Connection | None = None) -> Stored:
        """Asked through `connection`, or through a new one."""
        if connection:
            return Stored(*connection.execute(STORED, [therapy_session]).fetchone())
        return Stored(*self.ask(STORED, therapy_session))

    @contextmanager
    def alerts_cannot_be_written(self):
        """Whoever stores a rating stands still within the transaction: the rating and its findings
        are written, the alert is not, nothing is committed."""
        connection = psycopg.connect(self.postgresql.url)
        connection.execute("lock table ruptures_alert in share mode")
        try:
            yield
        finally:
            connection.close()

    def wait_until_in_the_midst(self) -> None:
        wait_for(lambda: self.ask(IN_THE_MIDST)[0] > 0, within=10)

    def kill_web_workers(self) -> None:
        """All at once, with kill -9. The web server itself starts others, unless they die young:
        then it ends, and it is for whoever started it to start it again."""
        wait_for(lambda: time.monotonic() - self.workers_since > GROWN_UP_AFTER)
        for worker in self.web_workers():
            os.kill(worker, signal.SIGKILL)
        self.workers_since = time.monotonic()

    def web_workers(self) -> list[int]:
        return children_of(self.programs()["web server"])


def mark_four_lines(page: Page, marks: dict[str, int] = LOW_MARKS) -> None:
    for line, share in marks.items():
        box = page.locator(f"rating-line[name={line}] .line-rule").bounding_box()
        x = box["x"] + box["width"] * share / 100
        page.touchscreen.tap(x, box["y"] + box["height"] / 2)
