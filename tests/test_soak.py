"""The soak's verdict sees what it is there to see: each test takes something away."""

import pytest

from accounts.models import Clinic
from ruptures.models import Alert, Finding
from tests import factories
from tests.conftest import SUDDEN_FALL
from tests.soak import verdict
from tests.soak.__main__ import in_turn, memory_of

pytestmark = pytest.mark.usefixtures("strain_told_at_once")


@pytest.fixture
def strain_told_at_once(pair, supervisor):
    Clinic.objects.update_or_create(pk=1, defaults={"alert_at_once_from": "moderate"})
    factories.weekly(pair, SUDDEN_FALL)


def test_verdict_finds_nothing_in_a_whole_clinic():
    differing = verdict.findings_that_differ(), verdict.alerts_missing(), verdict.reconciled()
    assert differing == (0, 0, 0)
    assert len(verdict.stored()) == 5
    assert len(verdict.findings()) == 7


def test_verdict_sees_a_finding_that_is_gone_and_puts_nothing_back():
    Finding.objects.filter(rule="sudden_drop").delete()
    assert verdict.findings_that_differ() == 1
    assert not Finding.objects.filter(rule="sudden_drop").exists()


def test_verdict_sees_a_finding_that_is_not_what_the_rule_says():
    Finding.objects.filter(rule="low_total").update(severity="high")
    assert verdict.findings_that_differ() == 2  # the stored one and the right one


def test_verdict_sees_a_supervisor_who_was_not_told():
    Alert.objects.all().delete()
    assert (verdict.alerts_missing(), verdict.reconciled()) == (1, 1)
    assert not Alert.objects.exists()


@pytest.mark.parametrize(("late", "holds"), [(120, True), (126, False)])
def test_memory_holds_up_to_a_quarter_more(late, holds):
    samples = [(0.0, 100 << 20), (5.0, 90 << 20), (10.0, late << 20)]
    assert memory_of("web", samples)[2] is holds


def test_forms_of_a_client_keep_their_order():
    assert in_turn([["a1", "a2"], ["b1", "b2"]]) == ["a1", "b1", "a2", "b2"]
