"""SQLite: one connection writes, others read, and one COMMIT serves all who wait.

A COMMIT with `synchronous=FULL` waits for the disk, far longer than any statement of ours takes.
So each `transaction()` is a SAVEPOINT, those who queue meanwhile join the same SQL transaction,
and the last in the queue commits for all. Nobody is told "done" before that COMMIT.

A connection lives in a thread that does one job after the other. Jobs are handed over without
waiting, in order; so leaving a transaction never awaits anything before its ROLLBACK, RELEASE or
COMMIT is in line, and a cancelled task cannot leave one open.

Those who share a COMMIT see what the others wrote. So whoever refuses because of it (the last seat
has just gone) tells nobody before that COMMIT either: the refusal would rest on what nobody else
can see yet, and on what would never have been if it failed.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from bot.errors import StorageTrouble
from bot.storage.sqlite_connection import PRAGMAS, Connection, make_private, translated

PATIENCE_SECONDS = 2.5
"""How long somebody waits for a turn; with BUSY_SECONDS it stays under the promised five."""

MOST_TOGETHER = 64
"""Transactions that share one COMMIT at most: the first of them waits for the last."""


class _Group:
    """The transactions that one COMMIT serves."""

    def __init__(self) -> None:
        self.members = 0
        self.begun = False  # written and read in the thread of the connection
        self.lost = False  # likewise: SQLite gave the whole transaction up
        self.told: list[asyncio.Future[None]] = []  # one each, so that cancelling one is its own


class _Session:
    def __init__(self, connection: Connection, opening: Callable[[], None]) -> None:
        self._connection = connection
        self._opening: Callable[[], None] | None = opening
        self.touched = False

    async def fetch(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        def job() -> list[Any]:
            return self._connection.raw.execute(sql, values).fetchall()

        found: list[Any] = await self._do(job)
        return found

    async def execute(self, sql: str, values: Sequence[Any]) -> int:
        def job() -> int:
            return self._connection.raw.execute(sql, values).rowcount

        touched: int = await self._do(job)
        return touched

    async def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        def job() -> None:
            self._connection.raw.executemany(sql, rows)

        await self._do(job)

    async def _do(self, job: Callable[[], Any]) -> Any:
        opening, self._opening = self._opening, None
        if opening is not None:
            self.touched = True
            job = partial(_first_then, opening, job)
        try:
            return await self._connection.submit(job)
        except sqlite3.Error as error:
            raise translated(error) from error


def _first_then(opening: Callable[[], None], job: Callable[[], Any]) -> Any:
    opening()
    return job()


class SqliteEngine:
    def __init__(self, path: Path, writer: Connection, readers: int) -> None:
        self._path = path
        self._writer = writer
        self._taken = False
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._group: _Group | None = None
        self._idle: asyncio.LifoQueue[Connection | None] = asyncio.LifoQueue()
        self._readers: list[Connection] = []
        for _ in range(readers):
            self._idle.put_nowait(None)  # opened when somebody wants it

    @classmethod
    async def open(cls, path: Path, *, readers: int) -> "SqliteEngine":
        make_private(path)
        return cls(path, await Connection.open_at(path, PRAGMAS), readers)

    async def close(self) -> None:
        for connection in (*self._readers, self._writer):
            await connection.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[_Session]:
        await self._turn()
        if self._group is None:
            self._group = _Group()
        group = self._group
        group.members += 1
        session = _Session(self._writer, partial(self._open_savepoint, group))
        try:
            yield session
        except BaseException as reason:
            committed = self._committed(session, group)
            self._leave(session, partial(self._roll_back, group))
            if isinstance(reason, Exception) and not isinstance(reason, StorageTrouble):
                await committed
            raise
        committed = self._committed(session, group)
        self._leave(session, partial(self._release, group))
        await committed

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[_Session]:
        connection = await self._reader()
        try:
            session = _Session(connection, partial(_execute_in, connection, "BEGIN"))
            yield session
        finally:
            if session.touched:
                connection.submit_unheard(partial(_end_reading, connection))
            self._idle.put_nowait(connection)

    async def forget_traces(self) -> None:
        """Empty the write-ahead log; a reader in the middle of something makes it wait a turn."""

        def job() -> None:
            self._writer.raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

        await self._turn()
        try:
            self._close_group()  # those before us may have left their COMMIT to us
            await self._writer.submit(job)
        except sqlite3.Error as error:
            raise translated(error) from error
        finally:
            self._hand_on()

    # Turns: strictly first come, first served.

    async def _turn(self) -> None:
        if not self._taken:
            self._taken = True
            return
        mine = asyncio.get_running_loop().create_future()
        self._waiting.append(mine)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await mine
        except BaseException as error:
            if mine.done() and not mine.cancelled():
                self._hand_on()  # it had just been given to us
            elif mine in self._waiting:
                self._waiting.remove(mine)
            if isinstance(error, TimeoutError):
                raise StorageTrouble("the database is busy for too long") from error
            raise

    @staticmethod
    def _committed(session: _Session, group: _Group) -> asyncio.Future[None]:
        """Done when what *session* saw is on the disk: at once when it saw nothing."""
        told = asyncio.get_running_loop().create_future()
        told.add_done_callback(_heard)  # who is cancelled, or in trouble already, does not wait
        if session.touched:
            group.told.append(told)
        else:
            told.set_result(None)
        return told

    def _leave(self, session: _Session, last_job: Callable[[], None]) -> None:
        if session.touched:
            self._writer.submit_unheard(last_job)
        self._hand_on()

    def _hand_on(self) -> None:
        """Give the turn to the next; when nobody waits, or enough are together, commit."""
        while self._waiting and self._waiting[0].done():
            self._waiting.popleft()  # cancelled, and had no time yet to leave the queue
        group = self._group
        if group is not None and (not self._waiting or group.members >= MOST_TOGETHER):
            self._close_group()
        if self._waiting:
            self._waiting.popleft().set_result(None)
        else:
            self._taken = False

    def _close_group(self) -> None:
        group, self._group = self._group, None
        if group is not None:
            done = self._writer.submit(partial(self._commit, group))
            done.add_done_callback(partial(_tell_all, group))

    # The jobs below run in the thread of the writing connection.

    def _open_savepoint(self, group: _Group) -> None:
        raw = self._writer.raw
        if group.lost:
            raise StorageTrouble("the transaction it was to share has been given up")
        if not group.begun:
            raw.execute("BEGIN IMMEDIATE")
            group.begun = True
        raw.execute("SAVEPOINT one")

    def _release(self, group: _Group) -> None:
        try:
            self._writer.raw.execute("RELEASE one")
        except sqlite3.Error:
            group.lost = True

    def _roll_back(self, group: _Group) -> None:
        if not group.begun:
            return  # its BEGIN failed
        try:
            self._writer.raw.execute("ROLLBACK TO one")
            self._writer.raw.execute("RELEASE one")
        except sqlite3.Error:
            # A full disk or a broken one makes SQLite give up the whole transaction.
            group.lost = True

    def _commit(self, group: _Group) -> None:
        raw = self._writer.raw
        if not group.begun:
            return
        try:
            if group.lost:
                raise StorageTrouble("the database gave the transaction up")
            raw.execute("COMMIT")
        except BaseException:
            if raw.in_transaction:
                raw.execute("ROLLBACK")
            raise

    async def _reader(self) -> Connection:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                connection = await self._idle.get()
        except TimeoutError as error:
            raise StorageTrouble("the database is busy for too long") from error
        if connection is None:
            try:
                connection = await Connection.open_at(
                    self._path, (*PRAGMAS[1:], "PRAGMA query_only=ON")
                )
            except BaseException:
                self._idle.put_nowait(None)
                raise
            self._readers.append(connection)
        return connection


def _heard(told: asyncio.Future[None]) -> None:
    """A COMMIT that failed is no news for who does not wait for it."""
    if not told.cancelled():
        told.exception()


def _execute_in(connection: Connection, sql: str) -> None:
    connection.raw.execute(sql)


def _end_reading(connection: Connection) -> None:
    if connection.raw.in_transaction:
        connection.raw.execute("ROLLBACK")


def _tell_all(group: _Group, done: asyncio.Future[None]) -> None:
    error = done.exception() if not done.cancelled() else StorageTrouble("the database closed")
    if isinstance(error, sqlite3.Error):
        error = translated(error)
    for waiting in group.told:
        if waiting.done():
            continue  # cancelled meanwhile; the COMMIT did not mind
        if error is None:
            waiting.set_result(None)
        else:
            waiting.set_exception(error)
