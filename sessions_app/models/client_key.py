from django.db import models
from django.utils import timezone

from accounts.models import Keyed
from sessions_app import client_secrets


class ClientKey(Keyed):
    """The key of one client's names, notes and feelings, wrapped by the installation's keys.

    `key` names it in the log of erasures. Destroyed with its client.
    """

    wrapped = models.TextField(default=client_secrets.new_wrapped_key, editable=False)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"Client key {self.pk}"
