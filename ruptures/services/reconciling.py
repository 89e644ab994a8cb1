"""Every hour: whether everybody who has to be told is. What is missing is written again."""

import datetime
import logging

from django.db import transaction
from django.utils import timezone

from ruptures.models import Episode, Finding, Reconciliation, WeeklyReport
from ruptures.models.finding import Severity
from ruptures.services import alerts, ladders, screening, summaries
from sessions_app.models import Pair

logger = logging.getLogger(__name__)

OPENS_NO_STRAIN = "low_level"
FINDINGS_LOOKED_BACK = datetime.timedelta(days=30)
REPORTS_LOOKED_BACK = datetime.timedelta(days=7)
KEPT_FOR = datetime.timedelta(days=30)
ASK_FOR_AN_ALERT = (Severity.MODERATE, Severity.HIGH)


def reconcile() -> Reconciliation:
    """Finds and mends what is not as it should be, and keeps a row of it.

    A finding at moderate or above belongs to a strain; an open strain was told to everybody who
    supervises, or to the ladder's next; what was told is sent, acknowledged, or goes up.
    """
    opened = [_strains_opened(pair) for pair in _pairs_with_loose_findings()]
    done = Reconciliation(
        strains_opened=sum(count for count in opened if count is not None),
        not_screened=opened.count(None),
    )
    done.alerts_restored = _alerts_restored() + summaries.list_again() + _reports_told_again()
    ladders.climb_due()
    done.unreached = ladders.unreached().count()
    done.save()
    Reconciliation.objects.filter(looked_at__lt=timezone.now() - KEPT_FOR).delete()
    return done


def newest() -> Reconciliation | None:
    return Reconciliation.objects.first()


def _pairs_with_loose_findings():
    loose = Finding.objects.filter(
        severity__in=ASK_FOR_AN_ALERT,
        episode=None,
        found_at__gte=timezone.now() - FINDINGS_LOOKED_BACK,
    ).exclude(rule=OPENS_NO_STRAIN)
    return Pair.objects.current().filter(pk__in=loose.values("therapy_session__pair"))


def _strains_opened(pair: Pair) -> int | None:
    """Screened again: what asks for a strain opens it, and is told. None for a pair that cannot be
    screened; it holds up no other."""
    try:
        return screening.screen_pair(pair=pair)["strains_opened"]
    except Exception as failure:
        logger.error("Pair %s was not screened: %s", pair.pk, type(failure).__name__)
        return None


def _alerts_restored() -> int:
    strains = Episode.objects.open().of_current_pairs().filter(severity__in=ASK_FOR_AN_ALERT)
    return sum(map(_restored, strains.select_related("pair").iterator()))


@transaction.atomic
def _restored(episode: Episode) -> int:
    missing = alerts.raise_for(episode=episode)
    if missing:
        logger.warning("Episode %s: %s alerts were missing and are back.", episode.pk, missing)
    return missing


def _reports_told_again() -> int:
    recent = WeeklyReport.objects.filter(
        made_at__gte=timezone.now() - REPORTS_LOOKED_BACK, alerts=None
    )
    return sum(alerts.write_weekly(report=report) for report in recent)
