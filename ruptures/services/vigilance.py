"""What the clock brings: signs of life, and strains that age without an entry."""

import datetime
import logging

from django.core.cache import cache
from django.db.models import Q, Value
from django.utils import timezone

from accounts.models import AccountMail, Outgoing
from ruptures.models import Alert, Episode
from ruptures.services import ladders, screening
from sessions_app.models import LinkMail, Pair

logger = logging.getLogger(__name__)

SIGN_OF_LIFE = "worker-seen-at"
KEPT_FOR = datetime.timedelta(days=7)
SHOWN_FOR = datetime.timedelta(days=7)
STALLED_AFTER = datetime.timedelta(minutes=5)


def worker_was_here() -> None:
    cache.set(SIGN_OF_LIFE, timezone.now().isoformat(), timeout=KEPT_FOR.total_seconds())


def worker_seen_at() -> datetime.datetime | None:
    seen = cache.get(SIGN_OF_LIFE)
    return datetime.datetime.fromisoformat(seen) if seen else None


def delivery_is_stalled() -> bool:
    """A mail that has been due for five minutes has not gone out."""
    return "stalled" in mail_troubles()


def mail_troubles() -> set[str]:
    """What staff have to know of the mail, by one query.

    `stalled`: nothing goes out. `returned`: an address refuses what it is sent. `unreached`: no
    message about an open strain reached anybody.
    """
    since = timezone.now() - STALLED_AFTER
    asked = [
        _named("stalled", Alert.objects.mails().overdue(since)),
        _named("stalled", LinkMail.objects.overdue(since)),
        _named("stalled", AccountMail.objects.overdue(since)),
        _named("returned", _refused()),
        _named("unreached", ladders.failed_for_everybody()),
    ]
    first, *others = asked
    return {row["trouble"] for row in first.union(*others)}


def _named(trouble: str, rows):
    return rows.order_by().annotate(trouble=Value(trouble)).values("trouble")


def _refused():
    """Of strains while nobody answered, of weekly trends for a week."""
    refused = (Outgoing.Failure.REFUSED, Outgoing.Failure.CAME_BACK)
    lately = Q(kind=Alert.Kind.WEEKLY, failed_at__gte=timezone.now() - SHOWN_FOR)
    standing = lately | Q(pk__in=ladders.failed())
    return Alert.objects.filter(standing, failed_at__isnull=False, failure__in=refused)


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
