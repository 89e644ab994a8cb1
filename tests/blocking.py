"""Two transactions at once, on PostgreSQL: waiting until one waits for the other."""

import time

from django.db import connection


def wait_for_a_blocked_statement() -> None:
    blocked = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    deadline = time.monotonic() + 10
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(blocked)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    raise AssertionError("nothing was waiting")
