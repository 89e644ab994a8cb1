"""What becomes of a possible strain when its pair ends, and when the ending is taken back."""

import datetime

from django.db import transaction
from django.utils import timezone

from ruptures.models import Episode, EpisodeState
from ruptures.services import screening
from sessions_app.models import Pair


@transaction.atomic
def reopen(*, pair: Pair, since: datetime.datetime) -> None:
    """The strain that was closed by an ending of the moment `since` is open again, in the state it
    had; the ending leaves its history, since it did not happen. Where a form that came in after it
    told of another one, that one is: a pair has one at a time."""
    ended = Episode.objects.filter(pair=pair, state=Episode.State.ENDED_EARLY, closed_at__gte=since)
    episode = ended.order_by("-opened_at", "-pk").first()
    if episode:
        before = episode.states.exclude(state=Episode.State.ENDED_EARLY).last()
        episode.state = before.state if before else Episode.State.OPEN
        episode.closed_at, episode.news_at = None, timezone.now()
        episode.save(update_fields=["state", "closed_at", "news_at"])
        EpisodeState.objects.filter(
            episode=episode, state=Episode.State.ENDED_EARLY, entered_at__gte=since
        ).delete()
    screening.screen_within(pair_id=pair.pk)


def left_open_before(pair: Pair) -> Episode | None:
    """The strain that was open when the client's pair before this one was closed."""
    earlier = Episode.objects.filter(
        pair__client=pair.client_id,
        pair__until_on__lt=pair.from_on,
        state=Episode.State.ENDED_EARLY,
    )
    return earlier.select_related("pair__therapist").order_by("-closed_at").first()
