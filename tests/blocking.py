"""Two transactions at once, on PostgreSQL: waiting until one waits for the other."""

import time
from concurrent.futures import ThreadPoolExecutor

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


def meanwhile(first, then, afterwards=lambda: None):
    """What `then` gives; it raises what that fails with. `then` has to wait for the transaction of
    `first`, which goes on to `afterwards` while it does."""

    def run():
        try:
            return then()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as thread:
        with transaction.atomic():
            first()
            waiting = thread.submit(run)
            wait_for_a_blocked_statement()
            afterwards()
        return waiting.result(timeout=20)
