"""What the clock brings: signs of life, and strains that age without an entry."""

import datetime

from django.core.cache import cache
from django.utils import timezone

from ruptures.models import Episode
from ruptures.services import alerts, screening

SIGN_OF_LIFE = "worker-seen-at"
KEPT_FOR = datetime.timedelta(days=7)
STALLED_AFTER = datetime.timedelta(minutes=5)


def worker_was_here() -> None:
    cache.set(SIGN_OF_LIFE, timezone.now().isoformat(), timeout=KEPT_FOR.total_seconds())


def worker_seen_at() -> datetime.datetime | None:
    seen = cache.get(SIGN_OF_LIFE)
    return datetime.datetime.fromisoformat(seen) if seen else None


def delivery_is_stalled() -> bool:
    """An alert that has been due for five minutes has not gone out."""
    oldest = alerts.oldest_unsent()
    return oldest is not None and oldest.due_at < timezone.now() - STALLED_AFTER


def screen_open_episodes() -> int:
    """Screens each pair with an open strain again. Returns how many were looked at."""
    looked_at = 0
    for episode in Episode.objects.open().select_related("pair").iterator():
        screening.screen_pair(pair=episode.pair)
        looked_at += 1
    return looked_at
