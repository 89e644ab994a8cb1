import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Clinic, Keyed, User
from accounts.permissions import supervisees_of
from sessions_app.fields import ClientTextField

LASTS = datetime.timedelta(minutes=60)


class BreakGlassQuerySet(models.QuerySet):
    def open(self, by: User):
        """What the person reads at this moment because of it."""
        return self.filter(by=by, ends_at__gt=timezone.now())

    def waiting(self):
        return self.filter(reviewed_at=None)

    def reviewable_by(self, user: User):
        """Whoever supervises the therapist today, or leads the clinic, and did not open it."""
        if not user.is_active:
            return self.none()
        mine = Q(pair__therapist__in=supervisees_of(user))
        if Clinic.current().lead_id == user.pk:
            mine = Q()
        return self.filter(mine).exclude(by=user).exclude(pair__therapist=user)

    def told_to(self, user: User):
        """Besides those: whose record it is, and who opened it."""
        own = Q(by=user) | Q(pair__therapist=user)
        return self.filter(own | Q(pk__in=self.model.objects.reviewable_by(user).values("pk")))


class BreakGlass(Keyed):
    """Somebody without reach opened one client's record in an emergency, for an hour at most."""

    pair = models.ForeignKey(
        "sessions_app.Pair", on_delete=models.CASCADE, related_name="break_glasses"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="break_glasses"
    )
    reason = ClientTextField(of="pair.client")
    began_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = BreakGlassQuerySet.as_manager()

    class Meta:
        ordering = ["-began_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__lte=F("began_at") + LASTS),
                name="break_glass_lasts_an_hour_at_most",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("by")),
                name="break_glass_is_reviewed_by_somebody_else",
            ),
        ]

    def __str__(self):
        return f"Break-glass {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.ends_at > timezone.now()
