"""What supervisors do with a case: seen, put off, taken, closed, opened again."""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from ruptures.models import Alert, Episode, SupervisorReview
from ruptures.services import telling
from ruptures.services.supervision import owner_of

LONGEST_SNOOZE = 14


class TakenMeanwhile(ValueError):
    """Somebody took the case since the page was opened: nothing was written. It is with `owner`
    since `at`."""

    def __init__(self, owner: User, at: datetime.datetime):
        super().__init__(f"taken by {owner.pk}")
        self.owner, self.at = owner, at


class NewsSince(ValueError):
    """There is news of the case that the page did not show yet: nothing was written."""


def _refuse_news_since(episode: Episode, shown_at: datetime.datetime | None) -> None:
    """Waits for whoever writes the strain at this moment. None: whatever there is was seen."""
    if shown_at is None:
        return
    now = Episode.objects.select_for_update(no_key=True).get(pk=episode.pk)
    if now.news_at > shown_at:
        raise NewsSince


def _review(episode: Episode, supervisor: User) -> SupervisorReview:
    review, _new = SupervisorReview.objects.get_or_create(episode=episode, supervisor=supervisor)
    review.episode = episode
    return review


@audit.noted(audit.Action.CHANGED, on="episode")
def acknowledge(
    *, episode: Episode, by: User, shown_at: datetime.datetime | None = None
) -> SupervisorReview:
    """ "I have seen it": for this supervisor alone, and once until there is news.

    `shown_at`: up to when the page showed the case. Raises NewsSince.
    """
    _refuse_news_since(episode, shown_at)
    review = _review(episode, by)
    if not review.has_seen_all:
        review.acknowledged_at = timezone.now()
        review.save(update_fields=["acknowledged_at"])
    if episode.is_open:
        telling.tell_who_looks(episode=episode, person=by)
    waiting = Alert.objects.filter(episode=episode, recipient=by, acknowledged_at=None)
    waiting.update(acknowledged_at=timezone.now())
    return review


@transaction.atomic
def acknowledge_all(
    *, episodes: Iterable[Episode], by: User, shown_at: datetime.datetime | None = None
) -> int:
    """Returns how many were; those with news since are left as they are."""
    return sum(_acknowledged(episode, by, shown_at) for episode in episodes)


def _acknowledged(episode: Episode, by: User, shown_at: datetime.datetime | None) -> bool:
    try:
        acknowledge(episode=episode, by=by, shown_at=shown_at)
    except NewsSince:
        return False
    return True


@audit.noted(audit.Action.CHANGED, on="episode")
def snooze(
    *, episode: Episode, days: int, by: User, shown_at: datetime.datetime | None = None
) -> SupervisorReview:
    """Seen, and out of the way of this supervisor alone for 1 to 14 days, or until there is news.

    ValueError for another number of days, NewsSince as for `acknowledge`.
    """
    if not 1 <= days <= LONGEST_SNOOZE:
        raise ValueError(f"A case cannot sleep for {days} days.")
    review = acknowledge(episode=episode, by=by, shown_at=shown_at)
    review.snoozed_at = timezone.now()
    review.snoozed_until = timezone.localdate() + datetime.timedelta(days=days)
    review.save(update_fields=["snoozed_at", "snoozed_until"])
    return review


@audit.noted(audit.Action.CHANGED, on="episode")
def wake(*, episode: Episode, by: User) -> SupervisorReview:
    review = _review(episode, by)
    review.snoozed_at = review.snoozed_until = None
    review.save(update_fields=["snoozed_at", "snoozed_until"])
    return review


@audit.noted(audit.Action.CHANGED, on="episode")
def hand_to(*, episode: Episode, owner: User, by: User, shown: str | None = None) -> None:
    """`owner` has the case from now on, and is told so by whoever else hands it to them; nobody
    has it less in sight for that.

    `shown`: the key of whoever had it on the page, blank for nobody; None: whoever has it may lose
    it. Raises TakenMeanwhile.
    """
    stored = Episode.objects.select_for_update(no_key=True, of=("self",))
    now = stored.select_related("pair", "owner").get(pk=episode.pk)
    if now.owner_id == owner.pk:
        return
    holder = owner_of(now)
    if shown is not None and holder and shown != str(holder.key):
        raise TakenMeanwhile(holder, now.owned_at)
    episode.owner, episode.owned_at = owner, timezone.now()
    episode.save(update_fields=["owner", "owned_at"])
    if owner != by:
        telling.tell_owner(episode=episode)


@audit.noted(audit.Action.ENDED, on="episode")
def resolve(
    *, episode: Episode, outcome: str, by: User, shown_at: datetime.datetime | None = None
) -> SupervisorReview:
    """The review is done, for every supervisor, until there is news. Raises NewsSince."""
    review = acknowledge(episode=episode, by=by, shown_at=shown_at)
    review.outcome, review.resolved_at = outcome, timezone.now()
    review.save(update_fields=["outcome", "resolved_at"])
    return review


@audit.noted(audit.Action.CHANGED, on="episode")
def reopen(*, episode: Episode, by: User) -> None:
    """Takes back every outcome, whoever gave it: the case waits again, for all."""
    episode.reviews.update(outcome="", resolved_at=None)
