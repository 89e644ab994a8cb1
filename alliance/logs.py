import logging
import re

QUOTED_ROW = re.compile("DETAIL:.*")


class DiscreetFormatter(logging.Formatter):
    """Leaves out what PostgreSQL quotes of a row that it refuses, which may name somebody: in a
    traceback, and in a message, where psycopg tells of a statement that nobody waited for."""

    def format(self, record):
        return QUOTED_ROW.sub("", super().format(record))
