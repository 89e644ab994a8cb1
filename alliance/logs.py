import logging


class DiscreetFormatter(logging.Formatter):
    """Leaves out what PostgreSQL quotes of a row when a constraint fails: it may name somebody."""

    def formatException(self, ei):
        lines = super().formatException(ei).splitlines()
        return "\n".join(line for line in lines if not line.startswith("DETAIL:"))
