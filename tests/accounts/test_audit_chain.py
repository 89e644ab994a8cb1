"""The chain of the audit: whoever edits, removes or swaps rows is found out, and where."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts import audit, audit_chain, audit_triggers
from accounts.models import AuditEntry, AuditHead
from tests import factories

ROWS = 5


@pytest.fixture(autouse=True)
def apart(settings, tmp_path):
    settings.APART_DIR = str(tmp_path)


@pytest.fixture
def sealed(therapist, django_capture_on_commit_callbacks):
    """Five sealed rows, the head kept apart too."""

    def seal(rows: int = ROWS):
        for _row in range(rows):
            audit.note(audit.Action.CHANGED, by=therapist, on=therapist)
        with django_capture_on_commit_callbacks(execute=True):
            audit_chain.seal()

    seal()
    return seal


def as_owner(sql: str, *parameters) -> None:
    """What an owner of the database can do: the triggers lifted, the row written to."""
    with audit_triggers.lifted(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def at_place(place: int) -> AuditEntry:
    return AuditEntry.objects.get(place=place)


def test_untouched_chain_is_whole(sealed):
    verdict = audit_chain.verify()
    assert verdict.is_whole
    assert verdict.entries == ROWS


def test_rows_not_yet_sealed_are_sealed_by_the_look(
    sealed, therapist, django_capture_on_commit_callbacks
):
    audit.note(audit.Action.CHANGED, by=therapist, on=therapist)
    with django_capture_on_commit_callbacks(execute=True):
        call_command("verify_audit")
    assert at_place(ROWS + 1).chain


@pytest.mark.parametrize(
    ("column", "value"),
    [("page", "elsewhere"), ("by_id", 999), ("outcome", "refused"), ("at", "2020-01-01 00:00:00")],
)
def test_edited_row_is_found(sealed, column, value):
    as_owner(f"UPDATE accounts_auditentry SET {column} = %s WHERE place = 3", value)
    assert audit_chain.verify().broken_at == 3


def test_row_edited_before_it_was_sealed_is_found(sealed, therapist):
    audit.note(audit.Action.CHANGED, by=therapist, on=therapist)
    as_owner("UPDATE accounts_auditentry SET page = 'elsewhere' WHERE place IS NULL")
    assert audit_chain.verify().broken_at == ROWS + 1


def test_edited_row_with_a_mac_of_another_key_is_found(sealed, settings):
    settings.AUDIT_KEY, own = "another key", settings.AUDIT_KEY
    forged = at_place(3)
    forged.page = "elsewhere"
    mac = audit.own_mac(forged)
    settings.AUDIT_KEY = own
    as_owner("UPDATE accounts_auditentry SET page = 'elsewhere', own_mac = %s WHERE place = 3", mac)
    assert audit_chain.verify().broken_at == 3


def test_row_deleted_in_the_middle_is_found(sealed):
    as_owner("DELETE FROM accounts_auditentry WHERE place = 3")
    assert audit_chain.verify().broken_at == 3


def test_row_deleted_in_the_middle_and_the_others_moved_up_is_found(sealed):
    as_owner("DELETE FROM accounts_auditentry WHERE place = 3")
    for place in (4, 5):
        as_owner("UPDATE accounts_auditentry SET place = %s WHERE place = %s", place - 1, place)
    assert audit_chain.verify().broken_at == 3


def test_newest_row_deleted_is_found(sealed):
    as_owner("DELETE FROM accounts_auditentry WHERE place = %s", ROWS)
    assert audit_chain.verify().broken_at == ROWS


def test_newest_row_deleted_with_an_old_head_put_back_is_found(sealed):
    """The head in the database is one that was true once; the one kept apart counts more."""
    old = AuditHead.objects.values().get()
    sealed(1)
    as_owner("DELETE FROM accounts_auditentry WHERE place = %s", ROWS + 1)
    AuditHead.objects.update(**old)
    verdict = audit_chain.verify()
    assert verdict.broken_at == ROWS + 1
    assert "apart" in verdict.why


def test_newest_row_replaced_after_an_old_head_was_put_back_is_found(sealed, therapist):
    old = AuditHead.objects.values().get()
    sealed(1)
    as_owner("DELETE FROM accounts_auditentry WHERE place = %s", ROWS + 1)
    AuditHead.objects.update(**old)
    audit.note(audit.Action.READ, by=therapist, on=therapist)
    assert audit_chain.verify().broken_at == ROWS + 1


def test_everything_deleted_is_found(sealed):
    as_owner("DELETE FROM accounts_auditentry")
    AuditHead.objects.all().delete()
    assert not audit_chain.verify().is_whole


def test_two_rows_swapped_are_found(sealed):
    second, third = at_place(2), at_place(3)
    for place, other in ((2, third), (3, second)):
        as_owner(
            "UPDATE accounts_auditentry SET at = %s, own_mac = %s WHERE place = %s",
            other.at,
            other.own_mac,
            place,
        )
    assert audit_chain.verify().broken_at == 2


def test_two_rows_that_change_places_are_found(sealed):
    for place, new in ((2, 900), (3, 2), (900, 3)):
        as_owner("UPDATE accounts_auditentry SET place = %s WHERE place = %s", new, place)
    assert audit_chain.verify().broken_at == 2


def test_head_kept_apart_that_was_removed_is_found(sealed):
    audit_chain.head_file().unlink()
    assert not audit_chain.verify().is_whole


def test_command_names_the_row_where_the_chain_breaks(sealed):
    as_owner("DELETE FROM accounts_auditentry WHERE place = 3")
    with pytest.raises(CommandError, match="breaks at entry 3"):
        call_command("verify_audit")


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.update(page="elsewhere"),
        lambda rows: rows.update(place=77),
        lambda rows: rows.delete(),
    ],
)
def test_triggers_refuse_to_change_or_remove_a_sealed_row(sealed, change):
    with pytest.raises(DatabaseError, match="neither changed nor removed"), transaction.atomic():
        change(AuditEntry.objects.filter(place=2))
    assert audit_chain.verify().is_whole


def test_triggers_refuse_to_change_what_an_unsealed_row_says(therapist):
    audit.note(audit.Action.CHANGED, by=therapist, on=therapist)
    with pytest.raises(DatabaseError, match="neither changed nor removed"), transaction.atomic():
        AuditEntry.objects.update(page="elsewhere")


def test_second_sealing_seals_nothing_again(sealed):
    before = list(AuditEntry.objects.sealed().values_list("id", "chain"))
    assert audit_chain.seal() == 0
    assert list(AuditEntry.objects.sealed().values_list("id", "chain")) == before


def test_more_rows_than_are_sealed_at_once_are_all_sealed(monkeypatch, sealed):
    monkeypatch.setattr(audit_chain, "SEALED_AT_ONCE", 2)
    sealed(7)
    assert audit_chain.verify().entries == ROWS + 7


def test_person_who_was_removed_stays_told_of(sealed):
    factories.UserFactory()
    AuditEntry.objects.first().by.role_periods.all().delete()
    person = AuditEntry.objects.first().by
    number = person.pk
    person.delete()
    assert at_place(1).by_id == number
    assert audit_chain.verify().is_whole
