"""Two transactions at once, on PostgreSQL: waiting until one waits for the other."""

import threading
import time

from django.db import connection, connections, transaction


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


def meanwhile(first, then):
    """What `then` gives, or the failure it ends in: it has to wait for the transaction of
    `first`."""
    results = []

    def run():
        try:
            results.append(then())
        except Exception as failure:  # handed to the test, which looks at it
            results.append(failure)
        finally:
            connections.close_all()

    waiting = threading.Thread(target=run)
    with transaction.atomic():
        first()
        waiting.start()
        wait_for_a_blocked_statement()
    waiting.join(timeout=20)
    return results[0]
