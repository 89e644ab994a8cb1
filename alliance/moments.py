"""Moments as PostgreSQL writes them, read by Python's own reader of dates.

psycopg takes one apart with a regular expression, which is some twenty times slower, and a page or
a screening reads one for each session it tells of.
"""

import datetime

from django.db.backends.postgresql.psycopg_any import BaseTzLoader


class MomentLoader(BaseTzLoader):
    """Gives what Django's does on a connection that speaks UTC, as all of ours do."""

    timezone = datetime.UTC

    def load(self, data) -> datetime.datetime:
        try:
            return datetime.datetime.fromisoformat(str(data, "ascii"))
        except ValueError:  # before Christ, after the year 9999, never: psycopg says which
            return super().load(data)


def read_moments_fast(connection, **_kwargs) -> None:
    """For a connection that was just made."""
    connection.connection.adapters.register_loader("timestamptz", MomentLoader)
