"""A new version is put in place while a client rates and a therapist writes a log.

The code is a copy of this project, brought up to date where it lies, in the order of
docs/operations.md: files, `collectstatic`, `migrate`, then all programs stopped and started again.
"""

import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests import servers
from tests.factories.people import PASSWORD
from tests.faults.clinic import NOTHING, ONE_WHOLE_RATING, FaultClinic, mark_four_lines
from tests.journeys.settled import loaded

pytestmark = [pytest.mark.faults, pytest.mark.journeys]

WITHIN_MS = 30_000
# What runs, and the factories that make a form wait.
CODE = (
    *("accounts", "alliance", "sessions_app", "ruptures"),
    *("locale", "static", "staticfiles", "templates", "tests", "manage.py"),
)
CHANGED = ("css/tablet.css", "css/base.css", "js/rating-form.js", "js/log-draft.js")
NEW_WORDS = "/* the next version */\n"
MIGRATION = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "{newest}")]
    operations = [
        migrations.RunSQL("ALTER TABLE sessions_app_srsentry ADD COLUMN of_next integer NULL"),
    ]
"""


class Deployed(FaultClinic):
    """A clinic on code of its own, which the next version replaces."""

    def __init__(self, postgresql: servers.Server):
        super().__init__(postgresql)
        self.code = self.data / "code"
        for name in CODE:
            source, target = settings.BASE_DIR / name, self.code / name
            target.parent.mkdir(exist_ok=True)
            shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)

    def manage(self, *command: str) -> list[str]:
        """From within the folder of the code: Celery looks for it where it was started."""
        return ["env", f"--chdir={self.code}", sys.executable, "manage.py", *command]

    def collect_static(self) -> None:
        command = self.manage("collectstatic", "--noinput", "--verbosity=0")
        subprocess.run(command, env=self.environment, check=True)

    def put_the_next_version_in_place(self) -> None:
        for name in CHANGED:
            file = self.code / "static" / name
            file.write_text(NEW_WORDS + file.read_text())
        folder = self.code / "sessions_app" / "migrations"
        newest = max(path.stem for path in folder.glob("0*.py"))
        (folder / "9999_next.py").write_text(MIGRATION.format(newest=newest))
        self.collect_static()
        self.run_migrations()


@pytest.fixture(scope="module")
def clinic():
    with servers.postgresql() as postgresql:
        clinic = Deployed(postgresql)
        clinic.migrate()
        clinic.start_and_wait()
        yield clinic
        clinic.remove()


def files_of(page: Page) -> list[str]:
    """The addresses of what this page loaded from the installation, for those that change. A log
    for which words had been kept hands them in and loads itself again."""
    addresses = loaded(page, "performance.getEntriesByType('resource').map(each => each.name)")
    stems = [Path(name).stem for name in CHANGED]
    return [url for url in addresses if Path(url).name.split(".")[0] in stems]


def text_of(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def open_log(page: Page, clinic: Deployed, therapy_session: int) -> None:
    email = clinic.therapist_of(therapy_session)
    key = clinic.ask(
        "select key::text from sessions_app_therapysession where id = %s", therapy_session
    )[0]
    page.goto(f"{clinic.url}/account/login/?next=/sessions/{key}/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Note", exact=True)).to_be_visible()


def test_next_version_loses_neither_a_rating_nor_a_log_that_is_open(
    clinic, proxy, open_form, browser
):
    (before, first), (during, second) = clinic.waiting_forms(2)
    early, late = open_form(first), open_form(second)
    context = browser.new_context(locale="en-GB")
    log = context.new_page()
    open_log(log, clinic, before)
    log_address = log.url
    note = log.get_by_label("Note", exact=True)
    note.fill("Before the next version. ")
    expect(log.get_by_text("Your draft is kept.")).to_be_visible(timeout=WITHIN_MS)
    old_files = files_of(late) + files_of(log)
    assert {Path(url).name.split(".")[0] for url in old_files} == {
        Path(name).stem for name in CHANGED
    }

    clinic.put_the_next_version_in_place()
    # The tables are the next version's, the programs still the one before.
    mark_four_lines(early)
    early.locator("[data-done]").tap()
    saved = "Your answers are saved."
    expect(early.get_by_text(saved, exact=True)).to_be_visible(timeout=WITHIN_MS)
    assert clinic.stored(before) == ONE_WHOLE_RATING

    clinic.end()
    mark_four_lines(late)
    late.locator("[data-done]").tap()
    expect(late.get_by_text("saved on this tablet").first).to_be_visible(timeout=WITHIN_MS)
    note.press_sequentially("And while nobody answered.")
    assert clinic.stored(during) == NOTHING
    with pytest.raises(urllib.error.URLError):
        text_of(f"{clinic.url}/healthz")

    clinic.start_and_wait()
    expect(late.get_by_text(saved, exact=True)).to_be_visible(timeout=WITHIN_MS)
    assert clinic.stored(during) == ONE_WHOLE_RATING
    log.get_by_role("button", name="Save session").click()
    expect(log.get_by_text("The session is saved.")).to_be_visible(timeout=WITHIN_MS)
    log.goto(log_address)
    expect(note).to_have_value("Before the next version. And while nobody answered.")
    assert clinic.ask("select count(*) from sessions_app_srsentry where of_next is null")[0] > 0

    # A page of the version before may still ask for its files; a new page asks for the new ones.
    assert not any(NEW_WORDS in text_of(url) for url in old_files)
    new_files = files_of(log)
    assert new_files
    assert not set(new_files) & set(old_files)
    assert all(NEW_WORDS in text_of(url) for url in new_files)
    context.close()
