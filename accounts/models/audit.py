from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AuditEntryQuerySet(models.QuerySet):
    def of_client(self, client_key):
        return self.filter(client_key=client_key)

    def looks(self):
        """Somebody saw a record, or tried to."""
        return self.filter(Q(action=AuditEntry.Action.READ) | Q(outcome=AuditEntry.Outcome.REFUSED))

    def unsealed(self):
        return self.filter(place=None)

    def sealed(self):
        return self.exclude(place=None).order_by("place")


class AuditEntry(models.Model):
    """Who did what to which record, when, and from which page. Keys only, never a name.

    `own_mac` covers the row, `chain` this row and the one at the place before; both are keyed.
    Place and chain are given by the sealer, once; database triggers forbid every other change
    (`accounts/migrations`; whoever alters this table on SQLite makes the triggers anew).
    """

    class Action(models.TextChoices):
        READ = "read", _("Looked at")
        LISTED = "listed", _("Looked at a list")
        ADDED = "added", _("Added")
        CHANGED = "changed", _("Changed")
        CORRECTED = "corrected", _("Corrected")
        ENDED = "ended", _("Ended")
        EXPORTED = "exported", _("Handed out a copy")
        ERASED = "erased", _("Erased")
        RESTORED = "restored", _("Restored a backup")
        SIGNED_IN = "signed_in", _("Signed in")
        SIGNED_OUT = "signed_out", _("Signed out")
        LIMITED = "limited", _("Tried too often")

    class Outcome(models.TextChoices):
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")

    at = models.DateTimeField(default=timezone.now)
    # No constraint: what a person did stays told when the person is removed.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="+",
    )
    action = models.CharField(max_length=12, choices=Action)
    deed = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    record = models.CharField(max_length=40, blank=True)
    client_key = models.UUIDField(null=True)
    page = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.DONE)
    own_mac = models.CharField(max_length=64)
    place = models.BigIntegerField(null=True, unique=True)
    chain = models.CharField(max_length=64, blank=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["client_key", "-at"],
                condition=Q(client_key__isnull=False),
                name="audit_of_a_client",
            ),
            models.Index(fields=["id"], condition=Q(place=None), name="audit_not_yet_sealed"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(place=None, chain="") | Q(~Q(chain=""), place__isnull=False),
                name="a_sealed_entry_has_place_and_chain",
            )
        ]

    def __str__(self):
        return f"Audit entry {self.pk}"


class AuditHead(models.Model):
    """How long the chain is and how it ends; one row. Locked while the sealer works."""

    length = models.BigIntegerField(default=0)
    chain = models.CharField(max_length=64, blank=True)
    mac = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="one_audit_head_an_installation")
        ]

    def __str__(self):
        return f"Audit head at {self.length}"
