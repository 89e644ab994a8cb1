"""The administrator's forms: each error at its field, and nothing stored."""

import datetime

import pytest
from django.utils import timezone

from accounts.models import Clinic, Supervision, User
from tests import factories


@pytest.fixture
def admin_client(client, administrator):
    client.force_login(administrator)
    return client


def errors_at(response, field: str) -> list[str]:
    return response.context["form"].errors.get(field, [])


def test_person_create_adds_somebody_without_a_password(admin_client):
    data = {"name": "Willow", "email": "Willow@Clinic.example", "role": "therapist"}
    page = admin_client.post("/people/new/", data).headers["Location"]
    added = User.objects.get(email="willow@clinic.example")
    assert page == f"/people/{added.key}/"
    assert added.is_therapist
    assert not added.has_usable_password()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("email", "not an address"),
        ("email", "ADMIN@clinic.example"),
        ("email", "a" * 250 + "@clinic.example"),
        ("role", "director"),
    ],
)
def test_person_create_refuses_at_the_field(admin_client, field, value):
    before = User.objects.count()
    data = {"name": "Willow", "email": "willow@clinic.example", "role": "therapist"}
    response = admin_client.post("/people/new/", data | {field: value})
    assert errors_at(response, field)
    assert User.objects.count() == before


def supervision_data(supervisor, therapist, from_on=None) -> dict:
    from_on = from_on or timezone.localdate()
    return {"supervisor": supervisor.pk, "therapist": therapist.pk, "from_on": from_on.isoformat()}


def test_supervision_create_starts_it(admin_client, therapist, other_therapist):
    data = supervision_data(other_therapist, therapist)
    assert admin_client.post("/people/supervision/new/", data).headers["Location"] == "/people/"
    assert other_therapist.is_supervisor


def test_supervision_create_refuses_oneself_at_the_therapist(admin_client, therapist):
    data = supervision_data(therapist, therapist)
    response = admin_client.post("/people/supervision/new/", data)
    assert errors_at(response, "therapist")
    assert not Supervision.objects.exists()


def test_supervision_create_refuses_what_is_running(admin_client, supervisor, therapist):
    data = supervision_data(supervisor, therapist)
    response = admin_client.post("/people/supervision/new/", data)
    assert errors_at(response, "therapist")
    assert Supervision.objects.count() == 1


def test_supervision_create_refuses_what_begins_tomorrow_already(
    admin_client, therapist, other_therapist
):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    data = supervision_data(other_therapist, therapist, tomorrow)
    admin_client.post("/people/supervision/new/", data)
    response = admin_client.post("/people/supervision/new/", data)
    assert errors_at(response, "therapist")
    assert Supervision.objects.count() == 1


def test_supervision_create_offers_therapists_alone(admin_client, administrator, therapist):
    inactive = factories.therapist(is_active=False)
    page = admin_client.get("/people/supervision/new/")
    offered = set(page.context["form"].fields["supervisor"].queryset)
    assert offered == {therapist}
    assert inactive not in offered


def test_clinic_edit_refuses_an_unknown_zone(admin_client):
    data = {"name": "Clinic", "time_zone": "Europe/Atlantis", "alert_at_once_from": "high"}
    data["look_together"] = "later"
    response = admin_client.post("/clinic/", data)
    assert errors_at(response, "time_zone")
    assert Clinic.current().time_zone == "Europe/London"


def test_clinic_edit_moves_the_clock(admin_client):
    data = {"name": "Clinic", "time_zone": "Asia/Riyadh", "alert_at_once_from": "moderate"}
    data["look_together"] = "now"
    admin_client.post("/clinic/", data)
    assert Clinic.current().zone.key == "Asia/Riyadh"
    assert Clinic.current().alert_at_once_from == Clinic.AlertFrom.MODERATE
    assert Clinic.current().look_together == Clinic.LookTogether.NOW
