"""What `/healthz` looks at. Each probe is bounded by the time-outs of settings.py."""

from celery import current_app
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from ruptures.services import alerts, reconciling, vigilance

OK = "ok"
AWAY = "away"
SECONDS_FOR_BROKER = 3


def report() -> dict:
    """The state of database, broker, worker and outbox. Carries no personal detail."""
    state = {"database": _database(), "broker": _broker()}
    return state | _worker() | _outbox() | _reconciliation()


def is_healthy(state: dict) -> bool:
    return state["database"] == OK and state["broker"] == OK


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return OK
    except DatabaseError:
        return AWAY


def broker_connection():
    """One of its own: a pooled one would still look alive after the broker has left."""
    return current_app.connection_for_read(connect_timeout=SECONDS_FOR_BROKER)


def _broker() -> str:
    try:
        with broker_connection() as broker:
            broker.ensure_connection(max_retries=1, timeout=SECONDS_FOR_BROKER)
            return OK
    except OperationalError:
        return AWAY


def _worker() -> dict:
    try:
        seen_at = vigilance.worker_seen_at()
    except RedisError:
        seen_at = None
    return {
        "worker_seen_at": seen_at.isoformat() if seen_at else None,
        "worker_seconds_ago": _seconds_since(seen_at) if seen_at else None,
    }


def _outbox() -> dict:
    try:
        oldest = alerts.oldest_unsent()
    except DatabaseError:
        oldest = None
    if oldest is None:
        return {"oldest_unsent_alert": None}
    return {
        "oldest_unsent_alert": {
            "due_at": oldest.due_at.isoformat(),
            "seconds": _seconds_since(oldest.due_at),
        }
    }


def _reconciliation() -> dict:
    try:
        done = reconciling.newest()
    except DatabaseError:
        done = None
    if done is None:
        return {"reconciliation": None}
    return {
        "reconciliation": {
            "seconds": _seconds_since(done.looked_at),
            "strains_opened": done.strains_opened,
            "alerts_restored": done.alerts_restored,
            "unreached": done.unreached,
            "not_screened": done.not_screened,
        }
    }


def _seconds_since(moment) -> int:
    return int((timezone.now() - moment).total_seconds())
