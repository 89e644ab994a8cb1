"""A log corrected, taken back, or a pair ended: what becomes of the strain."""

import pytest
from django.utils import timezone

from ruptures.models import Alert, Episode, Finding, Screening
from ruptures.services import episodes, queues, repairs, reviews, supervision
from ruptures.services.endings import left_open_before
from sessions_app.models import Pair
from sessions_app.services import endings, therapy_sessions, undoing
from sessions_app.services.therapy_sessions import Log
from tests import factories


def log(therapy_session, attendance):
    by = therapy_session.pair.therapist
    therapy_sessions.record(therapy_session=therapy_session, log=Log(attendance), by=by)
    return undoing.offer_for(therapy_session, by=by)


def undo(step):
    return undoing.undo(step=step, by=step.by)


@pytest.fixture
def missed(pair, supervisor):
    """The second appointment, missed without notice: a strain, and an alert for the supervisor."""
    factories.weekly(pair, [36.8])
    later = factories.TherapySessionFactory(pair=pair)
    step = log(later, "no_show")
    assert Episode.objects.get().severity == "high"
    assert Alert.objects.exists()
    return step


def test_no_show_undone_leaves_nothing(missed):
    undo(missed)
    session = missed.therapy_session
    assert not Episode.objects.exists()
    assert not Alert.objects.exists()
    assert not Finding.objects.filter(therapy_session=session).exists()
    assert not Screening.objects.filter(therapy_session=session).exists()


def test_no_show_undone_after_the_mail_is_no_case_in_the_queue(client, missed, supervisor):
    Alert.objects.update(sent_at=timezone.now())
    undo(missed)
    assert not Episode.objects.exists()
    client.force_login(supervisor)
    assert "Nothing waits for you." in client.get("/queue/").content.decode()


def test_no_show_logged_again_after_an_undo_opens_the_strain_again(missed):
    undo(missed)
    log(missed.therapy_session, "no_show")
    assert Episode.objects.get().is_open
    assert Alert.objects.exists()


def test_no_show_is_not_undone_once_somebody_has_worked_on_the_strain(missed, therapist):
    repairs.log_step(
        episode=Episode.objects.get(),
        step="acknowledge",
        done="done",
        on=timezone.localdate(),
        note="",
        by=therapist,
    )
    with pytest.raises(undoing.CannotUndo):
        undo(missed)
    assert Episode.objects.get().is_open


@pytest.mark.parametrize("work", ["record", "outside", "plan", "discussion", "wish", "owner"])
def test_no_show_is_not_undone_where_something_written_would_be_lost(
    missed, therapist, supervisor, work
):
    episode, today = Episode.objects.get(), timezone.localdate()
    if work == "record":
        repairs.keep(episode=episode, values={"reflection": "I hurried."}, by=therapist)
    elif work == "outside":
        repairs.note_generalisation(
            episode=episode, on=today, with_whom="family", note="She said no.", by=therapist
        )
    elif work == "plan":
        supervision.agree_on_plan(episode=episode, text="Call.", on=today, seen=0, by=supervisor)
    elif work == "discussion":
        supervision.note_discussion(episode=episode, on=today, by=supervisor)
    elif work == "wish":
        episodes.take_to_supervision(episode=episode, wanted=True, by=therapist)
    else:
        reviews.hand_to(episode=episode, owner=supervisor, by=supervisor)
    with pytest.raises(undoing.CannotUndo):
        undo(missed)


def test_strain_ended_with_the_therapy_is_open_again_after_undo(episode, supervisor):
    before = episode.state
    step = endings.end(
        pair=episode.pair, ending="drop_out", on=timezone.localdate(), by=episode.pair.therapist
    )
    episode.refresh_from_db()
    assert episode.state == "ended_early"
    reviews.resolve(episode=episode, outcome="plan_agreed", by=supervisor)
    undo(step)
    episode.refresh_from_db()
    assert (episode.is_open, episode.state) == (True, before)
    assert not episode.states.filter(state="ended_early").exists()
    assert [case for _group, cases in queues.queue_of(supervisor).groups for case in cases]


def test_strain_is_closed_with_the_old_pair_and_told_to_the_new_therapist(episode, other_therapist):
    endings.hand_over(
        pair=episode.pair, to=other_therapist, on=timezone.localdate(), by=episode.pair.therapist
    )
    new = Pair.objects.get(therapist=other_therapist)
    assert left_open_before(new) == episode
    assert left_open_before(new).state == "ended_early"
    assert not Episode.objects.open().exists()


def test_strain_that_was_settled_before_is_not_told(episode, other_therapist):
    episodes.dismiss(episode=episode, reason="Ill", by=episode.pair.therapist)
    endings.hand_over(
        pair=episode.pair, to=other_therapist, on=timezone.localdate(), by=episode.pair.therapist
    )
    assert left_open_before(Pair.objects.get(therapist=other_therapist)) is None
