"""The drill: back up, go on working, erase somebody, lose everything, restore."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import audit_chain, audit_triggers, backups
from accounts.models import AuditEntry, AuditHead, Clinic, User
from accounts.services import account_mails, invitations
from ruptures.models import Alert, ClientCopy, Episode
from ruptures.services import alerts, copy_jobs, reports
from ruptures.trend import IsoWeek
from sessions_app import erasure_log
from sessions_app.models import Client, ClientKey, SRSEntry, TherapySession
from sessions_app.services import clients, endings, erasures, therapy_sessions
from sessions_app.services.therapy_sessions import Log
from tests import factories
from tests.conftest import SUDDEN_FALL

pytestmark = pytest.mark.django_db(transaction=True)

NOTE = "canary of a note"
LAST_WEEK = IsoWeek(2026, 40)


@pytest.fixture(autouse=True)
def places(settings, tmp_path, transactional_db):
    """Its own folders; what was sealed is removed before the database is emptied."""
    settings.APART_DIR = str(tmp_path / "apart")
    settings.BACKUP_DIR = str(tmp_path / "backups")
    yield tmp_path
    with audit_triggers.lifted():
        AuditEntry.objects.all().delete()
        AuditHead.objects.all().delete()


@pytest.fixture
def clinic(therapist, supervisor):
    """Two clients with strains of which the supervisor is to be told at once, and notes."""
    Clinic.objects.update_or_create(pk=1, defaults={"alert_at_once_from": "moderate"})
    pairs = [factories.PairFactory(therapist=therapist) for _pair in range(2)]
    for pair in pairs:
        factories.weekly(pair, SUDDEN_FALL)
        therapy_sessions.record(
            therapy_session=pair.therapy_sessions.last(),
            log=Log("attended", note=NOTE),
            by=therapist,
        )
        copy_jobs.ask(pair=pair, by=therapist)
    assert copy_jobs.make_due() == 2
    return pairs


@pytest.fixture
def backup(places, clinic):
    path = places / "night.backup"
    call_command("backup", path)
    return path


def restore(path) -> None:
    call_command("restore", path, "--yes")


def erase(pair) -> None:
    endings.end(pair=pair, ending="planned", on=timezone.localdate(), by=pair.therapist)
    erasures.erase(client=pair.client, reason=erasures.Reason.CLIENT_ASKED, by=pair.therapist)


def lose_everything() -> None:
    Client.objects.all().delete()
    ClientKey.objects.all().delete()


def counts() -> dict:
    models = (User, Client, TherapySession, SRSEntry, Episode, Alert, ClientKey)
    return {model.__name__: model.objects.count() for model in models}


def test_restore_brings_everything_back(backup):
    before = counts()
    lose_everything()
    assert counts() != before
    restore(backup)
    assert counts() == before
    assert TherapySession.objects.exclude(note="").first().note == NOTE
    assert audit_chain.verify().is_whole
    assert AuditEntry.objects.filter(action="restored").count() == 1


def test_erased_client_stays_erased(backup, clinic):
    gone, stays = clinic
    erase(gone)
    restore(backup)
    assert [client.key for client in Client.objects.all()] == [stays.client.key]
    assert ClientKey.objects.count() == 1
    assert [copy.pair_id for copy in ClientCopy.objects.all()] == [stays.pk]
    assert not SRSEntry.objects.exclude(therapy_session__pair=stays.pk).exists()
    assert Alert.objects.count() == 1  # of the other one
    assert AuditEntry.objects.filter(action="erased").count() == 1
    assert audit_chain.verify().is_whole


def test_alert_that_was_sent_after_the_backup_is_not_sent_again(backup, mailoutbox):
    assert alerts.deliver_due() == 2
    restore(backup)
    assert not Alert.objects.unsent().exists()
    assert alerts.deliver_due() == 0
    assert len(mailoutbox) == 2


def test_alert_that_was_not_sent_yet_goes_out_after_the_restore(backup, mailoutbox):
    restore(backup)
    assert alerts.deliver_due() == 2


def test_invitation_that_was_sent_after_the_backup_is_not_sent_again(
    places, administrator, mailoutbox
):
    invitations.invite(
        name="Therapist Fir", email="fir@clinic.example", role="therapist", by=administrator
    )
    call_command("backup", places / "night.backup")
    assert account_mails.deliver_due() == 1
    restore(places / "night.backup")
    assert account_mails.deliver_due() == 0
    assert len(mailoutbox) == 1


def test_weekly_report_made_after_the_backup_is_not_sent_again(backup, mailoutbox):
    reports.make_all(week=LAST_WEEK)
    alerts.deliver_due()
    sent = len(mailoutbox)
    restore(backup)
    reports.make_all(week=LAST_WEEK)
    alerts.deliver_due()
    assert len(mailoutbox) == sent


def test_audit_goes_on_after_a_restore(backup, clinic):
    restore(backup)
    clients.edit(
        client=Client.objects.first(),
        **{"case_label": "Wren-1", "name": "", "email": "", "language": "en"},
        by=User.objects.first(),
    )
    assert audit_chain.verify().is_whole


def flipped(path, at: int) -> None:
    whole = bytearray(path.read_bytes())
    whole[at] ^= 1
    path.write_bytes(whole)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: flipped(path, 3),
        lambda path: flipped(path, 20),
        lambda path: flipped(path, path.stat().st_size // 2),
        lambda path: flipped(path, -1),
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        lambda path: path.write_bytes(path.read_bytes()[:-5000]),
        lambda path: path.write_bytes(path.read_bytes() + b"x"),
        lambda path: path.write_bytes(b""),
    ],
    ids=["magic", "salt", "middle", "last byte", "cut by one", "cut", "longer", "empty"],
)
def test_damaged_backup_is_refused_and_nothing_is_touched(backup, damage):
    damage(backup)
    before = counts()
    with pytest.raises(CommandError, match="damaged or cut off|not a backup"):
        restore(backup)
    assert counts() == before
    assert not AuditEntry.objects.filter(action="restored").exists()


def test_backup_of_another_key_is_refused(backup, settings):
    settings.BACKUP_KEY = "another key"
    before = counts()
    with pytest.raises(CommandError, match="another BACKUP_KEY"):
        restore(backup)
    assert counts() == before


def test_backup_is_unreadable_and_named_by_its_moment(backup, clinic, places):
    held = backup.read_bytes()
    for word in (
        b"canary",
        clinic[0].client.case_label.encode(),
        b"CREATE TABLE",
        b"PGDMP",
        b"SQLite",
    ):
        assert word not in held
    call_command("backup")
    (named,) = (places / "backups").iterdir()
    assert named.name.startswith("alliance-20")
    assert oct(named.stat().st_mode & 0o777) == "0o600"


def test_backup_tells_when_it_was_made(places, db):
    assert backups.last_made_at() is None
    before = timezone.now()
    call_command("backup", places / "one.backup")
    assert before <= backups.last_made_at() <= timezone.now()


def test_backup_without_a_key_is_refused(places, settings):
    settings.BACKUP_KEY = ""
    with pytest.raises(CommandError, match="BACKUP_KEY is not set"):
        call_command("backup", places / "one.backup")
    assert not (places / "one.backup").exists()


def test_older_backups_are_deleted(places):
    for number in range(3):
        call_command("backup", places / "kept" / f"{number}.backup", "--keep", "2")
    assert sorted(path.name for path in (places / "kept").iterdir()) == ["1.backup", "2.backup"]


def test_forged_line_in_the_log_of_erasures_stops_the_restore(backup, clinic):
    erasure_log.path().parent.mkdir(parents=True, exist_ok=True)
    key = erasure_log.hash_of(clinic[0].client.sealing_key.key)
    line = f'{{"key": "{key}", "at": "2026-11-25", "reason": "mistake", "code": "forged"}}\n'
    erasure_log.path().write_text(line)
    with pytest.raises(CommandError, match="was changed"):
        call_command("apply_erasures")
    assert Client.objects.count() == 2


@pytest.mark.postgres
def test_failed_restore_leaves_what_was_there(backup, monkeypatch):
    """The file is good, and the database refuses it half-way."""
    before = counts()
    monkeypatch.setattr(backups, "FIRST_WORDS", b"BEGIN;\n")  # not emptied: its tables are there
    with pytest.raises(CommandError, match="could not be put back"):
        restore(backup)
    assert counts() == before
    backups.refuse_unfinished()  # it was not: nothing happened
