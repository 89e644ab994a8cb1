"""Each row of the recovery table, through the services, as a therapist lives it."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from ruptures.models import Episode
from ruptures.services import alerts, episodes, repairs
from sessions_app.models import Pair
from sessions_app.services import endings, therapy_sessions
from sessions_app.services.therapy_sessions import Log
from tests import factories
from tests.blocking import meanwhile

# The worked example: usual level 37.5, struck on goals.
BEFORE = [37.5, 38.0, 37.8, (8.2, 7.2, 8.0, 8.2)]
PART_WAY, BACK, STRONG = (9.0, 8.5, 9.0, 9.0), 37.6, 40.0
STILL_LOW = 31.8
FIRST_THREE = ("acknowledge", "invite", "validate")


@pytest.fixture
def rupture(pair):
    """The open strain and up to seven sessions after it, still to rate."""
    sessions = factories.weekly(pair, BEFORE + [None] * 7)
    return Episode.objects.get(), sessions[len(BEFORE) - 1], sessions[len(BEFORE) :]


def take(episode, *steps, at):
    for step in steps:
        repairs.log_step(
            episode=episode,
            step=step,
            done="done",
            on=timezone.localdate(at.starts_at),
            note="",
            by=episode.pair.therapist,
        )


def live_through(episode, sessions, totals) -> list[str]:
    """Rates session after session; answers with the state after each."""
    seen = []
    for session, total in zip(sessions, totals, strict=False):
        if total == "no_show":
            therapist = session.pair.therapist
            therapy_sessions.record(therapy_session=session, log=Log(total), by=therapist)
        else:
            factories.rate(session, total)
        episode.refresh_from_db()
        seen.append(episode.state)
    return seen


ALL, SOME, NONE = FIRST_THREE, FIRST_THREE[:2], ()


@pytest.mark.parametrize(
    ("steps", "totals", "states"),
    [
        (ALL[:1], [STILL_LOW], ["addressed"]),
        (NONE, [PART_WAY], ["partial"]),
        (ALL, [PART_WAY, BACK], ["partial", "recovered"]),
        (ALL, [BACK, BACK], ["recovered", "verified"]),
        (ALL, [BACK, STILL_LOW, BACK, BACK], ["recovered", "addressed", "recovered", "verified"]),
        (ALL, [BACK, "no_show", BACK, BACK], ["recovered", "recovered", "recovered", "verified"]),
        (SOME, [BACK, BACK], ["recovered", "recovered"]),
        (NONE, [BACK, BACK], ["recovered", "came_back_by_itself"]),
        (NONE, [STILL_LOW] * 3, ["open", "open", "unresolved"]),
        (NONE, [STILL_LOW] * 3 + [BACK], ["open", "open", "unresolved", "recovered"]),
    ],
)
def test_recovery_goes_by_the_table(rupture, steps, totals, states):
    episode, broke, after = rupture
    take(episode, *steps, at=broke)
    assert live_through(episode, after, totals) == states


def test_recovery_clearly_above_the_old_level_is_stronger(pair):
    sessions = factories.weekly(pair, [34.0, 34.4, 34.2, 34.0, (6.0, 7.2, 6.8, 7.0)] + [None] * 2)
    episode = Episode.objects.get()
    take(episode, *ALL, at=sessions[4])
    assert live_through(episode, sessions[5:], [STRONG, STRONG])[-1] == "strengthened"
    assert episode.held


def test_unresolved_strain_becomes_high_once(rupture):
    episode, _broke, after = rupture
    live_through(episode, after, [STILL_LOW] * 4)
    assert episode.severity == "high"
    assert episode.states.filter(state="unresolved").count() == 1


def test_new_level_waits_for_six_sessions_and_the_clinician(rupture):
    episode, _broke, after = rupture
    live_through(episode, after, [STILL_LOW] * 5)
    with pytest.raises(episodes.TooEarly):
        episodes.take_new_level(episode=episode, by=episode.pair.therapist)
    assert live_through(episode, after[5:], [STILL_LOW]) == ["unresolved"]
    with time_machine.travel(after[5].starts_at + datetime.timedelta(hours=1)):
        episodes.take_new_level(episode=episode, by=episode.pair.therapist)
    factories.rate(after[6], 31.5)
    episode.refresh_from_db()
    assert (episode.state, episode.is_open) == ("new_level", False)
    assert after[6].screening.baseline_mean == pytest.approx(31.8, abs=0.5)
    assert Episode.objects.count() == 1


def test_new_level_is_not_offered_once_a_session_was_back(rupture):
    episode, _broke, after = rupture
    live_through(episode, after, [STILL_LOW, BACK, *[STILL_LOW] * 4])
    with pytest.raises(episodes.TooEarly):
        episodes.take_new_level(episode=episode, by=episode.pair.therapist)


def test_client_who_leaves_ends_the_strain_early(rupture):
    episode, _broke, _after = rupture
    endings.end(
        pair=episode.pair,
        ending="drop_out",
        on=timezone.localdate(),
        by=episode.pair.therapist,
    )
    episode.refresh_from_db()
    assert (episode.state, episode.is_open) == ("ended_early", False)


@pytest.mark.parametrize("going_on", [False, True])
def test_rating_that_comes_in_after_the_ending_leaves_no_open_strain(
    pair, supervisor, other_therapist, mailoutbox, going_on
):
    """It waited on its device. The supervisor hears of it, as of any client who left."""
    last = factories.weekly(pair, [*BEFORE, None])[-1]
    today, therapist = timezone.localdate(), pair.therapist
    if going_on:
        endings.hand_over(pair=pair, to=other_therapist, on=today, by=therapist)
    else:
        endings.end(pair=pair, ending="drop_out", on=today, by=therapist)
    factories.rate(last, (2.0, 3.0, 3.0, 3.0))
    assert Episode.objects.get().state == "ended_early"
    alerts.deliver_due()
    assert len(mailoutbox) == 1


def test_dismissal_keeps_both_its_reasons_and_can_be_undone(rupture):
    episode, broke, _after = rupture
    therapist = episode.pair.therapist
    take(episode, "acknowledge", at=broke)
    episodes.dismiss(episode=episode, because="technical", reason="A flat tablet.", by=therapist)
    episode.refresh_from_db()
    told = (episode.state, episode.dismissed_as, episode.dismissed_reason)
    assert told == ("not_a_strain", "technical", "A flat tablet.")
    episodes.reopen(episode=episode, by=therapist)
    episode.refresh_from_db()
    assert (episode.state, episode.is_open, episode.dismissed_as) == ("addressed", True, "")
    assert list(episode.states.values_list("state", "by"))[-1] == ("addressed", therapist.pk)


def test_strain_closed_by_the_therapist_says_why_and_can_be_undone(rupture):
    episode, _broke, after = rupture
    live_through(episode, after, [PART_WAY])
    episodes.resolve(episode=episode, reason="She calls it settled.", by=episode.pair.therapist)
    assert live_through(episode, after[1:], [37.0]) == ["resolved"]
    episodes.reopen(episode=episode, by=episode.pair.therapist)
    episode.refresh_from_db()
    assert (episode.state, episode.resolved_reason) == ("recovered", "")


def test_closing_with_a_later_strain_after_it_stands(rupture):
    episode, _broke, after = rupture
    long_ago = after[0].starts_at - datetime.timedelta(days=1)
    episodes.dismiss(episode=episode, because="misread", by=episode.pair.therapist)
    Episode.objects.update(closed_at=long_ago)
    factories.rate(after[0], (2.0, 3.0, 3.0, 3.0))
    episode.refresh_from_db()
    with pytest.raises(episodes.CannotReopen):
        episodes.reopen(episode=episode, by=episode.pair.therapist)
    assert Episode.objects.open().count() == 1


def test_strain_of_a_client_who_was_handed_over_stays_closed(rupture, other_therapist):
    """Also on the last day, on which the record is still the therapist's."""
    episode, _broke, _after = rupture
    therapist = episode.pair.therapist
    episodes.dismiss(episode=episode, because="misread", by=therapist)
    endings.hand_over(pair=episode.pair, to=other_therapist, on=timezone.localdate(), by=therapist)
    episode.refresh_from_db()
    with pytest.raises(episodes.CannotReopen):
        episodes.reopen(episode=episode, by=therapist)


def test_strain_that_the_course_closed_stays_closed(rupture):
    episode, broke, after = rupture
    take(episode, *ALL, at=broke)
    live_through(episode, after, [BACK, BACK])
    with pytest.raises(episodes.CannotReopen):
        episodes.reopen(episode=episode, by=episode.pair.therapist)


def test_persons_component_is_what_has_to_come_back(rupture):
    episode, broke, after = rupture
    take(episode, *ALL, at=broke)
    episodes.confirm(episode=episode, type="mixed", component="bond", by=episode.pair.therapist)
    episode.refresh_from_db()
    assert episode.struck_mean == pytest.approx(9.47, abs=0.05)
    low_on_bond = (8.2, 9.8, 9.8, 9.8)
    assert live_through(episode, after, [low_on_bond]) == ["addressed"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("deed", ["confirm", "answer"])
def test_deed_while_a_rating_is_screened_waits_and_does_not_deadlock(episode, deed):
    by, pair = episode.pair.therapist, Pair.objects.select_for_update(no_key=True)

    def act():
        if deed == "confirm":
            return episodes.confirm(episode=episode, type="mixed", component="bond", by=by)
        on = timezone.localdate()
        return episodes.record_answer(episode=episode, answer="no", on=on, by=by)

    meanwhile(
        lambda: pair.get(pk=episode.pair_id),
        act,
        afterwards=lambda: Episode.objects.filter(pk=episode.pk).update(severity="high"),
    )
