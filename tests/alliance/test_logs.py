"""What a line of the log leaves out."""

import logging

import pytest
from django.db import IntegrityError, connection, transaction

from alliance.logs import DiscreetFormatter

SAID = 'new row for relation "client" violates check constraint "a_check"'
QUOTED = "DETAIL:  Failing row contains (183, Clientina Canaria, null)."
OF_LINES = "first line\n\nClientina\nCanaria\n"


def logged(message: str, *args) -> str:
    record = logging.LogRecord("psycopg", logging.WARNING, __file__, 1, message, args, None)
    return DiscreetFormatter().format(record)


@pytest.mark.parametrize("failure", [f"{SAID}\n{QUOTED}", repr(Exception(f"{SAID}\n{QUOTED}"))])
def test_row_that_the_database_quotes_in_a_message_is_left_out(failure):
    line = logged("error ignored in rollback on %s: %s", "<psycopg.Connection>", failure)
    assert SAID in line
    assert "Canaria" not in line


def test_lines_after_the_quoted_row_stay():
    assert logged(f"{SAID}\n{QUOTED}\nCONTEXT:  a statement").endswith("\nCONTEXT:  a statement")


def test_quoted_row_of_several_lines_is_left_out_whole():
    words = f"DETAIL:  Failing row contains (183, {OF_LINES}, null)."
    message = logged(f"{SAID}\n{words}\nCONTEXT:  a statement")
    assert "Clientina" not in message and "Canaria" not in message
    assert SAID in message and message.endswith("\nCONTEXT:  a statement")


@pytest.mark.postgres
@pytest.mark.django_db
def test_row_of_several_lines_is_left_out_of_the_traceback_of_its_refusal():
    """As PostgreSQL really quotes it, in psycopg's failure and in Django's."""
    table = "CREATE TEMP TABLE said (words text CONSTRAINT short CHECK (words = ''))"
    with (
        pytest.raises(IntegrityError) as refused,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(table)
        cursor.execute("INSERT INTO said VALUES (%s)", [OF_LINES])
    failure = (refused.type, refused.value, refused.tb)
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", (), failure)
    text = DiscreetFormatter().format(record)
    assert "Clientina" not in text and "Canaria" not in text
    assert text.count('violates check constraint "short"') == 2
    assert "The above exception was the direct cause" in text
    assert text.count("Traceback (most recent call last):") == 2
