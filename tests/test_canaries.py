"""Unlikely words go in through the pages people use; then every place is searched that outlives a
request or leaves the machine. Each search is first shown to find what was planted for it."""

import logging
from pathlib import Path

import pytest
from django.conf import settings as settings_of_django
from django.core.cache import cache
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.urls import NoReverseMatch, reverse
from redis import Redis

from accounts import audit, audit_chain, audit_triggers
from accounts.models import AuditEntry, AuditHead, Clinic, User
from alliance.logs import DiscreetFormatter
from ruptures.services import alerts, caseloads
from sessions_app.models import Client
from sessions_app.services import endings, erasures
from tests import factories
from tests.mail_sink import post_office  # noqa: F401  (a fixture)
from tests.test_access_matrix import MATRIX
from tests.test_privacy import CANARIES, a_working_day, canary_people, signed_in

pytestmark = pytest.mark.django_db(transaction=True)

# What the therapist alone may read: not in the client's copy either.
PROCESS_NOTES = ("note", "step", "apology", "needed", "link", "outside", "opener", "reflection")
OF_THE_CLIENT = set(CANARIES) - {"person", "address"}
PLANTED = "planted-canary"


@pytest.fixture(autouse=True)
def places(settings, tmp_path, transactional_db):
    settings.APART_DIR = str(tmp_path / "apart")
    Clinic.objects.update_or_create(pk=1, defaults={"alert_at_once_from": "moderate"})
    yield tmp_path
    with audit_triggers.lifted():
        AuditEntry.objects.all().delete()
        AuditHead.objects.all().delete()


@pytest.fixture
def day(post_office):  # noqa: F811
    """A working day, its mails sent. Returns the therapist."""
    therapist, supervisor = canary_people()
    a_working_day(therapist, supervisor)
    alerts.deliver_due()
    return therapist


def found_in(text: str, names=CANARIES) -> list[str]:
    return [name for name in sorted(names) if CANARIES[name] in text]


def redis_dump() -> str:
    """Every key of the cache and of the queue, whatever its type."""
    said = []
    for url in {settings_of_django.CACHES["default"]["LOCATION"], settings_of_django.BROKER_URL}:
        redis = Redis.from_url(url.replace("redis+socket://", "unix://"))
        said += [f"{key} {redis.dump(key)}" for key in redis.keys("*")]
    return "\n".join(said)


def table(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{name}"')
        return "\n".join(map(str, cursor.fetchall()))


def apart(folder: str) -> str:
    return "\n".join(path.read_text() for path in Path(folder).rglob("*") if path.is_file())


def test_canary_is_not_in_redis(day):
    cache.set("planted", PLANTED)
    assert PLANTED in redis_dump()
    assert found_in(redis_dump()) == []


def test_canary_is_not_in_the_audit(day):
    stranger = factories.therapist(email="stranger@clinic.example")
    signed_in(stranger).get(f"/clients/{Client.objects.get().key}/")
    assert AuditEntry.objects.count() > 20
    assert AuditEntry.objects.filter(outcome="refused").exists()
    audit.note(audit.Action.CHANGED, by=None, deed=PLANTED)
    assert PLANTED in table("accounts_auditentry")
    assert found_in(table("accounts_auditentry")) == []


def test_canary_is_not_apart_from_the_database(day, settings):
    client = Client.objects.get()
    pair = client.pairs.get()
    endings.end(pair=pair, ending="planned", on=pair.from_on, by=day)
    erasures.erase(client=client, reason=erasures.Reason.CLIENT_ASKED, by=day)
    audit_chain.seal()
    kept = apart(settings.APART_DIR)
    assert "client_asked" in kept and "chain" in kept
    assert found_in(kept) == []


def test_canary_is_not_in_a_backup(day, places):
    call_command("backup", places / "one.backup")
    assert found_in((places / "one.backup").read_bytes().decode(errors="replace")) == []


def test_names_and_notes_are_not_in_a_copy_of_the_tables(day):
    """Whoever copies the database without its keys."""
    copied = "\n".join(table(name) for name in connection.introspection.table_names())
    assert CANARIES["comment"] in copied  # the record itself is not encrypted by Alliance
    names = {"client", "letters", "pattern", "emergency", "generalisation", *PROCESS_NOTES}
    assert found_in(copied, names) == []


def test_process_note_is_not_in_the_clients_copy(day):
    browser = signed_in(day)
    for ending in ("/read/", ".json", ".csv"):
        answer = browser.get(f"/clients/{Client.objects.get().key}/copy{ending}")
        told = answer.content.decode()
        if ending != ".csv":
            assert CANARIES["agreement"] in told, ending
        assert found_in(told, {*PROCESS_NOTES, "generalisation"}) == [], ending
        assert found_in(str(answer.headers)) == [], ending


def test_client_is_on_no_page_of_the_administrator(day):
    administrator = factories.administrator(email="admin@clinic.example")
    browser = signed_in(administrator)
    opened = [name for name in MATRIX if MATRIX[name][0][-1] == "." and _takes_nothing(name)]
    assert len(opened) > 8
    for name in opened:
        assert found_in(browser.get(reverse(name)).content.decode(), OF_THE_CLIENT) == [], name
    page = signed_in(day).get("/clients/").content.decode()
    assert found_in(page, OF_THE_CLIENT) == ["case", "client"]


def _takes_nothing(name: str) -> bool:
    try:
        return bool(reverse(name))
    except NoReverseMatch:
        return False


def test_page_that_fails_says_nothing_of_anybody(day, monkeypatch, caplog):
    """The traceback in the log, and the page itself."""

    def fail(*args, **kwargs):
        said = CANARIES["client"]
        raise RuntimeError(f"failed with {len(said)} letters")

    monkeypatch.setattr(caseloads, "timeline_of", fail)
    monkeypatch.setattr(caseloads, "day_of", fail)
    caplog.clear()
    answer = signed_in(day).get("/")
    assert answer.status_code == 500
    assert found_in(answer.content.decode()) == []
    formatted = [DiscreetFormatter().format(record) for record in caplog.records]
    assert any("RuntimeError" in line for line in formatted)
    assert found_in("\n".join(formatted)) == []


def test_row_that_the_database_quotes_is_not_in_the_log(day):
    """A constraint that fails: PostgreSQL quotes the row, the log leaves it out."""
    record = _record_of_a_failed_constraint()
    plain = logging.Formatter().format(record)
    record.exc_text = None  # each formatter writes the traceback anew
    discreet = DiscreetFormatter().format(record)
    assert "IntegrityError" in plain and "IntegrityError" in discreet
    assert found_in(discreet) == []
    if connection.vendor == "postgresql":
        assert found_in(plain) == ["address"]


def _record_of_a_failed_constraint() -> logging.LogRecord:
    taken = User.objects.get(email__startswith=CANARIES["address"])
    try:
        with transaction.atomic():
            User.objects.create(email=taken.email, name="Somebody")
    except DatabaseError as failed:
        told = (type(failed), failed, failed.__traceback__)
        return logging.LogRecord("alliance", logging.ERROR, __file__, 1, "failed", (), told)
    raise AssertionError("the address was not refused")
