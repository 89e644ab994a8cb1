"""The worked examples of the clinical rules, through the database."""

import datetime

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Clinic
from ruptures.models import Alert, Episode, EpisodeState, Finding, Screening
from ruptures.services import episodes, repairs, screening
from ruptures.services.histories import course_of, history_of
from ruptures.tasks import rescreen_by_clock
from sessions_app.services import endings, tablet, therapy_sessions
from sessions_app.services.therapy_sessions import Log
from sessions_app.signals import srs_entry_recorded, therapy_session_recorded
from tests import factories
from tests.conftest import SUDDEN_FALL

RUPTURE = [37.5, 38.0, 37.8, (8.2, 7.2, 8.0, 8.2)]
REPAIR = [(9.0, 8.5, 9.0, 9.0), 37.6, 38.2]
FIRST_THREE = ("acknowledge", "invite", "validate")


def log(therapy_session, attendance="attended", **fields):
    return therapy_sessions.record(
        therapy_session=therapy_session,
        log=Log(attendance=attendance, **fields),
        by=therapy_session.pair.therapist,
    )


def book_and_rate(pair, totals: list, still_to_rate: int):
    """A weekly course of which the last `still_to_rate` sessions are booked alone."""
    sessions = factories.weekly(pair, totals + [None] * still_to_rate)
    return sessions[: len(totals)], sessions[len(totals) :]


def take_steps(episode, steps=FIRST_THREE, *, after, done="done"):
    for step in steps:
        repairs.log_step(
            episode=episode,
            step=step,
            done=done,
            on=timezone.localdate(after.starts_at),
            note="",
            by=episode.pair.therapist,
        )


def rules_of(therapy_session) -> dict[str, str]:
    return dict(therapy_session.findings.values_list("rule", "severity"))


def all_rows() -> list:
    models = (Finding, Screening, Episode, EpisodeState, Alert)
    return [list(model.objects.order_by("pk").values()) for model in models]


def sudden_fall(pair):
    sessions = factories.weekly(pair, SUDDEN_FALL)
    return sessions, Episode.objects.get(pair=pair)


# --- the worked examples ----------------------------------------------------------------------


def test_sudden_fall_opens_one_strain_of_the_bond(pair):
    sessions, episode = sudden_fall(pair)
    assert (episode.component, episode.type) == ("bond", "undetermined")
    assert (episode.state, episode.severity) == ("open", "moderate")
    assert episode.opened_session == sessions[-1]
    assert episode.baseline_mean == pytest.approx(37.537, abs=0.001)
    assert episode.lowest_total == 31.0


def test_sudden_fall_is_found_by_each_rule_at_its_severity(pair):
    sessions, episode = sudden_fall(pair)
    assert rules_of(sessions[-1]) == {
        "low_total": "prompt",
        "low_line": "prompt",
        "step_drop": "prompt",
        "line_split": "prompt",
        "sudden_drop": "moderate",
        "personal_low": "moderate",
        "line_drop": "moderate",
    }
    assert sessions[-1].screening.z == pytest.approx(-3.07, abs=0.005)


def test_later_findings_join_the_open_strain(pair):
    _rated, (after,) = book_and_rate(pair, SUDDEN_FALL, 1)
    episode = Episode.objects.get()
    factories.rate(after, 32.0)
    joined = set(episode.findings.filter(therapy_session=after).values_list("rule", flat=True))
    assert "low_total" in joined
    assert Finding.objects.filter(therapy_session=after, episode=None).count() == 0
    assert Episode.objects.count() == 1


@pytest.mark.parametrize("total", [20.0, 38.0])
def test_form_from_the_clients_device_goes_into_the_open_strain(pair, total):
    factories.weekly(pair, SUDDEN_FALL)
    next_session = factories.TherapySessionFactory(pair=pair)
    link, _token = tablet.hand_over(therapy_session=next_session, by=pair.therapist)
    form = factories.records.rating(total, uuid=link.entry_uuid)
    tablet.hand_in(link=link, rating=form)
    assert pair.therapy_sessions.get(srs_entry__uuid=link.entry_uuid) == next_session
    assert Episode.objects.get().attended_since == 1


def test_all_tens_say_nothing_and_with_appeasing_they_open_a_strain(pair):
    sessions = factories.weekly(pair, [40.0] * 4)
    assert rules_of(sessions[-1]) == {"ceiling_flat": "info"}
    assert not Episode.objects.exists()
    log(sessions[-1], markers={"appeasing": 2})
    assert rules_of(sessions[-1])["ceiling_masked"] == "moderate"
    assert Episode.objects.get().type == "withdrawal"


def test_missing_rating_after_a_low_one_opens_a_strain(pair):
    *_rated, last = factories.weekly(pair, [37.0, 36.4, (8.6, 8.4, 8.5, 8.5), None])
    log(last)
    assert rules_of(last)["missing_rating"] == "moderate"
    assert Episode.objects.get().opened_session == last


def test_missing_rating_for_a_technical_reason_opens_none(pair):
    *_rated, last = factories.weekly(pair, [37.0, 36.4, (8.6, 8.4, 8.5, 8.5), None])
    log(last, missing_reason="technical")
    assert not Episode.objects.exists()


def test_early_no_show_is_high(pair, supervisor):
    _first, second = factories.weekly(pair, [36.8, None])
    log(second, "no_show")
    assert rules_of(second)["early_no_show"] == "high"
    assert Episode.objects.get().severity == "high"
    assert Alert.objects.get().kind == Alert.Kind.STRAIN


def test_early_cancellation_two_days_ahead_is_for_the_chart(pair, supervisor):
    _first, second = factories.weekly(pair, [36.8, None])
    log(second, "cancelled_client", cancelled_at=second.starts_at - datetime.timedelta(days=2))
    assert rules_of(second) == {"cancel_or_late": "info"}
    assert not Episode.objects.exists()
    assert not Alert.objects.exists()


def test_cancellation_of_a_session_to_come_is_screened_at_once(pair):
    factories.weekly(pair, [36.8])
    coming = factories.TherapySessionFactory(
        pair=pair, starts_at=timezone.now() + datetime.timedelta(days=5)
    )
    log(coming, "cancelled_client", cancelled_at=timezone.now())
    coming.refresh_from_db()
    assert coming.attendance == "cancelled_client"


def test_rating_is_taken_while_a_later_session_is_cancelled_already(pair):
    _first, second = factories.weekly(pair, [36.8, None])
    factories.TherapySessionFactory(
        pair=pair,
        starts_at=timezone.now() + datetime.timedelta(days=5),
        attendance="cancelled_therapist",
    )
    assert factories.rate(second, 37.0).total == 370


def test_low_but_level_gives_prompts_alone_and_one_note(pair, supervisor):
    sessions = factories.weekly(pair, [33.0, 33.5, 32.8, 33.2, 33.0, 32.9])
    assert set(Finding.objects.values_list("severity", flat=True)) <= {"prompt", "info"}
    assert not Episode.objects.exists()
    assert not Alert.objects.exists()
    noted = ["low_but_steady" in session.screening.notes for session in sessions]
    assert noted == [False, False, True, True, True, True]


# --- the same again ---------------------------------------------------------------------------


def test_screening_twice_changes_nothing(episode):
    before = all_rows()
    screening.screen_pair(pair=episode.pair)
    screening.screen_pair(pair=episode.pair)
    assert all_rows() == before


def test_screening_after_a_policy_change_names_the_new_policy(episode):
    from ruptures.models import PolicyVersion

    stricter = PolicyVersion.objects.create(version="stricter", overrides={"low_total": 39.0})
    screening.screen_pair(pair=episode.pair)
    low = Finding.objects.filter(rule="low_total")
    assert low.count() == 5
    assert set(low.values_list("policy_version", flat=True)) == {stricter.pk}


def test_screening_without_alerting_tells_nobody(pair, supervisor):
    for total, session in zip(SUDDEN_FALL, factories.weekly(pair, [None] * 5), strict=True):
        marks = factories.records.marks(total)
        factories.SRSEntryFactory(therapy_session=session, **marks)
        type(session).objects.filter(pk=session.pk).update(attendance="attended")
    screening.screen_pair(pair=pair, alerting=False)
    assert Episode.objects.count() == 1
    assert not Alert.objects.exists()


def test_screening_of_a_pair_without_sessions_finds_nothing(pair):
    screening.screen_pair(pair=pair)
    assert not Screening.objects.exists()


def test_screening_judges_each_pair_by_itself(pair, other_therapist):
    sudden_fall(pair)
    other = factories.PairFactory(therapist=other_therapist)
    factories.weekly(other, [39.0])
    assert not other.episodes.exists()


# 22:30 on the day before in Santiago, where the clinic is.
THAT_DAY = datetime.date(2026, 3, 10)
LATE = datetime.datetime(2026, 3, 11, 1, 30, tzinfo=datetime.UTC)


@pytest.fixture
def late_evening(pair):
    """A session on a late evening, and the clock shortly after it."""
    Clinic.objects.update_or_create(pk=1, defaults={"time_zone": "America/Santiago"})
    with time_machine.travel(LATE + datetime.timedelta(minutes=50), tick=False):
        yield factories.TherapySessionFactory(pair=pair, starts_at=LATE)
    timezone.deactivate()


@pytest.fixture
def histories():
    """What the detector would be told, taken down whenever the floor below speaks."""
    told = []

    def take_down(sender, therapy_session, **kwargs):
        told.append(history_of(course_of(therapy_session.pair_id)))

    for signal in (srs_entry_recorded, therapy_session_recorded):
        signal.connect(take_down)
    yield told
    for signal in (srs_entry_recorded, therapy_session_recorded):
        signal.disconnect(take_down)


def test_history_from_the_clients_device_has_the_clinics_days(late_evening, histories):
    _link, token = tablet.hand_over(therapy_session=late_evening, by=late_evening.pair.therapist)
    device = Client()
    device.cookies["ticket"] = token
    uuid = late_evening.tablet_links.get().entry_uuid
    marks = factories.records.marks(37.0)
    device.post("/rate/form/", {"uuid": uuid, "language": "en"} | marks)
    (history,) = histories
    assert [datetime.date.fromordinal(day) for day in (*history.on, *history.as_of)] == [
        THAT_DAY
    ] * 2


def test_history_from_the_therapists_page_has_the_clinics_days(client, late_evening, histories):
    client.force_login(late_evening.pair.therapist)
    client.post(f"/sessions/{late_evening.key}/", {"attendance": "attended"})
    (history,) = histories
    assert [datetime.date.fromordinal(day) for day in (*history.on, *history.as_of)] == [
        THAT_DAY
    ] * 2


def test_task_counts_days_on_the_clinics_clock(late_evening):
    rescreen_by_clock.apply()
    assert timezone.localdate() == THAT_DAY


# --- corrections ------------------------------------------------------------------------------


def test_late_correction_of_an_attendance_mends_the_findings(pair):
    _first, second = factories.weekly(pair, [36.8, None])
    log(second, "no_show")
    log(second, "cancelled_therapist")
    assert rules_of(second) == {}


def test_strain_the_detector_no_longer_sees_stays_until_a_person_closes_it(pair):
    _first, second = factories.weekly(pair, [36.8, None])
    log(second, "no_show")
    log(second, "cancelled_therapist")
    assert Episode.objects.open().count() == 1


def test_strain_whose_opening_moved_earlier_ends_as_one(pair):
    rated, (sixth, seventh) = book_and_rate(pair, SUDDEN_FALL, 2)
    episode = Episode.objects.get()
    log(rated[3], markers={"complaint_pace": 3})
    take_steps(episode, after=rated[4])
    factories.rate(sixth, 37.8)
    factories.rate(seventh, 38.2)
    assert Episode.objects.count() == 1
    assert not Episode.objects.open().exists()


def no_finding_is_loose() -> bool:
    loose = Finding.objects.filter(severity__in=("moderate", "high"), episode=None)
    return not loose.exclude(rule="low_level").exists()


def test_break_beside_a_strain_the_detector_no_longer_sees_joins_it_and_is_told(pair, supervisor):
    """A late correction took its reason away; it stands until it is closed, so it is not mute."""
    *before, missed, last = factories.weekly(pair, [37.0, 38.0, 37.5, None, None])
    log(missed, "no_show")
    log(missed, "cancelled_therapist")
    Episode.objects.update(news_at=before[0].starts_at, severity="moderate")
    factories.rate(last, (5.8, 4.6, 8.4, 8.2))
    episode = Episode.objects.get()
    assert (episode.opened_session, episode.is_open) == (missed, True)
    assert no_finding_is_loose()
    assert episode.news_at > last.starts_at


def test_steps_of_a_strain_the_detector_no_longer_sees_still_count(pair):
    *_before, missed, sixth, seventh, eighth = factories.weekly(
        pair, [37.0, 38.0, 37.5, *[None] * 4]
    )
    log(missed, "no_show")
    episode = Episode.objects.get()
    take_steps(episode, after=missed)
    log(missed, "cancelled_therapist")
    factories.rate(sixth, 31.0)
    episode.refresh_from_db()
    assert episode.state == "addressed"
    factories.rate(seventh, 37.8)
    factories.rate(eighth, 38.2)
    episode.refresh_from_db()
    assert (episode.state, Episode.objects.count()) == ("verified", 1)


def test_findings_before_a_strain_whose_opening_moved_earlier_join_it(pair):
    rated, _later = book_and_rate(pair, SUDDEN_FALL, 1)
    log(rated[3], markers={"complaint_pace": 3})
    assert Episode.objects.get().opened_session == rated[4]
    assert no_finding_is_loose()


def test_break_after_a_verified_strain_that_a_correction_unsettles_opens_a_new_one(pair):
    """The verified one stays as it was told; what came after it is not lost to it."""
    rated, (sixth, seventh, eighth) = book_and_rate(pair, RUPTURE, 3)
    first = Episode.objects.get()
    take_steps(first, after=rated[-1])
    factories.rate(sixth, 37.6)
    verifying = factories.rate(seventh, 38.2)
    first.refresh_from_db()
    assert first.state == "verified"
    type(verifying).objects.filter(pk=verifying.pk).update(relationship=60, goals=60)
    factories.rate(eighth, (5.8, 4.6, 8.4, 8.2))
    first.refresh_from_db()
    assert first.state == "verified"
    assert Episode.objects.open().get().opened_session == eighth
    assert not Finding.objects.filter(therapy_session=eighth, episode=None).exists()


def test_strain_found_late_before_an_open_one_is_kept_beside_it(pair):
    """A marker noted late in a course that had come back: opened and closed, and nothing loose."""
    totals = [37.0, 38.0, 37.5, 38.0, 37.8, 38.2, 37.9, (5.8, 8.6, 8.4, 8.2)]
    sessions = factories.weekly(pair, totals)
    open_one = Episode.objects.get()
    log(sessions[2], markers={"complaint_pace": 3})
    assert Episode.objects.open().get() == open_one
    assert Episode.objects.exclude(pk=open_one.pk).get().state == "came_back_by_itself"
    assert no_finding_is_loose()


def test_marker_noted_late_before_a_dismissed_strain_is_dismissed_with_it(pair):
    with time_machine.travel(timezone.now() - datetime.timedelta(days=7)):
        sessions, first = sudden_fall(pair)
        episodes.dismiss(episode=first, reason="The client was ill.", by=pair.therapist)
    factories.rate(factories.TherapySessionFactory(pair=pair), (4.0, 6.0, 6.0, 6.0))
    log(sessions[2], markers={"complaint_pace": 3})
    assert Episode.objects.count() == 2
    assert first.findings.filter(therapy_session=sessions[2]).exists()
    assert no_finding_is_loose()


# --- closed by a person -----------------------------------------------------------------------


def test_dismissed_strain_stays_dismissed(episode):
    episodes.dismiss(episode=episode, reason="The client was ill.", by=episode.pair.therapist)
    screening.screen_pair(pair=episode.pair)
    episode.refresh_from_db()
    assert (episode.state, episode.dismissed_reason) == ("not_a_strain", "The client was ill.")
    assert Episode.objects.count() == 1


def test_later_break_after_a_dismissal_opens_a_new_strain(pair):
    with time_machine.travel(timezone.now() - datetime.timedelta(days=7)):
        _sessions, first = sudden_fall(pair)
        episodes.dismiss(episode=first, reason="The client was ill.", by=pair.therapist)
    later = factories.TherapySessionFactory(pair=pair)
    factories.rate(later, (4.0, 6.0, 6.0, 6.0))
    assert Episode.objects.open().get().opened_session == later
    first.refresh_from_db()
    assert first.state == "not_a_strain"


def test_break_on_the_day_of_a_dismissal_opens_a_new_strain(pair):
    morning = timezone.now().replace(hour=8, minute=0) + datetime.timedelta(days=1)
    with time_machine.travel(morning):
        _sessions, first = sudden_fall(pair)
        episodes.dismiss(episode=first, reason="The client was ill.", by=pair.therapist)
    with time_machine.travel(morning + datetime.timedelta(hours=8)):
        later = factories.TherapySessionFactory(pair=pair)
        factories.rate(later, (4.0, 6.0, 6.0, 6.0))
    assert Episode.objects.open().get().opened_session == later


def test_strain_by_hand_waits_for_the_session_after_a_dismissal(episode):
    pair = episode.pair
    episodes.dismiss(episode=episode, reason="The client was ill.", by=pair.therapist)
    with pytest.raises(episodes.NothingToJoin):
        episodes.open_by_hand(pair=pair, type="withdrawal", component="bond", by=pair.therapist)
    screening.screen_pair(pair=pair)
    assert not Episode.objects.open().exists()


def test_strain_by_hand_after_a_dismissal_joins_the_next_session(episode):
    pair = episode.pair
    episodes.dismiss(episode=episode, reason="The client was ill.", by=pair.therapist)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=7)):
        later = factories.TherapySessionFactory(pair=pair)
        factories.rate(later, 37.5)
        noted = episodes.open_by_hand(
            pair=pair, type="withdrawal", component="bond", by=pair.therapist
        )
        screening.screen_pair(pair=pair)
    noted.refresh_from_db()
    assert (noted.opened_session, noted.is_open) == (later, True)


def test_client_who_leaves_ends_the_strain_early(episode):
    therapist = episode.pair.therapist
    endings.end(pair=episode.pair, ending="drop_out", on=timezone.localdate(), by=therapist)
    episode.refresh_from_db()
    assert episode.state == "ended_early"
    assert not episode.is_open
    screening.screen_pair(pair=episode.pair)
    assert Episode.objects.count() == 1


def test_one_strain_at_most_is_open_for_a_pair(episode):
    with pytest.raises(IntegrityError), transaction.atomic():
        Episode.objects.create(
            pair=episode.pair,
            opened_session=episode.opened_session,
            opened_at=timezone.now(),
        )


def test_dismissal_without_a_reason_is_refused_by_the_table(episode):
    with pytest.raises(IntegrityError), transaction.atomic():
        episodes.dismiss(episode=episode, reason="", by=episode.pair.therapist)


# --- opened and confirmed by a person ---------------------------------------------------------


def test_strain_by_hand_needs_a_logged_session(pair):
    factories.TherapySessionFactory(pair=pair)
    with pytest.raises(episodes.NothingToJoin):
        episodes.open_by_hand(pair=pair, type="withdrawal", component="bond", by=pair.therapist)


def test_strain_by_hand_joins_the_last_logged_session(pair):
    (session,) = factories.weekly(pair, [38.0])
    noted = episodes.open_by_hand(
        pair=pair, type="withdrawal", component="tasks", by=pair.therapist
    )
    screening.screen_pair(pair=pair)
    noted.refresh_from_db()
    assert noted.opened_session == session
    assert (noted.type, noted.component, noted.is_open) == ("withdrawal", "tasks", True)
    assert Episode.objects.count() == 1


def test_strain_by_hand_tells_the_supervisor(pair, supervisor):
    factories.weekly(pair, [38.0])
    episodes.open_by_hand(pair=pair, type="mixed", component="bond", by=pair.therapist)
    assert Alert.objects.mails().filter(recipient=supervisor).count() == 1


def test_strain_by_hand_is_the_open_one_where_there_is_one(episode):
    again = episodes.open_by_hand(
        pair=episode.pair, type="mixed", component="goals", by=episode.pair.therapist
    )
    assert again == episode
    assert Episode.objects.count() == 1


def test_confirmed_kind_survives_later_entries(pair):
    _rated, (after,) = book_and_rate(pair, SUDDEN_FALL, 1)
    episode = Episode.objects.get()
    episodes.confirm(episode=episode, type="confrontation", component="goals", by=pair.therapist)
    factories.rate(after, (8.0, 6.0, 8.0, 8.0))
    episode.refresh_from_db()
    assert (episode.type, episode.component) == ("confrontation", "goals")
    assert episode.confirmed_by == pair.therapist


# --- repair -----------------------------------------------------------------------------------


def rupture(pair):
    """The strain of the worked example, and the three sessions after it, still to rate."""
    rated, after = book_and_rate(pair, RUPTURE, 3)
    return Episode.objects.get(pair=pair), rated[-1], after


def test_repair_with_steps_and_two_recovered_sessions_is_verified(pair):
    episode, broke, after = rupture(pair)
    take_steps(episode, after=broke)
    states = []
    for session, total in zip(after, REPAIR, strict=True):
        factories.rate(session, total)
        states.append(Episode.objects.get(pair=pair).state)
    assert states == ["partial", "recovered", "verified"]
    assert episode.component == "goals"
    episode.refresh_from_db()
    assert episode.closed_session == after[-1]
    assert episode.held


def test_repair_is_addressed_with_its_first_step(pair):
    episode, broke, _after = rupture(pair)
    take_steps(episode, ("acknowledge",), after=broke)
    episode.refresh_from_db()
    assert episode.state == "addressed"


def test_step_not_yet_taken_addresses_nothing(pair):
    episode, broke, _after = rupture(pair)
    take_steps(episode, ("acknowledge",), after=broke, done="not")
    episode.refresh_from_db()
    assert episode.state == "open"


def test_recovery_without_steps_came_back_by_itself(pair):
    episode, _broke, after = rupture(pair)
    for session, total in zip(after, REPAIR, strict=True):
        factories.rate(session, total)
    episode.refresh_from_db()
    assert episode.state == "came_back_by_itself"
    assert not episode.held


def test_recovery_the_client_calls_unsettled_stays_open(pair):
    episode, broke, after = rupture(pair)
    take_steps(episode, after=broke)
    episodes.record_answer(
        episode=episode,
        answer="no",
        on=timezone.localdate(after[0].starts_at),
        by=pair.therapist,
    )
    for session, total in zip(after, REPAIR, strict=True):
        factories.rate(session, total)
    episode.refresh_from_db()
    assert (episode.state, episode.is_open) == ("recovered", True)


def test_recovery_with_some_steps_alone_stays_open(pair):
    episode, broke, after = rupture(pair)
    take_steps(episode, ("acknowledge", "invite"), after=broke)
    for session, total in zip(after, REPAIR, strict=True):
        factories.rate(session, total)
    episode.refresh_from_db()
    assert (episode.state, episode.is_open) == ("recovered", True)


def test_same_step_on_the_same_day_is_mended(pair):
    episode, broke, _after = rupture(pair)
    take_steps(episode, ("invite",), after=broke, done="partly")
    take_steps(episode, ("invite",), after=broke, done="done")
    assert list(episode.repair_steps.values_list("step", "done")) == [("invite", "done")]


def test_states_are_written_once_and_in_order(pair):
    episode, broke, after = rupture(pair)
    take_steps(episode, after=broke)
    for session, total in zip(after, REPAIR, strict=True):
        factories.rate(session, total)
    assert list(episode.states.values_list("state", flat=True)) == [
        "open",
        "addressed",
        "partial",
        "recovered",
        "verified",
    ]


def test_strain_not_recovered_in_three_sessions_becomes_high(pair):
    episode, _broke, after = rupture(pair)
    for session in after:
        factories.rate(session, 31.8)
    episode.refresh_from_db()
    assert episode.severity == "high"
    assert episode.states.filter(state="unresolved").count() == 1
