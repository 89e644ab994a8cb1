"""Drafts of the session log: sealed by the browser, kept for their author alone."""

import datetime
import json
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts import sealing
from sessions_app.models import LogDraft
from sessions_app.services import log_drafts, therapy_sessions
from sessions_app.services.therapy_sessions import Log, Page
from tests import factories
from tests.sealing import seal

NOTE = "He spoke of his brother."


def sealed_draft(therapy_session, typed_by, **changes) -> bytes:
    draft = {
        "session": str(therapy_session.key),
        "author": str(typed_by.key),
        "page": str(uuid4()),
        "version": "0",
        "fields": {"attendance": "attended", "note": NOTE},
    }
    return seal(sealing.public_key(), json.dumps(draft | changes))


def keep(therapy_session, author, **changes):
    sealed = sealed_draft(therapy_session, author, **changes)
    return log_drafts.keep(therapy_session=therapy_session, sealed=sealed, by=author)


def test_draft_is_read_back_and_a_later_one_replaces_it(therapy_session, therapist):
    keep(therapy_session, therapist)
    keep(therapy_session, therapist, fields={"note": "Later"})
    assert log_drafts.draft_of(therapy_session, therapist).fields == {"note": "Later"}
    assert LogDraft.objects.count() == 1


def test_draft_lies_encrypted(therapy_session, therapist):
    keep(therapy_session, therapist)
    with connection.cursor() as cursor:
        cursor.execute("SELECT fields FROM sessions_app_logdraft")
        assert "brother" not in cursor.fetchone()[0]


def test_draft_is_its_authors_alone(therapy_session, therapist, supervisor):
    keep(therapy_session, therapist)
    assert log_drafts.draft_of(therapy_session, supervisor) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"author": str(uuid4())},
        {"session": str(uuid4())},
        {"page": "no key"},
        {"version": "soon"},
        {"version": "2147483648"},
        {"version": float("inf")},
        {"fields": {"note": 3}},
        {"fields": ["note"]},
        {"fields": {f"field_{number}": "" for number in range(101)}},
        {"fields": {"note": "n" * log_drafts.LARGEST_BYTES}},
    ],
    ids=str,
)
def test_what_is_no_draft_of_this_person_and_session_is_refused(
    therapy_session, therapist, changes
):
    with pytest.raises(log_drafts.DraftRefused):
        log_drafts.keep(
            therapy_session=therapy_session,
            sealed=sealed_draft(therapy_session, therapist, **changes),
            by=therapist,
        )
    assert not LogDraft.objects.exists()


@pytest.mark.parametrize("sealed", [b"", b"plain text", bytes(200)])
def test_what_was_not_sealed_here_is_refused(therapy_session, therapist, sealed):
    with pytest.raises(log_drafts.DraftRefused):
        log_drafts.keep(therapy_session=therapy_session, sealed=sealed, by=therapist)


def test_saving_the_log_removes_the_draft(therapy_session, therapist):
    keep(therapy_session, therapist)
    therapy_sessions.record(therapy_session=therapy_session, log=Log("attended"), by=therapist)
    assert not LogDraft.objects.exists()


def test_last_words_of_a_page_that_was_saved_are_no_draft_any_more(therapy_session, therapist):
    page = uuid4()
    therapy_sessions.record(
        therapy_session=therapy_session, log=Log("attended"), by=therapist, page=Page(page, 0)
    )
    assert keep(therapy_session, therapist, page=str(page)) is None
    assert not LogDraft.objects.exists()
    assert keep(therapy_session, therapist) is not None  # of another opening


def test_draft_goes_after_thirty_days(therapy_session, therapist):
    keep(therapy_session, therapist)
    later = timezone.now() + datetime.timedelta(days=29)
    with time_machine.travel(later, tick=False):
        assert log_drafts.forget_old() == 0
        keep(factories.TherapySessionFactory(pair=therapy_session.pair), therapist)
    with time_machine.travel(later + datetime.timedelta(days=2), tick=False):
        assert log_drafts.forget_old() == 1
    assert LogDraft.objects.get().therapy_session != therapy_session
