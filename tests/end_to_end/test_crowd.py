"""R-01, S1: a crowd for three times twenty seats, through the real process and its chat."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.clock import utc_now
from bot.info_sessions.model import InfoSessionId, Status
from bot.info_sessions.tables import sign_ups
from bot.people.store import people
from bot.storage.database import Database
from tests.support.assistant import Assistant, Talk, data_of, running_assistant, talk
from tests.support.figures import figure
from tests.support.info_sessions import an_info_session, check_whole, somebodies
from tests.support.rush import rushers
from tests.support.simulator import Json

CROWD = figure(1000, 30)
SEATS = figure(20, 3)
TWICE = 10
"""Every tenth taps a second time, as one does when nothing seems to happen."""

ANSWERS = ("withdraw:", "leave:", "interested")
"""A seat, a place on the waiting list, and what else there is when there is neither."""

PATIENCE = 120.0
"""Seconds; nobody waits so long, but the test does not measure."""

HANDS = 50
"""What the test itself does at the same moment; the bot is given everything at once."""


async def for_all(who: Sequence[Talk], act: Callable[[Talk], Awaitable[object]]) -> None:
    hands = asyncio.Semaphore(HANDS)

    async def one(person: Talk) -> None:
        async with hands:
            await act(person)

    await asyncio.gather(*map(one, who))


@asynccontextmanager
async def opened(assistant: Assistant) -> AsyncIterator[Database]:
    database = await Database.open(assistant.database_url, pool=4)
    try:
        yield database
    finally:
        await database.close()


async def a_day_of_three(database: Database) -> list[InfoSessionId]:
    """The last one keeps no waiting list: whoever comes too late there is sent on elsewhere."""
    day = {"starts_at": utc_now() + timedelta(days=20), "series": "one day"}
    return [
        await an_info_session(database, SEATS, waiting_list=number < 2, **day)
        for number in range(3)
    ]


def newest(person: Talk) -> Json:
    said = [one for one in person.person.messages.values() if one["from"] == "bot"]
    return max(said, key=lambda message: int(message["message_id"]))


async def all_see(crowd: Sequence[Talk], *actions: str) -> None:
    """Everybody waits for a screen with one of these buttons."""

    def has_one(message: Json) -> bool:
        return any(f"info_sessions.{each}" in data for data in data_of(message) for each in actions)

    await for_all(crowd, lambda person: person.person.sees(has_one, within=PATIENCE))


@pytest.mark.parametrize("storage", ["sqlite", "postgresql"])
async def test_r01_s1_sixty_seats_and_nobody_left_without_a_way_on(
    tmp_path: Path, storage: str
) -> None:
    async with (
        running_assistant(tmp_path, "polling", storage) as assistant,
        opened(assistant) as database,
    ):
        sisters = await a_day_of_three(database)
        crowd = [await talk(assistant, f"Voorbeeld {number}") for number in range(CROWD)]
        chosen = {person.id: sisters[number % 3] for number, person in enumerate(crowd)}
        elsewhere = await somebodies(database, CROWD, first=5_000_000)
        await for_all(crowd, lambda one: one.person.types(f"/start s_{chosen[one.id]}"))
        await all_see(crowd, "sign:")
        buttons = {
            person.id: next(data for data in data_of(newest(person)) if "sign:" in data)
            for person in crowd
        }

        async def taps(person: Talk) -> None:
            tap = {"message_id": newest(person)["message_id"], "data": buttons[person.id]}
            await person.person.does("tap", **tap, force=True)
            if person.id % TWICE == 0:
                await person.person.does("tap", **tap, force=True)

        if storage == "sqlite":
            await for_all(crowd, taps)
        else:  # as many again through another process on the same database
            async with rushers(1, assistant.database_url, "today") as (other,):
                thirds = [elsewhere[number::3] for number in range(3)]

                async def rush() -> None:
                    for sister, third in zip(sisters, thirds, strict=True):
                        await other.rush(sister, third)

                await asyncio.gather(for_all(crowd, taps), rush())
        await all_see(crowd, *ANSWERS)
        await check_whole(database)
        async with database.reading() as reader:
            rows = await reader.all(
                select(people.c.account, sign_ups.c.status, sign_ups.c.info_session_id)
                .join(people, people.c.id == sign_ups.c.person_id)
                .where(sign_ups.c.ended_at.is_(None))
            )
        log = assistant.bot.log

    has = {row.account: row.status for row in rows}
    assert len(has) == len(rows), "one each"
    seats = Counter(row.info_session_id for row in rows if row.status == Status.CONFIRMED.value)
    assert seats == dict.fromkeys(sisters, SEATS)
    for person in crowd:
        ways = {data for one in person.person.messages.values() for data in data_of(one)}
        action = {"confirmed": "withdraw", "waiting": "leave"}.get(has.get(person.id, ""), "")
        if action:  # their screen shows what they have …
            assert f"info_sessions.{action}:{chosen[person.id]}" in ways
        else:  # … or it was the session without a waiting list
            assert chosen[person.id] == sisters[2]
            assert {"info_sessions.interested", "human.open"} <= ways
        assert {"info_sessions.list", "human.open"} <= ways
    assert "handling failed" not in log
