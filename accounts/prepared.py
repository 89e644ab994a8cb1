"""Questions to the database whose SQL is written once a process.

A page asks the same questions each time it is opened, as does a hand-in, and to build one with its
conditions and to write its SQL costs Python more than the answer costs the database. What differs
from one asking to the next is a `Given`:

    @prepared
    def _markers():
        return Marker.objects.filter(therapy_session__pair=Given("pair")).values_list("code")

    _markers(pair=pair.pk)

Where a question is not asked often, a queryset is plainer.
"""

import copy
import datetime
from collections.abc import Callable, Sequence
from functools import cache, wraps
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.constants import OnConflict
from django.db.models.expressions import Expression
from django.db.models.sql import InsertQuery, UpdateQuery
from django.db.transaction import TransactionManagementError
from django.utils import timezone

# It is never the same day in both.
FAR_EAST, FAR_WEST = (datetime.timezone(datetime.timedelta(hours=hours)) for hours in (14, -12))


class Given(Expression):
    """What each asking gives under this name. `field` is needed for what a database writes its own
    way: a moment, a day, a UUID."""

    def __init__(self, name: str, field: models.Field | None = None):
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler, connection):
        return "%s", [self]

    def written(self, given: dict, connection):
        value = _plain(given[self.name])
        field = self._output_field_or_none
        return value if field is None else field.get_db_prep_value(value, connection)


class GivenPerson(Given):
    """A person by their number, where a rule asks who somebody is. Of people who can sign in: the
    rules let nobody else see anything, and whoever asks a prepared one has looked."""

    is_active = True

    @property
    def pk(self) -> "GivenPerson":
        return self


class Several:
    """Places for up to `count` numbers: `pk__in=some.places` (of a foreign key `…__pk__in`, since
    its own `in` takes no expressions), and `**some.given(numbers)` where it is asked."""

    def __init__(self, name: str, count: int):
        self._names = [f"{name}_{place}" for place in range(count)]
        self.places = [Given(each) for each in self._names]

    def given(self, numbers: Sequence[int]) -> dict[str, int]:
        """At least one number, at most `count`; the first fills what is left over."""
        left_over = [numbers[0]] * (len(self._names) - len(numbers))
        return dict(zip(self._names, [*numbers, *left_over], strict=True))


def prepared(build: Callable[[], models.QuerySet]) -> Callable[..., list]:
    """Calls give the rows of `build`'s queryset, as it has them: instances, or what its
    `values_list` says. Prefetches are not followed.

    Raises TypeError at the first asking where `build` gives something else another time, and
    TransactionManagementError where rows would be locked outside a transaction.
    """

    @cache
    def written() -> tuple[models.QuerySet, _Statement]:
        return build(), _statement_of(build, lambda: build().query)

    @wraps(build)
    def ask(**given) -> list:
        rows, statement = written()
        answered = models.QuerySet(rows.model, _Ready(statement.filled(given)), DEFAULT_DB_ALIAS)
        answered._fields = rows._fields
        return list(rows._iterable_class(answered))

    return ask


class Write(NamedTuple):
    """A statement that changes rows, and its values. Nothing happens before `together` sends it."""

    sql: str
    values: Sequence


def together(*writes: Write) -> None:
    """Sends writes of which none touches or needs a row of another: to PostgreSQL as one statement,
    in which all see the tables as they were before, to SQLite one after the other. There they are
    all or nothing only within a transaction."""
    if not writes:
        return
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "postgresql":
        writes = (_as_one(writes),)
    with connection.cursor() as cursor:
        for write in writes:
            cursor.execute(write.sql, write.values)


def _as_one(writes: Sequence[Write]) -> Write:
    *others, last = writes
    if not others:
        return last
    parts = ", ".join(f"part_{number} AS ({each.sql})" for number, each in enumerate(others))
    return Write(f"WITH {parts} {last.sql}", [value for each in writes for value in each.values])


def prepared_update(build: Callable[[], tuple[models.QuerySet, dict]]) -> Callable[..., Write]:
    """As `prepared`, of a queryset and what to set in its rows. Calls give the `Write`."""

    def query() -> UpdateQuery:
        rows, new_values = build()
        updating = rows.query.chain(UpdateQuery)
        updating.add_update_values(new_values)
        return updating

    @cache
    def written() -> _Statement:
        return _statement_of(build, query)

    @wraps(build)
    def update(**given) -> Write:
        statement = written()
        return Write(statement.sql, statement.values(given, connections[DEFAULT_DB_ALIAS]))

    return update


class _Statement:
    """A query with its SQL."""

    def __init__(self, query):
        self._compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, params = self._compiler.as_sql()
        self.params = tuple(map(_plain, params))
        self._locks = query.select_for_update
        converters = self._compiler.get_converters([row[0] for row in self._compiler.select or ()])
        self._compiler.get_converters = lambda _columns: converters
        self._compiler.connection = None  # whoever asks brings the one of their thread

    def filled(self, given: dict):
        """A compiler that has the values in."""
        connection = connections[DEFAULT_DB_ALIAS]
        if self._locks and not connection.in_atomic_block:
            raise TransactionManagementError("Rows are locked within a transaction alone.")
        values = self.values(given, connection)
        compiler = copy.copy(self._compiler)
        compiler.connection = connection
        compiler.as_sql = lambda *_args, **_kwargs: (self.sql, values)
        return compiler

    def values(self, given: dict, connection) -> tuple:
        return tuple(
            param.written(given, connection) if isinstance(param, Given) else param
            for param in self.params
        )


def _statement_of(build: Callable, query: Callable) -> _Statement:
    """Written twice, on two days: what differs would stay what it was at the first asking."""
    with timezone.override(FAR_EAST):
        statement = _Statement(query())
    with timezone.override(FAR_WEST):
        again = _Statement(query())
    if (statement.sql, statement.params) != (again.sql, again.params):
        raise TypeError(f"{build.__name__} depends on when it is built: that has to be a Given.")
    return statement


class _Ready:
    """What a queryset's rows ask its query for, once the SQL is there."""

    def __init__(self, compiler):
        self._compiler = compiler

    def get_compiler(self, using):
        return self._compiler


def insert(row: models.Model) -> None:
    """Stores a new row, as `bulk_create` of it alone does, and gives it its primary key."""
    _insert(row, _insertion(type(row)))


def insert_unless_there(row: models.Model) -> bool:
    """As `insert`; false, and nothing stored, where another row has one of its unique values."""
    return _insert(row, _insertion(type(row), OnConflict.IGNORE))


def insertion(row: models.Model) -> Write:
    """What `insert` would send, for `together`. The row is not given its key."""
    fields, sql = _insertion(type(row))
    return Write(sql, _values(row, fields, connections[DEFAULT_DB_ALIAS]))


class _Insertion(NamedTuple):
    """The fields that are written, and the SQL, which gives the key back."""

    fields: list[models.Field]
    sql: str


def _insert(row: models.Model, insertion: _Insertion) -> bool:
    connection = connections[DEFAULT_DB_ALIAS]
    values = _values(row, insertion.fields, connection)
    with connection.cursor() as cursor:
        cursor.execute(insertion.sql, values)
        key = cursor.fetchone()
    if key is None:
        return False
    (row.pk,) = key
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return True


def _values(row: models.Model, fields: list[models.Field], connection) -> list:
    row._prepare_related_fields_for_save(operation_name="insert")
    return [
        field.get_db_prep_save(_plain(field.pre_save(row, add=True)), connection)
        for field in fields
    ]


def _plain(value):
    """The word of a choice: psycopg keeps no way of writing for its class, and would look for one
    each time."""
    return value.value if isinstance(value, models.Choices) else value


@cache
def _insertion(model: type[models.Model], on_conflict: OnConflict | None = None) -> _Insertion:
    fields = [field for field in model._meta.local_concrete_fields if field is not model._meta.pk]
    query = InsertQuery(model, on_conflict=on_conflict)
    query.insert_values(fields, [_Unknown()], raw=True)
    compiler = query.get_compiler(DEFAULT_DB_ALIAS)
    compiler.returning_fields = [model._meta.pk]
    ((sql, _values),) = compiler.as_sql()
    return _Insertion(fields, sql)


class _Unknown:
    """A row in whose place any other is written: only the SQL is wanted."""

    def __getattr__(self, name):
        return None
