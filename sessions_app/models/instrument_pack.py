from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Keyed


class InstrumentPack(Keyed):
    """The words a client sees on the four lines, by language. An entry keeps its pack and version.

    `content` is a pack file as `sessions_app.packs` reads and checks it; `languages` are its
    codes in the order of the file, which a JSON column does not keep.
    """

    code = models.SlugField(_("code"), max_length=40)
    version = models.CharField(_("version"), max_length=20)
    content = models.JSONField()
    languages = models.JSONField(default=list)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"], name="a_pack_version_is_stored_once"
            )
        ]

    def __str__(self):
        return f"{self.code} {self.version}"

    @property
    def name(self) -> str:
        return self.content["name"]


class PackUse(models.Model):
    """From when on the clinic uses which pack, and by what right. Added, never edited: the newest
    one counts, until its last day."""

    pack = models.ForeignKey(
        "sessions_app.InstrumentPack", on_delete=models.PROTECT, related_name="uses"
    )
    holder = models.CharField(_("holder of the right"), max_length=120, blank=True)
    reference = models.CharField(_("licence number or contract"), max_length=120, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    declared_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-declared_at", "-pk"]

    def __str__(self):
        return f"Use {self.pk} of pack {self.pack_id}"

    @property
    def has_ended(self) -> bool:
        return self.valid_until is not None and self.valid_until < timezone.localdate()

    @property
    def days_left(self) -> int | None:
        """Days after today for which the right still holds; None where no end is known."""
        return self.valid_until and (self.valid_until - timezone.localdate()).days
