"""The cast: who stands where to the one client that the tests speak of."""

import datetime
from pathlib import Path

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from accounts.models import Clinic
from ruptures.models import Episode
from tests import factories

pytest_plugins = ["tests.chart_fixtures"]

# A course with a sudden fall on the bond, from the worked examples.
SUDDEN_FALL = [37.0, 38.0, 37.5, 38.0, (5.8, 8.6, 8.4, 8.2)]


CHROMIUM = "/usr/bin/chromium"
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

HERE = Path(__file__).parent
CORE_TESTS = [HERE / "ruptures" / name for name in ("detection", "charts")]
PAGES = [
    HERE / "ruptures" / "views",
    HERE / "sessions_app" / "views",
    HERE / "test_access_matrix.py",
    HERE / "test_languages.py",
    *(HERE / "accounts" / f"test_{what}.py" for what in ("sign_in", "second_factor", "sessions")),
]


def pytest_collection_modifyitems(items):
    for item in items:
        for mark, places in ((pytest.mark.core, CORE_TESTS), (pytest.mark.pages, PAGES)):
            if any(item.path.is_relative_to(place) for place in places):
                item.add_marker(mark)


def pytest_addoption(parser):
    parser.addoption(
        "--shots", action="store_true", help="keep the pictures of the journeys in docs/pictures"
    )


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict:
    return {"executable_path": CHROMIUM, "args": QUIET}


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
