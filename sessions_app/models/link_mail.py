from django.db import models
from django.db.models import Q

from accounts.fields import EncryptedTextField
from accounts.models import Outgoing
from sessions_app.models.tablet_link import TabletLink


class LinkMail(Outgoing):
    """A ticket's link on its way to the client's own address.

    The ticket keeps a hash of its token alone, so the token lies here until the mail has gone out
    or the link is over: encrypted, and blank from then on.
    """

    only_until_over = ("token",)

    tablet_link = models.OneToOneField(TabletLink, on_delete=models.CASCADE, related_name="mail")
    token = EncryptedTextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(sent_at=None, withdrawn_at=None),
                name="link_mail_unsent_by_due_time",
            )
        ]

    def __str__(self):
        return f"Link mail {self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.sent_at is None and self.withdrawn_at is None

    @property
    def is_failing(self) -> bool:
        """Tried, refused, and going to be tried again."""
        return self.is_waiting and bool(self.last_error)

    @property
    def came_back(self) -> bool:
        """A mail server took it, and nobody has this address."""
        return self.failure == self.Failure.CAME_BACK
