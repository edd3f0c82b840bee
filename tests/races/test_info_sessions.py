"""R-01, S1: many people, few seats, all at once: never one too many, and everybody has a way on."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from sqlalchemy import func, select, text

from bot.errors import Conflict, StorageTrouble
from bot.info_sessions import store
from bot.info_sessions.hall import Hall
from bot.info_sessions.model import InfoSessionId, Place, SeatElsewhere, Status
from bot.info_sessions.occupancy import Occupancy
from bot.info_sessions.service import InfoSessions
from bot.info_sessions.tables import sign_ups
from bot.people.model import PersonId
from bot.storage.database import Database
from tests.support.clock import FakeClock
from tests.support.figures import figure
from tests.support.info_sessions import an_info_session, check_whole, holders, somebodies
from tests.support.no_turns import without_turns

SEATS = 5
AT_ONCE = 128
"""As many as the processor of updates serves at the same moment."""

Found = TypeVar("Found")


async def persistently(work: Callable[[], Awaitable[Found]]) -> Found:
    """As the inbox does: when the database is too busy, nothing was changed, and it is tried
    again."""
    while True:
        try:
            return await work()
        except StorageTrouble:
            continue


async def rush(
    database: Database, id_: InfoSessionId, people: list[PersonId], clock: FakeClock
) -> list[Place]:
    service = InfoSessions(database, clock)
    return await asyncio.gather(
        *(persistently(lambda person=person: service.sign_up(person, id_)) for person in people)  # type: ignore[misc]
    )


async def confirmed_seats(database: Database, id_: InfoSessionId) -> int:
    async with database.reading() as reader:
        found = await reader.scalar(
            select(func.coalesce(func.sum(sign_ups.c.party), 0)).where(
                sign_ups.c.info_session_id == id_, sign_ups.c.status == Status.CONFIRMED.value
            )
        )
    return int(found)


async def test_r01_fifty_at_once_for_five_seats(database: Database, clock: FakeClock) -> None:
    people = await somebodies(database, 50)
    service = InfoSessions(database, clock)
    outcomes = []
    for _ in range(figure(200, 4)):
        id_ = await an_info_session(database, SEATS)
        places = await rush(database, id_, people, clock)
        statuses = Counter(place.sign_up.status for place in places)
        positions = sorted(place.position for place in places if place.position is not None)
        outcomes.append(
            (statuses[Status.CONFIRMED], await confirmed_seats(database, id_), positions)
        )
        await asyncio.gather(
            *(
                persistently(lambda person=person: service.withdraw(person, id_))  # type: ignore[misc] # noqa: B023
                for person in people
            )
        )
        assert await confirmed_seats(database, id_) == 0

    assert set(map(str, outcomes)) == {str((SEATS, SEATS, list(range(1, 46))))}
    await check_whole(database)


async def test_r01_two_processes_worth_of_connections(database_url: str, clock: FakeClock) -> None:
    """Two `Database`s know nothing of each other, as two processes do."""
    one, other = await Database.open(database_url), await Database.open(database_url)
    people = await somebodies(one, 50)
    for _ in range(figure(50, 2)):
        id_ = await an_info_session(one, SEATS)
        halves = await asyncio.gather(
            rush(one, id_, people[:30], clock), rush(other, id_, people[20:], clock)
        )
        seats = sum(
            place.sign_up.status is Status.CONFIRMED and place.new
            for half in halves
            for place in half
        )

        assert (seats, await confirmed_seats(other, id_)) == (SEATS, SEATS)
        async with one.transaction() as tx:
            await tx.run(text("DELETE FROM sign_ups"))
            await tx.run(text("UPDATE info_session_pools SET taken = 0"))
            await tx.run(text("UPDATE info_sessions SET waiting = 0"))
    await one.close()
    await other.close()


async def test_s1_a_crowd_for_three_times_twenty(database: Database, clock: FakeClock) -> None:
    """Everybody tries all three sessions of the day: sixty seats, nobody has two, and who has
    none waits for one."""
    crowd = figure(1000, 150)
    sisters = [await an_info_session(database, 20, series="12 december") for _ in range(3)]
    people = await somebodies(database, crowd)
    service = InfoSessions(database, clock)
    serving = asyncio.Semaphore(AT_ONCE)
    ways_on: Counter[PersonId] = Counter()

    async def tries(person: PersonId, id_: InfoSessionId) -> None:
        async with serving:
            try:
                await persistently(lambda: service.sign_up(person, id_))
            except SeatElsewhere:
                return
            ways_on[person] += 1

    await asyncio.gather(
        *(
            tries(person, sisters[(index + turn) % 3])
            for turn in range(3)
            for index, person in enumerate(people)
        )
    )

    seated = [
        person for id_ in sisters for person in await holders(database, id_, Status.CONFIRMED)
    ]
    assert len(seated) == len(set(seated)) == 60
    assert set(ways_on) == set(people)
    await check_whole(database)


async def test_s7_moving_both_ways_at_once_waits_in_no_circle(
    database: Database, clock: FakeClock
) -> None:
    """A deadlock would show as trouble with the storage; nobody loses a seat either."""
    one, other = await an_info_session(database, 8), await an_info_session(database, 8)
    people = await somebodies(database, 12)
    service = InfoSessions(database, clock)
    for index, person in enumerate(people):
        await service.sign_up(person, one if index % 2 else other)
    for _ in range(figure(20, 3)):
        here = await holders(database, one, Status.CONFIRMED)
        there = await holders(database, other, Status.CONFIRMED)
        moves = [(person, one, other) for person in here]
        moves += [(person, other, one) for person in there]
        await asyncio.gather(*(service.move(*move) for move in moves))

        await check_whole(database)
        held = await holders(database, one, Status.CONFIRMED)
        held += await holders(database, other, Status.CONFIRMED)
        assert sorted(held) == people
        for person in people:
            for id_ in (one, other):
                await service.leave_waiting(person, id_)


async def without_the_guard_in_the_table(database: Database) -> None:
    if database.dialect == "postgresql":
        async with database.transaction() as tx:
            await tx.run(
                text(
                    "ALTER TABLE info_session_pools"
                    " DROP CONSTRAINT ck_info_session_pools_not_oversold"
                )
            )
    else:
        engine: Any = database._engine
        engine._writer.raw.execute("PRAGMA ignore_check_constraints=ON")


def without_the_lock(dialect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody decides on what they happened to see."""
    monkeypatch.setattr(store, "_LOCK", store._GET)
    if dialect == "sqlite":
        without_turns(monkeypatch)
    else:
        looks_before_anybody_decides(monkeypatch, SEATS + 1)


def looks_before_anybody_decides(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """The first *count* see the same free seats, on a fast machine and on a slow one."""
    occupancy, all_looked, looked = Hall.occupancy, asyncio.Event(), 0

    async def look(hall: Hall) -> Occupancy:
        nonlocal looked
        seen = await occupancy(hall)
        looked += 1
        if looked >= count:
            all_looked.set()
        await asyncio.wait_for(all_looked.wait(), timeout=10)
        return seen

    monkeypatch.setattr(Hall, "occupancy", look)


async def one_try_each(
    database: Database, id_: InfoSessionId, people: list[PersonId], clock: FakeClock
) -> list[Place | BaseException]:
    service = InfoSessions(database, clock)
    return await asyncio.gather(
        *(service.sign_up(person, id_) for person in people), return_exceptions=True
    )


async def test_r01_negative_control_without_the_lock_it_oversells(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = await somebodies(database, 40)
    id_ = await an_info_session(database, SEATS)
    await without_the_guard_in_the_table(database)
    without_the_lock(database.dialect, monkeypatch)
    await one_try_each(database, id_, people, clock)
    monkeypatch.undo()

    assert await confirmed_seats(database, id_) > SEATS


async def test_r01_without_the_lock_the_table_still_refuses(
    postgres_database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard behind the lock: a bug gives errors, never a sixth seat."""
    people = await somebodies(postgres_database, 40)
    id_ = await an_info_session(postgres_database, SEATS)
    without_the_lock("postgresql", monkeypatch)
    found = await one_try_each(postgres_database, id_, people, clock)

    assert any(isinstance(each, Conflict) for each in found)
    assert await confirmed_seats(postgres_database, id_) == SEATS
