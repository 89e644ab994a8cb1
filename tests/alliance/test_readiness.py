"""The administrator's first page: each danger is named when it is there, and only then."""

import datetime
import json
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.models import AccountMail, Clinic, Invitation, Supervision
from accounts.services import invitations
from alliance import readiness
from ruptures.models import Reconciliation
from ruptures.services import vigilance
from tests import factories
from tests.second_step import give_app

PAGE = "/clinic/check/"


@pytest.fixture(autouse=True)
def kept_apart(settings, tmp_path):
    settings.APART_DIR = str(tmp_path)
    backed_up(settings, at=timezone.now())


def backed_up(settings, *, at):
    """What `manage.py backup` leaves beside the database."""
    note = Path(settings.APART_DIR) / "last-backup.json"
    note.write_text(json.dumps({"made_at": at.isoformat()}))


@pytest.fixture
def ready(settings, administrator, therapist, supervisor):
    """An installation with nothing left to do."""
    settings.DEMO = False
    settings.HTTPS = settings.SECOND_FACTOR_DEMANDED = True
    clinic = Clinic.current()
    clinic.name, clinic.lead = "Lakeside", supervisor
    clinic.save()
    for person in (administrator, therapist, supervisor):
        give_app(person)
    factories.paired_tablet(paired_by=administrator)
    AccountMail.objects.create(recipient=therapist, kind="invitation", sent_at=timezone.now())
    vigilance.worker_was_here()
    return settings


def not_well() -> list[str]:
    return [point.title for point in readiness.steps() + readiness.dangers() if not point.is_well]


def test_nothing_is_named_where_all_is_well(ready):
    assert not_well() == []


def plain(settings):
    settings.HTTPS = False


def demo(settings):
    settings.DEMO = True


def no_second_step(settings):
    settings.SECOND_FACTOR_DEMANDED = False


def worker_silent(settings):
    moment = timezone.now() - vigilance.STALLED_AFTER
    cache.set(vigilance.SIGN_OF_LIFE, moment.isoformat())


def mail_waits(settings):
    old = timezone.now() - datetime.timedelta(hours=1)
    person = Clinic.current().lead
    AccountMail.objects.create(recipient=person, kind="invitation", due_at=old)


def no_backup(settings):
    backed_up(settings, at=timezone.now() - datetime.timedelta(hours=36, seconds=1))


def no_lead(settings):
    clinic = Clinic.current()
    clinic.lead = None
    clinic.save()


def nobody_can_be_told(settings):
    Reconciliation.objects.create(unreached=2)


def a_record_cannot_be_screened(settings):
    Reconciliation.objects.create(not_screened=1)


def no_supervisor(settings):
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Supervision.objects.update(until_on=yesterday)


def somebody_without_second_step(settings):
    factories.SupervisionFactory(therapist=factories.therapist(), supervisor=Clinic.current().lead)


def invitation_ran_out(settings):
    lead = Clinic.current().lead
    somebody = invitations.invite(
        name="Fir", email="fir@clinic.example", role="administrator", by=lead
    )
    give_app(somebody)
    Invitation.objects.update(expires_at=timezone.now())


def emergency_unreviewed(settings):
    opened = factories.open_in_emergency(factories.PairFactory(), by=Clinic.current().lead)
    long_ago = timezone.now() - datetime.timedelta(days=8)
    type(opened).objects.update(began_at=long_ago, ends_at=long_ago)


@pytest.mark.parametrize(
    ("happen", "title"),
    [
        (plain, "The way to people's browsers is encrypted"),
        (demo, "This is no demo"),
        (no_second_step, "A second step is demanded of everybody"),
        (worker_silent, "The worker is at work"),
        (mail_waits, "E-mail goes out"),
        (no_backup, "There is a backup of yesterday or today"),
        (no_lead, "The clinic has a lead"),
        (nobody_can_be_told, "Somebody was told of each open strain"),
        (a_record_cannot_be_screened, "Every record can be looked through for strains"),
        (no_supervisor, "Every therapist has a supervisor"),
        (somebody_without_second_step, "Everybody has a second step"),
        (invitation_ran_out, "No invitation has run out"),
        (emergency_unreviewed, "A record opened in an emergency is reviewed within a week"),
    ],
)
def test_danger_is_named(ready, happen, title):
    happen(ready)
    assert title in not_well()


def test_new_installation_is_led_through_its_steps(client, administrator):
    client.force_login(administrator)
    page = client.get("/", follow=True)
    assert page.request["PATH_INFO"] == PAGE
    said = page.content.decode()
    assert "Setting up" in said
    assert said.index("/people/new/") < said.index("/people/supervision/new/")


def test_page_asks_for_the_same_number_of_rows_however_many_people(
    client, administrator, django_assert_max_num_queries
):
    client.force_login(administrator)
    client.get(PAGE)
    with django_assert_max_num_queries(30) as one:
        client.get(PAGE)
    for _person in range(3):
        factories.SupervisionFactory()
    with django_assert_max_num_queries(len(one)):
        client.get(PAGE)


def test_page_names_no_client(client, administrator, pair):
    client.force_login(administrator)
    assert "Heron-14" not in client.get(PAGE).content.decode()
