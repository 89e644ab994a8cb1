"""A prepared question answers as its queryset does, each time, with the values of that time."""

import datetime
from threading import Thread

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from accounts.models import User
from accounts.prepared import (
    Given,
    Several,
    insert,
    insert_unless_there,
    insertion,
    prepared,
    prepared_update,
    together,
)
from sessions_app.models import Pair, SRSEntry, TherapySession
from tests import factories

pytestmark = pytest.mark.django_db
A_DAY = datetime.timedelta(days=1)


@prepared
def _by_key():
    people = User.objects.filter(key=Given("key", models.UUIDField()))
    return people.values_list("pk", "name", named=True)


@prepared
def _joined_since():
    since = Given("since", models.DateTimeField())
    joined = User.objects.filter(date_joined__gte=since).order_by("pk")
    return joined.values_list("date_joined", flat=True)


@prepared
def _sessions_of():
    before = Given("before", models.DateTimeField())
    sessions = TherapySession.objects.filter(pair=Given("pair"), starts_at__lt=before)
    return sessions.select_related("pair__client__sealing_key", "srs_entry").order_by("starts_at")


@prepared
def _marks_of():
    rows = SRSEntry.objects.filter(uuid=Given("uuid", models.UUIDField()))
    return rows.values_list("uuid", "overall", "recorded_at")


@prepared
def _locked():
    return TherapySession.objects.select_for_update().filter(pk=Given("pk"))


@prepared_update
def _write():
    new_values = {
        "minutes_late": Given("late", models.IntegerField()),
        "client_asks": Given("wants", models.BooleanField()),
    }
    return TherapySession.objects.filter(pk=Given("pk")), new_values


@prepared_update
def _renamed():
    return User.objects.filter(pk=Given("pk")), {"name": Given("name")}


def test_prepared_question_answers_each_time_of_what_is_given():
    for person in (factories.therapist(), factories.therapist()):
        assert [(row.pk, row.name) for row in _by_key(key=person.key)] == [(person.pk, person.name)]


def test_prepared_question_gives_records_with_what_is_joined(pair, django_assert_num_queries):
    factories.weekly(pair, [38.0, 37.0, None])
    other = factories.PairFactory(client__name="Somebody else")
    (theirs,) = factories.weekly(other, [36.0])
    their_entry = SRSEntry.objects.get(therapy_session=theirs)
    now = timezone.now()
    assert _sessions_of(pair=pair.pk, before=now) == list(pair.therapy_sessions.order_by("pk"))
    assert _sessions_of(pair=pair.pk, before=now - 99 * 7 * A_DAY) == []
    with django_assert_num_queries(1):
        (found,) = _sessions_of(pair=other.pk, before=now)
        assert (found, found.pair.client.name) == (theirs, "Somebody else")
        assert found.srs_entry == their_entry


def test_moments_come_in_and_go_out_as_the_orm_has_them():
    person = factories.therapist()
    person.refresh_from_db()
    assert _joined_since(since=timezone.now() - A_DAY) == [person.date_joined]
    assert _joined_since(since=timezone.now() + A_DAY) == []


def test_rows_have_the_types_of_their_fields(pair):
    (therapy_session,) = factories.weekly(pair, [38.0])
    entry = therapy_session.srs_entry
    (row,) = _marks_of(uuid=str(entry.uuid))
    assert row == (entry.uuid, entry.overall, entry.recorded_at)


SOME = Several("person", 3)


@prepared
def _people():
    return User.objects.filter(pk__in=SOME.places).order_by("pk").select_related(None)


def test_question_for_several_takes_as_many_as_there_are_places():
    people = [factories.therapist() for _number in range(4)]
    numbers = [person.pk for person in people]
    assert _people(**SOME.given(numbers[:2])) == people[:2]
    assert _people(**SOME.given(numbers[:3])) == people[:3]
    with pytest.raises(ValueError, match="zip"):
        SOME.given(numbers)


def test_prepared_update_changes_what_it_names_alone(pair):
    first, second = factories.weekly(pair, [38.0, 38.0])
    together(_write(pk=first.pk, late=7, wants=True))
    together(_write(pk=second.pk, late=9, wants=False))
    together(_write(pk=0, late=1, wants=True))
    rows = pair.therapy_sessions.order_by("pk").values_list("minutes_late", "client_asks")
    assert list(rows) == [(7, True), (9, False)]


def test_question_with_a_moment_of_its_own_is_refused():
    @prepared
    def joined():
        return User.objects.filter(date_joined__lt=timezone.now()).values_list("pk")

    with pytest.raises(TypeError, match="joined depends on when"):
        joined()


def test_question_with_a_day_of_its_own_is_refused():
    @prepared
    def begun():
        return Pair.objects.filter(from_on__lte=timezone.localdate())

    with pytest.raises(TypeError, match="begun depends on when"):
        begun()


def test_update_with_a_moment_of_its_own_is_refused(pair):
    @prepared_update
    def log():
        return TherapySession.objects.filter(pk=Given("pk")), {"logged_at": timezone.now()}

    therapy_session = factories.TherapySessionFactory(pair=pair)
    with pytest.raises(TypeError, match="log depends on when"):
        log(pk=therapy_session.pk)
    therapy_session.refresh_from_db()
    assert therapy_session.logged_at is None


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_prepared_question_locks_within_a_transaction_alone(pair):
    therapy_session = factories.TherapySessionFactory(pair=pair)
    with transaction.atomic():
        assert _locked(pk=therapy_session.pk) == [therapy_session]
    with pytest.raises(TransactionManagementError):
        _locked(pk=therapy_session.pk)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_by_its_own_connection():
    person = factories.therapist()
    answers = [_by_key(key=person.key)]
    own = connection.connection

    def ask():
        answers.append(_by_key(key=person.key))
        answers.append(connection.connection is own)
        connection.close()

    # While the first connection is busy: whoever asked by it would wait for ever.
    thread = Thread(target=ask, daemon=True)
    with own.lock:
        thread.start()
        thread.join(timeout=10)
    assert answers == [answers[0], answers[0], False]
    assert answers[0][0].pk == person.pk


def test_inserted_row_is_the_one_that_saving_would_store(pair):
    (therapy_session,) = factories.weekly(pair, [38.0])
    stored = therapy_session.srs_entry
    SRSEntry.objects.filter(pk=stored.pk).delete()
    copied = SRSEntry(**{field.attname: getattr(stored, field.attname) for field in _written()})
    insert(copied)
    assert not copied._state.adding
    found = SRSEntry.objects.get(pk=copied.pk)
    for field in _written():
        if field.name != "recorded_at":  # the moment of storing
            assert getattr(found, field.attname) == getattr(stored, field.attname)
    assert found.recorded_at == copied.recorded_at >= stored.recorded_at


def _written():
    return [field for field in SRSEntry._meta.concrete_fields if not field.primary_key]


def test_writes_are_done_together(pair, django_assert_num_queries):
    first, second = factories.weekly(pair, [38.0, None])
    entry = SRSEntry(therapy_session=second, pack=first.srs_entry.pack, overall=94)
    writes = [_write(pk=first.pk, late=7, wants=True), insertion(entry)]
    writes.append(_renamed(pk=pair.therapist.pk, name="Dr Somebody"))
    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 3):
        together(*writes)
    first.refresh_from_db()
    pair.therapist.refresh_from_db()
    assert (first.minutes_late, second.srs_entry.overall) == (7, 94)
    assert pair.therapist.name == "Dr Somebody"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_writes_are_done_together_or_not_at_all(pair):
    (first,) = factories.weekly(pair, [38.0])
    twice = insertion(SRSEntry(therapy_session=first, pack=first.srs_entry.pack))
    with pytest.raises(IntegrityError):
        together(_write(pk=first.pk, late=7, wants=True), twice)
    first.refresh_from_db()
    assert first.minutes_late != 7


def test_inserted_row_keeps_the_rules_of_its_table(pair):
    (therapy_session,) = factories.weekly(pair, [38.0])
    twice = SRSEntry(therapy_session=therapy_session, pack=therapy_session.srs_entry.pack)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(twice)
    assert SRSEntry.objects.count() == 1


def test_row_whose_place_is_taken_is_not_stored(pair):
    first, second = factories.weekly(pair, [38.0, None])
    stored = first.srs_entry
    twice = SRSEntry(therapy_session=first, pack=stored.pack)
    assert not insert_unless_there(twice)
    assert twice.pk is None
    its_own = SRSEntry(therapy_session=second, pack=stored.pack)
    assert insert_unless_there(its_own)
    assert list(SRSEntry.objects.order_by("pk")) == [stored, its_own]


@pytest.mark.postgres
def test_statement_that_is_asked_often_is_planned_once_a_connection(pair):
    for _time in range(4):
        _sessions_of(pair=pair.pk, before=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        planned = [statement for (statement,) in cursor]
    assert sum('"starts_at" <' in statement for statement in planned) >= 1
