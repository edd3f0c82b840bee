"""PostgreSQL: a pool of connections; stores lock the rows they decide about."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg  # type: ignore[import-untyped]

from bot.errors import Conflict, StorageTrouble

PATIENCE_SECONDS = 2.0
"""How long somebody waits for a free connection, or for a new one to be made."""

STATEMENT_MILLISECONDS = 2_000
"""How long one statement may take or wait for a lock; with PATIENCE_SECONDS under five seconds."""

_SETTINGS = {
    "application_name": "contactpunt",
    "statement_timeout": str(STATEMENT_MILLISECONDS),
    "lock_timeout": str(STATEMENT_MILLISECONDS),
    "idle_in_transaction_session_timeout": "30000",
    "timezone": "UTC",
}

_TROUBLE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,  # shut down, cancelled by time-out, not ready yet
    asyncpg.InsufficientResourcesError,  # disk full, too many connections
    asyncpg.ObjectNotInPrerequisiteStateError,  # lock time-out
    asyncpg.TransactionRollbackError,  # deadlock
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.PostgresSystemError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
)

_Connection = Any  # asyncpg has no types


def translated(error: Exception) -> Exception:
    """Say in our own words what PostgreSQL reported; what is nobody's trouble stays as it is.

    Only the message: the details PostgreSQL adds repeat the values, which belong in no log.
    """
    if isinstance(error, asyncpg.IntegrityConstraintViolationError):
        return Conflict(str(error.args[0]))
    if isinstance(error, asyncpg.exceptions.DataError | ValueError):
        return error  # a value of the wrong type: a bug of ours, although asyncpg calls it both
    if isinstance(error, _TROUBLE):
        return StorageTrouble(f"{type(error).__name__}: {error.args[0] if error.args else ''}")
    return error


class _Session:
    def __init__(self, connection: _Connection) -> None:
        self._connection = connection

    async def fetch(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        try:
            return [tuple(record) for record in await self._connection.fetch(sql, *values)]
        except Exception as error:
            raise translated(error) from error

    async def execute(self, sql: str, values: Sequence[Any]) -> int:
        try:
            outcome = await self._connection.execute(sql, *values)
        except Exception as error:
            raise translated(error) from error
        count = outcome.rpartition(" ")[2]  # "UPDATE 3"
        return int(count) if count.isdigit() else 0

    async def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        try:
            await self._connection.executemany(sql, rows)
        except Exception as error:
            raise translated(error) from error


class PostgresEngine:
    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._ending: set[asyncio.Task[None]] = set()

    @classmethod
    async def open(cls, dsn: str, size: int) -> "PostgresEngine":
        try:
            pool = await asyncpg.create_pool(
                dsn,
                min_size=1,
                max_size=size,
                timeout=PATIENCE_SECONDS,
                command_timeout=STATEMENT_MILLISECONDS / 1000 + 0.5,  # a server that is gone
                server_settings=_SETTINGS,
                reset=_nothing_to_reset,
            )
        except Exception as error:
            raise translated(error) from error
        return cls(pool)

    async def close(self) -> None:
        if self._ending:
            await asyncio.wait(set(self._ending))
        try:
            async with asyncio.timeout(5):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    async def forget_traces(self) -> None:
        """Nothing to do: dead rows go with the server's own vacuum."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[_Session]:
        connection = await self._begin("BEGIN")
        try:
            yield _Session(connection)
        except BaseException:
            await self._end(connection, "ROLLBACK")
            raise
        await self._end(connection, "COMMIT")

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[_Session]:
        connection = await self._begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield _Session(connection)
        finally:
            await self._end(connection, "ROLLBACK")

    async def _begin(self, sql: str) -> _Connection:
        try:
            connection: _Connection = await self._pool.acquire(timeout=PATIENCE_SECONDS)
        except Exception as error:
            raise translated(error) from error
        try:
            await connection.execute(sql)
        except BaseException as error:
            await self._end(connection, "ROLLBACK")
            if isinstance(error, Exception):
                raise translated(error) from error
            raise
        return connection

    async def _end(self, connection: _Connection, sql: str) -> None:
        """End the transaction and give the connection back, also when we are cancelled meanwhile.

        Only a COMMIT that fails is news; a ROLLBACK that fails has lost its connection.
        """
        task = asyncio.create_task(self._finish(connection, sql))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.shield(task)

    async def _finish(self, connection: _Connection, sql: str) -> None:
        try:
            await connection.execute(sql)
        except Exception as error:
            with suppress(asyncpg.InterfaceError):  # gone already
                connection.terminate()
            if sql == "COMMIT":
                raise translated(error) from error
        finally:
            await self._pool.release(connection)


async def _nothing_to_reset(_: _Connection) -> None:
    """We leave nothing behind in a session; the usual reset costs a round trip each time."""
