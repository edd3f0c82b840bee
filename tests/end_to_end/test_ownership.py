"""One poller per token: who comes second waits, and takes over when the first one is gone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.assistant import Assistant, free_port, running_assistant, talk
from tests.support.index import put_index
from tests.support.process import BotProcess, bot_process

TAKES_OVER_WITHIN = 3.0
"""Seconds between the end of the first and the first poll of the second."""


@pytest.fixture(params=["sqlite", "postgresql"])
async def first(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Assistant]:
    async with running_assistant(tmp_path / "data", "polling", request.param) as running:
        yield running


async def waits(first: Assistant, second: BotProcess) -> None:
    for _ in range(600):
        if "this one waits until it ends" in second.log:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(second.log)


async def test_the_second_waits_and_takes_over_after_kill_9(
    first: Assistant, tmp_path: Path
) -> None:
    # On SQLite both share the folder; on PostgreSQL they may be on two machines.
    shared = first.database_url.startswith("sqlite")
    folder = first.bot.data if shared else tmp_path / "elsewhere"
    put_index(folder)
    settings = {"DATABASE": first.database_url, "HTTP_LISTEN": f"127.0.0.1:{free_port()}"}
    async with bot_process(first.simulator.address, folder, **settings) as second:
        await waits(first, second)
        await asyncio.sleep(2)  # its content is read meanwhile, as when it has waited for days
        an = await talk(first)
        await an.types("/start")
        seen = await first.last_call()
        assert not [c for c in await first.simulator.calls() if c["error_code"] == 409]

        await first.bot.kill()
        killed_at = time.time()
        sent = await an.person.types("Hoe oud moet ik zijn?")
        # Its long poll is confirmed at once, because a message waits.
        polls = await first.simulator.calls("getUpdates", since=seen, wait=30)
        while not any(call["at"] > killed_at and call["ok"] for call in polls):
            polls = await first.simulator.calls("getUpdates", since=polls[-1]["number"], wait=30)
        polled_at = next(call["at"] for call in polls if call["at"] > killed_at and call["ok"])
        await an.below(sent["message_id"], "minstens 17 jaar")
        await an.nothing_more(2)

        assert await second.stop() == 0

    assert polled_at - killed_at < TAKES_OVER_WITHIN


async def test_who_waits_can_be_stopped(first: Assistant, tmp_path: Path) -> None:
    settings = {"DATABASE": first.database_url}
    folder = first.bot.data if first.database_url.startswith("sqlite") else tmp_path / "other"
    async with bot_process(first.simulator.address, folder, **settings) as second:
        await waits(first, second)

        assert await second.stop() == 0
        an = await talk(first)
        await an.types("/start")
