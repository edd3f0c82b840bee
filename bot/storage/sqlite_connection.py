"""One SQLite connection in a thread of its own, and what its errors mean to us."""

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import aiosqlite

from bot.errors import Conflict, StorageTrouble

BUSY_SECONDS = 2.0
"""How long SQLite itself waits for another process that holds the lock."""

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA journal_size_limit=8388608",
)

_TROUBLE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    }
)


class Connection(aiosqlite.Connection):
    """An aiosqlite connection that takes a job without a coroutine for each call."""

    def submit(self, job: Callable[[], Any]) -> asyncio.Future[Any]:
        """Put *job* in line; it is done whether or not somebody awaits the result."""
        if not self._running:
            raise StorageTrouble("the database is closed")
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._tx.put_nowait((future, job))
        return future

    def submit_unheard(self, job: Callable[[], Any]) -> None:
        """Put *job* in line without a word back: what goes wrong shows in the next one."""
        self._tx.put_nowait((None, job))

    @property
    def raw(self) -> sqlite3.Connection:
        """For jobs, which run in the thread of this connection."""
        return self._conn

    @classmethod
    async def open_at(cls, path: Path, pragmas: Sequence[str]) -> "Connection":
        def connect() -> sqlite3.Connection:
            raw = sqlite3.connect(
                path,
                isolation_level=None,  # BEGIN and COMMIT are ours to say
                timeout=BUSY_SECONDS,
                cached_statements=512,
                check_same_thread=False,  # only while closing
            )
            try:
                for pragma in pragmas:
                    raw.execute(pragma).fetchall()
            except BaseException:
                raw.close()
                raise
            return raw

        connection = cls(connect, iter_chunk_size=64)

        async def opened() -> None:
            await connection

        opening = asyncio.ensure_future(opened())
        try:
            await asyncio.shield(opening)
        except asyncio.CancelledError:
            with contextlib.suppress(sqlite3.Error):
                await opening  # its thread must not outlive our loop either
                await connection.close()
            raise
        except sqlite3.Error as error:
            await asyncio.to_thread(connection._thread.join)  # it must not outlive our loop
            raise translated(error) from error
        return connection


def translated(error: sqlite3.Error) -> Exception:
    """Say in our own words what SQLite reported; what is nobody's trouble stays as it is."""
    if isinstance(error, sqlite3.IntegrityError):
        return Conflict(str(error))
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in _TROUBLE:
        return StorageTrouble(str(error))
    return error


def make_private(path: Path) -> None:
    """See to it that only we can read the file and what SQLite puts beside it.

    Raises:
        StorageTrouble: the folder or the file cannot be made.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        if path.stat().st_uid == os.geteuid():
            path.chmod(0o600)
    except OSError as error:
        raise StorageTrouble(f"the database file cannot be opened: {error.strerror}") from error
