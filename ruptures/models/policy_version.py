import json
from functools import lru_cache

from django.db import models

from accounts.prepared import prepared
from ruptures.detection.policy import Policy


@lru_cache(maxsize=8)
def _policy_with(overrides: str) -> Policy:
    """Sixty numbers, looked at for each entry that comes in."""
    return Policy().with_overrides(json.loads(overrides))


class PolicyVersion(models.Model):
    """A set of thresholds the clinic screened with. Each finding names the one it was made by."""

    version = models.CharField(max_length=40, unique=True)
    overrides = models.JSONField(default=dict, blank=True)
    active_from = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-active_from", "-pk"]

    def __str__(self):
        return self.version

    @property
    def short(self) -> str:
        """Its name for people, who need it only to tell two sets of numbers apart."""
        return self.version.removeprefix("policy-")

    @property
    def policy(self) -> Policy:
        return _policy_with(json.dumps(self.overrides))

    @property
    def cue(self) -> int:
        """The total, in tenths, below which it is usual to ask."""
        return round(self.policy.low_total * 10)

    @property
    def line_cue(self) -> int:
        """The same for one line."""
        return round(self.policy.low_line * 10)

    @classmethod
    def current(cls) -> "PolicyVersion":
        """The newest version; the published defaults where the clinic changed nothing."""
        newest = _newest()
        return newest[0] if newest else cls.objects.get_or_create(version=Policy().version)[0]


@prepared
def _newest():
    return PolicyVersion.objects.order_by(*PolicyVersion._meta.ordering)[:1]
