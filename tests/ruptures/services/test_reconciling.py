"""What is taken away comes back: rows are deleted one kind after the other, and looked for."""

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Clinic
from ruptures.models import Alert, Episode, Finding, Reconciliation
from ruptures.services import alerts, reconciling, reports, vigilance
from ruptures.trend import IsoWeek
from tests import factories
from tests.conftest import SUDDEN_FALL

KEPT = ("recipient", "cause", "kind", "episode", "severity", "rung", "listed_on")


def rows() -> list[tuple]:
    return sorted(map(str, Alert.objects.values_list(*KEPT)))


@pytest.fixture
def at_once(db):
    Clinic.objects.update_or_create(pk=1, defaults={"alert_at_once_from": "moderate"})


@pytest.mark.parametrize("lost", ["listed", "digest", "weekly"])
def test_deleted_alerts_come_back(episode, supervisor, lost):
    reports.make_all(week=IsoWeek.containing(timezone.localdate()))
    before = rows()
    gone, _by_model = Alert.objects.filter(kind=lost).delete()
    assert reconciling.reconcile().alerts_restored == gone == 1
    assert rows() == before
    assert reconciling.reconcile().alerts_restored == 0


def test_deleted_alert_of_one_of_two_supervisors_comes_back(at_once, pair, supervisor):
    second = factories.therapist()
    factories.SupervisionFactory(supervisor=second, therapist=pair.therapist)
    factories.weekly(pair, SUDDEN_FALL)
    before = rows()
    Alert.objects.filter(recipient=second).delete()
    assert reconciling.reconcile().alerts_restored == 1
    assert rows() == before


def test_alert_of_a_rung_that_is_deleted_comes_back(at_once, pair, supervisor, post_office):
    above = factories.therapist()
    factories.SupervisionFactory(supervisor=above, therapist=supervisor)
    factories.weekly(pair, SUDDEN_FALL)
    alerts.deliver_due()
    with time_machine.travel(timezone.now() + reconciling.REPORTS_LOOKED_BACK):
        reconciling.reconcile()
        before = rows()
        assert len(before) == 2
        Alert.objects.filter(recipient=above).delete()
        reconciling.reconcile()
    assert rows() == before


def test_finding_without_a_strain_opens_it_and_is_told(episode, supervisor):
    before = rows()
    Episode.objects.all().delete()
    assert Finding.objects.filter(severity="moderate", episode=None).exists()
    assert not Alert.objects.filter(kind="listed").exists()
    done = reconciling.reconcile()
    assert done.strains_opened == 1
    assert len(rows()) == len(before)
    assert Alert.objects.get(kind="listed").episode == Episode.objects.get()


def test_pair_that_cannot_be_screened_is_counted_and_shown(client, episode, caplog, monkeypatch):
    Episode.objects.all().delete()

    def fails(**kwargs):
        raise ArithmeticError("Heron")

    monkeypatch.setattr(reconciling.screening, "screen_pair", fails)
    done = reconciling.reconcile()
    assert (done.strains_opened, done.not_screened) == (0, 1)
    assert client.get("/healthz").json()["reconciliation"]["not_screened"] == 1
    client.force_login(factories.administrator())
    assert "names it by its number" in client.get("/clinic/check/").content.decode()
    assert "Heron" not in caplog.text


def test_strain_that_nobody_can_be_told_of_is_counted_and_shown(client, pair, caplog):
    factories.weekly(pair, SUDDEN_FALL)
    assert reconciling.reconcile().unreached == 1
    state = client.get("/healthz").json()["reconciliation"]
    assert (state["unreached"], state["alerts_restored"]) == (1, 0)
    lead = factories.therapist()
    Clinic.objects.update_or_create(pk=1, defaults={"lead": lead})
    done = reconciling.reconcile()
    assert (done.alerts_restored, done.unreached) == (1, 0)
    assert "alerts were missing and are back" in caplog.text
    assert "Heron" not in caplog.text


def test_acknowledged_alert_is_not_told_again(at_once, episode, supervisor):
    Alert.objects.update(acknowledged_at=timezone.now())
    before = rows()
    assert reconciling.reconcile().alerts_restored == 0
    assert rows() == before


def test_looks_of_a_month_are_kept(db):
    reconciling.reconcile()
    with time_machine.travel(timezone.now() + reconciling.KEPT_FOR):
        reconciling.reconcile()
        assert Reconciliation.objects.count() == 1


def test_mail_troubles_are_asked_for_by_one_query(episode, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert vigilance.mail_troubles() == set()
