"""Writing very many rows into one table: COPY where the database has it, else in batches."""

from collections.abc import Iterable, Sequence
from itertools import count

from django.core.management.color import no_style
from django.db import connection, models

from accounts.fields import EncryptedJSONField
from sessions_app.fields import ClientTextField

# The values of every other kind of field are stored as they are.
PREPARED = (models.JSONField, EncryptedJSONField, ClientTextField)
BATCH = 500


class Table:
    """Writes rows into an empty table, numbered from 1 or, where no number is given, by the
    database."""

    def __init__(self, model: type[models.Model]):
        self.model = model
        self._numbers = count(1)

    def number(self) -> int:
        """The next row's primary key."""
        return next(self._numbers)

    def write(self, names: Sequence[str], rows: Iterable[Sequence]) -> None:
        """`names` are those of the fields, `<name>_id` for a relation. A field that is not named
        gets its default, one for all rows, so that a unique one has to be named."""
        if connection.vendor == "postgresql":
            self._copy(names, rows)
        else:
            made = (self.model(**dict(zip(names, row, strict=True))) for row in rows)
            self.model.objects.bulk_create(made, batch_size=BATCH)

    def _copy(self, names: Sequence[str], rows: Iterable[Sequence]) -> None:
        fields = {field.attname: field for field in self.model._meta.concrete_fields}
        own = [fields.pop(name) for name in names]
        left = [field for field in fields.values() if not field.primary_key]
        defaults = [_default(field) for field in left]
        prepared = [(i, field) for i, field in enumerate(own) if isinstance(field, PREPARED)]
        columns = ", ".join(connection.ops.quote_name(field.column) for field in [*own, *left])
        table = connection.ops.quote_name(self.model._meta.db_table)
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
        ):
            for row in rows:
                values = list(row)
                for place, field in prepared:
                    values[place] = field.get_db_prep_save(values[place], connection)
                copy.write_row([*values, *defaults])


def _default(field: models.Field):
    return field.get_db_prep_save(field.get_default(), connection)


def go_on_counting(tables: Iterable[Table]) -> None:
    """The database numbers the rows that come later after those that were written here."""
    statements = connection.ops.sequence_reset_sql(no_style(), [table.model for table in tables])
    _run(*statements)


def look_at_what_is_there() -> None:
    """The database plans by what it knows of its tables, and after a load that is nothing yet."""
    _run("ANALYZE")


def tidy() -> None:
    """What the database would do by itself some time after a load. Outside a transaction."""
    if connection.vendor == "postgresql":
        _run("SET statement_timeout = 0", "VACUUM ANALYZE", "RESET statement_timeout")


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
