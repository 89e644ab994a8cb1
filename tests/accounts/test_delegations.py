"""A supervisor who is away names somebody; for these days, and for no other, the record opens."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import permissions
from accounts.forms import DelegationForm
from accounts.models import Delegation, Supervision
from accounts.services import delegations, people
from ruptures.models import Alert
from sessions_app.models import Pair
from tests import factories
from tests.conftest import SUDDEN_FALL


def days(number: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=number)


@pytest.mark.parametrize(
    ("from_on", "until_on", "expected"),
    [(0, 0, True), (-3, 0, True), (0, 9, True), (1, 9, False), (-9, -1, False)],
)
def test_delegate_stands_in_from_the_first_day_to_the_last(
    supervisor, delegate, therapist, from_on, until_on, expected
):
    Delegation.objects.update(from_on=days(from_on), until_on=days(until_on))
    assert delegate.is_supervisor is expected
    assert list(permissions.supervisees_of(delegate)) == [therapist] * expected
    told = [supervisor, delegate] if expected else [supervisor]
    assert list(permissions.supervisors_of(therapist).order_by("pk")) == told


def test_delegate_has_no_team_of_their_own(supervisor, delegate, therapist):
    """So that no weekly report of theirs mixes two teams."""
    assert not delegate.supervises_a_team
    assert list(permissions.team_of(delegate)) == []
    assert list(permissions.team_of(supervisor)) == [therapist]
    assert list(permissions.all_supervisors()) == [supervisor]


def test_delegate_of_an_ended_supervision_reaches_nobody(supervisor, delegate, therapist):
    Supervision.objects.update(until_on=days(-1))
    assert list(permissions.supervisees_of(delegate)) == []
    assert list(permissions.supervisors_of(therapist)) == []


def test_delegation_ends_with_the_account_that_gave_it(supervisor, delegate, therapist):
    people.deactivate(user=supervisor, by=supervisor)
    assert not delegate.is_supervisor
    assert list(permissions.supervisors_of(therapist)) == []


def test_standing_in_is_not_handed_on(delegate, therapist):
    third = factories.therapist()
    factories.DelegationFactory(supervisor=delegate, delegate=third)
    assert list(permissions.supervisees_of(third)) == []
    assert third not in permissions.supervisors_of(therapist)


def test_supervised_therapist_who_stands_in_reaches_colleagues_and_not_themselves(
    supervisor, therapist, pair
):
    colleague = factories.therapist()
    factories.SupervisionFactory(supervisor=supervisor, therapist=colleague)
    factories.DelegationFactory(supervisor=supervisor, delegate=therapist)
    assert list(permissions.supervisees_of(therapist)) == [colleague]
    assert list(permissions.supervisors_of(therapist)) == [supervisor]
    assert list(permissions.supervisors_of(therapist.pk)) == [supervisor]


def test_record_closes_at_the_next_request_after_standing_in_ended(
    client, supervisor, delegate, pair
):
    url = f"/clients/{pair.client.key}/"
    client.force_login(delegate)
    assert client.get(url).status_code == 200
    delegations.end(delegation=Delegation.objects.get(), on=days(0), by=supervisor)
    assert client.get(url).status_code == 404
    assert list(Pair.objects.visible_to(delegate)) == []


def test_strain_is_told_to_supervisor_and_delegate(pair, supervisor, delegate):
    factories.weekly(pair, SUDDEN_FALL)
    told = Alert.objects.values_list("recipient", flat=True)
    assert set(told) == {supervisor.pk, delegate.pk}


def test_delegation_needs_two_people(supervisor):
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.DelegationFactory(supervisor=supervisor, delegate=supervisor)


# --- naming somebody --------------------------------------------------------------------------


def asked(supervisor, **changes) -> DelegationForm:
    """Somebody for tomorrow and the days after; days are told as numbers from today on."""
    data = {"delegate": factories.therapist().pk, "from_on": 1, "until_on": 5} | changes
    for field in ("from_on", "until_on"):
        if data[field] != "":
            data[field] = days(data[field]).isoformat()
    return DelegationForm(data, supervisor=supervisor)


def test_supervisor_names_a_delegate_and_ends_it(client, supervisor, therapist):
    client.force_login(supervisor)
    today = days(0).isoformat()
    form = {"delegate": therapist.pk, "from_on": today, "until_on": days(5).isoformat()}
    client.post("/away/", form)
    delegation = Delegation.objects.get()
    assert (delegation.supervisor, delegation.delegate) == (supervisor, therapist)
    assert therapist.name in client.get("/away/").content.decode()
    client.post(f"/away/{delegation.key}/end/")
    assert not Delegation.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"until_on": 0}, "until_on", "before the first"),
        ({"until_on": -1}, "until_on", "is over"),
        ({"until_on": 400}, "until_on", "more than a year"),
        ({"until_on": ""}, "until_on", "required"),
        ({"delegate": "999999"}, "delegate", "not one of the available choices"),
    ],
)
def test_form_names_the_field_that_is_wrong(supervisor, changes, field, words):
    form = asked(supervisor, **changes)
    assert words in str(form.errors[field])
    assert list(form.errors) == [field]


def test_form_offers_nobody_who_may_not_supervise(supervisor, administrator):
    gone = factories.therapist(is_active=False)
    for nobody in (supervisor, administrator, gone):
        assert "delegate" in asked(supervisor, delegate=nobody.pk).errors


def test_form_refuses_days_on_which_somebody_stands_in_already(supervisor, delegate):
    overlapping = asked(supervisor)
    later = asked(supervisor, from_on=2)
    assert "already" in str(overlapping.errors["from_on"])
    assert later.is_valid()


def test_delegation_sent_twice_is_one(supervisor, therapist):
    days_off = {"from_on": days(0), "until_on": days(3)}
    for _time in range(2):
        delegations.name_one(delegate=therapist, **days_off, by=supervisor)
    assert Delegation.objects.count() == 1
