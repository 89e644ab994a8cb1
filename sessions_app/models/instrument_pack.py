from django.db import models
from django.utils.translation import gettext_lazy as _


class InstrumentPack(models.Model):
    """The words a client sees on the four lines, by language. An entry keeps its pack and version.

    `content` is a pack file as `sessions_app.packs` reads and checks it.
    """

    code = models.SlugField(_("code"), max_length=40)
    version = models.CharField(_("version"), max_length=20)
    content = models.JSONField()
    added_at = models.DateTimeField(auto_now_add=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"], name="a_pack_version_is_stored_once"
            ),
            models.UniqueConstraint(
                fields=["active"], condition=models.Q(active=True), name="one_pack_is_active"
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.version}"
