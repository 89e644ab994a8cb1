"""A kept query answers as its queryset does, each time, with the values of that time."""

import datetime

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from accounts import kept_queries
from accounts.kept_queries import kept, kept_update
from sessions_app.models import SRSEntry, TherapySession
from tests import factories

pytestmark = pytest.mark.django_db


@kept(pair=models.BigIntegerField(), before=models.DateTimeField())
def sessions_of(pair, before):
    sessions = TherapySession.objects.filter(pair=pair, starts_at__lt=before)
    return sessions.select_related("pair__client__sealing_key", "srs_entry").order_by("starts_at")


@kept(uuid=models.UUIDField())
def marks_of(uuid):
    rows = SRSEntry.objects.filter(uuid=uuid)
    return rows.values_list("uuid", "overall", "recorded_at", named=True)


@kept_update(pk=models.BigIntegerField(), late=models.IntegerField(), wants=models.BooleanField())
def write(pk, late, wants):
    return TherapySession.objects.filter(pk=pk), {"minutes_late": late, "client_asks": wants}


def test_kept_query_answers_by_the_values_of_each_time(pair, django_assert_num_queries):
    factories.weekly(pair, [38.0, 37.0, None])
    other = factories.PairFactory(client__name="Somebody else")
    (theirs,) = factories.weekly(other, [36.0])
    their_entry = SRSEntry.objects.get(therapy_session=theirs)
    now = timezone.now()
    assert sessions_of(pair=pair.pk, before=now) == list(pair.therapy_sessions.order_by("pk"))
    assert sessions_of(pair=pair.pk, before=now - datetime.timedelta(weeks=99)) == []
    with django_assert_num_queries(1):
        (found,) = sessions_of(pair=other.pk, before=now)
        assert (found, found.pair.client.name) == (theirs, "Somebody else")
        assert found.srs_entry == their_entry


def test_kept_rows_have_the_types_of_their_fields(pair):
    (therapy_session,) = factories.weekly(pair, [38.0])
    entry = therapy_session.srs_entry
    (row,) = marks_of(uuid=str(entry.uuid))
    assert row == (entry.uuid, entry.overall, entry.recorded_at)


def test_kept_update_changes_what_it_names_alone(pair):
    first, second = factories.weekly(pair, [38.0, 38.0])
    assert write(pk=first.pk, late=7, wants=True) == 1
    assert write(pk=second.pk, late=9, wants=False) == 1
    assert write(pk=0, late=1, wants=True) == 0
    rows = pair.therapy_sessions.order_by("pk").values_list("minutes_late", "client_asks")
    assert list(rows) == [(7, True), (9, False)]


def test_kept_query_with_a_moment_of_its_own_is_refused():
    @kept()
    def begun():
        return TherapySession.objects.filter(starts_at__lte=timezone.now())

    with pytest.raises(TypeError, match="depends on when"):
        begun()


def test_kept_update_with_a_moment_of_its_own_is_refused(pair):
    @kept_update(pk=models.BigIntegerField())
    def log(pk):
        return TherapySession.objects.filter(pk=pk), {"logged_at": timezone.now()}

    therapy_session = factories.TherapySessionFactory(pair=pair)
    with pytest.raises(TypeError, match="depends on when"):
        log(pk=therapy_session.pk)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_kept_query_locks_within_a_transaction_alone(pair):
    @kept(pk=models.BigIntegerField())
    def locked(pk):
        return TherapySession.objects.select_for_update().filter(pk=pk)

    therapy_session = factories.TherapySessionFactory(pair=pair)
    with transaction.atomic():
        assert locked(pk=therapy_session.pk) == [therapy_session]
    with pytest.raises(TransactionManagementError):
        locked(pk=therapy_session.pk)


def test_inserted_row_is_the_one_that_saving_would_store(pair):
    (therapy_session,) = factories.weekly(pair, [38.0])
    stored = therapy_session.srs_entry
    SRSEntry.objects.filter(pk=stored.pk).delete()
    copied = SRSEntry(**{field.attname: getattr(stored, field.attname) for field in _written()})
    kept_queries.insert(copied)
    assert not copied._state.adding
    found = SRSEntry.objects.get(pk=copied.pk)
    for field in _written():
        if field.name != "recorded_at":  # the moment of storing
            assert getattr(found, field.attname) == getattr(stored, field.attname)
    assert found.recorded_at == copied.recorded_at >= stored.recorded_at


def _written():
    return [field for field in SRSEntry._meta.concrete_fields if not field.primary_key]


def test_inserted_row_keeps_the_rules_of_its_table(pair):
    (therapy_session,) = factories.weekly(pair, [38.0])
    twice = SRSEntry(therapy_session=therapy_session, pack=therapy_session.srs_entry.pack)
    with pytest.raises(IntegrityError), transaction.atomic():
        kept_queries.insert(twice)
    assert SRSEntry.objects.count() == 1


@pytest.mark.postgres
def test_statement_that_is_asked_often_is_planned_once_a_connection(pair):
    for _time in range(4):
        sessions_of(pair=pair.pk, before=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        planned = [statement for (statement,) in cursor]
    assert sum('"starts_at" <' in statement for statement in planned) >= 1
