"""What the staff forms refuse: each error at its field, and nothing changed in the database."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.translation import override

from accounts.models import Clinic
from sessions_app import srs
from sessions_app.forms import LogForm, PaperEntryForm
from sessions_app.models import Client, Marker, Pair, Prediction, SRSEntry, TherapySession
from tests import factories

FOUR_MARKS = {"relationship": "9.3", "goals": "8.8", "approach": "9.0", "overall": "9.1"}
MINUTE = "%Y-%m-%dT%H:%M"


def in_hours(hours: float) -> datetime.datetime:
    return timezone.now() + datetime.timedelta(hours=hours)


def written(moment: datetime.datetime) -> str:
    return timezone.localtime(moment, Clinic.current().zone).strftime(MINUTE)


@pytest.fixture
def own(client, therapist):
    """The therapist's browser."""
    client.force_login(therapist)
    return client


def on_paper(therapy_session, **changes) -> dict:
    day = timezone.localdate(therapy_session.starts_at, Clinic.current().zone)
    return FOUR_MARKS | {"filled_in_on": day.isoformat()} | changes


def paper_form(**changes) -> PaperEntryForm:
    begun = TherapySession(starts_at=in_hours(-2))
    day = timezone.localdate(begun.starts_at).isoformat()
    return PaperEntryForm(FOUR_MARKS | {"filled_in_on": day} | changes, therapy_session=begun)


def errors_of(response) -> dict[str, list[str]]:
    return dict(response.context["form"].errors)


# --- from paper -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ("10.1", "A line ends at 10.0"),
        ("-0.1", "A line begins at 0.0"),
        ("8.44", "one decimal"),
        ("", "required"),
        ("nine", "number"),
        ("NaN", "number"),
        ("1e9", "10.0"),
    ],
)
@pytest.mark.parametrize("line", srs.LINES)
def test_paper_entry_refuses_an_impossible_mark_at_its_line(line, mark, said):
    form = paper_form(**{line: mark})
    assert list(form.errors) == [line]
    assert said in form.errors[line][0]


@pytest.mark.parametrize(("mark", "tenths"), [("0", 0), ("10", 100), ("10.0", 100), ("8.4", 84)])
def test_paper_entry_reads_points_as_tenths(mark, tenths):
    form = paper_form(goals=mark)
    assert form.is_valid()
    assert form.lines()["goals"] == tenths


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("mark", ["8.4", "8,4"])
def test_paper_entry_reads_comma_and_point_in_any_language(language, mark):
    with override(language):
        form = paper_form(goals=mark)
        assert form.is_valid()
    assert form.lines()["goals"] == 84


@pytest.mark.parametrize("mark", ["8,4,1", "1.000,5", "8.4,"])
def test_paper_entry_refuses_what_is_no_single_number(mark):
    with override("de"):
        assert list(paper_form(goals=mark).errors) == ["goals"]


@pytest.mark.parametrize(("language", "shown"), [("en", "8.4"), ("de", "8,4")])
def test_log_shows_the_prediction_as_the_language_writes_it(own, therapy_session, language, shown):
    Prediction.objects.create(therapy_session=therapy_session, **dict.fromkeys(srs.LINES, 84))
    with override(language):
        form = LogForm(therapy_session=therapy_session)
        assert f'value="{shown}"' in str(form["prediction_goals"])


def test_paper_entry_create_stores_nothing_of_a_refused_form(own, therapy_session):
    url = f"/sessions/{therapy_session.key}/paper/"
    response = own.post(url, on_paper(therapy_session, goals="10.1"))
    assert list(errors_of(response)) == ["goals"]
    assert not SRSEntry.objects.exists()
    therapy_session.refresh_from_db()
    assert therapy_session.attendance == "booked"


def test_paper_entry_create_is_marked_as_paper(own, therapy_session):
    own.post(f"/sessions/{therapy_session.key}/paper/", on_paper(therapy_session, client_asks="on"))
    entry = SRSEntry.objects.get()
    assert (entry.source, entry.total) == ("paper", 362)
    assert entry.therapy_session.client_asks


@pytest.mark.parametrize(("days", "accepted"), [(-1, False), (0, True), (1, True), (2, False)])
def test_paper_entry_is_filled_in_between_the_session_and_today(days, accepted):
    yesterday = timezone.now() - datetime.timedelta(days=1)
    day = timezone.localdate(yesterday) + datetime.timedelta(days=days)
    session = TherapySession(starts_at=yesterday)
    form = PaperEntryForm(FOUR_MARKS | {"filled_in_on": day.isoformat()}, therapy_session=session)
    assert list(form.errors) == ([] if accepted else ["filled_in_on"])


def test_paper_entry_create_keeps_the_day_it_was_filled_in(own, pair):
    before = factories.TherapySessionFactory(pair=pair, starts_at=in_hours(-72))
    today = timezone.localdate(timezone.now(), Clinic.current().zone)
    own.post(f"/sessions/{before.key}/paper/", on_paper(before, filled_in_on=today.isoformat()))
    assert SRSEntry.objects.get().filled_in_on == today
    page = own.get(f"/clients/{pair.client.key}/").content.decode()
    assert "Entered from paper" in page
    assert "filled in on" in page


def test_paper_entry_create_refuses_a_second_rating(own, therapy_session):
    factories.rate(therapy_session, 37.0)
    response = own.post(f"/sessions/{therapy_session.key}/paper/", on_paper(therapy_session))
    assert "rating already" in errors_of(response)["relationship"][0]
    assert SRSEntry.objects.get().total == 370


def test_paper_entry_create_refuses_a_session_to_come(own, pair):
    coming = factories.TherapySessionFactory(pair=pair, starts_at=in_hours(24 * 7))
    own.post(f"/sessions/{coming.key}/paper/", on_paper(coming))
    assert not SRSEntry.objects.exists()


# --- an appointment ---------------------------------------------------------------------------


def book(own, pair, **changes):
    data = {
        "starts_at": written(in_hours(24)),
        "duration_minutes": "50",
        "medium": "in_person",
    }
    return own.post(f"/clients/{pair.client.key}/sessions/new/", data | changes)


def test_booking_stores_the_appointment_on_the_clinics_clock(own, pair):
    Clinic.objects.update_or_create(pk=1, defaults={"time_zone": "Asia/Riyadh"})
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    book(own, pair, starts_at=f"{tomorrow}T09:30")
    stored = TherapySession.objects.get()
    assert stored.starts_at.astimezone(datetime.UTC).strftime("%H:%M") == "06:30"
    assert stored.attendance == "booked"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("starts_at", "3026-01-05T09:00", "check the year"),
        ("starts_at", "9999-12-31T23:59", "check the year"),
        ("starts_at", "0001-01-01T00:00", "before your first day"),
        ("starts_at", "2019-01-07T09:00", "before your first day"),
        ("starts_at", "", "required"),
        ("starts_at", "soon", "valid"),
        ("duration_minutes", "4", "between 5 and 240"),
        ("duration_minutes", "241", "between 5 and 240"),
        ("duration_minutes", "-50", ""),
        ("duration_minutes", "9999999999", ""),
        ("duration_minutes", "", "required"),
        ("medium", "letter", "valid choice"),
    ],
)
@pytest.mark.parametrize("zone", ["Europe/London", "Asia/Riyadh", "America/Santiago"])
def test_booking_refuses_at_the_field(own, pair, zone, field, value, said):
    Clinic.objects.update_or_create(pk=1, defaults={"time_zone": zone})
    response = book(own, pair, **{field: value})
    assert list(errors_of(response)) == [field]
    assert said in errors_of(response)[field][0]
    assert not TherapySession.objects.exists()


def test_booking_refuses_a_taken_time(own, pair):
    at = in_hours(24).replace(second=0, microsecond=0)
    factories.TherapySessionFactory(pair=pair, starts_at=at)
    response = book(own, pair, starts_at=written(at))
    assert "at that time already" in errors_of(response)["starts_at"][0]
    assert TherapySession.objects.count() == 1


def test_booking_refuses_an_hour_that_the_clocks_skip(own, pair):
    Clinic.objects.update_or_create(pk=1, defaults={"time_zone": "Europe/London"})
    response = book(own, pair, starts_at="2026-03-29T01:30")
    assert list(errors_of(response)) == ["starts_at"]
    assert not TherapySession.objects.exists()


# --- the log of a session ---------------------------------------------------------------------


def log(own, therapy_session, **data):
    return own.post(f"/sessions/{therapy_session.key}/", {"attendance": "attended"} | data)


def as_it_was(therapy_session) -> dict:
    return TherapySession.objects.values().get(pk=therapy_session.pk)


@pytest.mark.parametrize("attendance", ["attended", "no_show"])
def test_log_of_a_session_to_come_is_refused_at_attendance(own, pair, attendance):
    coming = factories.TherapySessionFactory(pair=pair, starts_at=in_hours(3))
    before = as_it_was(coming)
    response = log(own, coming, attendance=attendance, note="Early.")
    assert "still to come" in errors_of(response)["attendance"][0]
    assert as_it_was(coming) == before


def test_log_of_a_session_to_come_can_be_a_cancellation(own, pair):
    coming = factories.TherapySessionFactory(pair=pair, starts_at=in_hours(48))
    log(own, coming, attendance="cancelled_client", cancelled_at=written(in_hours(-1)))
    coming.refresh_from_db()
    assert coming.attendance == "cancelled_client"
    assert 48 < coming.cancelled_hours_ahead < 50


def test_log_of_a_cancellation_after_the_start_is_refused(own, therapy_session):
    before = as_it_was(therapy_session)
    response = log(
        own, therapy_session, attendance="cancelled_client", cancelled_at=written(in_hours(-1))
    )
    assert list(errors_of(response)) == ["cancelled_at"]
    assert as_it_was(therapy_session) == before


def test_log_of_a_cancellation_still_to_come_is_refused(own, pair):
    coming = factories.TherapySessionFactory(pair=pair, starts_at=in_hours(48))
    response = log(own, coming, attendance="cancelled_client", cancelled_at=written(in_hours(24)))
    assert list(errors_of(response)) == ["cancelled_at"]


@pytest.mark.parametrize("filled", [1, 2, 3])
def test_log_refuses_a_prediction_partly_filled_at_the_first_gap(own, therapy_session, filled):
    before = as_it_was(therapy_session)
    predicted = {f"prediction_{line}": "9.0" for line in srs.LINES[:filled]}
    response = log(own, therapy_session, **predicted)
    assert list(errors_of(response)) == [f"prediction_{srs.LINES[filled]}"]
    assert not Prediction.objects.exists()
    assert as_it_was(therapy_session) == before


def test_log_refuses_a_prediction_off_the_line(own, therapy_session):
    predicted = {f"prediction_{line}": "9.0" for line in srs.LINES} | {"prediction_goals": "10.1"}
    response = log(own, therapy_session, **predicted)
    assert "A line ends at 10.0" in errors_of(response)["prediction_goals"][0]
    assert not Prediction.objects.exists()


def test_log_keeps_a_prediction_in_tenths(own, therapy_session):
    log(own, therapy_session, **{f"prediction_{line}": "8.7" for line in srs.LINES})
    assert Prediction.objects.get().total == 348


def test_log_replaces_no_prediction_once_the_client_rated(own, therapy_session):
    log(own, therapy_session, **{f"prediction_{line}": "9.5" for line in srs.LINES})
    factories.rate(therapy_session, 30.0)
    log(own, therapy_session, **{f"prediction_{line}": "7.5" for line in srs.LINES})
    assert Prediction.objects.get().total == 380


@pytest.mark.parametrize("attendance", ["no_show", "cancelled_client", "cancelled_therapist"])
def test_log_of_a_rated_session_stays_attended(own, therapy_session, attendance):
    factories.rate(therapy_session, 37.0)
    before = as_it_was(therapy_session)
    response = log(own, therapy_session, attendance=attendance)
    assert "must have taken place" in errors_of(response)["attendance"][0]
    assert as_it_was(therapy_session) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("minutes_late", "-1"),
        ("minutes_late", "121"),
        ("missing_reason", "lazy"),
        ("note", "n" * 10_001),
        ("marker_appeasing", "6"),
        ("marker_appeasing", "-1"),
        ("feeling_irritation", "6"),
        ("attendance", "booked"),
        ("attendance", ""),
    ],
)
def test_log_refuses_at_the_field(own, therapy_session, field, value):
    before = as_it_was(therapy_session)
    response = log(own, therapy_session, **{field: value})
    assert list(errors_of(response)) == [field]
    assert as_it_was(therapy_session) == before
    assert not Marker.objects.exists()


def test_log_leaves_out_what_does_not_fit_a_no_show(own, therapy_session):
    log(
        own,
        therapy_session,
        attendance="no_show",
        minutes_late="10",
        missing_reason="forgotten",
        marker_appeasing="3",
        feeling_irritation="4",
        note="Waited for twenty minutes.",
    )
    stored = TherapySession.objects.get(pk=therapy_session.pk)
    assert (stored.attendance, stored.minutes_late, stored.missing_reason) == ("no_show", 0, "")
    assert stored.note == "Waited for twenty minutes."
    assert not stored.markers.exists()
    assert stored.feelings == {}


def test_log_form_shows_what_is_known(own, therapy_session):
    log(own, therapy_session, marker_appeasing="3", feeling_irritation="2", minutes_late="5")
    therapy_session.refresh_from_db()
    known = LogForm(therapy_session=therapy_session).initial
    assert (known["marker_appeasing"], known["feeling_irritation"]) == (3, 2)
    assert known["minutes_late"] == 5


def test_log_form_shows_a_prediction_in_points(own, therapy_session):
    log(own, therapy_session, **{f"prediction_{line}": "8.7" for line in srs.LINES})
    stored = TherapySession.objects.select_related("prediction").get(pk=therapy_session.pk)
    form = LogForm(therapy_session=stored)
    assert form.initial["prediction_goals"] == Decimal("8.7")


# --- clients ----------------------------------------------------------------------------------


def take_on(own, **changes):
    today = timezone.localdate().isoformat()
    data = {"case_label": "Wren-3", "name": "", "language": "en", "from_on": today}
    return own.post("/clients/new/", data | changes)


def test_client_create_opens_the_clients_page(own):
    response = take_on(own)
    assert own.get(response.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("case_label", ""),
        ("case_label", "Heron-14"),
        ("case_label", "x" * 41),
        ("language", "tlh"),
        ("from_on", "3026-01-01"),
        ("from_on", "someday"),
    ],
)
def test_client_create_refuses_at_the_field(own, pair, field, value):
    response = take_on(own, **{field: value})
    assert response.context, "the form was taken"
    assert list(errors_of(response)) == [field]
    assert Client.objects.count() == 1
    assert Pair.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"), [("ending", ""), ("ending", "vanished"), ("on", "3026-01-01"), ("on", "")]
)
def test_client_end_refuses_at_the_field(own, pair, field, value):
    data = {"ending": "planned", "on": timezone.localdate().isoformat()}
    response = own.post(f"/clients/{pair.client.key}/end/", data | {field: value})
    assert list(errors_of(response)) == [field]
    pair.client.refresh_from_db()
    assert pair.client.status == "active"


def test_client_end_refuses_a_day_before_the_first(own, pair):
    day = pair.from_on - datetime.timedelta(days=1)
    response = own.post(
        f"/clients/{pair.client.key}/end/", {"ending": "planned", "on": day.isoformat()}
    )
    assert "before the first day" in errors_of(response)["on"][0]


@pytest.mark.parametrize("attendance", ["cancelled_client", "cancelled_therapist"])
def test_log_of_a_cancellation_says_by_whom_and_when(
    client, therapist, therapy_session, attendance
):
    client.force_login(therapist)
    moment = timezone.localtime(therapy_session.starts_at - datetime.timedelta(days=2))
    url = f"/sessions/{therapy_session.key}/"
    client.post(url, {"attendance": attendance, "cancelled_at": moment.strftime("%Y-%m-%dT%H:%M")})
    therapy_session.refresh_from_db()
    assert therapy_session.attendance == attendance
    assert therapy_session.cancelled_hours_ahead == pytest.approx(48, abs=1.1)
