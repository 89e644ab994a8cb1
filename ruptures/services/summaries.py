"""What is listed in the summary of a day shares the fate of that summary's mail."""

import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone

from accounts.models import Clinic
from ruptures.models import Alert, Episode
from ruptures.services import telling

A_DAY = datetime.timedelta(days=1)


def listed_in(summary: Alert):
    """What the mail is to tell: rows that wait for it."""
    waiting = Alert.objects.listed().unsent().unanswered()
    return waiting.filter(recipient=summary.recipient_id, listed_on=summary.listed_on)


def still_to_tell(summary: Alert) -> bool:
    """Whether one of its strains is open and still the recipient's to look at."""
    theirs = Episode.objects.open().supervised_by(summary.recipient)
    return listed_in(summary).filter(episode__in=theirs).exists()


def withdraw(summary: Alert) -> list[int]:
    """Takes back what is listed. Returns the numbers of the strains it would have told of."""
    strains = list(listed_in(summary).values_list("episode", flat=True))
    listed_in(summary).update(withdrawn_at=timezone.now())
    return strains


def share_fates() -> None:
    """Of each summary that went out, or failed, to what was listed in it. What was written after
    it was sent waits for the next one."""
    summaries = Alert.objects.filter(kind=Alert.Kind.DIGEST, withdrawn_at=None)
    sent = summaries.filter(
        recipient=OuterRef("recipient"),
        listed_on=OuterRef("listed_on"),
        sent_at__gte=OuterRef("created_at"),
    )
    waiting = Alert.objects.listed().unsent().filter(Exists(sent))
    sent_at = Subquery(sent.values("sent_at")[:1])
    waiting.update(sent_at=sent_at, failed_at=None, failure="")
    for summary in summaries.filter(failed_at__gte=timezone.now() - A_DAY):
        listed = Alert.objects.listed().filter(withdrawn_at=None, failed_at=None)
        theirs = listed.filter(recipient=summary.recipient_id, listed_on=summary.listed_on)
        theirs.update(failed_at=summary.failed_at, failure=summary.failure)


@transaction.atomic
def list_again() -> int:
    """What waits for a summary that is not there any more goes into the next one. Returns how
    many rows that were."""
    pending = Alert.objects.unsent().filter(
        kind=Alert.Kind.DIGEST, recipient=OuterRef("recipient"), listed_on=OuterRef("listed_on")
    )
    lost = Alert.objects.listed().unsent().unanswered().exclude(Exists(pending))
    rows = list(lost.filter(episode__closed_at=None).values_list("pk", "recipient"))
    if rows:
        day, due_at = telling.next_summary(timezone.now(), Clinic.current())
        telling.write(
            [telling.summary_row(who, day, due_at) for who in sorted({who for _pk, who in rows})]
        )
        moved = Alert.objects.filter(pk__in=[pk for pk, _who in rows])
        moved.update(listed_on=day, due_at=due_at)
    return len(rows)
