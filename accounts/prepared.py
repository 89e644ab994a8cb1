"""Questions to the database whose SQL is written once.

A page asks the same questions each time it is opened, and to build one with its conditions and to
write its SQL costs Python more than the answer costs the database. A prepared question is written
once a process; what differs from one asking to the next is a `Given`:

    @prepared
    def _markers():
        return Marker.objects.filter(therapy_session__pair=Given("pair")).values_list("code")

    _markers(pair=pair.pk)
"""

import datetime
from collections import namedtuple
from collections.abc import Callable, Sequence
from functools import cached_property, update_wrapper

from django.db import connection, models
from django.db.models.expressions import Expression


class Given(Expression):
    """What each asking gives under this name. `field` is needed for what a database writes its own
    way: a moment, a day, a UUID."""

    def __init__(self, name: str, field: models.Field | None = None):
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler, connection):
        return "%s", [self]

    def written(self, given: dict):
        value = given[self.name]
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


class KeepsAMoment(TypeError):
    """A day or a moment was built into the question: it would ask of that one for ever."""


class Prepared:
    """Calls give what `build`'s queryset gives: instances, or named tuples of its
    `values_list`."""

    def __init__(self, build: Callable[[], models.QuerySet]):
        self._build = build
        update_wrapper(self, build)

    def __call__(self, **given) -> list:
        rows, compiler, sql, params = self._written
        asked = [param.written(given) if isinstance(param, Given) else param for param in params]
        with connection.cursor() as cursor:
            cursor.execute(sql, asked)
            found = [cursor.fetchall()]
        if self._row is None:
            answered = rows._chain()
            answered.query.get_compiler = lambda **_kwargs: _Answered(compiler, found)
            return list(answered)
        return [self._row._make(each) for each in compiler.results_iter(found, tuple_expected=True)]

    @cached_property
    def _written(self) -> tuple:
        """By the connection of whichever thread asks, so that one writing serves all."""
        rows = self._build()
        compiler = rows.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        if any(isinstance(param, datetime.date) for param in params):
            raise KeepsAMoment(sql)
        return rows, compiler, sql, params

    @cached_property
    def _row(self) -> type | None:
        """The tuple of a row; None where rows are instances."""
        names = self._written[0]._fields
        return names and namedtuple(self._build.__name__.strip("_"), names)


class _Answered:
    """A compiler whose question was asked."""

    def __init__(self, compiler, found: list):
        self._compiler, self._found = compiler, found

    def __getattr__(self, name: str):
        return getattr(self._compiler, name)

    def execute_sql(self, *_args, **_kwargs) -> list:
        return self._found


prepared = Prepared
