import datetime

import pytest
from celery import current_app
from django.db import OperationalError, connection
from django.utils import timezone

from alliance import health
from ruptures.services import alerts, vigilance

pytestmark = pytest.mark.django_db


class AlertDueSince:
    def __init__(self, due_at):
        self.due_at = due_at


def refuse(*args, **kwargs):
    raise OperationalError("server closed the connection")


@pytest.fixture
def no_broker(monkeypatch):
    nobody_listens = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(
        health, "broker_connection", lambda: current_app.connection_for_read(nobody_listens)
    )


def test_healthz_answers_200_with_the_state_of_each_part(client):
    vigilance.worker_was_here()
    answer = client.get("/healthz")
    state = answer.json()
    assert answer.status_code == 200
    assert (state["database"], state["broker"], state["demo"]) == ("ok", "ok", True)
    assert state["worker_seconds_ago"] < 5
    assert state["oldest_unsent_alert"] is None


def test_healthz_tells_how_long_the_oldest_alert_waits(client, monkeypatch):
    due_at = timezone.now() - datetime.timedelta(minutes=7)
    monkeypatch.setattr(alerts, "oldest_unsent", lambda: AlertDueSince(due_at))
    waiting = client.get("/healthz").json()["oldest_unsent_alert"]
    assert waiting["due_at"] == due_at.isoformat()
    assert 420 <= waiting["seconds"] < 430


def test_healthz_answers_503_when_the_broker_is_away(client, no_broker):
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert (answer.json()["database"], answer.json()["broker"]) == ("ok", "away")


def test_healthz_answers_503_when_the_database_is_away(client, monkeypatch):
    monkeypatch.setattr(connection, "cursor", refuse)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert (answer.json()["database"], answer.json()["broker"]) == ("away", "ok")
    assert answer.json()["oldest_unsent_alert"] is None


def test_healthz_takes_no_post(client):
    assert client.post("/healthz").status_code == 405
