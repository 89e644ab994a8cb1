"""The clinic of any size, loaded small."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Supervision, User
from ruptures.demo import accounts
from ruptures.models import Episode, EpisodeState, Finding, RepairStep, Screening, WeeklyReport
from ruptures.services import screening
from sessions_app.models import Client, Pair, SRSEntry
from tests import factories

PAIRS, RATINGS = 20, 12


def load(**options) -> str:
    said = StringIO()
    call_command("seed_demo", stdout=said, **options)
    return said.getvalue()


@pytest.fixture
def demo(settings):
    settings.DEMO = True


@pytest.fixture
def said(db, demo) -> str:
    return load(pairs=PAIRS, sessions=RATINGS)


def test_large_clinic_has_the_clients_and_ratings_that_were_asked_for(said):
    assert Client.objects.count() == Pair.objects.count() == PAIRS
    assert SRSEntry.objects.count() == PAIRS * RATINGS
    assert f"{PAIRS} of {PAIRS} clients, {PAIRS * RATINGS} ratings" in said
    assert User.objects.get(email=accounts.THERAPISTS[0][0]).check_password(accounts.PASSWORD)
    assert Supervision.objects.get().supervisor.email == accounts.SUPERVISORS[0][0]
    assert WeeklyReport.objects.count() == 1


def test_large_clinic_holds_what_screening_each_client_by_itself_finds(said):
    """So the run over all of them and the rows made of it are those of a client who comes in."""
    assert Episode.objects.open().exists()
    assert RepairStep.objects.exists()
    assert not RepairStep.objects.filter(therapy_session=None).exists()
    before = stored()
    for pair in Pair.objects.all():
        assert not +screening.screen_pair(pair=pair, alerting=False)
    assert stored() == before


def stored() -> list:
    """Rows with their numbers: one that was written again under another number counts."""
    tables = (Episode, EpisodeState, Finding, Screening)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def test_rows_that_come_after_the_load_get_numbers_of_their_own(said):
    later = factories.TherapySessionFactory(pair=Pair.objects.first())
    factories.rate(later, 30.0)
    assert Pair.objects.first().therapy_sessions.filter(pk=later.pk).exists()
    assert factories.PairFactory().pk > PAIRS


@pytest.mark.parametrize("sizes", [{"pairs": 3}, {"sessions": 3}, {"pairs": 0, "sessions": 3}])
def test_seed_demo_with_an_impossible_size_writes_nothing(db, demo, sizes):
    with pytest.raises(CommandError, match="--pairs|--sessions"):
        load(**sizes)
    assert not User.objects.exists()


def test_seed_demo_refuses_a_database_with_people(db, demo):
    factories.UserFactory()
    with pytest.raises(CommandError, match="empty"):
        load(pairs=PAIRS, sessions=RATINGS)
    assert not Pair.objects.exists()
