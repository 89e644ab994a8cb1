from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Keyed


class TabletQuerySet(models.QuerySet):
    def in_use(self):
        """Paired ones and those whose code still waits to be typed."""
        return self.filter(revoked_at=None)

    def paired(self):
        return self.in_use().exclude(token_hash=None)


class Tablet(Keyed):
    """A device of the clinic that shows the client's form. It reads nothing and is nobody's.

    Of its pairing code and of the token in its cookie only hashes are kept.
    `line_length_px`: how many of its pixels are ten centimetres on its glass.
    """

    name = models.CharField(
        _("name"), max_length=60, help_text=_("Where it lies, such as “Room 2”.")
    )
    language = models.CharField(_("language while it waits"), max_length=10, default="en")
    pairing_hash = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001 (unique)
    pairing_until = models.DateTimeField(null=True, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001 (unique)
    created_at = models.DateTimeField(auto_now_add=True)
    paired_at = models.DateTimeField(null=True, editable=False)
    paired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    last_seen_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    line_length_px = models.PositiveSmallIntegerField(null=True, editable=False)

    objects = TabletQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(token_hash=None, paired_at=None)
                | Q(token_hash__isnull=False, paired_at__isnull=False),
                name="a_tablet_with_a_token_was_paired",
            )
        ]

    def __str__(self):
        return f"Tablet {self.pk}"
