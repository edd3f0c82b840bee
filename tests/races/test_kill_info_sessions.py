"""R-06: kill -9 while people sign up: no seat too many, nothing acknowledged lost, all of it whole.

The process below is the use case and the database, without a chat before it.
"""

from __future__ import annotations

import asyncio
import random
import signal
import sqlite3
import sys
from pathlib import Path

from sqlalchemy import select

from bot.info_sessions.tables import sign_ups
from bot.storage.database import Database
from tests.support.figures import figure
from tests.support.info_sessions import an_info_session, check_whole, somebodies

ROOT = Path(__file__).parents[2]
KILLS = figure(500, 4)
PEOPLE = figure(10_000, 240)

SIGNING_UP = """
import asyncio, sys
from bot.errors import Refusal, StorageTrouble
from bot.info_sessions.service import InfoSessions
from bot.storage.database import Database
from tests.support.clock import FakeClock

async def main():
    url, first, last, *sessions = sys.argv[1:]
    service = InfoSessions(await Database.open(url), FakeClock())
    line = iter(range(int(first), int(last) + 1))

    async def serve():
        for person in line:
            session = int(sessions[person % len(sessions)])
            try:
                place = await service.sign_up(person, session)
                if person % 5 == 0:
                    await service.withdraw(person, session)
                else:
                    print(person, place.sign_up.id, flush=True)
            except (Refusal, StorageTrouble):
                pass

    await asyncio.gather(*(serve() for _ in range(16)))

asyncio.run(main())
"""


async def test_r06_kill_9_oversells_nothing_and_loses_nothing(database_url: str) -> None:
    database = await Database.open(database_url)
    people = await somebodies(database, PEOPLE)
    sessions = [str(await an_info_session(database, 20)) for _ in range(3)]
    chance = random.Random(6)
    acknowledged: set[tuple[int, int]] = set()
    share = PEOPLE // KILLS
    for life in range(KILLS):
        first, last = people[life * share], people[(life + 1) * share - 1]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", SIGNING_UP, database_url, str(first), str(last), *sessions),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=ROOT,
        )
        assert process.stdout is not None
        lines = []
        for _ in range(chance.randint(1, share // 2)):
            lines.append(await process.stdout.readline())
        await asyncio.sleep(chance.random() * 0.01)  # the moment of the kill is what is random
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        rest, complaints = await process.communicate()
        assert complaints == b""
        lines += [each for each in rest.splitlines(keepends=True) if each.endswith(b"\n")]
        for each in lines:
            if each:
                person, number = each.split()
                acknowledged.add((int(person), int(number)))
        await check_whole(database)

    async with database.reading() as reader:
        rows = await reader.all(
            select(sign_ups.c.person_id, sign_ups.c.id).where(sign_ups.c.ended_at.is_(None))
        )
    kept = {(row[0], row[1]) for row in rows}
    await database.close()

    assert len(acknowledged) > KILLS
    assert acknowledged <= kept
    if database_url.startswith("sqlite"):
        connection = sqlite3.connect(database_url.removeprefix("sqlite:///"))
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()
