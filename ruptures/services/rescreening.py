"""Screening the whole clinic again, in chunks that any number of workers share.

The chunks are rows: a worker claims one by a lease, so that a pass which was killed half-way goes
on where it stood, and a chunk done twice changes nothing the second time.
"""

import datetime
from collections import Counter

from celery import current_app
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from ruptures.models import PolicyVersion, Rescreening, RescreeningChunk
from ruptures.services import screening
from sessions_app.models import Pair

PAIRS_A_CHUNK = 100
LEASE = datetime.timedelta(minutes=5)
TASK = "ruptures.rescreen_chunks"


@transaction.atomic
def start() -> Rescreening:
    """The pass that is under way, or a new one over every pair there is."""
    rescreening, new = Rescreening.objects.get_or_create(
        is_running=True, defaults={"policy_version": PolicyVersion.current()}
    )
    if not new:
        return rescreening
    pairs = list(Pair.objects.order_by("pk").values_list("pk", flat=True))
    RescreeningChunk.objects.bulk_create(
        RescreeningChunk(rescreening=rescreening, first_pair=chunk[0], last_pair=chunk[-1])
        for chunk in (
            pairs[first : first + PAIRS_A_CHUNK] for first in range(0, len(pairs), PAIRS_A_CHUNK)
        )
    )
    return rescreening


def call_workers(rescreening: Rescreening, *, workers: int) -> bool:
    """Asks workers to help. False where the broker is away; the caller then works alone."""
    try:
        for _worker in range(workers):
            current_app.send_task(TASK, args=[rescreening.pk], retry=False)
    except OperationalError:
        return False
    return True


def work_on(rescreening: Rescreening) -> bool:
    """Claims one chunk and screens its pairs. False where no chunk waits."""
    chunk = _claim(rescreening)
    if chunk is None:
        return False
    changes = Counter()
    for pair in Pair.objects.filter(pk__range=(chunk.first_pair, chunk.last_pair)):
        changes += screening.screen_pair(pair=pair)
    RescreeningChunk.objects.filter(pk=chunk.pk).update(
        done_at=timezone.now(), changes=dict(changes)
    )
    return True


def _claim(rescreening: Rescreening) -> RescreeningChunk | None:
    """A conditional update: of two workers one gets the chunk."""
    now = timezone.now()
    for chunk in rescreening.chunks.waiting(now)[:10]:
        taken = RescreeningChunk.objects.waiting(now).filter(pk=chunk.pk)
        if taken.update(leased_until=now + LEASE):
            return chunk
    return None


def finish(rescreening: Rescreening) -> bool:
    """Marks the pass finished once every chunk is done. Whether it is."""
    if rescreening.chunks.filter(done_at=None).exists():
        return False
    Rescreening.objects.filter(pk=rescreening.pk, is_running=True).update(
        is_running=False, finished_at=timezone.now()
    )
    return True


def progress(rescreening: Rescreening) -> tuple[int, int]:
    """Chunks done, and chunks in all."""
    return rescreening.chunks.exclude(done_at=None).count(), rescreening.chunks.count()


def changes(rescreening: Rescreening) -> Counter:
    """What the pass has changed so far, summed over its chunks."""
    total = Counter()
    for changed in rescreening.chunks.values_list("changes", flat=True):
        total += Counter(changed)
    return total
