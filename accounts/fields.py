import json

from django.db import models

from accounts.encryption import decrypt, encrypt


class EncryptedTextField(models.TextField):
    """Free text, encrypted at rest with keys kept apart from SECRET_KEY. It cannot be searched."""

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return encrypt(value) if value else value

    def from_db_value(self, value, expression, connection):
        return decrypt(value) if value else value


class EncryptedJSONField(models.TextField):
    """A JSON object, encrypted like `EncryptedTextField`; an empty one is an empty text."""

    def get_prep_value(self, value):
        return encrypt(json.dumps(value)) if value else ""

    def from_db_value(self, value, expression, connection):
        return json.loads(decrypt(value)) if value else {}

    def to_python(self, value):
        return value
