"""The client's copy: all of the record, nothing that is the therapist's alone, no formula."""

import datetime
import json

import pytest
from django.apps import apps

from accounts.models import AuditEntry
from ruptures import client_tables
from ruptures.models import Generalisation, RepairRecord, ReviewComment
from ruptures.services import client_copies, copy_jobs, repairs
from ruptures.spreadsheets import defused
from sessions_app.models import Agreement
from sessions_app.services import rating_corrections, therapy_sessions
from sessions_app.services.therapy_sessions import Log
from tests import factories

NAME, AGREED, SAID = "Clientina Canaria", "agreement-canary", "comment-canary"
# What the therapist alone may know.
OWN = "own-canary"
NOT_COPIED = {
    "accounts.clinic": "the clinic's",
    "sessions_app.clientkey": "a secret",
    "sessions_app.tabletlink": "a secret, short-lived",
    "sessions_app.linkmail": "a secret, short-lived",
    "sessions_app.logdraft": "the therapist's alone",
    "sessions_app.undostep": "the therapist's, for minutes",
    "sessions_app.client": "told by itself",
    "sessions_app.pair": "told by itself",
    "sessions_app.srsentry": "told by itself",
    "ruptures.clientcopy": "the copy itself, for a day",
    "ruptures.alert": "a message between members of the team",
    "ruptures.usefulanswer": "what a person thought of a rule",
}


@pytest.fixture
def known(episode, supervisor):
    pair = episode.pair
    pair.client.name = NAME
    pair.client.save()
    Agreement.objects.create(pair=pair, kind="goal", text=AGREED)
    log = Log("attended", note=OWN, feelings={"irritation": 5}, markers={"appeasing": 2})
    therapy_sessions.record(
        therapy_session=pair.therapy_sessions.last(), log=log, by=pair.therapist
    )
    on = pair.from_on
    repairs.log_step(
        episode=episode, step="invite", done="done", on=on, note=OWN, by=pair.therapist
    )
    Generalisation.objects.create(episode=episode, with_whom="family", note=OWN)
    RepairRecord.objects.create(episode=episode, reflection=OWN, apology=OWN, causes=["x"])
    ReviewComment.objects.create(episode=episode, text=SAID, by=supervisor)
    return pair


def test_copy_tells_the_record_and_nothing_of_the_therapist_alone(known):
    told = json.dumps(client_copies.copy_of(pair=known))
    for word in (NAME, AGREED, SAID, known.client.case_label, "appeasing", "invite"):
        assert word in told
    for word in (OWN, "irritation", "therapist_feelings", "wrapped", "shown_at"):
        assert word not in told


def test_every_table_that_hangs_on_a_client_is_told_or_named(known):
    """A new table of the record fails here until it is in the copy, or it is said why not."""
    hanging = {known.client._meta.model}
    while True:
        more = {
            model
            for model in apps.get_models()
            for field in model._meta.fields
            if field.is_relation and field.related_model in hanging
        }
        if more <= hanging:
            break
        hanging |= more
    told = {model._meta.label_lower for model in client_copies.TABLES}
    assert {model._meta.label_lower for model in hanging} - told - set(NOT_COPIED) == set()


def test_copy_asks_the_same_for_any_number_of_sessions(known, django_assert_num_queries):
    with django_assert_num_queries(22):
        client_copies.copy_of(pair=known)
    for _more in range(3):
        factories.rate(factories.TherapySessionFactory(pair=known), 30.0)
        therapy_sessions.record(
            therapy_session=known.therapy_sessions.last(),
            log=Log("attended", note=OWN),
            by=known.therapist,
        )
    with django_assert_num_queries(22):
        client_copies.copy_of(pair=known)


@pytest.fixture
def handed_out(client, known):
    """Opens the copy, made just now, in one of its forms."""

    def handed_out(form: str):
        copy_jobs.ask(pair=known, by=known.therapist)
        assert copy_jobs.make_due() == 1
        client.force_login(known.therapist)
        answer = client.get(f"/clients/{known.client.key}/copy{form}")
        assert answer.status_code == 200
        return answer

    return handed_out


@pytest.mark.parametrize("form", ["/read/", ".json", ".csv"])
def test_handing_out_a_copy_is_noted_and_names_nobody(handed_out, known, form):
    answer = handed_out(form)
    entry = AuditEntry.objects.get(action=AuditEntry.Action.EXPORTED)
    assert (entry.by, entry.client_key) == (known.therapist, known.client.key)
    named = answer.headers.get("Content-Disposition", "")
    assert NAME not in named and known.client.case_label not in named
    assert OWN not in answer.content.decode()


def test_page_is_read_in_words(handed_out):
    page = handed_out("/read/").content.decode()
    for word in (AGREED, SAID, "Possible strains", "Supervisor Oak", "Attended"):
        assert word in page


def test_list_tells_who_looked_and_who_was_refused(client, known, supervisor, other_therapist):
    for person in (supervisor, other_therapist):
        client.force_login(person)
        client.get(f"/clients/{known.client.key}/")
    client.force_login(known.therapist)
    page = client.get(f"/clients/{known.client.key}/looks/").content.decode()
    assert supervisor.name in page
    assert other_therapist.name in page
    assert "Refused" in page


def test_list_is_paged(client, known):
    client.force_login(known.therapist)
    url = f"/clients/{known.client.key}/"
    for _look in range(55):
        client.get(f"{url}edit/")
    first = client.get(f"{url}looks/").content.decode()
    assert first.count("<time ") == 1
    assert "50 times" in first
    assert "50 times" not in client.get(f"{url}looks/?page=2").content.decode()


def test_looks_in_a_row_are_told_together(known, supervisor):
    """Another person, another day and a refusal each begin a row of their own."""
    noon = datetime.datetime(2026, 3, 4, 12, tzinfo=datetime.UTC)

    def look(minute: int, by, **more) -> AuditEntry:
        return AuditEntry(
            by=by, action="read", at=noon - datetime.timedelta(minutes=minute), **more
        )

    entries = [
        look(1, supervisor),
        look(3, supervisor),
        look(4, supervisor, outcome="refused"),
        look(5, known.therapist),
        look(24 * 60, known.therapist),
    ]
    rows = client_copies.in_a_row(entries)
    assert [row.count for row in rows] == [2, 1, 1, 1]
    assert (rows[0].first, rows[0].last) == (entries[1], entries[0])


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
def test_formula_is_defused(text):
    assert defused([text, "plain", 7, -3, None]) == [f"'{text}", "plain", 7, -3, None]


def test_reason_of_a_correction_is_no_formula_in_the_table(handed_out, known):
    last = known.therapy_sessions.filter(srs_entry__isnull=False).last()
    rating_corrections.correct(
        therapy_session=last,
        lines=factories.records.marks(20.0),
        reason="=HYPERLINK(1)",
        by=known.therapist,
    )
    table = handed_out(".csv").content.decode()
    assert "'=HYPERLINK(1)" in table
    assert ",=HYPERLINK" not in table


def test_page_says_what_it_leaves_out_and_the_file_has_it(handed_out, known, monkeypatch):
    monkeypatch.setattr(client_tables, "ROWS_ON_THE_PAGE", 3)
    for _more in range(5):
        Agreement.objects.create(pair=known, kind="task", text="one of many")
    page = handed_out("/read/").content.decode()
    assert page.count("one of many") == 2  # and one that was there before
    assert "3 more are in the file with everything." in page
    assert f'href="/clients/{known.client.key}/copy.json"' in page
    assert handed_out(".json").content.decode().count("one of many") == 5
