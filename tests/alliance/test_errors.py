"""What a page says when the database is older than the program, on SQLite and on PostgreSQL."""

import pytest
from django.db import OperationalError, connection
from django.test import Client

OLDER = (
    "ALTER TABLE sessions_app_client RENAME TO of_the_next_version",
    "ALTER TABLE sessions_app_client RENAME COLUMN case_label TO of_the_next_version",
)
MIGRATE = "manage.py migrate"


@pytest.fixture
def desk(pair):
    desk = Client(raise_request_exception=False)
    desk.force_login(pair.therapist)
    return desk


@pytest.mark.parametrize("older", OLDER)
@pytest.mark.parametrize("writes", [False, True])
def test_database_that_is_older_than_the_program_says_so(desk, pair, older, writes):
    with connection.cursor() as cursor:
        cursor.execute(older)
    form = {"case_label": "Heron-15", "language": "en", "from_on": "2026-01-01"}
    own = f"/clients/{pair.client.key}/"
    answer = desk.post("/clients/new/", form) if writes else desk.get(own)
    page = answer.content.decode()
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert MIGRATE in page and "of_the_next_version" not in page
    assert "does not answer" not in page


def test_database_that_is_away_asks_for_no_migration(desk):
    def away(*args):
        raise OperationalError("server closed the connection unexpectedly")

    with connection.execute_wrapper(away):
        page = desk.get("/clients/").content.decode()
    assert "does not answer" in page
    assert MIGRATE not in page
