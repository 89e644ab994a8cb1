"""The audit's rows: who, what, on which record, from where; and that nothing is left out."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from accounts import audit
from accounts.models import AuditEntry
from sessions_app.models import TherapySession
from sessions_app.services import endings
from tests import factories
from tests.test_access_matrix import MATRIX, arguments, taken_back  # noqa: F401  (a fixture)

Action, Outcome = AuditEntry.Action, AuditEntry.Outcome

# Addresses that name a record and show nothing of it.
SHOWS_NOTHING = {"tablet_state", "client_copy_state"}
# Pages that show a record to its therapist, and that do not exist for another one.
OF_A_RECORD = sorted({name for name in MATRIX if MATRIX[name][0][1:3] == ".4"})
# Services that change nothing of anybody else's.
NOT_AUDITED = {
    "choose_language": "their own language",
    "keep": "their own draft",
    "discard": "their own draft",
    "offer_for": "reads their own step",
    "send_to_oneself": "a trial mail to their own address",
}


def last(**which) -> AuditEntry:
    return AuditEntry.objects.filter(**which).latest("id")


def test_reading_a_record_leaves_one_row(client, pair, supervisor):
    client.force_login(supervisor)
    client.get(f"/clients/{pair.client.key}/")
    entry = AuditEntry.objects.get(action=Action.READ)
    assert (entry.by, entry.client_key, entry.page) == (
        supervisor,
        pair.client.key,
        "client_detail",
    )
    assert (entry.kind, entry.record) == ("sessions_app.pair", str(pair.key))
    assert entry.outcome == Outcome.DONE


def test_one_request_notes_one_reading_of_a_record(rf, pair, therapist):
    with audit.visit(rf.get("/")):
        for _again in range(3):
            audit.note(Action.READ, by=therapist, on=pair)
    audit.note(Action.READ, by=therapist, on=pair)
    assert AuditEntry.objects.count() == 2


def test_second_reading_of_a_record_costs_nothing(
    rf, pair, therapist, therapy_session, django_assert_num_queries
):
    with audit.visit(rf.get("/")):
        audit.note(Action.READ, by=therapist, on=therapy_session)
        again = TherapySession.objects.get()
        with django_assert_num_queries(0):  # not even whose it is
            audit.note(Action.READ, by=therapist, on=again)


def rows_left(client, arguments, names, **which) -> dict:  # noqa: F811
    """For each address, asked for as if it were the first: its status, the page that its row
    names, and whether the row names the client."""
    rows = {}
    for name in names:
        with taken_back(client):
            status = client.get(reverse(name, kwargs=arguments[name])).status_code
            row = AuditEntry.objects.filter(**which).last()
            rows[name] = row and (status, row.page, row.client_key is not None)
    return rows


def test_every_page_of_a_record_leaves_a_row(arguments, client, therapist):  # noqa: F811
    """An address that shows a client's record and leaves none fails here."""
    client.force_login(therapist)
    names = [name for name in OF_A_RECORD if name not in SHOWS_NOTHING]
    rows = rows_left(client, arguments, names, action=Action.READ, by=therapist)
    assert rows == {name: (200, name, True) for name in names}


def test_every_record_that_is_refused_leaves_a_row(arguments, client, other_therapist):  # noqa: F811
    client.force_login(other_therapist)
    which = {"by": other_therapist, "outcome": Outcome.REFUSED}
    rows = rows_left(client, arguments, OF_A_RECORD, **which)
    assert rows == {name: (404, name, True) for name in OF_A_RECORD}


def test_record_that_does_not_exist_leaves_no_row(client, therapist):
    client.force_login(therapist)
    before = AuditEntry.objects.count()
    assert client.get("/clients/7bd0a9c6-5a35-4a1a-8f7c-3c4c83e87f0e/").status_code == 404
    assert AuditEntry.objects.count() == before


def test_page_of_another_role_leaves_a_refusal(client, therapist):
    client.force_login(therapist)
    client.get("/people/")
    entry = last(outcome=Outcome.REFUSED)
    assert (entry.by, entry.page, entry.record) == (therapist, "person_list", "")


@pytest.mark.parametrize(
    ("url", "page"), [("/", "today"), ("/clients/", "client_list"), ("/queue/", "review_queue")]
)
def test_list_of_records_leaves_a_row(client, pair, supervisor, url, page):
    factories.PairFactory(therapist=supervisor)
    client.force_login(supervisor)
    client.get(url)
    assert last(action=Action.LISTED).page == page


@pytest.mark.parametrize(
    ("url", "page"), [("/retention/", "retention_list"), ("/emergency/", "break_glass_list")]
)
def test_list_of_labels_leaves_a_row(client, administrator, therapist, url, page):
    """Nothing else is said of the clients there, and that is told too."""
    client.force_login(administrator if page == "retention_list" else therapist)
    client.get(url)
    assert last(action=Action.LISTED).page == page


def test_change_leaves_a_row_in_its_own_transaction(pair, therapist):
    endings.end(pair=pair, ending="planned", on=pair.from_on, by=therapist)
    entry = last()
    assert (entry.by, entry.action, entry.deed) == (therapist, Action.ENDED, "endings.end")
    assert entry.client_key == pair.client.key


def test_change_that_fails_leaves_none(pair, therapist):
    with pytest.raises(ValueError, match="no such ending"):
        _failing_service(client=pair.client, by=therapist)
    assert not AuditEntry.objects.exists()


@audit.noted(Action.CHANGED, on="client")
def _failing_service(*, client, by):
    raise ValueError("no such ending")


def test_rating_leaves_one_row_without_a_person(therapy_session):
    factories.rate(therapy_session, 38.0)
    entry = AuditEntry.objects.get()
    assert (entry.by, entry.deed) == (None, "srs_entries.record")
    assert entry.client_key == therapy_session.pair.client.key


def test_signing_in_and_out_leave_rows(client, therapist):
    client.force_login(therapist)
    client.logout()
    told = AuditEntry.objects.filter(by=therapist).values_list("action", flat=True)
    assert set(told) == {Action.SIGNED_IN, Action.SIGNED_OUT}


def test_rows_carry_no_name(client, pair, therapist):
    pair.client.name = "Clientina Canaria"
    pair.client.save()
    client.force_login(therapist)
    client.get(f"/clients/{pair.client.key}/")
    said = " ".join(str(value) for row in AuditEntry.objects.values_list() for value in row)
    for name in ("Canaria", therapist.name, therapist.email, pair.client.case_label):
        assert name not in said
    assert str(pair.client.key) in said


def services_with_an_actor():
    """Public functions of services that take `by`, with their decorators."""
    for path in sorted(Path(settings.BASE_DIR).glob("*/services/*.py")):
        for function in ast.parse(path.read_text()).body:
            if not isinstance(function, ast.FunctionDef) or function.name.startswith("_"):
                continue
            if "by" in {argument.arg for argument in function.args.kwonlyargs}:
                yield path, function


def test_every_service_of_a_person_is_audited():
    """Who writes a service that takes `by` decorates it, notes by hand, or says why not here."""
    found = list(services_with_an_actor())
    assert len(found) > 20
    silent = {
        f"{path.parent.parent.name}.{path.stem}.{function.name}"
        for path, function in found
        if function.name not in NOT_AUDITED and "audit.note" not in ast.unparse(function)
    }
    # These hand `by` on to one that notes.
    assert silent == {
        "ruptures.reviews.acknowledge_all",
        "sessions_app.link_mails.send",
        "sessions_app.srs_entries.record",
        "sessions_app.srs_entries.record_within",
        "sessions_app.undoing.undo",
    }
