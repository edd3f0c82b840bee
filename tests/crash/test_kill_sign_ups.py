"""R-06: kill -9 the real process while people sign up: nothing is oversold, nothing that Telegram
delivered is lost, and everybody hears what they have.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.clock import utc_now
from bot.info_sessions.hall import Hall
from bot.info_sessions.model import Ending, InfoSessionId, Status
from bot.info_sessions.tables import sign_ups
from bot.notifications.outbox import outbox
from bot.people.store import people
from bot.storage.database import Database
from tests.support.assistant import Assistant, running_assistant
from tests.support.figures import PROOF, figure
from tests.support.info_sessions import an_info_session, check_whole
from tests.support.simulator import SimulatorClient, Somebody
from tests.support.warm import WarmBot

PER_LIFE = 20
WITHDRAWS = 5
"""Every fifth changes their mind at once."""

WHERE = [("sqlite", figure(500, 2))] + ([("postgresql", 100)] if PROOF else [])


async def taps(person: Somebody, data: str) -> None:
    """On a message of long ago: the answer is a new one, so that it can be counted."""
    await person.does("tap", message_id=1, data=f"info_sessions.{data}", force=True)


async def signs_up(person: Somebody, session: InfoSessionId, withdraws: bool) -> None:
    await taps(person, f"sign:{session}")
    if withdraws:
        await taps(person, f"withdrawn:{session}")


class Answers:
    """Who has heard how often, as the simulator sees it."""

    def __init__(self, simulator: SimulatorClient) -> None:
        self._simulator = simulator
        self._since = 0
        self.heard: Counter[int] = Counter()

    async def until(self, enough: Callable[[], bool]) -> None:
        """Wait until it is *enough* (or 30 s went by)."""
        until = asyncio.get_running_loop().time() + 30
        while not enough() and asyncio.get_running_loop().time() < until:
            found = await self._simulator.calls("sendMessage", since=self._since, wait=1)
            self._since = max((call["number"] for call in found), default=self._since)
            self.heard.update(call["account"] for call in found if call["ok"])


@asynccontextmanager
async def from_now_on_warm(assistant: Assistant) -> AsyncIterator[None]:
    """The next lives need not read everything again: it is not the start that is tried here."""
    await assistant.bot.stop()
    warm = WarmBot(assistant.bot.data, assistant.bot.environment)
    assistant.bot = warm
    try:
        await warm.start()
        yield
    finally:
        await warm.close()


async def killed_while_people_sign_up(
    assistant: Assistant, kills: int, sessions: list[InfoSessionId]
) -> dict[int, tuple[InfoSessionId, bool]]:
    """Every life of the process ends in the middle of twenty people; who chose what, and whether
    they withdrew."""
    chance, simulator = random.Random(6), assistant.simulator
    answers, wanted = Answers(simulator), {}
    for _ in range(kills):
        crowd = [await simulator.person(f"Voorbeeld {number}") for number in range(PER_LIFE)]
        for number, person in enumerate(crowd):
            wanted[person.id] = (chance.choice(sessions), number % WITHDRAWS == 0)
        enough = answers.heard.total() + chance.randint(1, PER_LIFE)
        together = asyncio.gather(*(signs_up(person, *wanted[person.id]) for person in crowd))
        await answers.until(lambda enough=enough: answers.heard.total() >= enough)  # type: ignore[misc]
        await asyncio.sleep(chance.random() * 0.02)  # the moment of the kill is what is random
        await assistant.bot.kill()
        await together
        await assistant.bot.start()
        await answers.until(  # Telegram keeps a tap for 150 seconds only
            lambda crowd=crowd: all(  # type: ignore[misc]
                answers.heard[person.id] > wanted[person.id][1] for person in crowd
            )
        )
    return wanted


async def all_done(assistant: Assistant) -> None:
    await assistant.killed_and_restarted()
    while (await assistant.simulator.get("/updates"))["pending"]:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    await assistant.becomes(lambda _, report: report["oldest_seconds"]["inbox"] is None, 120)


async def lost_seats(database: Database, sessions: list[InfoSessionId]) -> list[str]:
    """Seats that are free though somebody waits, and offers that nobody will hear of."""
    found = []
    for id_ in sessions:
        async with database.transaction() as tx:
            hall = await Hall.locked(tx, id_, utc_now())
            found += [str(turn) for turn in (await hall.occupancy()).next_offers()]
    async with database.reading() as reader:
        offered = await reader.all(
            select(sign_ups.c.id, sign_ups.c.place).where(sign_ups.c.status == Status.OFFERED.value)
        )
        promised = {row.key for row in await reader.all(select(outbox.c.key))}
    keys = {f"info_sessions.offered:{row.id}:{row.place}" for row in offered}
    return found + sorted(keys - promised)


@pytest.mark.parametrize(("storage", "kills"), WHERE)
async def test_r06_killed_while_people_sign_up(tmp_path: Path, storage: str, kills: int) -> None:
    settings = {"FLOOD_LIMIT": "0"}
    async with (
        running_assistant(tmp_path, "polling", storage, **settings) as assistant,
        from_now_on_warm(assistant),
    ):
        database = await Database.open(assistant.database_url, pool=2)
        starts_at = utc_now() + timedelta(days=20)
        sessions = [await an_info_session(database, 20, starts_at=starts_at) for _ in range(3)]
        wanted = await killed_while_people_sign_up(assistant, kills, sessions)
        await all_done(assistant)
        calls = await assistant.simulator.calls("sendMessage")
        assert await assistant.bot.stop() == 0

        await check_whole(database)
        lost = await lost_seats(database, sessions)
        async with database.reading() as reader:
            rows = await reader.all(
                select(
                    people.c.account,
                    sign_ups.c.info_session_id,
                    sign_ups.c.status,
                    sign_ups.c.ended_how,
                )
                .join(people, people.c.id == sign_ups.c.person_id)
                .order_by(sign_ups.c.id)
            )
        await database.close()

    answers = Counter(call["account"] for call in calls if call["ok"])
    has = {row.account: (row.info_session_id, row.ended_how == Ending.WITHDRAWN) for row in rows}
    assert len(has) == kills * PER_LIFE
    assert has == wanted  # the last of each: who signed up and withdrew may do both once more
    assert {who for who, (_, left) in wanted.items() if answers[who] < 1 + left} == set()
    assert lost == []
    seated = Counter(row.info_session_id for row in rows if row.status == Status.CONFIRMED.value)
    assert all(seated[id_] <= 20 for id_ in sessions)
    # only who was being answered at the moment of a kill may hear it again.
    repeated = sum(count > 1 + wanted[who][1] for who, count in answers.items())
    assert repeated <= kills * PER_LIFE // 2
    if storage == "sqlite":
        connection = sqlite3.connect(tmp_path / "contactpunt.sqlite")
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()
    print(f"{kills} kills, {len(rows)} sign-ups, {repeated} heard it again", storage)
