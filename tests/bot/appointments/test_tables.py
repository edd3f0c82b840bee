"""R-02: the database alone refuses a second talk at one time, whatever the program does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert, update

from bot.appointments.tables import appointments
from bot.clock import brussels
from bot.errors import Conflict
from bot.people.model import PersonId
from bot.storage.database import Database
from tests.support.appointments import NOW, check_whole, contact_points
from tests.support.info_sessions import somebodies

TEN = brussels(2026, 11, 23, 10)
HALF_AN_HOUR = timedelta(minutes=30)


def row(
    person: PersonId, colleague: PersonId, starts_at: datetime = TEN, **fields: Any
) -> dict[str, Any]:
    return {
        "state": "confirmed",
        "person_id": person,
        "colleague_id": colleague,
        "kind": "place",
        "topic": "selection",
        "track": "uniform",
        "language": "nl",
        "starts_at": starts_at,
        "ends_at": starts_at + HALF_AN_HOUR,
        "busy_from": starts_at,
        "busy_until": starts_at + HALF_AN_HOUR,
        "uid": uuid4().hex,
        "why": "fewest",
        "created_at": NOW,
        **fields,
    }


async def put(database: Database, **fields: Any) -> int:
    async with database.transaction() as tx:
        made = await tx.one(insert(appointments).values(fields).returning(appointments.c.id))
    return int(made.id)


@pytest.mark.parametrize("state", ["held", "requested", "proposed", "confirmed"])
async def test_r02_the_database_alone_refuses_the_second(database: Database, state: str) -> None:
    an, bo = await somebodies(database, 2)
    cem, dirk = await contact_points(database, 2)
    hold = {"hold_until": NOW} if state in ("held", "proposed") else {}
    await put(database, **row(an, cem, state=state, **hold))

    for late in (timedelta(), timedelta(minutes=29), timedelta(minutes=-29)):
        with pytest.raises(Conflict):
            await put(database, **row(bo, cem, TEN + late))
        with pytest.raises(Conflict):
            await put(database, **row(an, dirk, TEN + late))
    await put(database, **row(bo, cem, TEN + HALF_AN_HOUR))
    await put(database, **row(bo, dirk, TEN - HALF_AN_HOUR))
    await check_whole(database)


async def test_r02_nor_by_moving_nor_by_coming_back(database: Database) -> None:
    an, bo = await somebodies(database, 2)
    (cem,) = await contact_points(database, 1)
    ended = {"state": "ended", "ended_at": NOW, "ended_how": "cancelled"}
    first = await put(database, **row(an, cem, **ended))
    second = await put(database, **row(bo, cem))
    back = {"state": "confirmed", "ended_at": None, "ended_how": None}
    moved = {"busy_from": TEN, "starts_at": TEN}

    third = await put(database, **row(an, cem, TEN + HALF_AN_HOUR))
    for id_, change in ((first, back), (third, moved)):
        with pytest.raises(Conflict):
            async with database.transaction() as tx:
                await tx.run(update(appointments).where(appointments.c.id == id_).values(change))
    async with database.transaction() as tx:
        await tx.run(update(appointments).where(appointments.c.id == second).values(ended))
        await tx.run(update(appointments).where(appointments.c.id == first).values(back))
    await check_whole(database)


async def test_r02_the_minutes_around_a_talk_count(database: Database) -> None:
    an, bo = await somebodies(database, 2)
    (cem,) = await contact_points(database, 1)
    around = {"busy_until": TEN + timedelta(minutes=45)}
    await put(database, **row(an, cem, **around))

    with pytest.raises(Conflict):
        await put(database, **row(bo, cem, TEN + HALF_AN_HOUR))
    await put(database, **row(bo, cem, TEN + timedelta(minutes=45)))
