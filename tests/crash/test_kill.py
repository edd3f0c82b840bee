"""kill -9 the real process while people write: nothing Telegram delivered may be lost."""

from __future__ import annotations

import asyncio
import random
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import ColumnElement, func, select

from bot.inbox import inbox
from tests.support.assistant import Assistant, running_assistant
from tests.support.figures import figure
from tests.support.process import BotProcess, bot_process
from tests.support.simulator import SimulatorClient, running_simulator

KILLS = figure(100, 2)
PER_LIFE = 20
PEOPLE = KILLS * PER_LIFE


@dataclass(frozen=True)
class Outcome:
    """Of people who each wrote one message."""

    unanswered: int
    answered_more_than_once: int


@dataclass(frozen=True)
class Wrote:
    ids: list[int]
    last_start: int
    """The number of the last call before it."""


async def killed_while_people_write(
    simulator: SimulatorClient, bot: BotProcess, seed: int
) -> Wrote:
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
        last_start = await _last_call(simulator)
        await bot.start()
    return Wrote([person.id for person in people], last_start)


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


async def _quiet(simulator: SimulatorClient) -> None:
    """Wait until no new answers come, for a bot that has no other way to tell."""
    since = 0
    while found := await simulator.calls("sendMessage", since=since, wait=4):
        since = max(call["number"] for call in found)


async def _outcome(simulator: SimulatorClient, ids: list[int]) -> Outcome:
    sent = await simulator.calls("sendMessage")
    answers = Counter(call["account"] for call in sent if call["ok"])
    return Outcome(
        unanswered=sum(1 for person in ids if not answers[person]),
        answered_more_than_once=sum(1 for person in ids if answers[person] > 1),
    )


@pytest.mark.parametrize("storage", ["sqlite", "postgresql"])
@pytest.mark.parametrize("receiving", ["polling", "webhook"])
async def test_r08_kill_loses_no_update(tmp_path: Path, receiving: str, storage: str) -> None:
    async with running_assistant(tmp_path, receiving, storage) as assistant:
        people = await killed_while_people_write(assistant.simulator, assistant.bot, seed=8)
        await assistant.ready(people.last_start)
        await _all_done(assistant)
        outcome = await _outcome(assistant.simulator, people.ids)
        await assistant.bot.stop()

        finished = await _count(assistant, inbox.c.finished_at.is_not(None))
        parked = await _count(assistant, inbox.c.parked_at.is_not(None))

    assert outcome.unanswered == 0, assistant.bot.log[-3000:]
    assert (finished, parked) == (PEOPLE, 0)
    # only who was being answered at the moment of a kill may hear it again.
    assert outcome.answered_more_than_once <= KILLS * PER_LIFE // 2


async def _all_done(assistant: Assistant) -> None:
    """Telegram has nothing left to bring, and nothing waits in the inbox."""
    while (await assistant.simulator.get("/updates"))["pending"]:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    await assistant.becomes(lambda _, report: report["oldest_seconds"]["inbox"] is None)


async def _count(assistant: Assistant, which: ColumnElement[bool]) -> int:
    (row,) = await assistant.rows(select(func.count()).select_from(inbox).where(which))
    return int(row[0])


async def test_r08_negative_control_without_the_inbox_updates_are_lost(tmp_path: Path) -> None:
    """The same kills, the same people, a bot on PTB's own Updater."""
    async with running_simulator() as simulator:
        echo = (sys.executable, "-m", "tests.benchmarks.echo_bot", simulator.address)
        async with bot_process(simulator.address, tmp_path, command=echo) as bot:
            people = await killed_while_people_write(simulator, bot, seed=8)
            await _quiet(simulator)
            outcome = await _outcome(simulator, people.ids)

    assert outcome.unanswered > 0


@pytest.mark.parametrize("receiving", ["polling", "webhook"])
async def test_r24_a_clean_stop_under_load_loses_nothing(tmp_path: Path, receiving: str) -> None:
    async with running_assistant(tmp_path, receiving) as assistant:
        simulator = assistant.simulator
        people = [await simulator.person(f"Voorbeeld {number}") for number in range(40)]
        for person in people:
            await person.does("text", text="/start")
        await _calls_made(simulator, since=0, count=5)
        code = await assistant.bot.stop(grace=10)
        since = await _last_call(simulator)
        await assistant.bot.start()
        await assistant.ready(since)
        await _all_done(assistant)
        outcome = await _outcome(simulator, [person.id for person in people])

    assert code == 0
    assert outcome == Outcome(unanswered=0, answered_more_than_once=0)
