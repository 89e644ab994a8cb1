"""What a line of the log leaves out."""

import logging

import pytest

from alliance.logs import DiscreetFormatter

SAID = 'new row for relation "client" violates check constraint "a_check"'
QUOTED = "DETAIL:  Failing row contains (183, Clientina Canaria, null)."


def logged(message: str, *args) -> str:
    record = logging.LogRecord("psycopg", logging.WARNING, __file__, 1, message, args, None)
    return DiscreetFormatter().format(record)


@pytest.mark.parametrize("failure", [f"{SAID}\n{QUOTED}", repr(Exception(f"{SAID}\n{QUOTED}"))])
def test_row_that_the_database_quotes_in_a_message_is_left_out(failure):
    line = logged("error ignored terminating %s: %s", "<psycopg.Pipeline>", failure)
    assert SAID in line
    assert "Canaria" not in line


def test_lines_after_the_quoted_row_stay():
    assert logged(f"{SAID}\n{QUOTED}\nCONTEXT:  a statement").endswith("\nCONTEXT:  a statement")
