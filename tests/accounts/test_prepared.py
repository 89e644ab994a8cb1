"""Questions whose SQL is written once."""

import datetime

import pytest
from django.db import models
from django.utils import timezone

from accounts.models import User
from accounts.prepared import Given, KeepsAMoment, Several, prepared
from tests import factories


@prepared
def _by_key():
    return User.objects.filter(key=Given("key", models.UUIDField())).values_list("pk", "name")


@prepared
def _joined_since():
    since = Given("since", models.DateTimeField())
    return User.objects.filter(date_joined__gte=since).order_by("pk").values_list("date_joined")


def test_prepared_question_answers_each_time_of_what_is_given(db):
    for person in (factories.therapist(), factories.therapist()):
        assert [(row.pk, row.name) for row in _by_key(key=person.key)] == [(person.pk, person.name)]


def test_moments_come_in_and_go_out_as_the_orm_has_them(db):
    person = factories.therapist()
    person.refresh_from_db()
    a_day = datetime.timedelta(days=1)
    assert [row.date_joined for row in _joined_since(since=timezone.now() - a_day)] == [
        person.date_joined
    ]
    assert _joined_since(since=timezone.now() + a_day) == []


SOME = Several("person", 3)


@prepared
def _people():
    return User.objects.filter(pk__in=SOME.places).order_by("pk").select_related(None)


def test_question_for_several_takes_as_many_as_there_are_places(db):
    people = [factories.therapist() for _number in range(4)]
    numbers = [person.pk for person in people]
    assert _people(**SOME.given(numbers[:2])) == people[:2]
    assert _people(**SOME.given(numbers[:3])) == people[:3]
    with pytest.raises(ValueError, match="zip"):
        SOME.given(numbers)


@pytest.mark.postgres
def test_question_with_a_moment_in_it_is_refused(db):
    @prepared
    def _of_the_day_it_was_written():
        return User.objects.filter(date_joined__lt=timezone.now()).values_list("pk")

    with pytest.raises(KeepsAMoment):
        _of_the_day_it_was_written()
