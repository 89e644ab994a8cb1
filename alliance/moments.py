"""Moments as PostgreSQL writes them, read by Python's own reader of dates.

Django reads one by psycopg's reader in Python, also where the one in C is installed: by a regular
expression, some twenty times slower. A page or a screening reads one for each session it tells of.
"""

import datetime

from django.db.backends.postgresql.psycopg_any import BaseTzLoader


class MomentLoader(BaseTzLoader):
    """Gives what Django's does on a connection that speaks UTC, as all of ours do."""

    # Django compares it with the connection's, and would put its own reader into each cursor.
    timezone = datetime.UTC

    def load(self, data) -> datetime.datetime:
        try:
            return datetime.datetime.fromisoformat(str(data, "ascii"))
        except ValueError:  # BC, after the year 9999, infinity: psycopg says which
            return super().load(data)
