"""What therapist and supervisor say to each other about a case, and agree on."""

import datetime
from dataclasses import dataclass, field

from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.prepared import Given, prepared
from ruptures.models import (
    AgreedPlan,
    Discussion,
    Episode,
    Finding,
    ReviewComment,
    SupervisorReview,
    UsefulAnswer,
)
from ruptures.permissions import keepers_of
from ruptures.seen import ChangedMeanwhile
from ruptures.services import ladders

EPISODE = Given("episode")


@audit.noted(audit.Action.ADDED, on="episode")
def comment(
    *,
    episode: Episode,
    text: str,
    by: User,
    is_question: bool = False,
    answers: ReviewComment | None = None,
) -> ReviewComment:
    """A word in the thread: a question, the answer to one, or neither."""
    return ReviewComment.objects.create(
        episode=episode, by=by, text=text, is_question=is_question, answers=answers
    )


class PlanHasChanged(ChangedMeanwhile):
    """Somebody saved another plan meanwhile: stored is the `newest`, of `count` by now."""

    def __init__(self, newest: AgreedPlan, count: int):
        super().__init__({"newest": newest, "count": count})


@audit.noted(audit.Action.ADDED, on="episode")
def agree_on_plan(
    *, episode: Episode, text: str, on: datetime.date, seen: int, by: User
) -> AgreedPlan:
    """A new plan beside the old ones. `seen` is how many of them the writer knew.

    PlanHasChanged where there are more by now, so that nobody replaces what they never read.
    """
    Episode.objects.select_for_update(no_key=True).get(pk=episode.pk)
    plans = list(episode.plans.select_related("by"))
    if len(plans) != seen:
        raise PlanHasChanged(plans[0], len(plans))
    return AgreedPlan.objects.create(episode=episode, text=text, agreed_on=on, by=by)


@audit.noted(audit.Action.ADDED, on="episode")
def note_discussion(*, episode: Episode, on: datetime.date, by: User) -> Discussion:
    """Once a day, whoever notes it."""
    discussion, _new = Discussion.objects.get_or_create(
        episode=episode, discussed_on=on, defaults={"by": by}
    )
    return discussion


@audit.noted(audit.Action.CHANGED)
def say_whether_useful(
    *, is_useful: bool, by: User, finding: Finding | None = None, episode: Episode | None = None
) -> UsefulAnswer:
    """Of one finding, or of an episode as a whole; the newest answer of a person counts."""
    answer, _new = UsefulAnswer.objects.update_or_create(
        by=by, finding=finding, episode=episode, defaults={"is_useful": is_useful}
    )
    return answer


@dataclass
class Word:
    """A word of the thread; a question with the words that answer it."""

    comment: ReviewComment
    replies: list[ReviewComment] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.comment.is_question and not self.replies


def section_of(episode: Episode, *, reader: User) -> dict:
    """What the page of a strain shows of its supervision, to therapist and supervisor alike."""
    is_own = episode.pair.therapist_id == reader.pk
    reviews = _reviews_of(episode=episode.pk)
    own = next((row for row in reviews if row.supervisor_id == reader.pk), None)
    for review in reviews:
        review.episode = episode
    plans = _plans_of(episode=episode.pk)
    due_at = plan_due_at(episode, plans)
    return {
        "review": own,
        "own_answer": _own_answer(episode, reader),
        "outcomes": [row for row in reviews if row.resolved_at],
        "owner": owner_of(episode),
        "next_step": ladders.next_step_of(episode) if episode.is_open and not is_own else None,
        "plan_due_at": due_at,
        "plan_is_overdue": due_at is not None and due_at < timezone.now(),
        "thread": thread_of(episode),
        "plans": plans,
        "discussions": _discussions_of(episode=episode.pk),
    }


@prepared
def _reviews_of():
    return SupervisorReview.objects.filter(episode=EPISODE).select_related("supervisor")


@prepared
def _plans_of():
    plans = AgreedPlan.objects.filter(episode=EPISODE).select_related("by")
    return plans.order_by(*AgreedPlan._meta.ordering)


@prepared
def _discussions_of():
    discussions = Discussion.objects.filter(episode=EPISODE)
    return discussions.order_by(*Discussion._meta.ordering).values_list("discussed_on", named=True)


@prepared
def _words_of():
    words = ReviewComment.objects.filter(episode=EPISODE).select_related("by")
    return words.order_by(*ReviewComment._meta.ordering)


@prepared
def _own_answers():
    answers = UsefulAnswer.objects.filter(episode=EPISODE, by=Given("reader"))
    return answers.values_list("is_useful", flat=True)


def plan_due_at(episode: Episode, plans: list[AgreedPlan]) -> datetime.datetime | None:
    """Until when the two should agree on how to go on; None once they have, or it is closed."""
    return None if plans or not episode.is_open else ladders.contact_plan_due_at(episode)


def owner_of(episode: Episode) -> User | None:
    """Who has the case, as long as they may have it."""
    if episode.owner_id is None:
        return None
    return keepers_of(episode).filter(pk=episode.owner_id).first()


def thread_of(episode: Episode) -> list[Word]:
    """In order of time, an answer below its question."""
    words: dict[int, Word] = {}
    for comment in _words_of(episode=episode.pk):
        if comment.answers_id in words:
            words[comment.answers_id].replies.append(comment)
        else:
            words[comment.pk] = Word(comment)
    return list(words.values())


def _own_answer(episode: Episode, reader: User) -> bool | None:
    answers = _own_answers(episode=episode.pk, reader=reader.pk)
    return answers[0] if answers else None


def mark_answers(findings: list[Finding], *, reader: User) -> None:
    """Writes beside each finding whether the reader called it useful, None where not yet asked."""
    answers = UsefulAnswer.objects.filter(by=reader, finding__in=findings)
    useful = dict(answers.values_list("finding", "is_useful"))
    for finding in findings:
        finding.own_answer = useful.get(finding.pk)
