import logging
import re

# Whatever lines the texts of a row have: up to what libpq says after it, to the next failure of a
# traceback, or to the end.
QUOTED_ROW = re.compile(
    r"DETAIL:.*?(?=\n(?:HINT|QUERY|CONTEXT|SCHEMA NAME|LOCATION):  "
    r"|\n\n(?:The above exception was|During handling of)"
    r"|\nTraceback \(most recent call last\):|\Z)",
    re.DOTALL,
)


class DiscreetFormatter(logging.Formatter):
    """Leaves out what PostgreSQL quotes of a row that it refuses, which may name somebody: in a
    traceback, and in a message, where psycopg tells of a statement that nobody waited for."""

    def format(self, record):
        return QUOTED_ROW.sub("", super().format(record))
