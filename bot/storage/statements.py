"""Statements: built with SQLAlchemy Core, compiled once, run by the raw drivers.

Compiling costs a hundred times what running costs, so what runs often is :func:`prepared` at
module level; anything else may be handed over as a plain Core statement.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Dialect, Executable, Float, Insert, Update
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

DIALECTS: dict[str, Dialect] = {
    "sqlite": sqlite.dialect(paramstyle="qmark"),
    "postgresql": asyncpg.dialect(),  # type: ignore[no-untyped-call]
}


class Row(tuple[Any, ...]):
    """A row: a tuple whose columns are attributes too. Label columns of the same name."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


class Compiled:
    """One statement in the language of one database."""

    def __init__(self, statement: Executable, dialect: Dialect, keys: Iterable[str]) -> None:
        assert isinstance(statement, ClauseElement)
        if isinstance(statement, Insert) and not statement._returning:
            statement = statement.inline()  # no RETURNING of our own making
        # Only a bare insert learns its columns from the values; an update says what it sets.
        columns = sorted(keys) if _takes_columns_from_values(statement) else None
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        assert isinstance(compiled, SQLCompiler)
        if compiled.insert_prefetch or compiled.update_prefetch:
            raise TypeError("defaults computed in Python are not supported: use server_default")
        self.sql = compiled.string
        self._compiled = compiled
        self._grows = bool(compiled.post_compile_params)
        self._known = frozenset(compiled.binds)
        self._processors: dict[str, Any] = dict(compiled._bind_processors)
        self._slots = [
            (name, compiled.binds[name], self._processors.get(name))
            for name in compiled.positiontup or ()
        ]
        self._given = tuple((name, process) for name, _, process in self._slots)
        self._all_required = all(bind.required for _, bind, _ in self._slots)
        self._make, self._results = self._shape(compiled, dialect)

    def bind(self, values: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
        """Return the SQL and its parameters in order.

        Raises:
            TypeError: a parameter is missing, or a value belongs to none.
        """
        if not self._known.issuperset(values):
            extra = sorted(set(values) - self._known)
            raise TypeError(f"not a parameter of this statement: {', '.join(extra)}")
        if self._grows:
            return self._expanded(values)
        try:
            if self._all_required:
                return self.sql, [
                    values[name] if process is None else process(values[name])
                    for name, process in self._given
                ]
            return self.sql, [self._value(slot, values) for slot in self._slots]
        except KeyError as missing:
            raise TypeError(f"no value for parameter {missing}") from None

    def rows(self, found: Iterable[Sequence[Any]]) -> list[Row]:
        make, results = self._make, self._results
        if make is None:
            return [Row(row) for row in found]
        if not results:
            return [make(row) for row in found]
        made = []
        for row in found:
            cells = list(row)
            for index, process in results:
                cells[index] = process(cells[index])
            made.append(make(cells))
        return made

    def _expanded(self, values: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
        """A list in the statement (`in_`) has a length that is only known now."""
        state = self._compiled.construct_expanded_state(dict(values))
        processors: dict[str, Any] = {**self._processors, **state.processors}
        cells = []
        for name in state.positiontup or ():
            process = processors.get(name)
            value = state.parameters[name]
            cells.append(value if process is None else process(value))
        return state.statement, cells

    @staticmethod
    def _value(slot: tuple[str, Any, Any], values: Mapping[str, Any]) -> Any:
        name, bind, process = slot
        if name in values:
            value = values[name]
        elif bind.required:
            raise KeyError(name)
        else:
            value = bind.effective_value
        return value if process is None else process(value)

    @staticmethod
    def _shape(
        compiled: SQLCompiler, dialect: Dialect
    ) -> tuple[Callable[[Iterable[Any]], Row] | None, list[tuple[int, Any]]]:
        columns = compiled._result_columns
        if not columns:
            return None, []
        results = []
        for index, column in enumerate(columns):
            if isinstance(column.type, Float):
                continue  # both drivers return one as it is; SQLAlchemy asks for PostgreSQL's code
            process = column.type._cached_result_processor(dialect, None)
            if process is not None:
                results.append((index, process))
        return _row_type(tuple(column.keyname for column in columns)), results


class Prepared:
    """A statement that is compiled once for each database it runs on."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._flexible = _takes_columns_from_values(statement)
        self._compiled: dict[Any, Compiled] = {}

    def compiled(self, dialect: str, keys: Iterable[str]) -> Compiled:
        memory = (dialect, *sorted(keys)) if self._flexible else dialect
        found = self._compiled.get(memory)
        if found is None:
            found = Compiled(self._statement, DIALECTS[dialect], keys)
            self._compiled[memory] = found
        return found


Statement = Prepared | Executable
"""What `Reader` and `Transaction` run. A plain one is compiled each time."""


def prepared(statement: Executable) -> Prepared:
    """Prepare *statement*; its parameters are the names of its `bindparam`s (or columns)."""
    return Prepared(statement)


def compiled(statement: Statement, dialect: str, keys: Iterable[str]) -> Compiled:
    if isinstance(statement, Prepared):
        return statement.compiled(dialect, keys)
    return Compiled(statement, DIALECTS[dialect], keys)


def _takes_columns_from_values(statement: Any) -> bool:
    if isinstance(statement, Update) and not statement._values:
        raise TypeError("an update must name what it sets: .values(column=bindparam(...))")
    return isinstance(statement, Insert) and not (
        statement._values or statement._multi_values or statement.select is not None
    )


@lru_cache(maxsize=512)
def _row_type(names: tuple[str, ...]) -> Callable[[Iterable[Any]], Row]:
    shape = namedtuple("Row", names, rename=True)  # type: ignore[misc]
    made: Any = type("Row", (shape, Row), {"__slots__": ()})
    make: Callable[[Iterable[Any]], Row] = made._make
    return make
