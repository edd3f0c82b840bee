"""A process of its own that signs people up when it is told to: `python -m tests.support.rush URL`.

A line of JSON on stdin is a rush: `{"session": 7, "people": [1, 2, …]}`; a line on stdout is what
came of it: `{"1": "confirmed", "2": "waiting", …}`. With `unlocked` as second argument everybody
decides on what they happened to see, all of them before anybody takes a seat; with `today` the
clock is the real one.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from bot.clock import utc_now
from bot.errors import Conflict, Refusal, StorageTrouble
from bot.info_sessions import store
from bot.info_sessions.hall import Hall
from bot.info_sessions.model import InfoSessionId
from bot.info_sessions.occupancy import Occupancy
from bot.info_sessions.service import InfoSessions
from bot.people.model import PersonId
from bot.storage.database import Database
from tests.support.clock import FakeClock


async def main(url: str, *how: str) -> None:
    database = await Database.open(url)
    service = InfoSessions(database, utc_now if "today" in how else FakeClock())
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        rush = json.loads(line)
        people = rush["people"]
        if "unlocked" in how:
            unlock(min(len(people), 8))
        outcomes = await asyncio.gather(
            *(signed_up(service, PersonId(person), rush["session"]) for person in people)
        )
        print(json.dumps(dict(zip(people, outcomes, strict=True))), flush=True)
    await database.close()


async def signed_up(service: InfoSessions, person: PersonId, session: int) -> str:
    """As the inbox does: trouble with the storage changed nothing, and is tried again."""
    while True:
        try:
            place = await service.sign_up(person, InfoSessionId(session))
        except StorageTrouble:
            continue
        except Refusal as refused:
            return type(refused).__name__
        except Conflict:
            return "conflict"
        return str(place.sign_up.status)


def unlock(count: int) -> None:
    """The first *count* of this process see the same free seats (no more than connections)."""
    store._LOCK = store._GET
    occupancy, all_looked, looked = Hall.occupancy, asyncio.Event(), 0

    async def look(hall: Hall) -> Occupancy:
        nonlocal looked
        seen = await occupancy(hall)
        looked += 1
        if looked >= count:
            all_looked.set()
        await asyncio.wait_for(all_looked.wait(), timeout=10)
        return seen

    Hall.occupancy = look  # type: ignore[method-assign]


class Rusher:
    """Such a process, seen from the test."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def rush(self, session: int, people: Sequence[int]) -> dict[int, str]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        line = json.dumps({"session": session, "people": list(people)})
        self._process.stdin.write(f"{line}\n".encode())
        said = await self._process.stdout.readline()
        outcomes: dict[str, str] = json.loads(said)
        return {int(person): outcome for person, outcome in outcomes.items()}


@asynccontextmanager
async def rushers(count: int, url: str, *how: str) -> AsyncIterator[list[Rusher]]:
    async with AsyncExitStack() as opened:
        started = [await opened.enter_async_context(_started(url, *how)) for _ in range(count)]
        for process in started:
            assert process.stdout is not None
            assert await process.stdout.readline() == b"ready\n"
        yield [Rusher(process) for process in started]


@asynccontextmanager
async def _started(*arguments: str) -> AsyncIterator[Any]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.support.rush", *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
