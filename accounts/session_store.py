"""Where sessions are kept: in the database, each telling whose sign-in it is."""

import datetime

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from accounts import sessions


class SessionStore(DatabaseStore):
    """`settings.SESSION_ENGINE` names this module."""

    @classmethod
    def get_model_class(cls):
        from accounts.models import BrowserSession

        return BrowserSession

    def create_model_instance(self, data):
        row = super().create_model_instance(data)
        if sessions.KEY not in data:
            return row
        row.user_id, row.key = data.get(SESSION_KEY), data[sessions.KEY]
        # One that does not say when is over: `alliance.middleware.session_limits` ends it.
        row.began_at = _moment(data.get(sessions.BEGAN, 0))
        row.seen_at = _moment(data.get(sessions.ACTIVE, 0))
        row.browser, row.system = data[sessions.DEVICE]
        return row


def _moment(seconds: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, tz=datetime.UTC)
