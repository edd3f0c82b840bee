"""The durable inbox: once accepted, an update is there until it is finished, and only once."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.errors import StorageTrouble
from bot.health import Health
from bot.inbox import Arrival, Inbox, inbox
from bot.storage.database import Database, Transaction
from tests.support.clock import FakeClock


def arrivals(*ids: int, key: int = 7) -> list[Arrival]:
    return [Arrival(id_, key, f'{{"update_id": {id_}}}') for id_ in ids]


def ids_of(found: list[Arrival]) -> list[int]:
    return [arrival.update_id for arrival in found]


async def rows_of(database: Database) -> dict[int, object]:
    async with database.reading() as reader:
        return {row.update_id: row for row in await reader.all(select(inbox))}


async def test_r08_what_was_accepted_is_there_after_a_restart(database: Database):
    accepted = await Inbox(database).accept(arrivals(1, 2, 3))
    # The process dies here; nothing of it is left.
    again = await Inbox(database).unfinished()

    assert again == accepted == arrivals(1, 2, 3)


async def test_r08_what_was_finished_does_not_come_back(database: Database):
    first = Inbox(database)
    await first.accept(arrivals(1, 2, 3))
    first.finished(2)
    await first.flush()

    assert ids_of(await Inbox(database).unfinished()) == [1, 3]


async def test_finishing_writes_itself_soon_and_together(sqlite_database: Database):
    health = Health()
    box = Inbox(sqlite_database, health=health)
    await box.accept(arrivals(*range(50)))
    for id_ in range(50):
        box.finished(id_)
    async with asyncio.timeout(5):
        while health.counts["updates_finished"] < 50:  # noqa: ASYNC110  nobody tells us
            await asyncio.sleep(0)

    assert await box.unfinished() == []


async def test_p14_the_text_and_the_account_are_gone_once_it_is_finished(
    database: Database, clock: FakeClock
):
    box = Inbox(database, now=clock)
    await box.accept(arrivals(1))
    clock.advance(timedelta(seconds=2))
    box.finished(1)
    await box.flush()

    row = (await rows_of(database))[1]
    assert (row.body, row.order_key, row.finished_at) == (None, None, clock())


async def test_r09_a_repeat_is_not_handed_out(database: Database):
    box = Inbox(database)
    assert ids_of(await box.accept(arrivals(1, 2))) == [1, 2]
    box.finished(1)

    assert ids_of(await box.accept(arrivals(2, 3, 1, 3))) == [3]
    await box.flush()
    assert ids_of(await box.accept(arrivals(1, 2, 3))) == []


async def test_r09_every_update_thrice_and_shuffled_is_handed_out_once(database: Database):
    box = Inbox(database)
    order = random.Random(20261121)
    wanted = list(range(100)) * 3
    order.shuffle(wanted)
    groups = [wanted[at : at + 7] for at in range(0, len(wanted), 7)]

    handed_out = await asyncio.gather(*(box.accept(arrivals(*group)) for group in groups))

    assert sorted(id_ for found in handed_out for id_ in ids_of(found)) == list(range(100))


async def test_r09_control_without_the_lookup_a_repeat_is_handled_twice(database: Database):
    class Forgetful(Inbox):
        async def _store(self, tx: Transaction, batches, now):
            return [list(batch) for batch in batches]

    box = Forgetful(database)
    handed_out = [*await box.accept(arrivals(1)), *await box.accept(arrivals(1))]

    assert ids_of(handed_out) == [1, 1]


async def test_b05_numbers_that_start_anew_from_below_are_new(database: Database):
    box = Inbox(database)
    await box.accept(arrivals(900_000_000))

    assert ids_of(await box.accept(arrivals(17))) == [17]


async def test_r20_the_third_failure_parks_and_is_counted(database: Database):
    health = Health()
    box = Inbox(database, health=health)
    await box.accept(arrivals(1, 2))

    assert [await box.failed(1, "KeyError at a.py:1") for _ in range(3)] == [False, False, True]
    assert ids_of(await box.unfinished()) == [2]
    assert health.counts["updates_parked"] == 1
    assert (await rows_of(database))[1].reason == "KeyError at a.py:1"


async def test_b07_what_is_no_update_is_kept_parked_and_not_handed_out(database: Database):
    health = Health()
    box = Inbox(database, health=health)
    broken = Arrival(-5, -5, '"<html>"', unusable="not an update")

    assert await box.accept([broken]) == []
    assert await box.accept([broken]) == []
    assert await box.unfinished() == []
    assert health.counts["updates_parked"] == 1
    assert (await rows_of(database))[-5].parked_at is not None


async def test_r12_an_answer_may_be_unsure_once(database: Database):
    box = Inbox(database)
    await box.accept(arrivals(1))

    assert [await box.maybe_answered(1) for _ in range(3)] == [True, False, False]


async def test_r21_storage_trouble_accepts_nothing_and_keeps_what_is_finished(
    sqlite_database: Database,
):
    health = Health()
    flaky = Flaky(sqlite_database)
    box = Inbox(flaky, health=health)
    await box.accept(arrivals(1))
    flaky.broken = True
    box.finished(1)
    with pytest.raises(StorageTrouble):
        await box.accept(arrivals(2))
    with pytest.raises(StorageTrouble):
        await box.flush()
    assert "storage: full" in (await health.report())["troubles"]

    flaky.broken = False
    assert ids_of(await box.accept(arrivals(2))) == [2]
    await box.flush()
    assert ids_of(await box.unfinished()) == [2]
    assert (await health.report())["troubles"] == []


async def test_callers_at_the_same_moment_share_commits(sqlite_database: Database):
    flaky = Flaky(sqlite_database)
    box = Inbox(flaky)

    await asyncio.gather(*(box.accept(arrivals(id_)) for id_ in range(100)))

    assert flaky.transactions < 5


async def test_the_oldest_one_that_waits_is_known(database: Database, clock: FakeClock):
    box = Inbox(database, now=clock)
    assert await box.waiting_for() is None
    await box.accept(arrivals(1))
    clock.advance(timedelta(minutes=3))
    await box.accept(arrivals(2))

    assert await box.waiting_for() == timedelta(minutes=3)


class Flaky:
    """A database that can be told to be full, and counts its transactions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.broken = False
        self.transactions = 0
        self.reading = database.reading

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        if self.broken:
            raise StorageTrouble("full")
        self.transactions += 1
        async with self._database.transaction() as tx:
            yield tx
