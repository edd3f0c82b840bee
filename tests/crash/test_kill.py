"""kill -9 the real process while people write: nothing Telegram delivered may be lost."""

from __future__ import annotations

import asyncio
import random
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.inbox import inbox
from bot.storage.database import Database
from tests.support.figures import figure
from tests.support.process import BotProcess, bot_process
from tests.support.simulator import SimulatorClient, running_simulator

KILLS = figure(100, 4)
PER_LIFE = 20
PEOPLE = KILLS * PER_LIFE


@dataclass(frozen=True)
class Outcome:
    """Of *PEOPLE* people who each wrote one message."""

    unanswered: int
    answered_more_than_once: int


async def killed_while_people_write(
    simulator: SimulatorClient, bot: BotProcess, seed: int
) -> Outcome:
    """Every life of the process gets some updates and ends in the middle of them."""
    chance = random.Random(seed)
    await simulator.post("/limits", enforce=False)
    people = [await simulator.person(f"Voorbeeld {number}") for number in range(PEOPLE)]
    for life in range(KILLS):
        seen = await _last_call(simulator)
        for person in people[life * PER_LIFE : (life + 1) * PER_LIFE]:
            await person.does("text", text="/start")
        await _calls_made(simulator, since=seen, count=chance.randint(1, PER_LIFE))
        await asyncio.sleep(chance.random() * 0.02)  # the moment of the kill is what is random
        await bot.kill()
        await bot.start()
    return await _settled(simulator, people_ids=[person.id for person in people])


async def _last_call(simulator: SimulatorClient) -> int:
    calls = await simulator.calls()
    return max((call["number"] for call in calls), default=0)


async def _calls_made(simulator: SimulatorClient, *, since: int, count: int) -> None:
    """Wait until the bot has sent *count* messages (or 15 s went by without them)."""
    until = asyncio.get_running_loop().time() + 15
    sent = 0
    while sent < count and asyncio.get_running_loop().time() < until:
        found = await simulator.calls("sendMessage", since=since, wait=1)
        sent += len(found)
        since = max((call["number"] for call in found), default=since)


async def _settled(simulator: SimulatorClient, people_ids: list[int]) -> Outcome:
    """The answers per person, once no new ones come."""
    answers: Counter[int] = Counter()
    since = 0
    while True:
        found = await simulator.calls("sendMessage", since=since, wait=4)
        if not found:
            break
        since = max(call["number"] for call in found)
        answers.update(call["account"] for call in found if call["ok"])
    return Outcome(
        unanswered=sum(1 for person in people_ids if not answers[person]),
        answered_more_than_once=sum(1 for person in people_ids if answers[person] > 1),
    )


async def test_r08_kill_loses_no_update_polling(tmp_path: Path) -> None:
    async with (
        running_simulator() as simulator,
        bot_process(simulator.address, tmp_path) as bot,
    ):
        outcome = await killed_while_people_write(simulator, bot, seed=8)
        await bot.stop()

    database = await Database.open(f"sqlite:///{tmp_path / 'contactpunt.sqlite'}")
    async with database.reading() as reader:
        finished = await reader.scalar(
            select(func.count()).select_from(inbox).where(inbox.c.finished_at.is_not(None))
        )
        parked = await reader.scalar(
            select(func.count()).select_from(inbox).where(inbox.c.parked_at.is_not(None))
        )
    await database.close()

    assert outcome.unanswered == 0, bot.log[-3000:]
    assert (finished, parked) == (PEOPLE, 0)
    # only who was being answered at the moment of a kill may hear it again.
    assert outcome.answered_more_than_once <= KILLS * PER_LIFE // 2


async def test_r08_negative_control_without_the_inbox_updates_are_lost(tmp_path: Path) -> None:
    """The same kills, the same people, a bot on PTB's own Updater."""
    async with running_simulator() as simulator:
        echo = (sys.executable, "-m", "tests.benchmarks.echo_bot", simulator.address)
        async with bot_process(simulator.address, tmp_path, command=echo) as bot:
            outcome = await killed_while_people_write(simulator, bot, seed=8)

    assert outcome.unanswered > 0


@pytest.mark.parametrize("signal", ["SIGTERM"])
async def test_r24_a_clean_stop_under_load_loses_nothing(tmp_path: Path, signal: str) -> None:
    async with (
        running_simulator() as simulator,
        bot_process(simulator.address, tmp_path) as bot,
    ):
        await simulator.post("/limits", enforce=False)
        people = [await simulator.person(f"Voorbeeld {number}") for number in range(40)]
        for person in people:
            await person.does("text", text="/start")
        await _calls_made(simulator, since=0, count=5)
        code = await bot.stop(grace=10)
        await bot.start()
        outcome = await _settled(simulator, [person.id for person in people])

    assert code == 0
    assert outcome == Outcome(unanswered=0, answered_more_than_once=0)
