"""What a policy would have raised is what screening one pair after another raises."""

from collections import Counter

import pytest

from ruptures.detection.policy import PolicyError
from ruptures.models import Episode, Finding
from ruptures.services.what_if import what_if
from sessions_app.services import therapy_sessions
from tests import factories

SUDDEN_FALL = [37.0, 38.0, 37.5, 38.0, (5.8, 8.6, 8.4, 8.2)]


@pytest.fixture
def three_pairs(therapist):
    falling, steady, masked = (factories.PairFactory(therapist=therapist) for _ in range(3))
    factories.weekly(falling, SUDDEN_FALL)
    factories.weekly(steady, [37.0, 37.4, None, 37.2])
    newest = factories.weekly(masked, [40.0, 40.0, 40.0, 40.0])[-1]
    log = therapy_sessions.Log(
        attendance="attended", markers={"appeasing": 2}, feelings={"boredom": 4}
    )
    therapy_sessions.record(therapy_session=newest, log=log, by=therapist)


def test_what_if_with_the_policy_in_force_counts_what_is_stored(three_pairs):
    answer = what_if({})
    stored = Counter(Finding.objects.values_list("rule", "severity"))
    counted = {
        (rule, severity): number
        for rule, levels in answer.findings.items()
        for severity, number in levels.items()
        if number
    }
    assert counted == stored
    assert answer.strains == Episode.objects.count() == 2
    assert answer.sessions == 12


def test_what_if_with_a_lower_cut_off_would_have_asked_less(three_pairs):
    assert what_if({}).findings["low_total"]["prompt"] == 1
    assert what_if({"low_total": 30.0}).findings["low_total"]["prompt"] == 0


def test_what_if_stores_nothing(three_pairs):
    before = list(Finding.objects.values_list("pk", "rule", "severity"))
    what_if({"low_total": 40.0})
    assert list(Finding.objects.values_list("pk", "rule", "severity")) == before


def test_what_if_of_an_unknown_number_names_it(three_pairs):
    with pytest.raises(PolicyError, match="lowest_total"):
        what_if({"lowest_total": 35.0})


def test_what_if_of_an_empty_clinic_is_nothing(db):
    answer = what_if({})
    assert (answer.sessions, answer.strains, answer.alerts_a_week) == (0, 0, 0)


def test_what_if_reads_in_a_fixed_number_of_queries(three_pairs, django_assert_num_queries):
    with django_assert_num_queries(5):
        what_if({})
