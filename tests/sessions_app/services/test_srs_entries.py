"""A rating is recorded once, whole, with everything that follows from it, or not at all."""

import threading
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, connections, transaction

from ruptures.detection.policy import PolicyError
from ruptures.models import Alert, Episode, Finding, PolicyVersion, Screening
from sessions_app.models import SRSEntry, TherapySession
from sessions_app.services import srs_entries
from tests import factories
from tests.conftest import SUDDEN_FALL

LOW = (5.8, 8.6, 8.4, 8.2)


def findings() -> list[tuple]:
    return list(Finding.objects.order_by("pk").values_list("pk", "rule", "line", "severity"))


@transaction.atomic
def decline(therapy_session, *, client_asks: bool = False) -> None:
    locked = srs_entries.lock(therapy_session.pk)
    srs_entries.decline_within(locked=locked, client_asks=client_asks)


def test_record_stores_the_marks_in_tenths(therapy_session):
    entry = factories.rate(therapy_session, LOW, seconds=42, line_length_mm=96)
    entry.refresh_from_db()
    assert entry.lines == {"relationship": 58, "goals": 86, "approach": 84, "overall": 82}
    assert (entry.total, entry.seconds, entry.line_length_mm) == (310, 42, 96)


def test_record_of_a_mark_off_the_line_stores_nothing(therapy_session):
    """Forms refuse it before; the table does after them, on every database aloud."""
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.rate(therapy_session, (10.1, 8.6, 8.4, 8.2))
    assert not SRSEntry.objects.exists()


def test_record_makes_a_booked_session_an_attended_one(therapy_session):
    factories.rate(therapy_session, 37.0, client_asks=True)
    therapy_session.refresh_from_db()
    assert therapy_session.attendance == "attended"
    assert therapy_session.client_asks


def test_record_takes_a_missing_reason_back(therapy_session):
    decline(therapy_session)
    factories.rate(therapy_session, 37.0)
    therapy_session.refresh_from_db()
    assert therapy_session.missing_reason == ""


def test_record_of_the_same_form_answers_with_the_first_result(therapy_session):
    form = uuid4()
    first = factories.rate(therapy_session, LOW, uuid=form)
    before = findings()
    second = factories.rate(therapy_session, LOW, uuid=form)
    assert second.pk == first.pk
    assert SRSEntry.objects.count() == 1
    assert before
    assert findings() == before


def test_record_says_whether_the_entry_is_new(therapy_session):
    rating = srs_entries.Rating(
        uuid=uuid4(),
        lines=factories.records.marks(37.0),
        pack=factories.records.packs.active_pack(),
        language="en",
        source="link",
    )
    news = [srs_entries.record(therapy_session=therapy_session, rating=rating)[1] for _ in "ab"]
    assert news == [True, False]


def test_record_of_the_same_form_with_other_marks_is_a_conflict(therapy_session):
    form = uuid4()
    factories.rate(therapy_session, 37.0, uuid=form)
    with pytest.raises(srs_entries.EntryConflict, match="other marks"):
        factories.rate(therapy_session, 31.0, uuid=form)
    assert SRSEntry.objects.get().total == 370


def test_record_of_the_same_form_for_another_session_is_a_conflict(therapy_session, pair):
    form = uuid4()
    factories.rate(therapy_session, 37.0, uuid=form)
    other = factories.TherapySessionFactory(pair=pair)
    with pytest.raises(srs_entries.EntryConflict):
        factories.rate(other, 37.0, uuid=form)
    other.refresh_from_db()
    assert other.attendance == "booked"


def test_record_refuses_a_second_entry_for_a_session(therapy_session):
    factories.rate(therapy_session, 37.0)
    with pytest.raises(srs_entries.EntryRefused, match="rating already"):
        factories.rate(therapy_session, 38.0)
    assert SRSEntry.objects.get().total == 370


@pytest.mark.parametrize("attendance", ["no_show", "cancelled_client", "cancelled_therapist"])
def test_record_refuses_a_session_that_did_not_take_place(pair, attendance):
    absent = factories.TherapySessionFactory(pair=pair, attendance=attendance)
    with pytest.raises(srs_entries.EntryRefused, match="did not take place"):
        factories.rate(absent, 37.0)
    with pytest.raises(srs_entries.EntryRefused, match="did not take place"):
        decline(absent)
    assert not SRSEntry.objects.exists()


def test_decline_is_a_missing_rating_with_its_reason(therapy_session):
    decline(therapy_session, client_asks=True)
    therapy_session.refresh_from_db()
    assert therapy_session.attendance == "attended"
    assert therapy_session.missing_reason == "declined"
    assert therapy_session.client_asks


def test_decline_twice_changes_nothing(therapy_session):
    decline(therapy_session)
    before = TherapySession.objects.values().get(), findings()
    decline(therapy_session)
    assert (TherapySession.objects.values().get(), findings()) == before


def test_decline_after_a_rating_is_refused(therapy_session):
    factories.rate(therapy_session, 37.0)
    with pytest.raises(srs_entries.EntryRefused):
        decline(therapy_session)
    therapy_session.refresh_from_db()
    assert therapy_session.missing_reason == ""


def test_entry_findings_episode_and_alert_come_together(pair, supervisor):
    factories.weekly(pair, SUDDEN_FALL)
    assert SRSEntry.objects.count() == 5
    assert Finding.objects.filter(rule="sudden_drop").exists()
    assert Episode.objects.count() == 1
    assert Alert.objects.mails().filter(recipient=supervisor).count() == 1


@pytest.mark.django_db(transaction=True)
def test_entry_whose_screening_fails_leaves_nothing(pair, supervisor):
    factories.weekly(pair, SUDDEN_FALL[:-1])
    last = factories.TherapySessionFactory(pair=pair)
    screened, found = Screening.objects.count(), findings()
    PolicyVersion.objects.create(version="broken", overrides={"low_totall": 36.0})
    with pytest.raises(PolicyError, match="low_totall"):
        factories.rate(last, LOW)
    assert not SRSEntry.objects.filter(therapy_session=last).exists()
    last.refresh_from_db()
    assert last.attendance == "booked"
    assert (Screening.objects.count(), findings()) == (screened, found)
    assert not Episode.objects.exists()
    assert not Alert.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_entry_is_taken_once_the_policy_is_mended(pair, supervisor):
    factories.weekly(pair, SUDDEN_FALL[:-1])
    last, form = factories.TherapySessionFactory(pair=pair), uuid4()
    broken = PolicyVersion.objects.create(version="broken", overrides={"low_totall": 36.0})
    with pytest.raises(PolicyError):
        factories.rate(last, LOW, uuid=form)
    broken.delete()
    factories.rate(last, LOW, uuid=form)
    assert Episode.objects.count() == 1


# --- at the same moment -----------------------------------------------------------------------


def at_once(actions: list) -> list:
    """Runs each action in a thread of its own, all from one starting gun; results or errors."""
    gun = threading.Barrier(len(actions))
    results: list = [None] * len(actions)

    def run(place: int, action):
        try:
            gun.wait(timeout=10)
            results[place] = action()
        except Exception as failure:  # handed to the test, which looks at it
            results[place] = failure
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_hand_ins_of_one_form_at_once_are_one_entry(pair, supervisor):
    assert connection.vendor == "postgresql"
    factories.weekly(pair, SUDDEN_FALL[:-1])
    last, form = factories.TherapySessionFactory(pair=pair), uuid4()
    results = at_once([lambda: factories.rate(last, LOW, uuid=form).pk] * 4)
    assert results == [SRSEntry.objects.get(therapy_session=last).pk] * 4
    assert Episode.objects.count() == 1
    assert Alert.objects.mails().count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_forms_for_one_session_at_once_leave_one_entry(pair):
    last = factories.TherapySessionFactory(pair=pair)
    results = at_once([lambda: factories.rate(last, 37.0), lambda: factories.rate(last, 31.0)])
    refused = [result for result in results if isinstance(result, srs_entries.EntryRefused)]
    assert len(refused) == 1
    assert SRSEntry.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_ratings_of_two_sessions_of_a_pair_at_once_are_both_kept(pair, supervisor):
    *_before, last = factories.weekly(pair, [37.0, 38.0, 37.5, 38.0, None, None])[-2:]
    first = pair.therapy_sessions.get(srs_entry=None, pk__lt=last.pk)
    results = at_once([lambda: factories.rate(first, LOW), lambda: factories.rate(last, LOW)])
    assert [type(result).__name__ for result in results] == ["SRSEntry", "SRSEntry"]
    assert Episode.objects.open().count() == 1
