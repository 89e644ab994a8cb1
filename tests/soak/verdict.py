"""What has to hold once everything is quiet again. Run by `manage.py shell` in the clinic."""

import json

from django.db import transaction
from django.utils import timezone

from accounts.permissions import supervisors_of
from ruptures.models import Alert, Episode, Finding, Screening
from ruptures.services import reconciling, screening
from sessions_app.models import Pair, SRSEntry

LINES = ("relationship", "goals", "approach", "overall")


def main() -> None:
    print(
        json.dumps(
            {
                "stored": stored(),
                "findings": len(findings()),
                "findings_that_differ": findings_that_differ(),
                "strains": Episode.objects.count(),
                "alerts": Alert.objects.count(),
                "alerts_missing": alerts_missing(),
                "alerts_unsent": mails().filter(sent_at=None).count(),
                "alert_keys": [str(key) for key in mails().values_list("key", flat=True)],
                "reconciled": reconciled(),
            }
        )
    )


def stored() -> dict[str, list[int]]:
    rows = SRSEntry.objects.values_list("uuid", *LINES)
    return {str(uuid): marks for uuid, *marks in rows}


def findings() -> set:
    return {
        (row.therapy_session_id, row.rule, row.line, row.severity, json.dumps(row.values))
        for row in Finding.objects.all()
    }


def findings_that_differ() -> int:
    """Between those stored one by one and those of a screening of every pair from nothing, which
    is then taken back."""
    before = findings()
    with transaction.atomic():
        Finding.objects.all().delete()
        Screening.objects.all().delete()
        for pair in Pair.objects.all():
            screening.screen_pair(pair=pair, alerting=False)
        differing = len(before ^ findings())
        transaction.set_rollback(True)
    return differing


def alerts_missing() -> int:
    """Strains of which somebody who supervises the therapist was never told."""
    return sum(
        not Alert.objects.filter(episode=episode, recipient=supervisor).exists()
        for episode in Episode.objects.select_related("pair")
        for supervisor in supervisors_of(episode.pair.therapist_id)
    )


def mails():
    """Alerts that have to arrive by e-mail."""
    return Alert.objects.mails().filter(withdrawn_at=None, due_at__lte=timezone.now())


def reconciled() -> int:
    """What the hourly look would have to mend; it is taken back here."""
    with transaction.atomic():
        done = reconciling.reconcile()
        transaction.set_rollback(True)
    return done.strains_opened + done.alerts_restored + done.unreached + done.not_screened
