"""Database triggers that let nobody change or remove a sealed row of the audit.

They stop mistakes and whoever has the application's rights alone; an owner of the database can
drop them, which the chain then shows.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

SAYS = "entries of the audit are neither changed nor removed"
COLUMNS = ("id", "at", "by_id", "action", "deed", "kind", "record", "client_key", "page", "outcome")

_SQLITE_CHANGED = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in (*COLUMNS, "own_mac"))
SQLITE = (
    f"""CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON accounts_auditentry
    WHEN OLD.place IS NOT NULL OR {_SQLITE_CHANGED}
    BEGIN SELECT RAISE(ABORT, '{SAYS}'); END""",
    f"""CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON accounts_auditentry
    WHEN OLD.place IS NOT NULL
    BEGIN SELECT RAISE(ABORT, '{SAYS}'); END""",
)
DROP_SQLITE = ("DROP TRIGGER audit_is_not_changed", "DROP TRIGGER audit_is_not_removed")

POSTGRESQL = (
    f"""CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND OLD.place IS NULL
            AND to_jsonb(OLD) - 'place' - 'chain' = to_jsonb(NEW) - 'place' - 'chain'
        THEN RETURN NEW; END IF;
        RAISE EXCEPTION '{SAYS}';
    END $$""",
    """CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON accounts_auditentry
    FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()""",
)
DROP_POSTGRESQL = (
    "DROP TRIGGER audit_is_append_only ON accounts_auditentry",
    "DROP FUNCTION audit_is_append_only",
)


def make(apps=None, schema_editor=None) -> None:
    _run(POSTGRESQL if connection.vendor == "postgresql" else SQLITE)


def drop(apps=None, schema_editor=None) -> None:
    _run(DROP_POSTGRESQL if connection.vendor == "postgresql" else DROP_SQLITE)


@contextmanager
def lifted() -> Iterator[None]:
    """For emptying the demo's database, and for tests that do what an owner of it could."""
    drop()
    try:
        yield
    finally:
        make()


def _run(statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
