"""A therapist's own strains over a year, counted by hand."""

import datetime

import time_machine
from django.utils import timezone

from ruptures.models import Episode
from ruptures.services import episodes, repairs
from ruptures.services.own_repairs import own_repairs_of
from tests import factories
from tests.conftest import SUDDEN_FALL


def strain(therapist, *, days_to_step: int | None = None, weeks_ago: int = 0) -> Episode:
    pair = factories.PairFactory(therapist=therapist)
    then = timezone.now() - datetime.timedelta(weeks=weeks_ago)
    with time_machine.travel(then):
        factories.weekly(pair, SUDDEN_FALL)
        episode = Episode.objects.get(pair=pair)
    if days_to_step is not None:
        on = timezone.localdate(episode.opened_at) + datetime.timedelta(days=days_to_step)
        repairs.log_step(episode=episode, step="invite", done="done", on=on, note="", by=therapist)
    return episode


def test_own_repairs_are_counted_by_what_became_of_them(therapist, other_therapist):
    strain(therapist, days_to_step=2, weeks_ago=8)
    answered = strain(therapist, days_to_step=7, weeks_ago=8)
    dismissed = strain(therapist)
    episodes.dismiss(episode=dismissed, because="misread", by=therapist)
    strain(other_therapist, days_to_step=30, weeks_ago=8)
    repairs.keep(
        episode=answered, values={"strategies": ["own_part"], "causes": ["pace"]}, by=therapist
    )
    own = own_repairs_of(therapist, today=timezone.localdate())
    counted = own.in_all
    assert (counted.noticed, counted.talked_about, counted.not_a_strain) == (3, 2, 1)
    assert (counted.still_open, counted.held) == (2, 0)
    assert counted.days_to_first_step == 4.5
    assert [month.noticed for month in own.months] == [1, 2]
    assert own.strategies == [("Named my own part", 1)]
    assert own.causes == [("The pace was wrong", 1)]
    assert len(own.strains) == 3


def test_own_repairs_leave_older_years_and_former_clients_names_out(therapist):
    strain(therapist, weeks_ago=60)
    former = strain(therapist, weeks_ago=4)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    type(former.pair).objects.filter(pk=former.pair_id).update(until_on=yesterday)
    own = own_repairs_of(therapist, today=timezone.localdate())
    assert own.in_all.noticed == 1
    assert own.strains == []


def test_strain_by_marks_not_yet_seen_shows_on_neither_list(client, pair):
    factories.weekly(pair, SUDDEN_FALL)
    last = pair.therapy_sessions.last()
    type(last).objects.filter(pk=last.pk).update(logged_at=None, marks_seen_at=None)
    client.force_login(pair.therapist)
    for page in ("/clients/", "/own/"):
        text = client.get(page).content.decode()
        assert "Possible strain" not in text
        assert f"/strains/{Episode.objects.get().key}/" not in text
    type(last).objects.filter(pk=last.pk).update(marks_seen_at=timezone.now())
    assert "Possible strain" in client.get("/clients/").content.decode()
    assert f"/strains/{Episode.objects.get().key}/" in client.get("/own/").content.decode()


def test_own_repairs_of_nobodys_strains_say_so(client, therapist):
    client.force_login(therapist)
    text = client.get("/own/").content.decode()
    assert "No possible strain in the last twelve months." in text


def test_own_repairs_page_shows_own_strains_alone(client, therapist, other_therapist):
    own, other = strain(therapist), strain(other_therapist)
    client.force_login(therapist)
    text = client.get("/own/").content.decode()
    assert own.pair.client.case_label in text
    assert other.pair.client.case_label not in text
