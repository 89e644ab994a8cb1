import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class TabletLinkQuerySet(models.QuerySet):
    def usable(self, at=None):
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=at or timezone.now())

    def usable_or_used(self, at):
        usable = Q(revoked_at=None, expires_at__gt=at)
        return self.filter(usable | Q(used_at__isnull=False))

    def unopened(self):
        """Links that a second device may still open."""
        return self.usable().filter(way=TabletLink.Way.LINK, opened_at=None)

    def unanswered(self, now=None):
        """Usable ones, and those that were opened and from which nothing came in."""
        may_come = Q(expires_at__gt=now or timezone.now()) | Q(opened_at__isnull=False)
        return self.filter(may_come, used_at=None, revoked_at=None)


class TabletLink(models.Model):
    """A ticket for one rating of one session. Only a hash of its token is kept."""

    class Way(models.TextChoices):
        HAND_OVER = "hand_over"
        LINK = "link"
        TABLET = "tablet"
        LOOK = "look"  # used up from the start: it only shows what was marked

    therapy_session = models.ForeignKey(
        "sessions_app.TherapySession", on_delete=models.CASCADE, related_name="tablet_links"
    )
    way = models.CharField(max_length=10, choices=Way)
    tablet = models.ForeignKey(
        "sessions_app.Tablet", on_delete=models.PROTECT, null=True, blank=True, related_name="links"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    two_words = models.CharField(max_length=40)
    entry_uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = TabletLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")),
                name="a_link_expires_after_it_was_made",
            ),
            models.CheckConstraint(
                condition=Q(way="tablet", tablet__isnull=False)
                | (~Q(way="tablet") & Q(tablet__isnull=True)),
                name="a_tablets_ticket_names_the_tablet",
            ),
        ]

    def __str__(self):
        return f"Link {self.pk}"

    @property
    def is_usable(self) -> bool:
        answered = self.used_at or self.revoked_at
        return not answered and self.expires_at > timezone.now()
