import datetime
from enum import StrEnum

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from sessions_app.fields import ClientJSONField
from sessions_app.models import Pair

KEPT_FOR = datetime.timedelta(hours=24)
LEASE = datetime.timedelta(minutes=5)
# What another worker wrote just after this one had looked at the clock is no clock that was wrong.
A_MOMENT = datetime.timedelta(minutes=1)
OVERDUE_AFTER = datetime.timedelta(minutes=2)


class ClientCopyQuerySet(models.QuerySet):
    def of(self, user: User):
        """What the person asked for, of clients they still have."""
        return self.filter(asked_by=user, pair__in=Pair.objects.of(user))

    def unmade(self):
        return self.filter(made_at=None, failed_at=None)

    def due(self, at: datetime.datetime | None = None):
        """To be made, and in the hands of no worker. A lease longer than any that is given was
        written while the clock was wrong."""
        at = at or timezone.now()
        too_long = Q(leased_until__gt=at + LEASE + A_MOMENT)
        free = Q(leased_until=None) | Q(leased_until__lte=at) | too_long
        return self.unmade().filter(free)

    def over(self):
        """Kept long enough, or made by a clock that was ahead; or nobody is left who may open
        it."""
        since, ahead = timezone.now() - KEPT_FOR, timezone.now() + A_MOMENT
        pair = Pair.objects.current().filter(pk=OuterRef("pair"), therapist=OuterRef("asked_by"))
        of_nobody = ~Exists(pair) | Q(asked_by__is_active=False)
        made = Q(made_at__lte=since) | Q(made_at__gt=ahead)
        failed = Q(failed_at__lte=since) | Q(failed_at__gt=ahead)
        return self.filter(of_nobody | made | failed)


class ClientCopy(models.Model):
    """A copy of one client's record that a therapist asked for: a job until it is made, and the
    copy itself for a day.

    `parts_made` says how far a worker is, None while none has it. `attempts` counts the claims and
    is each claim's own: a worker that was slow finds that another one has the row. It is overdue
    when it waits though a worker looks every minute: none runs, or it fails.
    """

    class State(StrEnum):
        WAITING = "waiting"
        OVERDUE = "overdue"
        BEING_MADE = "being_made"
        READY = "ready"
        FAILED = "failed"
        OVER = "over"

    pair = models.ForeignKey(
        "sessions_app.Pair", on_delete=models.CASCADE, related_name="client_copies"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="client_copies"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    parts_made = models.PositiveSmallIntegerField(null=True, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    content = ClientJSONField(of="pair.client", blank=True)

    objects = ClientCopyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pair", "asked_by"], name="one_copy_of_a_client_for_a_person"
            ),
            models.CheckConstraint(
                condition=Q(made_at=None) | Q(failed_at=None),
                name="a_copy_is_made_or_it_failed",
            ),
        ]

    def __str__(self):
        return f"Client copy {self.pk}"

    @property
    def kept_until(self) -> datetime.datetime | None:
        return self.made_at and self.made_at + KEPT_FOR

    @property
    def state(self) -> "ClientCopy.State":
        now = timezone.now()
        if self.made_at:
            is_kept = self.made_at - A_MOMENT <= now < self.kept_until
            return self.State.READY if is_kept else self.State.OVER
        if self.failed_at:
            return self.State.FAILED
        is_held = self.parts_made is not None and self.leased_until and now < self.leased_until
        if is_held:
            return self.State.BEING_MADE
        is_overdue = now - self.asked_at > OVERDUE_AFTER
        return self.State.OVERDUE if is_overdue else self.State.WAITING

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY

    @property
    def is_under_way(self) -> bool:
        return self.made_at is None and self.failed_at is None
