"""Fields whose text is encrypted with the key of the client it is about.

`of` is the way from the row to its client, such as "pair.client"; empty on the client itself. The
text is opened when it is first looked at, so a list of many rows that shows none of it opens none.
Whoever shows it reads the client's key with the row: select_related("…client__sealing_key").
"""

import json
from functools import reduce

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from sessions_app import client_secrets
from sessions_app.client_secrets import Sealed


class _OpenedAtFirstLook(DeferredAttribute):
    """Keeps what the database gave until somebody asks for it, then the plain value."""

    def __get__(self, instance, cls=None):
        if instance is None:
            return self
        name = self.field.attname
        value = instance.__dict__.get(name)
        if name not in instance.__dict__:
            value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            value = self.field.open(value, client_fernet(instance, self.field.of))
            instance.__dict__[name] = value
        return value

    def __set__(self, instance, value):
        instance.__dict__[self.field.attname] = value


def client_fernet(instance, way: str):
    """The opened key of the client that `instance` is about, kept on its row for as long as the
    row is in memory: for one request."""
    key = reduce(getattr, way.split("."), instance).sealing_key if way else instance.sealing_key
    if "_fernet" not in key.__dict__:
        key.__dict__["_fernet"] = client_secrets.fernet_of(key.wrapped)
    return key.__dict__["_fernet"]


class ClientTextField(models.TextField):
    """Free text about a client. It cannot be searched."""

    descriptor_class = _OpenedAtFirstLook

    def __init__(self, *args, of: str = "", **kwargs):
        self.of = of
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | ({"of": self.of} if self.of else {})

    def pre_save(self, model_instance, add):
        value = model_instance.__dict__.get(self.attname)
        if not value or isinstance(value, Sealed):
            return value
        return self.seal(value, client_fernet(model_instance, self.of))

    def get_prep_value(self, value):
        """Only what is sealed already, or empty: a bare text names no client."""
        if not value:
            return ""
        if not isinstance(value, Sealed):
            raise TypeError(f"{self.name} is written by saving its row.")
        return str(value)

    def from_db_value(self, value, expression, connection):
        return Sealed(value) if value else self.empty()

    def empty(self):
        return ""

    def seal(self, value, fernet) -> Sealed:
        return client_secrets.seal(value, fernet)

    def open(self, sealed: Sealed, fernet):
        return client_secrets.open_sealed(sealed, fernet)


class ClientJSONField(ClientTextField):
    """A JSON object about a client; an empty one is an empty text."""

    def empty(self):
        return {}

    def to_python(self, value):
        return value

    def seal(self, value, fernet) -> Sealed:
        return client_secrets.seal(json.dumps(value), fernet)

    def open(self, sealed: Sealed, fernet):
        return client_secrets.open_json(sealed, fernet)
