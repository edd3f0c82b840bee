"""One owner: only one process at a time polls and sends for a bot.

Ownership is held by the operating system (a lock on a file, where the database is a file) or by
the database server (an advisory lock on a connection of its own), so it ends with the process,
however that ends. Whoever wants it next looks every half second.
"""

import asyncio
import fcntl
import hashlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import IO, Any

from bot.errors import StorageTrouble
from bot.storage.urls import Location

LOOK_EVERY_SECONDS = 0.5
"""A successor must be polling within three seconds of the owner's end."""

_REPLY_WITHIN_SECONDS = 5.0


class Ownership:
    """Held while the block of :func:`owned` runs."""

    def __init__(self) -> None:
        self.lost = asyncio.Event()
        """Set when it ended from outside (PostgreSQL only): stop at once, somebody else goes on."""


def token_hash(token: str) -> str:
    """Name a bot without telling its token."""
    return hashlib.sha256(f"contactpunt owner {token}".encode()).hexdigest()[:32]


@asynccontextmanager
async def owned(
    database_url: str,
    token_hash: str,
    data_folder: Path,
    waiting: Callable[[], None] | None = None,
) -> AsyncIterator[Ownership]:
    """Be the only owner of this bot inside the block; wait for the present one to go.

    *waiting* is called once when there is somebody to wait for.

    Raises:
        StorageTrouble: the lock file cannot be made, or the database cannot be reached.
    """
    location = Location.parse(database_url)
    if location.dialect == "sqlite":
        held = _by_file(data_folder / f"owner-{token_hash[:16]}.lock", waiting)
    else:
        held = _by_server(location.dsn, token_hash, waiting)
    async with held as ownership:
        yield ownership


@asynccontextmanager
async def _by_file(path: Path, waiting: Callable[[], None] | None) -> AsyncIterator[Ownership]:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.fdopen(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600), "r+")
    except OSError as error:
        raise StorageTrouble(f"the lock file cannot be made: {error.strerror}") from error
    with file:
        await _until(lambda: _locked(file), waiting)
        # For people who look: who holds it. The lock is what counts, not what is written here.
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield Ownership()


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


async def _until(attempt: Callable[[], bool], waiting: Callable[[], None] | None) -> None:
    told = False
    while not attempt():
        if waiting is not None and not told:
            waiting()
            told = True
        await asyncio.sleep(LOOK_EVERY_SECONDS)


@asynccontextmanager
async def _by_server(
    dsn: str, token_hash: str, waiting: Callable[[], None] | None
) -> AsyncIterator[Ownership]:
    import asyncpg  # type: ignore[import-untyped]

    number = int.from_bytes(hashlib.sha256(token_hash.encode()).digest()[:8], signed=True)
    try:
        connection = await asyncpg.connect(
            dsn,
            timeout=_REPLY_WITHIN_SECONDS,
            command_timeout=_REPLY_WITHIN_SECONDS,
            server_settings={
                "application_name": "contactpunt owner",
                # A server that no longer hears us must let the lock go before we are replaced.
                "tcp_keepalives_idle": "5",
                "tcp_keepalives_interval": "2",
                "tcp_keepalives_count": "3",
            },
        )
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise StorageTrouble(f"the database cannot be reached: {type(error).__name__}") from error
    ownership = Ownership()
    watch: asyncio.Task[None] | None = None
    try:
        await _server_lock(connection, number, waiting)
        connection.add_termination_listener(lambda _: ownership.lost.set())
        watch = asyncio.create_task(_watch(connection, number, ownership))
        yield ownership
    finally:
        if watch is not None:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch
        connection.terminate()


async def _server_lock(connection: Any, number: int, waiting: Callable[[], None] | None) -> None:
    import asyncpg

    told = False
    try:
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", number):
            if waiting is not None and not told:
                waiting()
                told = True
            await asyncio.sleep(LOOK_EVERY_SECONDS)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise StorageTrouble(f"the database cannot be reached: {type(error).__name__}") from error


async def _watch(connection: Any, number: int, ownership: Ownership) -> None:
    """Ask now and then whether the lock is still ours: a dead line says nothing by itself."""
    held = (
        "SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND granted"
        " AND pid = pg_backend_pid()"
        " AND (classid::bigint << 32 | objid::bigint) = $1"
    )
    while True:
        await asyncio.sleep(LOOK_EVERY_SECONDS * 4)
        try:
            still = await connection.fetchval(held, number)
        except asyncio.CancelledError:
            raise
        except Exception:
            still = False
        if not still:
            ownership.lost.set()
            return
