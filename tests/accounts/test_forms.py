"""The administrator's forms: each error at its field, and nothing stored."""

import datetime

import pytest
from django.utils import timezone

from accounts.models import Clinic, Supervision, User
from accounts.services import people
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


CLINIC = {
    "name": "Clinic",
    "time_zone": "Europe/London",
    "alert_at_once_from": "moderate",
    "look_together": "now",
    "quiet_from": "21:00",
    "quiet_until": "06:30",
}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Europe/Atlantis"),
        ("quiet_from", "late"),
        ("quiet_until", ""),
        ("closed_on", "2026-12-25\nChristmas"),
        ("closed_on", "2026-02-30"),
        ("closed_on", "\n".join(f"2026-01-{day:02}" for day in range(1, 29)) * 4),
        ("lead", "4711"),
    ],
)
def test_clinic_edit_refuses_at_the_field(admin_client, field, value):
    response = admin_client.post("/clinic/", CLINIC | {field: value})
    assert errors_at(response, field)
    assert Clinic.current().alert_at_once_from == Clinic.AlertFrom.HIGH


def test_clinic_edit_keeps_closing_days_in_order_and_shows_them_again(admin_client, therapist):
    days = "28.12.2026\n\n2026-12-25\n2026-12-25"
    admin_client.post("/clinic/", CLINIC | {"closed_on": days, "lead": therapist.pk})
    clinic = Clinic.current()
    assert clinic.closed_on == ["2026-12-25", "2026-12-28"]
    assert (clinic.lead, clinic.quiet_until) == (therapist, datetime.time(6, 30))
    page = admin_client.get("/clinic/").content.decode()
    assert "2026-12-25\n2026-12-28" in page
    assert 'value="21:00"' in page


def test_person_list_says_when_nobody_leads_the_clinic(admin_client, administrator, therapist):
    said = "No lead of the clinic is named"
    assert said in admin_client.get("/people/").content.decode()
    admin_client.post("/clinic/", CLINIC | {"lead": therapist.pk})
    assert said not in admin_client.get("/people/").content.decode()
    people.deactivate(user=therapist, by=administrator)
    assert said in admin_client.get("/people/").content.decode()


def test_people_and_who_supervises_whom_turn_their_pages_apart(
    admin_client, supervisor, monkeypatch
):
    monkeypatch.setattr("accounts.views.people.ROWS_A_PAGE", 2)
    for name in ("Therapist Elm", "Therapist Fir"):
        factories.SupervisionFactory(
            supervisor=supervisor, therapist=factories.therapist(name=name)
        )
    page = admin_client.get("/people/", {"relations": "2"})
    assert [row.therapist.name for row in page.context["supervisions"]] == ["Therapist Fir"]
    assert page.context["people"].number == 1
    text = page.content.decode()
    assert 'href="?page=2"' in text
    assert 'href="?relations=1"' in text


def test_clinic_edit_offers_therapists_alone_as_lead(admin_client, administrator, therapist):
    page = admin_client.get("/clinic/")
    assert set(page.context["form"].fields["lead"].queryset) == {therapist}


def test_clinic_edit_moves_the_clock(admin_client):
    admin_client.post("/clinic/", CLINIC | {"time_zone": "Asia/Riyadh"})
    assert Clinic.current().zone.key == "Asia/Riyadh"
    assert Clinic.current().alert_at_once_from == Clinic.AlertFrom.MODERATE
    assert Clinic.current().look_together == Clinic.LookTogether.NOW
