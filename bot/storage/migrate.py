"""Bringing a database up to the tables of this version, whole or not at all.

Starting on a database that is up to date costs one query and does not import Alembic.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from bot.errors import StorageTrouble
from bot.storage.urls import Location

VERSIONS = Path(__file__).parent / "migrations" / "versions"

_LOCK = 7_305_112_019
"""Advisory lock on PostgreSQL: of several replicas that start at once, one migrates."""


class NewerDatabase(Exception):
    """The database was made by a later version of Contactpunt; this one would damage it."""


def known_versions(folder: Path = VERSIONS) -> list[str]:
    """The migrations in *folder*, oldest first."""
    return sorted(path.name.split("_")[0] for path in folder.glob("[0-9]*_*.py"))


async def current_version(url: str) -> str | None:
    """Which migration the database is at; None for a new one.

    Raises:
        StorageTrouble: it cannot be read now.
    """
    location = Location.parse(url)
    if location.dialect == "sqlite":
        return await asyncio.to_thread(_sqlite_version, location.path)
    return await _postgres_version(location.dsn)


async def upgrade(
    url: str,
    backup_first: Callable[[], Awaitable[Any]] | None = None,
    folder: Path = VERSIONS,
) -> bool:
    """Apply what is missing; True when there was something to do. Twice is the same as once.

    *backup_first* is awaited before an existing database is changed; when it fails, nothing is.

    Raises:
        NewerDatabase: start the version that made it, or a later one.
        StorageTrouble: it cannot be reached or written now; nothing was changed.
    """
    known = known_versions(folder)
    current = await current_version(url)
    if current is not None and current not in known:
        raise NewerDatabase(f"the database is at {current}, this version knows {known[-1]} at most")
    if current == known[-1]:
        return False
    if current is not None and backup_first is not None:
        await backup_first()
    location = Location.parse(url)
    if location.dialect == "sqlite":
        await asyncio.to_thread(_upgrade_sqlite, location.path, folder)
    else:
        await _upgrade_postgres(location, folder)
    return True


def _sqlite_version(path: Path) -> str | None:
    if not path.exists() or path.stat().st_size == 0:
        return None
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=4)
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return None
        raise StorageTrouble(str(error)) from error
    except sqlite3.DatabaseError as error:
        raise StorageTrouble(str(error)) from error
    return None if row is None else str(row[0])


async def _postgres_version(dsn: str) -> str | None:
    import asyncpg  # type: ignore[import-untyped]

    from bot.storage.postgres import translated

    try:
        connection = await asyncpg.connect(dsn, timeout=4, command_timeout=4)
        try:
            version = await connection.fetchval("SELECT version_num FROM alembic_version")
        finally:
            await connection.close()
    except asyncpg.UndefinedTableError:
        return None
    except Exception as error:
        raise translated(error) from error
    return None if version is None else str(version)


def _run(connection: Any, folder: Path) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(folder.parent), version_locations=[str(folder)])

    def steps(revision: Any, _: Any) -> Any:
        return script._upgrade_revs("head", revision)

    with EnvironmentContext(Config(), script, fn=steps, destination_rev="head") as environment:
        environment.configure(connection=connection, transactional_ddl=True)
        with environment.begin_transaction():
            environment.run_migrations()


def _upgrade_sqlite(path: Path, folder: Path) -> None:
    from sqlalchemy import create_engine, event
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.pool import NullPool

    from bot.storage.sqlite_connection import make_private, translated

    make_private(path)
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def no_hidden_transactions(raw: sqlite3.Connection, _: object) -> None:
        # Left to itself the driver commits before a DDL statement: half a migration on a crash.
        raw.isolation_level = None
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA busy_timeout=4000")
        # Rebuilding a table drops the old one, which must not take the rows that refer to it.
        raw.execute("PRAGMA foreign_keys=OFF")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    try:
        with engine.begin() as connection:
            _run(connection, folder)
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                tables = sorted({str(row[0]) for row in broken})
                raise RuntimeError(f"the migration left references to nothing: {tables}")
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise translated(error.orig) from error
        raise
    finally:
        engine.dispose()


async def _upgrade_postgres(location: Location, folder: Path) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    from bot.storage.postgres import translated

    engine = create_async_engine(
        location.url.set(drivername="postgresql+asyncpg"),
        poolclass=NullPool,
        connect_args={"timeout": 4},
    )
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            await connection.run_sync(_run, folder)
    except DBAPIError as error:
        cause = error.orig.__cause__ if error.orig is not None else None
        if isinstance(cause, Exception):
            raise translated(cause) from error
        raise
    except OSError as error:
        raise translated(error) from error
    finally:
        await engine.dispose()
