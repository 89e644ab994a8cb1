"""The cast: who stands where to the one client that the tests speak of."""

import datetime
import gc
import shutil
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.backends.signals import connection_created
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Clinic
from ruptures.models import Episode
from tests import factories, tables
from tests.places import PAGES, STACKS, lies_in

pytest_plugins = ["tests.chart_fixtures"]

# A course with a sudden fall on the bond, from the worked examples.
SUDDEN_FALL = [37.0, 38.0, 37.5, 38.0, (5.8, 8.6, 8.4, 8.2)]


CHROMIUM = "/usr/bin/chromium"
# The same browser without its windows, at a third of the processor time for each page; where a
# distribution has no such package, the whole one.
WITHOUT_WINDOWS = shutil.which("chromium-headless-shell") or CHROMIUM
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

SHOWN_WITHIN_MS = 30_000
HERE = Path(__file__).parent
# They ask for rows, and nothing that one database answers otherwise than another.
FORMS = [HERE / app / "test_forms.py" for app in ("accounts", "sessions_app")]
LOOKS_THROUGH_AFTER = 100_000  # objects made
ASKS_A_DATABASE = {"db", "transactional_db", "live_server"}


def pytest_collection_modifyitems(items):
    for item in items:
        is_of_a_stack = any(item.get_closest_marker(name) for name in ("stack", "journeys"))
        if is_of_a_stack and item.path.is_relative_to(HERE) and not lies_in(item.path, STACKS):
            raise pytest.UsageError(f"{item.nodeid} starts programs: see tests/places.py")
        if lies_in(item.path, PAGES):
            item.add_marker(pytest.mark.pages)
        elif item.path in FORMS or not asks_a_database(item):
            item.add_marker(pytest.mark.core)


def pytest_collection_finish():
    """What has been read by now stays to the end: to look through it for what may be thrown away,
    again and again, took a twentieth of the processor time of the suite."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(LOOKS_THROUGH_AFTER)


def asks_a_database(item) -> bool:
    marked = any(item.get_closest_marker(name) for name in ("django_db", "postgres"))
    return marked or not ASKS_A_DATABASE.isdisjoint(item.fixturenames)


def pytest_configure():
    """A password is hashed in no time. `tests/installation.py` starts programs that take theirs.
    What a page has to show may take as long as it takes on a machine with other things to do."""
    expect.set_options(timeout=SHOWN_WITHIN_MS)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Or each client of a test would look through all static files first.
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict:
    return {"executable_path": WITHOUT_WINDOWS, "args": QUIET}


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """The test database begins with the tables that `tests.run` has made: the migrations find
    nothing to do."""
    if not (folder := tables.made()):
        return

    def fill(connection, **_kwargs):
        if connection.vendor == "sqlite" and connection.is_in_memory_db():
            tables.copy_to_memory(folder, connection.connection)

    connection_created.connect(fill, weak=False)
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = tables.ON_POSTGRESQL


@pytest.fixture(autouse=True)
def fresh_limits():
    """Sign-in limits and code tries are counted in the shared cache."""
    cache.clear()


@pytest.fixture(autouse=True)
def no_quiet_hours(monkeypatch):
    """The suite runs at any hour: a clinic has no quiet hours but where a test gives it some.
    Returns what takes this back."""
    for name in ("quiet_from", "quiet_until"):
        monkeypatch.setattr(Clinic._meta.get_field(name), "default", datetime.time())
    return monkeypatch


@pytest.fixture
def therapist(db):
    return factories.therapist(name="Therapist Ash", email="ash@clinic.example")


@pytest.fixture
def other_therapist(db):
    return factories.therapist(name="Therapist Birch", email="birch@clinic.example")


@pytest.fixture
def supervisor(therapist):
    """Supervises `therapist`, and nobody else."""
    supervisor = factories.therapist(name="Supervisor Oak", email="oak@clinic.example")
    factories.SupervisionFactory(supervisor=supervisor, therapist=therapist)
    return supervisor


@pytest.fixture
def other_supervisor(other_therapist):
    supervisor = factories.therapist(name="Supervisor Pine", email="pine@clinic.example")
    factories.SupervisionFactory(supervisor=supervisor, therapist=other_therapist)
    return supervisor


@pytest.fixture
def delegate(supervisor):
    """Stands in for `supervisor`, today and tomorrow."""
    delegate = factories.therapist(name="Therapist Elder", email="elder@clinic.example")
    factories.DelegationFactory(supervisor=supervisor, delegate=delegate)
    return delegate


@pytest.fixture
def administrator(db):
    return factories.administrator(name="Administrator Rowan", email="admin@clinic.example")


@pytest.fixture
def pair(therapist):
    return factories.PairFactory(therapist=therapist, client__case_label="Heron-14")


@pytest.fixture
def therapy_session(pair):
    """Booked, begun two hours ago, not yet logged or rated."""
    return factories.TherapySessionFactory(pair=pair)


@pytest.fixture
def episode(pair, supervisor) -> Episode:
    """An open strain after a sudden fall; its supervisor is in place and has an alert waiting."""
    factories.weekly(pair, SUDDEN_FALL)
    return Episode.objects.get(pair=pair)


@pytest.fixture
def midday():
    """Sessions of two hours ago are today's."""
    noon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
    with time_machine.travel(noon, tick=False):
        yield noon


@pytest.fixture
def yesterday():
    return timezone.localdate() - datetime.timedelta(days=1)
