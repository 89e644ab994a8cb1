from django.db import models


class Reconciliation(models.Model):
    """One look at whether everybody who has to be told is: what was missing, and was written.

    `unreached`: open strains of which nobody could be told, since there is nobody or no mail
    arrives. `not_screened`: pairs whose screening failed, so that a strain may be missing; the log
    names them.
    """

    looked_at = models.DateTimeField(auto_now_add=True)
    strains_opened = models.PositiveIntegerField(default=0)
    alerts_restored = models.PositiveIntegerField(default=0)
    unreached = models.PositiveIntegerField(default=0)
    not_screened = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-looked_at"]

    def __str__(self):
        return f"Reconciliation {self.pk}"
