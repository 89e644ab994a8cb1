"""What the demo's supervisors were told, saw and said, each on the day it would have been."""

import datetime
from collections.abc import Callable

from django.utils import timezone

from accounts.models import Clinic, User
from accounts.permissions import supervisors_of
from ruptures.demo import courses
from ruptures.ladder import Rung
from ruptures.models import (
    AgreedPlan,
    Alert,
    Discussion,
    Episode,
    EpisodeState,
    ReviewComment,
    SupervisorReview,
    UsefulAnswer,
)
from ruptures.services import telling
from sessions_app.models import Pair

SEEN_AFTER = datetime.timedelta(hours=20)
TO_THE_LEAD_AFTER = datetime.timedelta(days=8)
ANSWERED_AFTER = datetime.timedelta(hours=4)
SNOOZED_FOR = datetime.timedelta(days=5)

Caseload = list[tuple[courses.Course, Pair]]


def look_back(caseloads: list[Caseload]) -> None:
    """Tells, sees and says. Of the last therapist one strain climbed to the clinic's lead, of every
    second one another sleeps; what is newest nobody has looked at yet."""
    for number, caseload in enumerate(caseloads):
        for course, pair in caseload:
            for episode in Episode.objects.filter(pair=pair):
                _date(episode)
                _tell(episode)
                LATER.get(course, _was_seen)(episode, pair.therapist)
        _look_at_one_by_one(caseload, is_last=number == len(caseloads) - 1, snoozes=number % 2 == 1)


def _look_at_one_by_one(caseload: Caseload, *, is_last: bool, snoozes: bool) -> None:
    fading = _open_strain_of(caseload, courses.slow_fade)
    if fading:
        (_goes_up if is_last else _was_asked_about)(fading)
    masked = _open_strain_of(caseload, courses.masking_tens)
    if masked and snoozes:
        _sleeps(masked)


def _open_strain_of(caseload: Caseload, course: courses.Course) -> Episode | None:
    pairs = [pair for each, pair in caseload if each is course]
    return Episode.objects.open().filter(pair__in=pairs).first()


def _date(episode: Episode) -> None:
    """When it ended, and when there was something to look at last."""
    if episode.state == Episode.State.ENDED_EARLY:
        episode.closed_at = _newest_session(episode)
        ended = EpisodeState.objects.filter(episode=episode, state=episode.state)
        ended.update(entered_at=episode.closed_at)
    episode.news_at = episode.closed_at or _newest_session(episode)
    episode.save(update_fields=["closed_at", "news_at"])


def _newest_session(episode: Episode) -> datetime.datetime:
    """When the therapist wrote down the newest one with something worth asking about."""
    moments = episode.findings.worth_asking().values_list("therapy_session__logged_at", flat=True)
    return max((moment for moment in moments if moment), default=episode.opened_at)


def _tell(episode: Episode) -> None:
    if not episode.is_open:
        return
    people = supervisors_of(episode.pair.therapist_id).values_list("pk", flat=True)
    _write(episode, people, Rung.SUPERVISORS, episode.opened_at)


def _write(episode: Episode, people, rung: Rung, moment: datetime.datetime) -> None:
    rows = Alert.objects.bulk_create(telling.rows_of(episode, people, rung))
    Alert.objects.filter(pk__in=[row.pk for row in rows]).update(
        created_at=moment, due_at=moment, sent_at=moment
    )


def _was_seen(episode: Episode, therapist: User) -> None:
    for supervisor in supervisors_of(therapist):
        _review(episode, supervisor)


def _review(episode: Episode, supervisor: User, **further) -> None:
    seen_at = min(episode.news_at + SEEN_AFTER, timezone.now())
    SupervisorReview.objects.update_or_create(
        episode=episode, supervisor=supervisor, defaults={"acknowledged_at": seen_at, **further}
    )
    Alert.objects.filter(episode=episode, recipient=supervisor).update(acknowledged_at=seen_at)


def _waits(episode: Episode, therapist: User) -> None:
    """Nobody has looked at it yet."""


def _was_closed(episode: Episode, therapist: User) -> None:
    """Repaired, the review done, and both found it useful to be told; a therapist's second one
    waits for its review."""
    if UsefulAnswer.objects.filter(by=therapist).exists():
        return
    for supervisor in supervisors_of(therapist):
        _review(
            episode,
            supervisor,
            outcome=SupervisorReview.Outcome.REPAIRED,
            resolved_at=min(episode.news_at + SEEN_AFTER, timezone.now()),
        )
        for person in (supervisor, therapist):
            UsefulAnswer.objects.create(episode=episode, by=person, is_useful=True)


def _was_talked_about(episode: Episode, therapist: User) -> None:
    """A question, its answer, a plan, and the day on which the two spoke."""
    _was_seen(episode, therapist)
    for supervisor in supervisors_of(therapist):
        question = _say(
            episode, supervisor, "What does the client say is still missing?", asks=True
        )
        answer = _say(
            episode, therapist, "That I hurry on before it has been heard.", answers=question
        )
        seen_on = timezone.localdate(answer.written_at)
        AgreedPlan.objects.create(
            episode=episode,
            text="Stay with validating for one session; no new task until then.",
            agreed_on=seen_on,
            by=supervisor,
        )
        Discussion.objects.create(episode=episode, discussed_on=seen_on, by=supervisor)


def _was_asked_about(episode: Episode) -> None:
    for supervisor in supervisors_of(episode.pair.therapist):
        _say(episode, supervisor, "What changed when the marks began to slide?", asks=True)


def _say(
    episode: Episode,
    by: User,
    text: str,
    *,
    asks: bool = False,
    answers: ReviewComment | None = None,
) -> ReviewComment:
    word = ReviewComment.objects.create(
        episode=episode, by=by, text=text, is_question=asks, answers=answers
    )
    said_at = answers.written_at + ANSWERED_AFTER if answers else episode.news_at + SEEN_AFTER
    word.written_at = min(said_at, timezone.now())
    word.save(update_fields=["written_at"])
    return word


def _goes_up(episode: Episode) -> None:
    """Nobody acknowledged it, so the clinic's lead was told."""
    SupervisorReview.objects.filter(episode=episode).delete()
    Alert.objects.filter(episode=episode).update(acknowledged_at=None)
    moment = min(episode.opened_at + TO_THE_LEAD_AFTER, timezone.now())
    _write(episode, [Clinic.current().lead_id], Rung.LEAD, moment)


def _sleeps(episode: Episode) -> None:
    for supervisor in supervisors_of(episode.pair.therapist):
        _review(
            episode,
            supervisor,
            snoozed_at=timezone.now(),
            snoozed_until=timezone.localdate() + SNOOZED_FOR,
        )


LATER: dict[courses.Course, Callable[[Episode, User], None]] = {
    courses.not_recovered: _was_talked_about,
    courses.break_and_repair: _was_closed,
    courses.early_no_show: _waits,
    courses.drop_out: _waits,
}
