"""Queries that are built once a process: building one costs Python more than the database needs to
answer it. For what stands between a client's *Done* and its answer; elsewhere a queryset is
plainer.

The database answers as it does to the same queryset, and rows come out the same.
"""

import copy
from collections.abc import Callable
from functools import cache, wraps

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.sql import InsertQuery, UpdateQuery
from django.db.transaction import TransactionManagementError


class _Given(models.Value):
    """The place of a value that is known only when the query is asked; `value` is its name."""

    def as_sql(self, compiler, connection):
        return "%s", [self]


class _Kept:
    """One query with its SQL. `bound` gives a compiler that has the values in."""

    def __init__(self, query):
        self._compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        self._sql, self._places = self._compiler.as_sql()
        self._locks = query.select_for_update
        columns = [column for column, *_rest in self._compiler.select or ()]
        converters = self._compiler.get_converters(columns)
        self._compiler.get_converters = lambda _columns: converters
        self._compiler.connection = None  # whoever asks brings the one of their thread

    def says_the_same(self, other: "_Kept") -> bool:
        plain = [
            [place for place in each._places if not isinstance(place, _Given)]
            for each in (self, other)
        ]
        return self._sql == other._sql and plain[0] == plain[1]

    def bound(self, values: dict):
        connection = connections[DEFAULT_DB_ALIAS]
        if self._locks and not connection.in_atomic_block:
            raise TransactionManagementError("Rows are locked within a transaction alone.")
        compiler = copy.copy(self._compiler)
        compiler.connection = connection
        statement = self._sql, tuple(_value(place, values, connection) for place in self._places)
        compiler.as_sql = lambda *args, **kwargs: statement
        return compiler


def _value(place, values: dict, connection):
    if not isinstance(place, _Given):
        return place
    return place.output_field.get_db_prep_value(values[place.value], connection)


class _AsQuery:
    """What a queryset asks its query for, once the SQL is there."""

    def __init__(self, compiler):
        self._compiler = compiler

    def get_compiler(self, using):
        return self._compiler


def kept(**given: models.Field):
    """Makes a function that gives a queryset one that gives the list of its rows.

    It is called at the first asking alone, with places in its parameters, whose fields `given`
    names; nothing in it may depend on when that is. Prefetches are not followed.
    """

    def decorate(build: Callable[..., models.QuerySet]):
        @cache
        def built() -> tuple[models.QuerySet, _Kept]:
            return build(**_places(given)), _keep(build, lambda: build(**_places(given)).query)

        @wraps(build)
        def ask(**values) -> list:
            queryset, kept_query = built()
            query = _AsQuery(kept_query.bound(values))
            asked = models.QuerySet(queryset.model, query, DEFAULT_DB_ALIAS)
            asked._fields = queryset._fields
            return list(queryset._iterable_class(asked))

        return ask

    return decorate


def kept_update(**given: models.Field):
    """As `kept`, of a function that gives a queryset and what to set in its rows. Makes one that
    returns how many rows there were."""

    def decorate(build: Callable[..., tuple[models.QuerySet, dict]]):
        @cache
        def built() -> _Kept:
            return _keep(build, lambda: _updating(*build(**_places(given))))

        @wraps(build)
        def update(**values) -> int:
            return built().bound(values).execute_sql("row count")

        return update

    return decorate


def _updating(queryset: models.QuerySet, new_values: dict) -> UpdateQuery:
    query = queryset.query.chain(UpdateQuery)
    query.add_update_values(new_values)
    return query


def _keep(build: Callable, make: Callable) -> _Kept:
    """Made twice, since what differs then would stay what it was the first time."""
    kept_query, again = _Kept(make()), _Kept(make())
    if not kept_query.says_the_same(again):
        raise TypeError(f"{build.__name__} depends on when it is built.")
    return kept_query


def _places(given: dict[str, models.Field]) -> dict[str, _Given]:
    return {name: _Given(name, output_field=field) for name, field in given.items()}


def insert(row: models.Model) -> None:
    """Stores a new row, as `bulk_create` of it alone does, and gives it its primary key."""
    connection = connections[DEFAULT_DB_ALIAS]
    row._prepare_related_fields_for_save(operation_name="insert")
    fields, sql, returned = _insertion(type(row))
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        (row.pk,) = connection.ops.fetch_returned_insert_columns(cursor, returned)
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


@cache
def _insertion(model: type[models.Model]) -> tuple[list[models.Field], str, tuple]:
    """The fields that are written, the SQL, and what the database is asked for in return."""
    fields = [field for field in model._meta.local_concrete_fields if field is not model._meta.pk]
    query = InsertQuery(model)
    query.insert_values(fields, [_Unknown()], raw=True)
    compiler = query.get_compiler(DEFAULT_DB_ALIAS)
    compiler.returning_fields = [model._meta.pk]
    ((sql, _values),) = compiler.as_sql()
    return fields, sql, compiler.returning_params


class _Unknown:
    """A row in whose place any other is written: only the SQL is wanted."""

    def __getattr__(self, name):
        return None
