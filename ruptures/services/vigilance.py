"""What the clock brings: signs of life, and strains that age without an entry."""

import datetime
import logging

from django.core.cache import cache
from django.utils import timezone

from ruptures.models import Episode
from ruptures.services import alerts, screening
from sessions_app.models import Pair

logger = logging.getLogger(__name__)

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


class PairsNotScreened(Exception):
    """Some pairs could not be screened; the log says which. The others were."""


def screen_open_episodes() -> int:
    """Screens each pair with an open strain again. Returns how many were looked at.

    One pair that cannot be screened holds up no other; PairsNotScreened is raised at the end.
    """
    pairs = Pair.objects.filter(pk__in=Episode.objects.open().values("pair"))
    failed = [pair.pk for pair in pairs.iterator() if not _screened(pair)]
    if failed:
        raise PairsNotScreened(f"{len(failed)} pairs")
    return pairs.count()


def _screened(pair: Pair) -> bool:
    try:
        screening.screen_pair(pair=pair)
    except Exception as failure:
        logger.error("Pair %s was not screened: %s", pair.pk, type(failure).__name__)
        return False
    return True
