from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class BrowserSession(AbstractBaseSession):
    """What a browser's cookie stands for. Before sign-in it is nobody's.

    `session_key` is the secret in the cookie and changes with each step of signing in; `key` is the
    sign-in's own and may stand in an address. What stands in columns is taken from the session's
    own data each time that is stored (`accounts/session_store.py`).
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        related_name="browser_sessions",
    )
    key = models.UUIDField(null=True, editable=False)
    began_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    browser = models.CharField(max_length=20, blank=True)
    system = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user=None) | models.Q(key__isnull=False),
                name="a_persons_session_has_a_key",
            )
        ]

    def __str__(self):
        return f"Browser session {self.key}"

    @classmethod
    def get_session_store_class(cls):
        from accounts.session_store import SessionStore

        return SessionStore
