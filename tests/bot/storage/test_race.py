"""R-01 at the level of the storage: what was counted inside a transaction stays true."""

import asyncio

import pytest
from sqlalchemy import Column, Integer, MetaData, func, insert, select, text
from sqlalchemy.schema import CreateTable

from bot.storage.columns import RowId
from bot.storage.database import Database, prepared
from bot.storage.inventory import About, impersonal, table
from bot.storage.statements import DIALECTS
from tests.support.no_turns import without_turns

SEATS = 5
apart = MetaData()
_ABOUT = About(purpose="tests of the storage", kept_because="goes with the test")
events = table(
    "events",
    Column("id", RowId, primary_key=True, info=impersonal("a number")),
    Column("seats", Integer, nullable=False, info=impersonal("a number")),
    about=_ABOUT,
    metadata=apart,
)
sold = table(
    "sold",
    Column("id", RowId, primary_key=True, info=impersonal("a number")),
    Column("buyer", Integer, nullable=False, info=impersonal("a number")),
    about=_ABOUT,
    metadata=apart,
)

SEATS_LOCKED = prepared(select(events.c.seats).with_for_update())
SEATS_UNLOCKED = prepared(select(events.c.seats))
SOLD = prepared(select(func.count()).select_from(sold))
SELL = prepared(insert(sold))


async def prepare(database: Database) -> None:
    async with database.transaction() as tx:
        for each in (events, sold):
            ddl = CreateTable(each).compile(dialect=DIALECTS[database.dialect])
            await tx.run(text(str(ddl)))
        await tx.run(insert(events).values(seats=SEATS))


async def buy(database: Database, buyer: int, *, locked: bool = True) -> bool:
    async with database.transaction() as tx:
        seats = await tx.scalar(SEATS_LOCKED if locked else SEATS_UNLOCKED)
        count = await tx.scalar(SOLD)
        await asyncio.sleep(0.001)  # long enough for everybody else to count too
        if count >= seats:
            return False
        await tx.run(SELL, buyer=buyer)
        return True


async def total(database: Database) -> int:
    async with database.reading() as reader:
        return int(await reader.scalar(SOLD))


async def test_r01_count_then_insert_sells_exactly_the_seats(database: Database) -> None:
    await prepare(database)
    bought = await asyncio.gather(*(buy(database, buyer) for buyer in range(30)))

    assert sum(bought) == SEATS
    assert await total(database) == SEATS


async def test_r01_two_processes_worth_of_connections_agree(database_url: str) -> None:
    """Two `Database`s know nothing of each other, as two processes do."""
    one, other = await Database.open(database_url), await Database.open(database_url)
    await prepare(one)
    bought = await asyncio.gather(
        *(buy(database, buyer) for database in (one, other) for buyer in range(15))
    )

    assert (sum(bought), await total(other)) == (SEATS, SEATS)
    await one.close()
    await other.close()


async def test_r01_without_the_row_lock_it_oversells(postgres_database: Database) -> None:
    """The control on PostgreSQL: the race is real."""
    await prepare(postgres_database)
    await asyncio.gather(*(buy(postgres_database, buyer, locked=False) for buyer in range(30)))

    assert await total(postgres_database) > SEATS


async def test_r01_without_taking_turns_it_oversells(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control on SQLite: everybody on the one connection at once."""
    await prepare(sqlite_database)

    without_turns(monkeypatch)
    await asyncio.gather(
        *(buy(sqlite_database, buyer) for buyer in range(30)), return_exceptions=True
    )
    monkeypatch.undo()

    assert await total(sqlite_database) > SEATS
