"""The Bot API is not there for a while: what people wrote is answered later, once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from bot.simulator.running import running
from bot.simulator.server import create
from bot.simulator.simulator import Simulator
from tests.support.assistant import SECRET, Assistant, running_assistant, talk
from tests.support.process import TOKEN
from tests.support.simulator import SimulatorClient


class Telegram:
    """A simulator that can go away and come back with everything it knows."""

    def __init__(self) -> None:
        self.app = create(TOKEN, enforce_limits=False, retry_scale=0.02)
        self.life = AsyncExitStack()
        self.port = 0
        self.client: SimulatorClient

    @property
    def simulator(self) -> Simulator:
        found: Simulator = self.app.state.simulator
        return found

    async def comes(self) -> str:
        self.simulator.closing = False
        address = await self.life.enter_async_context(running(self.app, self.port))
        self.port = urlsplit(address).port or 0
        return address

    async def goes(self) -> None:
        await self.life.aclose()
        self.life = AsyncExitStack()


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    made = Telegram()
    async with aiohttp.ClientSession() as session:
        made.client = SimulatorClient(await made.comes(), session, TOKEN, made.app)
        yield made
        await made.goes()


async def test_r23_nobody_there_for_a_while(telegram: Telegram, tmp_path: Path) -> None:
    async with running_assistant(tmp_path, "polling", simulator=telegram.client) as assistant:
        an = await talk(assistant)
        await an.types("/start")
        await telegram.goes()
        await assistant.logs("could not ask for updates")
        await telegram.comes()

        answer = await an.types("/help", "/mijngegevens")
        status, report = await assistant.health()

        assert (status, report["troubles"]) == (200, [])
        assert "/wissen" in answer["text"]
        await an.nothing_more(2)


async def test_r12_a_refused_connection_never_makes_two_messages(
    telegram: Telegram, tmp_path: Path
) -> None:
    """Telegram brought the updates, and then nobody answers when we want to reply."""
    async with running_assistant(tmp_path, "webhook", simulator=telegram.client) as assistant:
        people = [await talk(assistant, f"Voorbeeld {number}") for number in range(5)]
        first = [await person.types("/start") for person in people]
        seen = await assistant.last_call()
        await telegram.goes()
        statuses = [await _brought(assistant, 500 + n, p.id) for n, p in enumerate(people)]
        await _tried(assistant, 2 * len(people))
        await telegram.comes()

        for person, welcome in zip(people, first, strict=True):
            await person.below(welcome["message_id"], "/mijngegevens")
        sent = await telegram.client.calls("sendMessage", since=seen)

        assert statuses == [200] * len(people)
        assert sorted(call["account"] for call in sent) == sorted(p.id for p in people)


async def _brought(assistant: Assistant, number: int, account: int) -> int:
    person = {"id": account, "is_bot": False, "first_name": "An", "language_code": "nl"}
    text = {"text": "/help", "entities": [{"type": "bot_command", "offset": 0, "length": 5}]}
    chat = {"id": account, "type": "private", "first_name": "An"}
    message = {"message_id": number, "date": 1_795_255_200, "chat": chat, "from": person, **text}
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            assistant.webhook,
            json={"update_id": number, "message": message},
            headers={"X-Telegram-Bot-Api-Secret-Token": SECRET},
        ) as response,
    ):
        return response.status


async def _tried(assistant: Assistant, times: int) -> None:
    """Wait until replies were put back *times* times."""
    async with aiohttp.ClientSession() as session:
        for _ in range(200):
            async with session.get(f"{assistant.site}/metrics") as response:
                lines = (await response.text()).splitlines()
            (line,) = [one for one in lines if one.startswith("contactpunt_updates_retried_total")]
            if float(line.split()[1]) >= times:
                return
            await asyncio.sleep(0.05)
    raise AssertionError(line)
