import uuid

from django.db import models


class Keyed(models.Model):
    """A row that a URL names by a random key, so that no address can be guessed or counted."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True
