import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Rescreening(models.Model):
    """One pass of the detector over every stored pair, split into chunks."""

    policy_version = models.ForeignKey("ruptures.PolicyVersion", on_delete=models.PROTECT)
    is_running = models.BooleanField(default=True)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_running"],
                condition=Q(is_running=True),
                name="one_rescreening_at_a_time",
            )
        ]

    def __str__(self):
        return f"Rescreening {self.pk}"


class RescreeningChunkQuerySet(models.QuerySet):
    def waiting(self, at: datetime.datetime | None = None):
        """Not done, and not in the hands of a worker whose lease still runs."""
        free = Q(leased_until=None) | Q(leased_until__lte=at or timezone.now())
        return self.filter(free, done_at=None)


class RescreeningChunk(models.Model):
    """Pairs from one number to another. `changes` counts what the pass changed in them."""

    rescreening = models.ForeignKey(Rescreening, on_delete=models.CASCADE, related_name="chunks")
    first_pair = models.BigIntegerField()
    last_pair = models.BigIntegerField()
    leased_until = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    changes = models.JSONField(default=dict)

    objects = RescreeningChunkQuerySet.as_manager()

    class Meta:
        ordering = ["first_pair"]

    def __str__(self):
        return f"Pairs {self.first_pair}–{self.last_pair}"
