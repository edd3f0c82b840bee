"""Info sessions and people for tests, and what must be true of all seats at any time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import func, insert, select

from bot.clock import brussels
from bot.info_sessions.model import InfoSessionId, PoolKind, State, Status
from bot.info_sessions.tables import info_session_pools, info_sessions, sign_ups
from bot.people.model import PersonId
from bot.people.store import people
from bot.storage.database import Database, Reader

STARTS = brussels(2026, 12, 12, 10)
"""Three weeks after the moment at which the fake clock stands."""


async def an_info_session(
    database: Database,
    seats: int = 20,
    *,
    starts_at: datetime = STARTS,
    pools: dict[PoolKind, int] | None = None,
    release_at: datetime | None = None,
    **fields: Any,
) -> InfoSessionId:
    """A published one; *seats* are the general ones, *pools* come beside them."""
    row = {
        "state": State.PUBLISHED,
        "title": "Infosessie",
        "track": "both",
        "language": "nl",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "opens_at": starts_at - timedelta(days=60),
        "closes_at": starts_at - timedelta(hours=1),
        "place": "Aalst",
        "party_max": 5,
        "seats_shown": "exact",
        "head_start_hours": 0,
        "kept_days": 30,
        "uid": uuid4().hex,
        "created_at": starts_at - timedelta(days=61),
        **fields,
    }
    async with database.transaction() as tx:
        made = await tx.one(insert(info_sessions).values(row).returning(info_sessions.c.id))
        rows = [(PoolKind.GENERAL, seats, None)]
        rows += [(kind, size, release_at) for kind, size in (pools or {}).items()]
        for kind, size, release in rows:
            values = {"info_session_id": made.id, "kind": kind, "seats": size}
            await tx.run(insert(info_session_pools).values(values | {"release_at": release}))
    return InfoSessionId(made.id)


async def somebodies(database: Database, count: int, first: int = 1) -> list[PersonId]:
    """So many people, as if each had written to us today."""
    rows = [
        {
            "account": 10_000 + number,
            "language": "nl",
            "language_chosen": False,
            "source": None,
            "last_seen_on": datetime(2026, 11, 21).date(),  # noqa: DTZ001
            "created_at": brussels(2026, 11, 21, 9),
        }
        for number in range(first, first + count)
    ]
    async with database.transaction() as tx:
        await tx.run_many(insert(people), rows)
        found = await tx.all(
            select(people.c.id)
            .where(people.c.account.between(10_000 + first, 10_000 + first + count - 1))
            .order_by(people.c.account)
        )
    return [PersonId(row.id) for row in found]


async def holders(database: Database, id_: InfoSessionId, status: Status) -> list[PersonId]:
    """Who is confirmed, offered or waiting, in the order in which it happened."""
    async with database.reading() as reader:
        rows = await reader.all(
            select(sign_ups.c.person_id)
            .where(sign_ups.c.info_session_id == id_, sign_ups.c.status == status.value)
            .order_by(func.coalesce(sign_ups.c.place, 0), sign_ups.c.id)
        )
    return [PersonId(row[0]) for row in rows]


async def wrong_with(reader: Reader) -> list[str]:
    """Everything about seats that must never be, as sentences; the counters against the rows."""
    problems = []
    taken = {
        row[0]: row[1]
        for row in await reader.all(
            select(sign_ups.c.pool_id, func.sum(sign_ups.c.party))
            .where(sign_ups.c.pool_id.is_not(None))
            .group_by(sign_ups.c.pool_id)
        )
    }
    for pool in await reader.all(select(info_session_pools)):
        held = int(taken.get(pool.id, 0))
        if held > pool.seats:
            problems.append(f"pool {pool.id} is oversold: {held} of {pool.seats}")
        if held != pool.taken:
            problems.append(f"pool {pool.id} counts {pool.taken}, there are {held}")
    waiting = {
        row[0]: row[1]
        for row in await reader.all(
            select(sign_ups.c.info_session_id, func.count())
            .where(sign_ups.c.status == Status.WAITING.value)
            .group_by(sign_ups.c.info_session_id)
        )
    }
    for row in await reader.all(select(info_sessions.c.id, info_sessions.c.waiting)):
        if row.waiting != waiting.get(row.id, 0):
            problems.append(
                f"info session {row.id} counts {row.waiting} waiting, not {waiting.get(row.id, 0)}"
            )
    twice = await reader.all(
        select(sign_ups.c.person_id, sign_ups.c.info_session_id)
        .where(sign_ups.c.ended_at.is_(None), sign_ups.c.person_id.is_not(None))
        .group_by(sign_ups.c.person_id, sign_ups.c.info_session_id)
        .having(func.count() > 1)
    )
    problems += [f"person {row[0]} is signed up twice for {row[1]}" for row in twice]
    return problems


async def check_whole(database: Database) -> None:
    async with database.reading() as reader:
        assert await wrong_with(reader) == []
