"""What supervisors do with a case."""

from django.utils import timezone

from accounts import audit
from accounts.models import User
from ruptures.models import Alert, Episode, ReviewComment, SupervisorReview


def _review(episode: Episode, supervisor: User) -> SupervisorReview:
    review, _new = SupervisorReview.objects.get_or_create(episode=episode, supervisor=supervisor)
    return review


@audit.noted(audit.Action.CHANGED, on="episode")
def acknowledge(*, episode: Episode, by: User) -> SupervisorReview:
    """ "I have seen it": for this supervisor alone, and once."""
    review = _review(episode, by)
    if review.acknowledged_at is None:
        review.acknowledged_at = timezone.now()
        review.save(update_fields=["acknowledged_at"])
    waiting = Alert.objects.filter(episode=episode, recipient=by, acknowledged_at=None)
    waiting.update(acknowledged_at=review.acknowledged_at)
    return review


@audit.noted(audit.Action.ADDED, on="episode")
def comment(*, episode: Episode, text: str, by: User) -> ReviewComment:
    return ReviewComment.objects.create(episode=episode, by=by, text=text)


@audit.noted(audit.Action.ENDED, on="episode")
def resolve(*, episode: Episode, outcome: str, by: User) -> SupervisorReview:
    """The review is done, until a newer finding brings the case back."""
    review = acknowledge(episode=episode, by=by)
    review.outcome, review.resolved_at = outcome, timezone.now()
    review.save(update_fields=["outcome", "resolved_at"])
    return review
