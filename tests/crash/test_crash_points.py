"""R-07: killed before and after each commit and each call to Telegram, while seats change hands.

The points name themselves: whatever use case or call is added is killed too.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.clock import Now
from bot.info_sessions.model import InfoSessionId
from bot.info_sessions.planning import Planning
from bot.info_sessions.tables import info_session_pools, info_sessions, sign_ups
from bot.notifications.outbox import outbox
from bot.people.model import PersonId
from bot.people.service import People
from bot.people.store import people
from bot.staff import Role, Staff
from bot.storage.database import Database
from tests.support.assistant import Assistant, Talk, data_of, running_assistant, talk
from tests.support.crash_points import NOON, ahead_in, arm, disarm, points_reached
from tests.support.figures import PROOF
from tests.support.info_sessions import an_info_session, check_whole
from tests.support.simulator import Json

ALWAYS = (
    *("InfoSessions.", "Delivery.", "Inbox.", "People."),
    *("getUpdates", "sendMessage", "editMessageText", "answerCallbackQuery"),
)
"""Where everybody comes past in each game; elsewhere only now and then, by the clock."""

WITHIN = 60.0
"""Seconds to wait for somebody's screen, a new life of the process included."""


@dataclass
class Outcome:
    """Everything that is left of one game, without what differs from time to time."""

    rows: list[str]
    said: dict[str, Counter[str]]


@dataclass
class Game:
    """One seat: An has it and withdraws, Bo gets it, Cy does not wait on; the place changes."""

    assistant: Assistant
    boss: PersonId
    within: float = WITHIN
    said: dict[str, Talk] = field(default_factory=dict)

    async def play(self) -> Outcome:
        database = await Database.open(self.assistant.database_url, pool=2)
        try:
            return await self._play(database)
        finally:
            await database.close()

    async def _play(self, database: Database) -> Outcome:
        now = clock_of(self.assistant)
        id_ = await an_info_session(database, 1, starts_at=NOON + timedelta(days=20))
        an, bo, cy = [await talk(self.assistant, name) for name in ("An", "Bo", "Cy")]
        self.said = {"An": an, "Bo": bo, "Cy": cy}
        for who, button in ((an, "withdraw"), (bo, "leave"), (cy, "leave")):
            await who.person.types(f"/start s_{id_}")
            await self.taps(who, f"sign:{id_}")
            await self.sees(who, f"{button}:{id_}")
        await self.taps(an, f"withdraw:{id_}")
        await self.taps(an, f"withdrawn:{id_}")
        await self.taps(bo, "accept:")
        await self.sees(bo, f"withdraw:{id_}")
        await self.taps(cy, f"leave:{id_}")
        await self.sees_no_more(cy, f"leave:{id_}")
        await self.in_peace(an, bo, cy)
        planning = Planning(database, Staff(database, now), now)
        await planning.change(self.boss, id_, place="Erembodegem")
        await self.taps(bo, "coming:")
        await self.in_peace(an, bo, cy)
        await self.all_delivered(database)
        await check_whole(database)
        return Outcome(await self.rows(database, id_), self.texts())

    async def taps(self, who: Talk, data: str) -> None:
        message = await self.sees(who, data)
        found = [each for each in data_of(message) if each.startswith(f"info_sessions.{data}")]
        await who.person.does("tap", message_id=message["message_id"], data=found[0])

    async def sees(self, who: Talk, data: str) -> Json:
        def has_it(message: Json) -> bool:
            return any(each.startswith(f"info_sessions.{data}") for each in data_of(message))

        return await who.person.sees(has_it, within=self.within)

    async def sees_no_more(self, who: Talk, data: str) -> None:
        until = asyncio.get_running_loop().time() + self.within
        while any(f"info_sessions.{data}" in data_of(one) for one in who.person.messages.values()):
            assert asyncio.get_running_loop().time() < until, f"still sees {data}"
            await who.person.look(wait=1)

    async def in_peace(self, *everybody: Talk) -> None:
        """Whatever was to be said to them is said, as far as anybody can tell from outside."""
        for who in everybody:
            mine = (await who.person.types("/help"))["message_id"]
            await who.person.sees(
                lambda message, mine=mine: message["message_id"] > mine,  # type: ignore[misc]
                within=self.within,
            )

    async def all_delivered(self, database: Database) -> None:
        until = asyncio.get_running_loop().time() + self.within
        while True:
            async with database.reading() as reader:
                left = await reader.all(select(outbox.c.key).where(outbox.c.ended_at.is_(None)))
            if not left:
                return
            assert asyncio.get_running_loop().time() < until, [row.key for row in left]
            await asyncio.sleep(0.1)

    async def rows(self, database: Database, id_: InfoSessionId) -> list[str]:
        names = {who.id: name for name, who in self.said.items()}
        async with database.reading() as reader:
            signed = await reader.all(
                select(people.c.account, sign_ups.c.status, sign_ups.c.place, sign_ups.c.ended_how)
                .join(people, people.c.id == sign_ups.c.person_id)
                .where(sign_ups.c.info_session_id == id_)
            )
            told = await reader.all(
                select(people.c.account, outbox.c.text_key, outbox.c.state)
                .join(people, people.c.id == outbox.c.person_id)
                .where(people.c.account.in_(names))
            )
            fields = (info_sessions.c.waiting, info_sessions.c.last_place, info_sessions.c.freed)
            counters = await reader.all(
                select(*fields, info_session_pools.c.taken)
                .join(info_session_pools)
                .where(info_sessions.c.id == id_)
            )
        return sorted(str((names[row[0]], *row[1:])) for row in (*signed, *told)) + [
            str(tuple(row)) for row in counters
        ]

    def texts(self) -> dict[str, Counter[str]]:
        """What each has read, without numbers: ids and moments are others each time."""
        return {
            name: Counter(re.sub(r"\d+", "0", text) for text in who.person.bot_said())
            for name, who in self.said.items()
        }


async def the_coordinator(assistant: Assistant) -> PersonId:
    database = await Database.open(assistant.database_url, pool=1)
    now = clock_of(assistant)
    desk = Staff(database, now)
    boss = (await People(database, now).arrived(900_000, "nl")).id
    invited = await desk.invite(None, Role.COORDINATOR, name="Baas", ends_on=None)
    await desk.redeem(boss, invited.code)
    await database.close()
    return boss


def clock_of(assistant: Assistant) -> Now:
    """As the process sees it, in this life and the next."""
    return lambda: datetime.now(UTC) + ahead_in(assistant.bot.data)


@asynccontextmanager
async def mortal(data: Path, storage: str, *how: str) -> AsyncIterator[Assistant]:
    """An assistant with crash points, started anew as soon as it has died."""
    data.mkdir(parents=True, exist_ok=True)
    command = (sys.executable, "-m", "tests.support.crash_points", str(data), *how)
    async with running_assistant(data, "polling", storage, command=command) as assistant:
        keeper = asyncio.create_task(kept_alive(assistant))
        try:
            yield assistant
        finally:
            keeper.cancel()


async def kept_alive(assistant: Assistant) -> None:
    while True:
        assert assistant.bot.process is not None
        await assistant.bot.process.wait()
        await assistant.bot.start()


def chosen(reached: Counter[str]) -> list[tuple[str, int]]:
    """Which points, and how often each is passed before: all in `make proof`, else a few."""
    every = [(name, before) for name, times in reached.items() for before in range(min(times, 2))]
    if PROOF:
        return every
    return [
        (name, 0)
        for name in (
            "InfoSessions._leave: before its commit",
            "Delivery._lease: after its commit",
        )
    ]


@pytest.mark.parametrize("storage", ["sqlite", "postgresql"] if PROOF else ["sqlite"])
async def test_r07_killed_at_every_point_everything_ends_as_it_should(
    tmp_path: Path, storage: str
) -> None:
    async with mortal(tmp_path / "data", storage) as assistant:
        data, boss = assistant.bot.data, await the_coordinator(assistant)
        undisturbed = await Game(assistant, boss).play()
        begun = 0
        if PROOF:  # what belongs to the start is over by now
            begun = len(points_reached(data))
            assert await Game(assistant, boss).play() == undisturbed
        reached = Counter(points_reached(data)[begun:])
        died_at = []
        for name, before in chosen(reached):
            arm(data, name, before)
            outcome = await Game(assistant, boss).play()
            if not disarm(data):
                died_at.append(name)

            assert outcome.rows == undisturbed.rows, (name, before)
            for who, texts in outcome.said.items():
                assert not undisturbed.said[who] - texts, (name, before, who)
                more = texts - undisturbed.said[who]  # one screen may come once more
                assert more.total() <= 1, (name, before, more)

    print(f"{len(set(died_at))} points, {len(died_at)} kills", *sorted(set(died_at)), sep="\n")
    assert {name for name, _ in chosen(reached) if name.startswith(ALWAYS)} <= set(died_at)


async def test_r07_negative_control_a_promise_outside_the_commit_is_lost(tmp_path: Path) -> None:
    async with mortal(tmp_path / "data", "sqlite", "leaky") as assistant:
        arm(assistant.bot.data, "InfoSessions._leave: after its commit")
        game = Game(assistant, await the_coordinator(assistant), within=4)
        with pytest.raises(AssertionError, match="never saw"):
            await game.play()

        assert not disarm(assistant.bot.data)
        database = await Database.open(assistant.database_url, pool=1)
        async with database.reading() as reader:
            offered = await reader.scalar(
                select(people.c.account)
                .join(sign_ups, sign_ups.c.person_id == people.c.id)
                .where(sign_ups.c.status == "offered")
            )
        await database.close()
        assert offered == game.said["Bo"].id  # it is theirs, and nobody tells them
