"""R-21: database trouble is told within five seconds, loses nothing, and heals by itself."""

import asyncio
import os
import sqlite3
import stat
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.errors import StorageTrouble
from bot.storage import sqlite
from bot.storage.database import Database, prepared
from bot.storage.sqlite_connection import Connection
from tests.bot.storage.tables import notes, with_notes
from tests.support.databases import on_server

ADD = prepared(insert(notes))
TEXTS = prepared(select(notes.c.text).order_by(notes.c.id))


async def add(database: Database, text: str) -> str:
    async with database.transaction() as tx:
        await tx.run(ADD, text=text)
    return text


async def texts(database: Database) -> list[str]:
    async with database.reading() as reader:
        return [row.text for row in await reader.all(TEXTS)]


def file_of(database: Database) -> Path:
    return database.location.path


async def test_r21_locked_by_another_process_everybody_hears_it_within_five_seconds(
    sqlite_database: Database,
) -> None:
    await with_notes(sqlite_database)
    thief = sqlite3.connect(file_of(sqlite_database), isolation_level=None)
    thief.execute("BEGIN IMMEDIATE")

    async def timed(i: int) -> float:
        await asyncio.sleep(i * 0.3)
        began = time.monotonic()
        with pytest.raises(StorageTrouble):
            await add(sqlite_database, f"{i}")
        return time.monotonic() - began

    waited = await asyncio.gather(*(timed(i) for i in range(8)))
    read_meanwhile = await texts(sqlite_database)
    thief.execute("ROLLBACK")
    thief.close()
    await add(sqlite_database, "healed")

    assert max(waited) < 5
    assert read_meanwhile == []
    assert await texts(sqlite_database) == ["healed"]


async def test_r21_disk_full_is_told_and_what_was_told_done_is_kept(
    sqlite_database: Database,
) -> None:
    await with_notes(sqlite_database)
    engine = sqlite_database._engine
    assert isinstance(engine, sqlite.SqliteEngine)
    raw = engine._writer.raw
    pages = raw.execute("PRAGMA page_count").fetchone()[0]
    raw.execute(f"PRAGMA max_page_count={pages + 5}")

    results = await asyncio.gather(
        *(add(sqlite_database, f"{i:03}" + "x" * 1500) for i in range(40)), return_exceptions=True
    )
    done = [result for result in results if isinstance(result, str)]
    raw.execute("PRAGMA max_page_count=1000000")
    kept = await texts(sqlite_database)
    await add(sqlite_database, "healed")

    assert {type(result) for result in results} <= {str, StorageTrouble}
    assert len(done) < 40
    assert kept == sorted(done)
    assert (await texts(sqlite_database))[-1] == "healed"


async def test_r21_read_only_is_told_and_heals(sqlite_database: Database) -> None:
    await with_notes(sqlite_database)
    engine = sqlite_database._engine
    assert isinstance(engine, sqlite.SqliteEngine)
    engine._writer.raw.execute("PRAGMA query_only=ON")

    with pytest.raises(StorageTrouble):
        await add(sqlite_database, "one")
    engine._writer.raw.execute("PRAGMA query_only=OFF")
    await add(sqlite_database, "two")

    assert await texts(sqlite_database) == ["two"]


async def test_r21_not_a_database_is_trouble_at_once(tmp_path: Path) -> None:
    path = tmp_path / "contactpunt.db"
    path.write_bytes(b"not a database, " * 100)

    with pytest.raises(StorageTrouble):
        await Database.open(f"sqlite:///{path}")


async def test_r21_a_folder_that_cannot_be_made_is_trouble_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StorageTrouble):
        await Database.open(f"sqlite:///{tmp_path / 'file' / 'contactpunt.db'}")


async def test_t25_files_and_folder_are_for_us_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        path = tmp_path / "data" / "contactpunt.db"
        database = await Database.open(f"sqlite:///{path}")
        await with_notes(database)
        modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
        await database.close()
    finally:
        os.umask(before)

    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert set(modes.values()) == {0o600}
    assert set(modes) >= {"contactpunt.db", "contactpunt.db-wal"}


async def cut_all(database: Database) -> None:
    await on_server(
        database.location.dsn,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )


async def test_r21_dropped_connections_are_replaced(postgres_database: Database) -> None:
    await with_notes(postgres_database)
    await asyncio.gather(*(add(postgres_database, f"before{i}") for i in range(6)))
    await cut_all(postgres_database)

    outcomes: list[str] = []
    began = time.monotonic()
    while not outcomes or outcomes[-1] != "done":
        try:
            await add(postgres_database, "after")
            outcomes.append("done")
        except StorageTrouble:
            outcomes.append("trouble")

    assert len(outcomes) <= 9
    assert time.monotonic() - began < 5
    assert (await texts(postgres_database))[-1] == "after"


async def test_r21_a_connection_dropped_within_a_transaction_is_trouble(
    postgres_database: Database,
) -> None:
    await with_notes(postgres_database)

    async def interrupted() -> None:
        async with postgres_database.transaction() as tx:
            await tx.run(ADD, text="lost")
            await cut_all(postgres_database)
            await tx.run(ADD, text="lost too")

    with pytest.raises(StorageTrouble):
        await interrupted()
    await add(postgres_database, "kept")

    assert await texts(postgres_database) == ["kept"]


async def test_r21_a_connection_dropped_before_the_commit_is_trouble(
    postgres_database: Database,
) -> None:
    await with_notes(postgres_database)

    async def interrupted() -> None:
        async with postgres_database.transaction() as tx:
            await tx.run(ADD, text="lost")
            await cut_all(postgres_database)

    with pytest.raises(StorageTrouble):
        await interrupted()

    assert await texts(postgres_database) == []


async def test_r21_a_row_locked_for_long_is_trouble_within_five_seconds(
    postgres_database: Database,
) -> None:
    await with_notes(postgres_database)
    await add(postgres_database, "one")
    locked = prepared(select(notes.c.id).with_for_update())

    async def wait_for_it() -> None:
        async with postgres_database.transaction() as tx:
            await tx.all(locked)

    async with postgres_database.transaction() as holder:
        await holder.all(locked)
        began = time.monotonic()
        with pytest.raises(StorageTrouble):
            await wait_for_it()
        waited = time.monotonic() - began

    assert waited < 5


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_r21_a_pool_in_use_is_trouble_within_five_seconds(database_url: str) -> None:
    database = await Database.open(database_url, pool=1)
    await with_notes(database)
    async with database.transaction() as tx:
        await tx.run(ADD, text="one")
        began = time.monotonic()
        with pytest.raises(StorageTrouble):
            await add(database, "two")
        waited = time.monotonic() - began
    await database.close()

    assert waited < 5


async def test_r21_an_unreachable_server_is_trouble_at_once() -> None:
    began = time.monotonic()
    with pytest.raises(StorageTrouble):
        await Database.open("postgresql://nobody@127.0.0.1:1/nothing")

    assert time.monotonic() - began < 5


def test_an_address_is_never_shown_with_its_password() -> None:
    from bot.storage.urls import Location

    location = Location.parse("postgres://me:hush@127.0.0.1/x")

    assert "hush" not in f"{location} {location!r}"
    assert location.dsn == "postgresql://me:hush@127.0.0.1/x"


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:", "nonsense"])
def test_other_databases_are_refused(url: str) -> None:
    from bot.storage.urls import Location

    with pytest.raises(ValueError, match=r"database|SQLite|sqlite"):
        Location.parse(url)


def test_r24_who_is_cancelled_while_a_connection_opens_leaves_nothing_for_a_closed_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As at a stop while the first read begins: the file opens after everybody was cancelled."""
    connect, begun, go_on = sqlite3.connect, threading.Event(), threading.Event()

    def slowly(*given: Any, **options: Any) -> sqlite3.Connection:
        begun.set()
        go_on.wait(5)
        return connect(*given, **options)

    async def stopped() -> None:
        opening = asyncio.create_task(Connection.open_at(tmp_path / "new.sqlite", ()))
        await asyncio.to_thread(begun.wait, 5)
        opening.cancel()
        threading.Timer(0.2, go_on.set).start()
        with pytest.raises(asyncio.CancelledError):
            await opening

    raised: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: raised.append(str(args.exc_value)))
    monkeypatch.setattr(sqlite3, "connect", slowly)
    before = set(threading.enumerate())
    asyncio.run(stopped())
    for thread in set(threading.enumerate()) - before:
        thread.join(5)

    assert raised == []
