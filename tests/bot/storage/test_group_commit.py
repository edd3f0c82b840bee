"""SQLite: one COMMIT serves all who queue; nobody is told "done" before it (reliability 0.3)."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import bindparam, insert, select

from bot.errors import StorageTrouble
from bot.storage import sqlite
from bot.storage.database import Database, Transaction, prepared
from tests.bot.storage.tables import notes, with_notes

ADD = prepared(insert(notes))
FIND = prepared(select(notes.c.id).where(notes.c.text == bindparam("text")))


class Watched:
    """A database and every statement its writing connection really ran."""

    def __init__(self, database: Database, path: Path) -> None:
        self.database = database
        self.path = path
        self.engine = database._engine
        assert isinstance(self.engine, sqlite.SqliteEngine)
        self.statements: list[str] = []
        self.engine._writer.raw.set_trace_callback(self.statements.append)

    def count(self, statement: str) -> int:
        return sum(each.upper().startswith(statement) for each in self.statements)

    def on_disk(self) -> set[str]:
        """What another process sees."""
        connection = sqlite3.connect(self.path)
        found = {row[0] for row in connection.execute("SELECT text FROM notes")}
        connection.close()
        return found


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    path = tmp_path / "contactpunt.db"
    database = await Database.open(f"sqlite:///{path}")
    await with_notes(database)
    yield Watched(database, path)
    await database.close()


async def add(database: Database, *texts: str) -> None:
    async with database.transaction() as tx:
        for each in texts:
            await tx.run(ADD, text=each)


async def test_those_who_queue_share_a_commit(watched: Watched) -> None:
    await asyncio.gather(*(add(watched.database, f"{i}") for i in range(40)))

    assert watched.count("COMMIT") <= 2
    assert watched.count("SAVEPOINT") == 40
    assert watched.on_disk() == {f"{i}" for i in range(40)}


async def test_a_group_has_a_limit(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "MOST_TOGETHER", 8)
    await asyncio.gather(*(add(watched.database, f"{i}") for i in range(40)))

    assert watched.count("COMMIT") >= 5


async def test_one_after_the_other_commits_each(watched: Watched) -> None:
    for i in range(5):
        await add(watched.database, f"{i}")

    assert watched.count("COMMIT") == 5


async def test_everybody_returns_only_when_it_is_on_disk(watched: Watched) -> None:
    missing: list[str] = []

    async def add_and_look(text: str) -> None:
        await add(watched.database, text)
        if text not in watched.on_disk():
            missing.append(text)

    await asyncio.gather(*(add_and_look(f"{i}") for i in range(30)))

    assert missing == []


async def test_nobody_returns_before_the_last_of_the_group(watched: Watched) -> None:
    """The first has long released its savepoint when the second is still at work."""
    second_is_in = asyncio.Event()
    go_on = asyncio.Event()

    async def second() -> None:
        async with watched.database.transaction() as tx:
            await tx.run(ADD, text="second")
            second_is_in.set()
            await go_on.wait()

    first = asyncio.create_task(add(watched.database, "first"))
    later = asyncio.create_task(second())
    await second_is_in.wait()
    first_was_told = first.done()
    seen_by_others = watched.on_disk()
    go_on.set()
    await asyncio.wait_for(asyncio.gather(first, later), 5)

    assert not first_was_told
    assert seen_by_others == set()
    assert watched.on_disk() == {"first", "second"}
    assert watched.count("COMMIT") == 1


class Full(Exception):
    """A refusal, because of what another one wrote."""


async def refuse_because_of_the_first(watched: Watched) -> None:
    async with watched.database.transaction() as tx:
        if await tx.first(FIND, text="first") is not None:
            raise Full


async def test_r01_a_refusal_waits_for_what_it_rests_on(watched: Watched) -> None:
    """Told before, they would look and see the seat that they were refused."""
    third_is_in, go_on = asyncio.Event(), asyncio.Event()

    async def third() -> None:
        async with watched.database.transaction() as tx:
            await tx.run(ADD, text="third")
            third_is_in.set()
            await go_on.wait()

    first = asyncio.create_task(add(watched.database, "first"))
    refused = asyncio.create_task(refuse_because_of_the_first(watched))
    later = asyncio.create_task(third())
    await third_is_in.wait()
    told_early = refused.done()
    go_on.set()
    with pytest.raises(Full):
        await asyncio.wait_for(refused, 5)
    seen = watched.on_disk()
    await asyncio.gather(first, later)

    assert not told_early
    assert "first" in seen


async def test_r01_no_refusal_rests_on_what_never_came_to_be(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The COMMIT fails: the seat is not gone after all, so they are told to try again."""

    def fails(engine: sqlite.SqliteEngine, group: sqlite._Group) -> None:
        engine._writer.raw.execute("ROLLBACK")
        raise StorageTrouble("planted")

    monkeypatch.setattr(sqlite.SqliteEngine, "_commit", fails)
    found = await asyncio.gather(
        add(watched.database, "first"),
        refuse_because_of_the_first(watched),
        return_exceptions=True,
    )

    assert [type(each) for each in found] == [StorageTrouble, StorageTrouble]
    assert watched.on_disk() == set()


async def test_a_failing_one_takes_nobody_along(watched: Watched) -> None:
    async def fail(text: str) -> None:
        async with watched.database.transaction() as tx:
            await tx.run(ADD, text=text)
            raise LookupError

    results = await asyncio.gather(
        add(watched.database, "a"),
        fail("b"),
        add(watched.database, "c"),
        fail("d"),
        return_exceptions=True,
    )

    assert [type(result) for result in results] == [
        type(None),
        LookupError,
        type(None),
        LookupError,
    ]
    assert watched.on_disk() == {"a", "c"}
    assert watched.count("COMMIT") == 1


async def test_the_last_one_failing_still_commits_for_the_others(watched: Watched) -> None:
    async def fail() -> None:
        async with watched.database.transaction() as tx:
            await tx.run(ADD, text="never")
            raise LookupError

    await asyncio.gather(
        add(watched.database, "a"), add(watched.database, "b"), fail(), return_exceptions=True
    )

    assert watched.on_disk() == {"a", "b"}


async def test_a_failing_commit_fails_all_of_them(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sqlite.SqliteEngine._commit

    def broken(engine: sqlite.SqliteEngine, group: sqlite._Group) -> None:
        engine._writer.raw.execute("ROLLBACK")
        group.lost = True
        real(engine, group)

    monkeypatch.setattr(sqlite.SqliteEngine, "_commit", broken)
    results = await asyncio.gather(
        *(add(watched.database, f"{i}") for i in range(5)), return_exceptions=True
    )
    monkeypatch.undo()

    assert [type(result) for result in results] == [StorageTrouble] * 5
    assert watched.on_disk() == set()
    await add(watched.database, "later")
    assert watched.on_disk() == {"later"}


async def test_m13_the_one_whose_turn_comes_is_cancelled_and_the_group_still_commits(
    watched: Watched,
) -> None:
    """The turn, and with it the duty to commit, was handed to somebody who just left."""
    first = asyncio.create_task(add(watched.database, "first"))
    await asyncio.sleep(0)  # has the turn
    second = asyncio.create_task(add(watched.database, "second"))
    await asyncio.sleep(0)  # queues
    engine = watched.engine
    assert isinstance(engine, sqlite.SqliteEngine)
    while not engine._waiting[0].done():
        await asyncio.sleep(0)
        if not engine._waiting:
            break
    second.cancel()
    await asyncio.wait_for(first, 5)
    await asyncio.gather(second, return_exceptions=True)
    await asyncio.wait_for(add(watched.database, "third"), 5)

    assert {"first", "third"} <= watched.on_disk()


async def test_m13_cancelled_in_the_queue_at_the_moment_the_turn_is_handed_on(
    watched: Watched,
) -> None:
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def holder() -> None:
        async with watched.database.transaction() as tx:
            await tx.run(ADD, text="holder")
            inside.set()
            await go_on.wait()

    holding = asyncio.create_task(holder())
    await inside.wait()
    queued = asyncio.create_task(add(watched.database, "queued"))
    behind = asyncio.create_task(add(watched.database, "behind"))
    await asyncio.sleep(0)
    go_on.set()  # the holder wakes first, and finds the next one already cancelled
    queued.cancel()
    await asyncio.wait_for(asyncio.gather(holding, behind), 5)

    assert queued.cancelled()
    assert watched.on_disk() == {"holder", "behind"}


async def test_m13_cancelled_at_every_step_nothing_is_left_open(watched: Watched) -> None:
    engine = watched.engine
    assert isinstance(engine, sqlite.SqliteEngine)
    for turns in range(40):
        victim = asyncio.create_task(add(watched.database, f"v{turns}a", f"v{turns}b"))
        others = [asyncio.create_task(add(watched.database, f"o{turns}.{i}")) for i in range(3)]
        for _ in range(turns):
            await asyncio.sleep(0)
        victim.cancel()
        await asyncio.gather(victim, return_exceptions=True)
        await asyncio.wait_for(asyncio.gather(*others), 5)
        await asyncio.wait_for(add(watched.database, f"after{turns}"), 5)

        assert not engine._taken
        assert engine._group is None
        assert not engine._writer.raw.in_transaction
        disk = watched.on_disk()
        assert {f"o{turns}.{i}" for i in range(3)} | {f"after{turns}"} <= disk
        assert (f"v{turns}a" in disk) == (f"v{turns}b" in disk)


async def test_m13_without_the_rollback_half_finished_work_would_be_published(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the test above can fail."""
    monkeypatch.setattr(sqlite.SqliteEngine, "_roll_back", lambda engine, group: None)

    async def half() -> None:
        async with watched.database.transaction() as tx:
            await tx.run(ADD, text="half")
            raise asyncio.CancelledError

    await asyncio.gather(half(), return_exceptions=True)
    monkeypatch.undo()
    await asyncio.gather(add(watched.database, "other"), return_exceptions=True)

    assert "half" in watched.on_disk()


async def test_a_transaction_that_does_nothing_costs_nothing(watched: Watched) -> None:
    async with watched.database.transaction() as tx:
        assert isinstance(tx, Transaction)

    assert watched.statements == []
