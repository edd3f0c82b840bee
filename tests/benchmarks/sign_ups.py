"""A thousand people for three times twenty seats, all at the same moment (S1)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from bot.clock import utc_now
from bot.info_sessions.model import InfoSessionId, Status
from bot.info_sessions.tables import sign_ups
from bot.storage.database import Database
from tests.benchmarks.load_server import LoadServer
from tests.support.info_sessions import an_info_session

CROWD = 1000
SEATS = 20
ROUNDS = 3


async def a_crowd_signs_up(server: LoadServer, data: Path) -> list[float]:
    """Seconds from each person's tap to their answer, over some rounds with other people.

    Raises:
        AssertionError: not exactly the seats there are were given away.
    """
    database = await Database.open(f"sqlite:///{data / 'contactpunt.sqlite'}", pool=1)
    times = []
    for number in range(ROUNDS):
        day = {"starts_at": utc_now() + timedelta(days=20), "series": f"day {number}"}
        sisters = [await an_info_session(database, SEATS, **day) for _ in range(3)]
        server.tap = lambda person, sisters=sisters: f"info_sessions.sign:{sisters[person % 3]}"  # type: ignore[misc]
        people = range(1_000_000 + number * CROWD, 1_000_000 + (number + 1) * CROWD)
        times += (await server.burst(people)).latencies
        seats = await taken(database)
        assert [seats[id_] for id_ in sisters] == [SEATS] * 3, seats
    server.tap = None
    await database.close()
    return sorted(times)


async def taken(database: Database) -> Counter[InfoSessionId]:
    async with database.reading() as reader:
        rows = await reader.all(
            select(sign_ups.c.info_session_id).where(sign_ups.c.status == Status.CONFIRMED.value)
        )
    return Counter(row[0] for row in rows)


async def a_crowd_writes(server: LoadServer) -> list[float]:
    """The same crowd says something to the yardstick."""
    times = []
    for number in range(ROUNDS):
        people = range(1_000_000 + number * CROWD, 1_000_000 + (number + 1) * CROWD)
        times += (await server.burst(people)).latencies
    return sorted(times)
