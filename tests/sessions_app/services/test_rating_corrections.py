"""A corrected rating: a new version with a reason; the one before stays, the newest counts."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry
from ruptures.models import Episode
from sessions_app.models import SRSEntry
from sessions_app.services import rating_corrections, srs_entries
from tests import factories
from tests.conftest import SUDDEN_FALL

HIGH = dict.fromkeys(("relationship", "goals", "approach", "overall"), 94)


@pytest.fixture
def fallen(pair, supervisor):
    """The last rating was typed as a fall."""
    return factories.weekly(pair, SUDDEN_FALL)[-1]


def correct(therapy_session, lines=HIGH, reason="Two digits were swapped"):
    return rating_corrections.correct(
        therapy_session=therapy_session,
        lines=lines,
        reason=reason,
        by=therapy_session.pair.therapist,
    )


def test_correction_leaves_the_marks_of_the_version_before(fallen):
    before = (
        SRSEntry.objects.filter(therapy_session=fallen)
        .values("pk", *HIGH, "uuid", "recorded_at")
        .get()
    )
    entry = correct(fallen)
    old = (
        SRSEntry.objects.filter(replaced_in=fallen).values("pk", *HIGH, "uuid", "recorded_at").get()
    )
    assert old == before
    assert entry.lines == HIGH
    assert entry.corrects_id == before["pk"]
    assert (entry.correction_reason, entry.corrected_by) == (
        "Two digits were swapped",
        fallen.pair.therapist,
    )
    assert AuditEntry.objects.filter(action="corrected").count() == 1


def test_detector_reads_the_newest_version(fallen):
    assert fallen.findings.exclude(severity="info").exists()
    correct(fallen)
    assert not fallen.findings.exclude(severity="info").exists()
    correct(fallen, lines=factories.records.marks((5.8, 8.6, 8.4, 8.2)), reason="It was right")
    assert fallen.findings.exclude(severity="info").exists()
    assert Episode.objects.exists()


def test_versions_are_told_newest_first(fallen):
    second = correct(fallen)
    third = correct(fallen, lines=HIGH | {"goals": 90}, reason="Measured again")
    fallen.refresh_from_db()
    versions = rating_corrections.versions_of(fallen)
    assert versions[:2] == [third, second]
    assert len(versions) == 3


@pytest.mark.parametrize("lines", [factories.records.marks((5.8, 8.6, 8.4, 8.2))])
def test_same_marks_are_no_correction(fallen, lines):
    with pytest.raises(srs_entries.EntryRefused, match="stored already"):
        correct(fallen, lines=lines)
    assert not fallen.replaced_entries.exists()


def test_session_without_a_rating_has_nothing_to_correct(therapy_session):
    with pytest.raises(srs_entries.EntryRefused):
        correct(therapy_session)


def test_form_sent_again_after_a_correction_gets_its_first_answer(fallen):
    old = fallen.srs_entry
    correct(fallen)
    rating = srs_entries.Rating(
        uuid=old.uuid, lines=old.lines, pack=old.pack, language="en", source=old.source
    )
    assert srs_entries.record(therapy_session=fallen, rating=rating) == (old, False)
    assert SRSEntry.objects.filter(therapy_session=fallen).get().lines == HIGH


def test_database_refuses_a_rating_of_no_session(fallen):
    with pytest.raises(IntegrityError), transaction.atomic():
        SRSEntry.objects.filter(therapy_session=fallen).update(therapy_session=None)


def test_pages_show_both_versions(client, fallen, supervisor):
    client.force_login(fallen.pair.therapist)
    url = f"/sessions/{fallen.key}/correction/"
    assert "5.8" in client.get(url).content.decode()
    form = dict.fromkeys(HIGH, "9.4")
    assert "This field is required" in client.post(url, form).content.decode()
    client.post(url, form | {"reason": "Two digits were swapped"})
    page = client.get(url).content.decode()
    assert "9.4" in page and "5.8" in page and "Two digits were swapped" in page
    client.force_login(supervisor)
    page = client.get(f"/clients/{fallen.pair.client.key}/").content.decode()
    assert "Corrected; it was 31.0. Two digits were swapped" in page
