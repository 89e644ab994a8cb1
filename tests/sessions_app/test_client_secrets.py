"""Names, notes and feelings lie under their client's own key, and nothing opens them without it."""

from importlib import import_module

import pytest
from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db import connection

from accounts.encryption import encrypt
from ruptures.models import RepairStep
from sessions_app.models import Client, ClientKey, RelationalPattern, TherapySession
from sessions_app.services import patterns, therapy_sessions
from sessions_app.services.therapy_sessions import Log
from tests import factories

NOTE, NAME, EMAIL = "canary of a note", "Clientina Canaria", "canaria@letters.example"
PLACES = [
    ("sessions_app_client", "name"),
    ("sessions_app_client", "email"),
    ("sessions_app_therapysession", "note"),
    ("sessions_app_therapysession", "feelings"),
    ("sessions_app_relationalpattern", "text"),
    ("ruptures_repairstep", "note"),
]


@pytest.fixture
def known(episode):
    """A client of whom everything is written down."""
    pair = episode.pair
    pair.client.name, pair.client.email = NAME, EMAIL
    pair.client.save()
    log = Log("attended", note=NOTE, feelings={"irritation": 4})
    therapy_sessions.record(
        therapy_session=pair.therapy_sessions.last(), log=log, by=pair.therapist
    )
    patterns.write(pair=pair, text=NOTE, by=pair.therapist)
    RepairStep.objects.create(episode=episode, step="invite", note=NOTE)
    return pair


def at_rest(table: str, column: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE {column} <> ''")
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.parametrize(("table", "column"), PLACES)
def test_text_is_unreadable_at_rest(known, table, column):
    (stored,) = at_rest(table, column)
    assert stored.startswith("gAAAA")
    for word in (NOTE, NAME, EMAIL, "irritation"):
        assert word not in stored


def test_text_is_read_back(known):
    session = TherapySession.objects.exclude(note="").get()
    client = Client.objects.get()
    assert (session.note, session.feelings) == (NOTE, {"irritation": 4})
    assert (client.name, client.email) == (NAME, EMAIL)
    assert RelationalPattern.objects.get().text == RepairStep.objects.get().note == NOTE


def test_client_has_a_key_of_its_own(known):
    """The other client's key opens nothing, though both are wrapped by one installation."""
    other = factories.ClientFactory()
    assert other.sealing_key_id != known.client.sealing_key_id
    Client.objects.filter(pk=known.client.pk).update(sealing_key=None)
    Client.objects.filter(pk=other.pk).update(sealing_key=known.client.sealing_key)
    Client.objects.filter(pk=known.client.pk).update(sealing_key=other.sealing_key)
    with pytest.raises(InvalidToken):
        _ = TherapySession.objects.exclude(note="").get().note


def test_nothing_opens_once_the_key_is_destroyed(known):
    Client.objects.update(sealing_key=None)
    ClientKey.objects.all().delete()
    with pytest.raises(AttributeError):
        _ = Client.objects.get().name


def test_key_of_a_living_client_cannot_be_deleted(known):
    with pytest.raises(Exception, match="protected"):
        known.client.sealing_key.delete()


def test_bare_text_is_refused_where_no_client_is_known(known):
    with pytest.raises(TypeError, match="saving its row"):
        TherapySession.objects.update(note="bare")


def test_text_stays_as_it_is_when_other_columns_are_saved(known):
    before = at_rest("sessions_app_client", "name")
    client = Client.objects.get()
    client.case_label = "Wren-3"
    client.save()
    assert at_rest("sessions_app_client", "name") == before


def test_search_by_name_looks_into_the_own_caseload_alone(known, client, other_therapist):
    theirs = factories.PairFactory(
        therapist=other_therapist, client__name=NAME, client__case_label="Wren-77"
    )
    client.force_login(known.therapist)
    page = client.get("/clients/", {"q": "CANARIA"}).content.decode()
    assert known.client.case_label in page
    assert theirs.client.case_label not in page
    assert known.client.case_label not in client.get("/clients/", {"q": "Nobody"}).content.decode()


def test_note_is_not_searched(known, client):
    client.force_login(known.therapist)
    page = client.get("/clients/", {"q": NOTE}).content.decode()
    assert known.client.case_label not in page


def test_migration_seals_what_was_stored_before(known):
    """Names were plain, notes under the installation's key."""
    Client.objects.update(sealing_key=None)
    ClientKey.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sessions_app_client SET name = %s, email = %s", [NAME, ""])
        written = "UPDATE sessions_app_therapysession SET note = %s, feelings = %s WHERE note <> ''"
        cursor.execute(written, [encrypt(NOTE), encrypt('{"irritation": 4}')])
        cursor.execute("UPDATE sessions_app_relationalpattern SET text = %s", [encrypt(NOTE)])
        cursor.execute("UPDATE ruptures_repairstep SET note = %s", [encrypt(NOTE)])
    for app, name in (
        ("sessions_app", "0008_client_keys"),
        ("ruptures", "0004_repair_notes_under_client_keys"),
    ):
        import_module(f"{app}.migrations.{name}").seal_what_is_there(apps, None)
    assert Client.objects.get().name == NAME
    assert Client.objects.get().email == ""
    session = TherapySession.objects.exclude(note="").get()
    assert (session.note, session.feelings) == (NOTE, {"irritation": 4})
    assert RelationalPattern.objects.get().text == RepairStep.objects.get().note == NOTE
