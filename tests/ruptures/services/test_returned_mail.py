"""A mail that came back: its row says so, and the next person is told."""

import io
import mailbox
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Clinic
from ruptures.models import Alert
from ruptures.services import alerts, returned_mail, vigilance
from sessions_app.models import LinkMail
from sessions_app.services import link_mails
from tests import factories
from tests.accounts.test_bounces import report
from tests.conftest import SUDDEN_FALL


@pytest.fixture
def lead(db):
    lead = factories.therapist(name="Lead Alder", email="alder@clinic.example")
    Clinic.objects.update_or_create(pk=1, defaults={"lead": lead})
    return lead


@pytest.fixture
def sent(pair, supervisor, lead, post_office, settings) -> Alert:
    """The summary that told the supervisor of a strain, taken by the mail server."""
    settings.EMAIL_RETURN_PATH = "bounces@alliance.example"
    factories.weekly(pair, SUDDEN_FALL)
    Alert.objects.update(due_at=timezone.now())
    alerts.deliver_due()
    return Alert.objects.mails().get()


def test_mail_is_sent_from_an_address_of_its_own_and_signed_by_the_clinic(sent, post_office):
    (envelope,) = post_office.envelopes
    assert envelope.mail_from == f"bounces+{sent.key.hex}@alliance.example"
    assert post_office.only()["From"] == "Alliance <alliance@localhost>"


def test_mail_that_came_back_has_the_next_person_told(sent, lead, client, administrator):
    raw = report(to=f"bounces+{sent.key.hex}@alliance.example")
    assert [returned_mail.take_in(raw) for _again in range(2)] == [True, True]
    sent.refresh_from_db()
    assert (sent.failure, sent.last_error) == ("came_back", "5.1.1")
    assert list(Alert.objects.listed().filter(recipient=lead).values_list("rung")) == [(2,)]
    assert vigilance.mail_troubles() == {"returned"}
    client.force_login(administrator)
    assert "refused or comes back" in client.get("/people/").content.decode()


@pytest.mark.parametrize(
    "changes", [{"action": "delayed", "status": "4.4.1"}, {"to": "x@x", "key": ""}]
)
def test_mail_that_did_not_come_back_changes_nothing(sent, changes):
    named = {"to": f"bounces+{sent.key.hex}@alliance.example"}
    assert not returned_mail.take_in(report(**named | changes))
    assert not Alert.objects.exclude(failed_at=None).exists()


def test_clients_mail_that_came_back_is_marked(therapy_session, therapist, post_office):
    client = therapy_session.pair.client
    client.email = "client@letters.example"
    client.save()
    mail = link_mails.send(therapy_session=therapy_session, by=therapist)
    link_mails.deliver_due()
    assert returned_mail.take_in(report(to=f"bounces+{mail.key.hex}@alliance.example"))
    assert LinkMail.objects.get().failure == "came_back"


def test_command_reads_one_mail_from_standard_input(sent, monkeypatch):
    raw = report(to=f"bounces+{sent.key.hex}@alliance.example")
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    said = io.StringIO()
    call_command("read_bounces", stdout=said)
    assert "1 of 1" in said.getvalue()
    assert Alert.objects.get(pk=sent.pk).failed_at


@pytest.mark.parametrize("kind", [mailbox.mbox, mailbox.Maildir])
def test_command_reads_a_mailbox_and_leaves_it(sent, tmp_path, kind):
    box = kind(tmp_path / "returned", create=True)
    box.add(report(to="x@x.example", key="someone-elses"))
    box.add(report(to=f"bounces+{sent.key.hex}@alliance.example"))
    box.close()
    said = io.StringIO()
    call_command("read_bounces", f"--mailbox={tmp_path / 'returned'}", stdout=said)
    assert "1 of 2" in said.getvalue()
    assert len(kind(tmp_path / "returned").keys()) == 2  # noqa: SIM118  (not a dict)


def test_command_names_a_mailbox_that_is_not_there(db, tmp_path):
    with pytest.raises(CommandError, match="is not there"):
        call_command("read_bounces", f"--mailbox={tmp_path / 'absent'}")
