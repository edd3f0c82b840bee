"""R-01 between processes of the operating system, which share nothing but the database."""

from __future__ import annotations

import asyncio
from collections import Counter

from sqlalchemy import text

from bot.info_sessions.model import InfoSessionId, Status
from bot.people.model import PersonId
from bot.storage.database import Database
from tests.races.test_info_sessions import confirmed_seats, without_the_guard_in_the_table
from tests.support.figures import figure
from tests.support.info_sessions import an_info_session, check_whole, holders, somebodies
from tests.support.rush import Rusher, rushers

SEATS = 5
PEOPLE = 50
PROCESSES = {"sqlite": 4, "postgresql": 2}
ROUNDS = figure(200, 3)


async def all_at_once(
    processes: list[Rusher], id_: InfoSessionId, people: list[PersonId]
) -> list[tuple[int, str]]:
    """Each process has its share of the people; some tap twice, in two processes."""
    share = len(people) // len(processes) + 5
    starts = [len(people) * number // len(processes) for number in range(len(processes))]
    outcomes = await asyncio.gather(
        *(
            process.rush(id_, people[start : start + share])
            for process, start in zip(processes, starts, strict=True)
        )
    )
    return [outcome for each in outcomes for outcome in each.items()]


async def forgotten(database: Database) -> None:
    """So that everybody may sign up anew."""
    async with database.transaction() as tx:
        await tx.run(text("DELETE FROM sign_ups"))
        await tx.run(text("UPDATE info_session_pools SET taken = 0"))
        await tx.run(text("UPDATE info_sessions SET waiting = 0"))


async def test_r01_rounds_of_fifty_between_processes(database: Database) -> None:
    people = await somebodies(database, PEOPLE)
    outcomes = []
    async with rushers(PROCESSES[database.dialect], database.location.dsn) as processes:
        for _ in range(ROUNDS):
            id_ = await an_info_session(database, SEATS)
            said = set(await all_at_once(processes, id_, people))
            told = Counter(outcome for _, outcome in said)
            queue = await holders(database, id_, Status.WAITING)
            outcomes.append(
                (dict(told), await confirmed_seats(database, id_), len(queue), len(set(queue)))
            )
            await check_whole(database)
            await forgotten(database)

    right = ({"confirmed": SEATS, "waiting": PEOPLE - SEATS}, SEATS, PEOPLE - SEATS, PEOPLE - SEATS)
    assert [each for each in outcomes if each != right] == []
    assert len(outcomes) == ROUNDS


async def test_r01_negative_control_two_processes_without_the_lock_oversell(
    postgres_database: Database,
) -> None:
    people = await somebodies(postgres_database, 16)
    id_ = await an_info_session(postgres_database, SEATS)
    await without_the_guard_in_the_table(postgres_database)
    async with rushers(2, postgres_database.location.dsn, "unlocked") as (one, other):
        await asyncio.gather(one.rush(id_, people[:8]), other.rush(id_, people[8:]))

    assert await confirmed_seats(postgres_database, id_) > SEATS
