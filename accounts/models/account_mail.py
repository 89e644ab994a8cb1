from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.fields import EncryptedTextField
from accounts.models.outgoing import Outgoing


class AccountMail(Outgoing):
    """A mail about somebody's own access. `token` is an invitation's, until the mail went out."""

    only_until_over = ("token",)

    class Kind(models.TextChoices):
        INVITATION = "invitation"
        SECOND_FACTOR_RESET = "second_factor_reset"
        BREAK_GLASS = "break_glass"

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="account_mails"
    )
    kind = models.CharField(max_length=30, choices=Kind)
    token = EncryptedTextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(sent_at=None, withdrawn_at=None),
                name="account_mail_unsent_by_due",
            )
        ]

    def __str__(self):
        return f"Account mail {self.pk}"
