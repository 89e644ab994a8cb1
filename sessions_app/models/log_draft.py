import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from sessions_app.fields import ClientJSONField

DRAFTS_KEPT_FOR = datetime.timedelta(days=30)


class LogDraftQuerySet(models.QuerySet):
    def too_old(self):
        return self.filter(saved_at__lt=timezone.now() - DRAFTS_KEPT_FOR)


class LogDraft(models.Model):
    """What a therapist has typed into a session's log and not saved yet. Theirs alone, encrypted;
    it goes when the log is saved, and after thirty days.

    `fields`: the form as it stood, name → text. `page`: which opening of the page it was typed on.
    `version`: the version of the session that page showed.
    """

    therapy_session = models.ForeignKey(
        "sessions_app.TherapySession", on_delete=models.CASCADE, related_name="log_drafts"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="log_drafts"
    )
    fields = ClientJSONField(default=dict, of="therapy_session.pair.client")
    page = models.UUIDField()
    version = models.PositiveIntegerField()
    saved_at = models.DateTimeField(auto_now=True)

    objects = LogDraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["therapy_session", "author"], name="one_draft_of_an_author_a_session"
            )
        ]

    def __str__(self):
        return f"Draft {self.pk}"
