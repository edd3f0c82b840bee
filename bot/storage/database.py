"""The database as the rest of Contactpunt sees it: transactions, readings and rows.

A use case opens one `transaction()`; what only looks opens `reading()`. What differs between
SQLite and PostgreSQL stays in the two modules beside this one.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

from bot.errors import StorageTrouble
from bot.storage.statements import Prepared, Row, Statement, compiled, prepared
from bot.storage.urls import Location

__all__ = ["Database", "Prepared", "Reader", "Row", "Statement", "Transaction", "prepared"]


class Session(Protocol):
    """One open transaction on one connection, in the driver's own terms."""

    async def fetch(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]: ...
    async def execute(self, sql: str, values: Sequence[Any]) -> int: ...
    async def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None: ...


class Engine(Protocol):
    def transaction(self) -> AbstractAsyncContextManager[Session]: ...
    def reading(self) -> AbstractAsyncContextManager[Session]: ...
    async def forget_traces(self) -> None: ...
    async def close(self) -> None: ...


class Reader:
    """Looks at one consistent state of the database."""

    def __init__(self, session: Session, dialect: str) -> None:
        self._session = session
        self._dialect = dialect

    async def all(self, statement: Statement, **values: Any) -> list[Row]:
        ready = compiled(statement, self._dialect, values)
        return ready.rows(await self._fetch(*ready.bind(values)))

    async def first(self, statement: Statement, **values: Any) -> Row | None:
        """The first row, or None; the statement itself should ask for no more (`limit(1)`)."""
        rows = await self.all(statement, **values)
        return rows[0] if rows else None

    async def one(self, statement: Statement, **values: Any) -> Row:
        """The only row.

        Raises:
            LookupError: there are none, or several.
        """
        rows = await self.all(statement, **values)
        if len(rows) != 1:
            raise LookupError(f"expected one row, found {len(rows)}")
        return rows[0]

    async def scalar(self, statement: Statement, **values: Any) -> Any:
        """The first cell of the first row, or None."""
        row = await self.first(statement, **values)
        return None if row is None else row[0]

    async def _fetch(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        return await self._session.fetch(sql, values)


class Transaction(Reader):
    """Changes rows; all of it is kept, or nothing.

    Once a statement has failed the transaction is spent: it can only be left, and nothing of it
    is kept, whether or not the error was caught inside (PostgreSQL knows no other way).
    """

    def __init__(self, session: Session, dialect: str) -> None:
        super().__init__(session, dialect)
        self._failed = False
        self._put_off: list[Callable[[], Awaitable[None]]] = []

    def at_the_end(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do *work* in here when everything else is done, just before it is kept.

        For what every transaction of a kind must lock: taken last, it is held shortly, and
        nobody who holds it waits for anybody else.
        """
        self._put_off.append(work)

    async def run(self, statement: Statement, **values: Any) -> int:
        """Run a statement that returns no rows; return how many it touched."""
        ready = compiled(statement, self._dialect, values)
        sql, cells = ready.bind(values)
        self._check()
        try:
            return await self._session.execute(sql, cells)
        except BaseException:
            self._failed = True
            raise

    async def run_many(self, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run a statement once for each of *rows*, which all name the same parameters."""
        if not rows:
            return
        ready = compiled(statement, self._dialect, rows[0])
        bound = [ready.bind(row) for row in rows]
        self._check()
        try:
            await self._session.execute_many(bound[0][0], [cells for _, cells in bound])
        except BaseException:
            self._failed = True
            raise

    async def _fetch(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        self._check()
        try:
            return await self._session.fetch(sql, values)
        except BaseException:
            self._failed = True
            raise

    async def _finish(self) -> None:
        self._check()
        for work in self._put_off:
            await work()
        self._check()

    def _check(self) -> None:
        if self._failed:
            raise StorageTrouble("a statement of this transaction failed before")


class Database:
    """Open one per process with :meth:`open`; close it at the end."""

    def __init__(self, engine: Engine, location: Location) -> None:
        self._engine = engine
        self.location = location
        self.dialect = location.dialect

    @classmethod
    async def open(cls, url: str, *, pool: int = 8) -> "Database":
        """Open the database at *url*; `sqlite:///…` or `postgresql://…`, any driver suffix.

        Raises:
            StorageTrouble: it cannot be reached, read or written now.
            ValueError: the URL is of another kind of database.
        """
        location = Location.parse(url)
        engine: Engine
        # Imported here: a machine with SQLite needs no PostgreSQL driver, and start-up time counts.
        if location.dialect == "sqlite":
            from bot.storage.sqlite import SqliteEngine

            engine = await SqliteEngine.open(location.path, readers=min(pool, 4))
        else:
            from bot.storage.postgres import PostgresEngine

            engine = await PostgresEngine.open(location.dsn, pool)
        return cls(engine, location)

    async def close(self) -> None:
        await self._engine.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """All or nothing; what was read in it stays true until it is left.

        On SQLite the write lock is taken with the first statement, for the whole database; on
        PostgreSQL a store locks the row it decides about (`with_for_update()`). When this block
        has been left without an exception, everything in it is on disk.

        Raises:
            StorageTrouble: the database cannot do it now; nothing was changed.
            Conflict: a constraint refused a row.
        """
        async with self._engine.transaction() as session:
            tx = Transaction(session, self.dialect)
            yield tx
            await tx._finish()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Reader]:
        """Look at one consistent state, without holding up anybody who writes."""
        async with self._engine.reading() as session:
            yield Reader(session, self.dialect)

    async def forget_traces(self) -> None:
        """After an erasure: let no copy of the erased rows linger in the files, where we can."""
        await self._engine.forget_traces()
