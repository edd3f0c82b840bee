"""Backups that restore: through the database's own means, never by copying a live file.

A backup is encrypted when there is a key, and then useless without it. What has to happen before
a restored database may be used (people who left since must be erased again) is the caller's:
`restore(..., afterwards=bot.privacy.after_restore(...))`.
"""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from bot.clock import Now, utc_now
from bot.storage import sealing
from bot.storage.database import Database
from bot.storage.migrate import upgrade
from bot.storage.urls import Location

KEPT = timedelta(days=30)
"""How long backups are kept; the erasure ledger must outlive them."""

_NAME = "contactpunt-%Y%m%dT%H%M%S%fZ"


class BackupTrouble(Exception):
    """A backup cannot be made or restored, and why."""


async def backup(url: str, folder: Path, key: str | None, now: Now = utc_now) -> Path:
    """Write everything committed until now into one new file in *folder*; return it.

    The database stays in use meanwhile. The file appears under its name when it is complete.

    Raises:
        BackupTrouble: with the reason; no file is left behind.
    """
    return await asyncio.to_thread(_backup, Location.parse(url), folder, key, now())


async def restore(
    file: Path,
    url: str,
    key: str | None,
    *,
    afterwards: Callable[[Database], Awaitable[None]] | None = None,
) -> None:
    """Make the database at *url* what it was when *file* was written, in today's tables.

    Stop Contactpunt first. What is in the database now is replaced. *afterwards* sees the
    restored database before it is used.

    Raises:
        BackupTrouble: not a backup, damaged, or made with another key; nothing was changed.
        NewerDatabase: the backup is of a later version of Contactpunt.
    """
    location = Location.parse(url)
    folder = location.path.parent if location.dialect == "sqlite" else None
    with _private_folder(folder) as room:
        plain = room / "restored"
        await asyncio.to_thread(_unpack, file, plain, key)
        if location.dialect == "sqlite":
            # Everything happens to the copy; the database itself changes at the very end.
            copy = f"sqlite:///{plain}"
            await asyncio.to_thread(_check_sqlite, plain)
            await _finish(copy, afterwards)
            await asyncio.to_thread(_copy_sqlite, plain, location.path)
        else:
            await asyncio.to_thread(_load_postgres, plain, location)
            await _finish(url, afterwards)


def drop_old(folder: Path, now: datetime, kept: timedelta = KEPT) -> int:
    """Remove backups made more than *kept* ago; return how many went."""
    removed = 0
    for path in sorted(folder.glob("contactpunt-*Z.*")):
        try:
            made = datetime.strptime(path.name.split(".")[0], "contactpunt-%Y%m%dT%H%M%S%f%z")
        except ValueError:
            continue  # somebody else's file
        if made < now - kept:
            path.unlink()
            removed += 1
    return removed


async def _finish(url: str, afterwards: Callable[[Database], Awaitable[None]] | None) -> None:
    await upgrade(url)
    if afterwards is None:
        return
    database = await Database.open(url, pool=2)
    try:
        await afterwards(database)
    finally:
        await database.close()


def _backup(location: Location, folder: Path, key: str | None, now: datetime) -> Path:
    kind = "db" if location.dialect == "sqlite" else "dump"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _private_folder(folder) as room:
            plain = room / "plain"
            if location.dialect == "sqlite":
                _copy_sqlite(location.path, plain)
            else:
                _dump_postgres(location, plain)
            ready = plain
            if key:
                ready = room / "sealed"
                with plain.open("rb") as source, _new_file(ready) as target:
                    sealing.seal(source, target, key)
            _to_disk(ready)
            final = (
                folder / f"{now.astimezone(UTC).strftime(_NAME)}.{kind}{'.sealed' if key else ''}"
            )
            ready.rename(final)
            _to_disk(folder)
            return final
    except OSError as error:
        raise BackupTrouble(f"the backup cannot be written: {error.strerror}") from error


def _unpack(file: Path, plain: Path, key: str | None) -> None:
    try:
        with file.open("rb") as source, _new_file(plain) as target:
            if not sealing.is_sealed(source):
                shutil.copyfileobj(source, target)
            elif key is None:
                raise BackupTrouble("this backup is encrypted: it needs its key")
            else:
                sealing.unseal(source, target, key)
    except sealing.CannotUnseal as error:
        raise BackupTrouble(str(error)) from error
    except OSError as error:
        raise BackupTrouble(f"the backup cannot be read: {error.strerror}") from error


def _copy_sqlite(source: Path, target: Path) -> None:
    """Copy through SQLite's backup API: consistent, whoever uses either file meanwhile."""
    if not source.exists():
        raise BackupTrouble("there is no database to copy")
    with _new_file(target, exist_ok=True):
        pass
    try:
        from_, to = sqlite3.connect(source, timeout=4), sqlite3.connect(target, timeout=4)
        try:
            from_.backup(to)
            to.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            from_.close()
            to.close()
    except sqlite3.Error as error:
        raise BackupTrouble(f"copying the database failed: {error}") from error


def _check_sqlite(path: Path) -> None:
    try:
        connection = sqlite3.connect(path)
        try:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise BackupTrouble(f"this is not a backup of this kind of database: {error}") from error
    if verdict != "ok":
        raise BackupTrouble(f"the backup is damaged: {verdict}")


def _dump_postgres(location: Location, target: Path) -> None:
    with _new_file(target) as file:
        _postgres_tool("pg_dump", location, "--format=custom", "--no-owner", output=file.fileno())


def _load_postgres(dump: Path, location: Location) -> None:
    """Replace all tables in one transaction; the old ones stay when anything fails."""
    script = dump.with_name("script.sql")
    with _new_file(script) as file:
        file.write(_EMPTY_SCHEMA)
        file.flush()
        _run_tool("pg_restore", ["--no-owner", "--file=-", str(dump)], {}, output=file.fileno())
    _postgres_tool(
        "psql", location, "--quiet", "--no-psqlrc", "--single-transaction",
        "--set=ON_ERROR_STOP=1", "--output=/dev/null", f"--file={script}",
    )  # fmt: skip


_EMPTY_SCHEMA = b"""\
DO $$ DECLARE each record; BEGIN
  FOR each IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
    EXECUTE format('DROP TABLE %I CASCADE', each.tablename);
  END LOOP;
  -- What triggers call stays behind when their table goes.
  FOR each IN SELECT oid::regprocedure AS name FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace AND prorettype = 'trigger'::regtype
    AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e') LOOP
    EXECUTE format('DROP FUNCTION %s', each.name);
  END LOOP;
END $$;
"""


def _postgres_tool(
    name: str, location: Location, *arguments: str, output: int | None = None
) -> None:
    url = location.url
    environment = {
        "PGHOST": url.host,
        "PGPORT": None if url.port is None else str(url.port),
        "PGUSER": url.username,
        "PGDATABASE": url.database,
        "PGPASSWORD": None if url.password is None else str(url.password),
        "PGCONNECT_TIMEOUT": "5",
    }
    given = {variable: value for variable, value in environment.items() if value}
    _run_tool(name, list(arguments), given, output=output)


def _run_tool(
    name: str, arguments: list[str], environment: dict[str, str], *, output: int | None = None
) -> None:
    """Run one of PostgreSQL's programs; passwords go in the environment, which others can't see."""
    done = subprocess.run(  # noqa: S603
        [_program(name), *arguments],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines()
        raise BackupTrouble(f"{name} failed: {reason[0] if reason else done.returncode}")


def _program(name: str) -> str:
    found = shutil.which(name)
    if found:
        return found
    # Debian keeps the programs of each version apart, and not on the path.
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    if not installed:
        raise BackupTrouble(f"{name} is not installed: it comes with postgresql-client")
    return str(installed[-1])


@contextmanager
def _private_folder(parent: Path | None) -> Iterator[Path]:
    if parent is not None:
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".contactpunt-", dir=parent) as folder:
        yield Path(folder)  # made with mode 0700


def _new_file(path: Path, *, exist_ok: bool = False) -> BinaryIO:
    how = os.O_CREAT | os.O_RDWR | (0 if exist_ok else os.O_EXCL)
    return os.fdopen(os.open(path, how, 0o600), "r+b")


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
