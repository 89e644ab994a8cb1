"""Relations hold from one day to another; what ended yesterday is over at the next request."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import permissions
from accounts.models import RolePeriod, Supervision
from accounts.services import people
from sessions_app.models import Pair
from tests import factories


def days(number: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=number)


@pytest.fixture
def supervision(supervisor, therapist):
    return Supervision.objects.get(supervisor=supervisor, therapist=therapist)


def test_supervision_holds_on_its_last_day(supervision, supervisor, therapist):
    Supervision.objects.update(until_on=days(0))
    assert list(permissions.supervisees_of(supervisor)) == [therapist]


def test_supervision_is_over_the_day_after(supervision, supervisor, therapist):
    Supervision.objects.update(until_on=days(-1))
    assert not supervisor.is_supervisor
    assert list(permissions.supervisees_of(supervisor)) == []
    assert list(permissions.supervisors_of(therapist)) == []


def test_supervision_from_tomorrow_does_not_count(therapist):
    coming = factories.therapist()
    factories.SupervisionFactory(supervisor=coming, therapist=therapist, from_on=days(1))
    assert not coming.is_supervisor
    assert list(permissions.supervisors_of(therapist)) == []


def test_supervision_begins_on_its_first_day(therapist):
    new = factories.therapist()
    factories.SupervisionFactory(supervisor=new, therapist=therapist, from_on=days(0))
    assert list(permissions.supervisors_of(therapist)) == [new]


def test_record_closes_at_the_next_request_after_supervision_ended(
    client, supervisor, supervision, pair
):
    client.force_login(supervisor)
    url = f"/clients/{pair.client.key}/"
    assert client.get(url).status_code == 200
    people.end_supervision(supervision=supervision, on=days(0), by=supervisor)
    assert client.get(url).status_code == 404


def test_supervision_ended_today_ends_yesterday(supervision, administrator):
    people.end_supervision(supervision=supervision, on=days(0), by=administrator)
    supervision.refresh_from_db()
    assert supervision.until_on == days(-1)


def test_supervision_begun_today_and_ended_today_leaves_nothing(therapist, administrator):
    begun = factories.SupervisionFactory(therapist=therapist, from_on=days(0))
    people.end_supervision(supervision=begun, on=days(0), by=administrator)
    assert not Supervision.objects.filter(pk=begun.pk).exists()


def test_supervision_that_is_over_cannot_be_ended_again(
    client, administrator, supervision, supervisor
):
    Supervision.objects.update(until_on=days(-30))
    client.force_login(administrator)
    response = client.post(f"/people/supervision/{supervision.key}/end/")
    supervision.refresh_from_db()
    assert supervision.until_on == days(-30)
    assert response.status_code == 404


def test_deactivated_supervisor_supervises_nobody(supervisor, therapist, pair):
    people.deactivate(user=supervisor, by=supervisor)
    assert not supervisor.is_supervisor
    assert list(permissions.supervisors_of(therapist)) == []
    assert list(permissions.all_supervisors()) == []
    assert list(Pair.objects.visible_to(supervisor)) == []


@pytest.mark.parametrize(
    ("from_on", "until_on", "expected"),
    [(-30, None, True), (0, None, True), (-30, 0, True), (-30, -1, False), (1, None, False)],
)
def test_role_counts_between_its_days(db, from_on, until_on, expected):
    user = factories.UserFactory()
    RolePeriod.objects.create(
        user=user,
        role=RolePeriod.Role.THERAPIST,
        from_on=days(from_on),
        until_on=None if until_on is None else days(until_on),
    )
    assert user.is_therapist is expected
    assert not user.is_administrator


def test_administrator_is_no_therapist(administrator):
    assert administrator.is_administrator
    assert not administrator.is_therapist
    assert not administrator.is_supervisor


def test_roles_end_with_the_account(therapist):
    people.deactivate(user=therapist, by=therapist)
    assert not therapist.is_therapist


def test_relation_cannot_end_before_it_starts(supervision):
    with pytest.raises(IntegrityError), transaction.atomic():
        Supervision.objects.update(until_on=supervision.from_on - datetime.timedelta(days=1))


def test_nobody_supervises_themselves(therapist):
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.SupervisionFactory(supervisor=therapist, therapist=therapist)


def test_pair_that_ended_yesterday_is_no_longer_own(client, therapist, pair):
    Pair.objects.update(until_on=days(-1))
    client.force_login(therapist)
    assert client.get(f"/clients/{pair.client.key}/").status_code == 404
