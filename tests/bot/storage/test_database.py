"""What `Database` promises, the same on both databases."""

import asyncio

import pytest
from sqlalchemy import Double, bindparam, cast, insert, select, text, update

from bot.errors import Conflict, StorageTrouble
from bot.storage.columns import upsert
from bot.storage.database import Database, prepared
from tests.bot.storage.tables import notes, with_notes

ADD = prepared(insert(notes))
TEXTS = prepared(select(notes.c.text).order_by(notes.c.id))


async def texts(database: Database) -> list[str]:
    async with database.reading() as reader:
        return [row.text for row in await reader.all(TEXTS)]


async def test_everything_in_a_transaction_is_kept(database: Database) -> None:
    await with_notes(database)
    async with database.transaction() as tx:
        touched = await tx.run(ADD, text="one")
        await tx.run_many(ADD, [{"text": "two"}, {"text": "three"}])

    assert touched == 1
    assert await texts(database) == ["one", "two", "three"]


async def test_nothing_of_a_failed_transaction_is_kept(database: Database) -> None:
    await with_notes(database)

    async def broken() -> None:
        async with database.transaction() as tx:
            await tx.run(ADD, text="one")
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        await broken()

    assert await texts(database) == []


async def test_a_constraint_that_refuses_is_a_conflict_and_spends_the_transaction(
    database: Database,
) -> None:
    await with_notes(database)

    async def twice() -> None:
        async with database.transaction() as tx:
            await tx.run(ADD, text="one")
            with pytest.raises(Conflict):
                await tx.run(ADD, text="one")

    with pytest.raises(StorageTrouble):
        await twice()

    assert await texts(database) == []


async def test_rows_are_tuples_with_names(database: Database) -> None:
    await with_notes(database)
    async with database.transaction() as tx:
        made = await tx.one(insert(notes).returning(notes.c.id, notes.c.text), text="one")
        touched = await tx.run(
            update(notes).where(notes.c.id == bindparam("note")).values(text=bindparam("new")),
            note=made.id,
            new="uno",
        )
        found = await tx.all(select(notes.c.id, notes.c.text).where(notes.c.id.in_([made.id, 99])))

    assert (made.text, touched, found) == ("one", 1, [(made.id, "uno")])


async def test_upsert_works_on_both(database: Database) -> None:
    await with_notes(database)
    once = prepared(upsert(notes).on_conflict_do_nothing(index_elements=["text"]))
    async with database.transaction() as tx:
        counts = [await tx.run(once, text="one"), await tx.run(once, text="one")]

    assert counts == [1, 0]


async def test_unknown_and_missing_parameters_are_refused(database: Database) -> None:
    await with_notes(database)
    look = prepared(select(notes.c.id).where(notes.c.text == bindparam("text")))
    async with database.reading() as reader:
        with pytest.raises(TypeError, match=r"not a parameter.*colour"):
            await reader.all(look, text="one", colour="red")
        with pytest.raises(TypeError, match="text"):
            await reader.all(look)


async def test_reading_sees_one_state(database: Database) -> None:
    await with_notes(database)
    async with database.reading() as reader:
        before = await reader.scalar(text("SELECT count(*) FROM notes"))
        async with database.transaction() as tx:
            await tx.run(ADD, text="one")
        after = await reader.scalar(text("SELECT count(*) FROM notes"))

    assert (before, after) == (0, 0)
    assert await texts(database) == ["one"]


async def test_cancelled_at_any_await_leaves_nothing_open(database: Database) -> None:
    """M-13: whoever is cancelled loses only their own work, and it disappears completely."""
    await with_notes(database)

    async def work(name: str) -> None:
        async with database.transaction() as tx:
            for part in "abc":
                await tx.run(ADD, text=f"{name}{part}")

    for turns in range(25):
        victim = asyncio.create_task(work(f"victim{turns}"))
        others = [asyncio.create_task(work(f"other{turns}.{i}")) for i in range(3)]
        for _ in range(turns):
            await asyncio.sleep(0)
        victim.cancel()
        await asyncio.gather(victim, return_exceptions=True)
        await asyncio.gather(*others)

    kept = await texts(database)
    whose = {name[:-1] for name in kept}
    assert {f"other{turns}.{i}" for turns in range(25) for i in range(3)} <= whose
    assert all({f"{name}{part}" for part in "abc"} <= set(kept) for name in whose)


async def test_t03_an_error_does_not_repeat_what_was_to_be_stored(database: Database) -> None:
    await with_notes(database)
    secret = "my number is 85.07.30-033.28"

    async def twice() -> None:
        async with database.transaction() as tx:
            await tx.run(ADD, text=secret)
            await tx.run(ADD, text=secret)

    with pytest.raises(Conflict) as caught:
        await twice()

    assert secret not in str(caught.value)


async def test_emptying_the_log_waits_its_turn_and_commits_who_came_before(
    database: Database,
) -> None:
    await with_notes(database)

    async def add(text: str) -> None:
        async with database.transaction() as tx:
            await tx.run(ADD, text=text)

    await asyncio.gather(add("one"), add("two"), database.forget_traces(), add("three"))

    assert sorted(await texts(database)) == ["one", "three", "two"]


async def test_numbers_with_a_point_come_back_as_they_are(database: Database) -> None:
    async with database.reading() as reader:
        found = await reader.scalar(select(cast(50.9383, Double)))

    assert (found, type(found)) == (50.9383, float)


async def test_what_is_put_off_comes_last_and_goes_with_the_rest(database: Database) -> None:
    await with_notes(database)

    async def three(fails: bool) -> None:
        async with database.transaction() as tx:

            async def last() -> None:
                await tx.run(ADD, text=f"last, {fails}")

            tx.at_the_end(last)
            await tx.run(ADD, text=f"first, {fails}")
            if fails:
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await three(True)
    await three(False)

    assert await texts(database) == ["first, False", "last, False"]


async def test_when_what_was_put_off_fails_nothing_is_kept(database: Database) -> None:
    await with_notes(database)

    async def twice() -> None:
        async with database.transaction() as tx:

            async def last() -> None:
                await tx.run(ADD, text="one")

            tx.at_the_end(last)
            await tx.run(ADD, text="one")

    with pytest.raises(Conflict):
        await twice()

    assert await texts(database) == []
