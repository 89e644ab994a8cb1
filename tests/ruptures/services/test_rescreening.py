import pytest
from django.core.management import call_command

from ruptures.models import Episode, Finding, PolicyVersion, Rescreening
from ruptures.services import rescreening
from tests import factories

STEADY = [37.0, 37.4, 37.1, 37.2]


@pytest.fixture
def five_pairs(therapist, monkeypatch):
    monkeypatch.setattr(rescreening, "PAIRS_A_CHUNK", 2)
    pairs = [factories.PairFactory(therapist=therapist) for _ in range(5)]
    for pair in pairs:
        factories.weekly(pair, STEADY)
    return pairs


@pytest.fixture
def stricter_policy(db):
    return PolicyVersion.objects.create(version="stricter", overrides={"low_total": 38.0})


def everything():
    return list(Finding.objects.order_by("pk").values_list("pk", "rule", "severity", "values"))


def test_rescreening_with_the_same_policy_changes_nothing(five_pairs, capsys):
    before = everything()
    call_command("rescreen", workers=0)
    assert everything() == before
    assert "3 of 3 chunks done" in capsys.readouterr().out


def test_rescreening_with_a_new_policy_says_what_changed(five_pairs, stricter_policy, capsys):
    call_command("rescreen", workers=0)
    assert "20 findings are new" in capsys.readouterr().out
    assert Finding.objects.filter(rule="low_total", policy_version=stricter_policy).count() == 20


def test_rescreening_twice_changes_nothing_the_second_time(five_pairs, stricter_policy, capsys):
    call_command("rescreen", workers=0)
    capsys.readouterr()
    call_command("rescreen", workers=0)
    assert "Nothing changed." in capsys.readouterr().out


def test_rescreening_left_half_way_goes_on_where_it_stood(five_pairs, stricter_policy):
    run = rescreening.start()
    assert rescreening.work_on(run)
    assert rescreening.start() == run
    call_command("rescreen", workers=0)
    assert Rescreening.objects.get().is_running is False
    assert rescreening.changes(run)["findings_new"] == 20


def test_chunk_of_a_killed_worker_is_taken_again_when_its_lease_ends(five_pairs, stricter_policy):
    run = rescreening.start()
    killed = rescreening._claim(run)
    others = [rescreening._claim(run), rescreening._claim(run)]
    assert rescreening._claim(run) is None
    run.chunks.filter(pk=killed.pk).update(leased_until=run.started_at)
    assert rescreening._claim(run) == killed
    assert killed not in others


def test_rescreening_closes_no_strain_that_a_person_has_not_closed(pair, stricter_policy):
    factories.weekly(pair, [37.0, 38.0, 37.5, 38.0, 31.0])
    episode = Episode.objects.get()
    PolicyVersion.objects.create(
        version="deaf", overrides={"sudden_drop": 20.0, "personal_low_moderate": -9.0}
    )
    call_command("rescreen", workers=0)
    episode.refresh_from_db()
    assert episode.is_open
