"""The whole assistant for end-to-end tests: the real process, a database, a simulator before it."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp

from bot.storage.database import Database
from tests.support.databases import empty_postgres
from tests.support.index import put_index
from tests.support.process import ROOT, BotProcess, bot_process
from tests.support.simulator import Json, SimulatorClient, Somebody, running_simulator

ANNOUNCED: Final = {"polling": "deleteWebhook", "webhook": "setWebhook"}
"""The call with which the process says that it is about to receive updates."""

START_WITHIN: Final = 60.0
"""Seconds; the first start after a change of content trains the index anew."""

WAYS: Final = ("polling", "webhook")
PATH: Final = "/a-word-that-nobody-guesses"
SECRET: Final = "a-secret-of-the-tests-" + "s" * 16


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


@dataclass
class Assistant:
    """A running bot; `simulator` is its Telegram."""

    simulator: SimulatorClient
    bot: BotProcess
    database_url: str
    receiving: str
    site: str
    """Where it listens for webhooks and health checks."""

    @property
    def webhook(self) -> str:
        return f"{self.site}{PATH}"

    async def ready(self, since: int = 0) -> None:
        """Wait until it receives updates; *since* is the number of a call."""
        assert self.bot.process is not None
        ended = asyncio.ensure_future(self.bot.process.wait())
        called = asyncio.ensure_future(self._announced(since))
        done, late = await asyncio.wait(
            {ended, called}, timeout=START_WITHIN, return_when=asyncio.FIRST_COMPLETED
        )
        for waiting in late:
            waiting.cancel()
        assert called in done, f"it never started:\n{self.bot.log[-4000:]}"

    async def _announced(self, since: int) -> None:
        method = ANNOUNCED[self.receiving]
        while not any(
            call["ok"] for call in await self.simulator.calls(method, since=since, wait=10)
        ):
            pass

    async def killed_and_restarted(self) -> None:
        since = await self.last_call()
        await self.bot.kill()
        await self.bot.start()
        await self.ready(since)

    async def finished(self) -> None:
        """Wait until every answer is noted as given: from then on a kill repeats none."""
        while (await self.health())[1]["oldest_seconds"]["inbox"] is not None:
            continue

    async def last_call(self) -> int:
        return max((call["number"] for call in await self.simulator.calls()), default=0)

    async def health(self) -> tuple[int, Json]:
        """Status and body of /healthz."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{self.site}/healthz") as response,
        ):
            return response.status, await response.json()

    async def becomes(
        self, wanted: Callable[[int, Json], bool], within: float = 20
    ) -> tuple[float, Json]:
        """Ask /healthz until its answer is *wanted*; the seconds that took, and the answer."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        while True:
            status, report = await self.health()
            if wanted(status, report):
                return loop.time() - began, report
            assert loop.time() - began < within, (status, report, self.bot.log[-2000:])
            await asyncio.sleep(0.1)

    async def logs(self, words: str, within: float = 10, times: int = 1) -> None:
        """Wait until *words* stand in what the process wrote, so often."""
        until = asyncio.get_running_loop().time() + within
        while self.bot.log.count(words) < times:
            assert asyncio.get_running_loop().time() < until, self.bot.log[-4000:]
            await asyncio.sleep(0.05)

    async def rows(self, statement: Any) -> list[Any]:
        """What the database holds, read from outside the process."""
        database = await Database.open(self.database_url, pool=1)
        try:
            async with database.reading() as reader:
                return list(await reader.all(statement))
        finally:
            await database.close()

    async def command(self, *arguments: str) -> tuple[int, str]:
        """`contactpunt …` beside the running process."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *arguments),
            cwd=ROOT,
            env={"CONTACTPUNT_DATA": str(self.bot.data), "PATH": os.environ["PATH"]},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        assert process.returncode is not None
        return process.returncode, said.decode()


@asynccontextmanager
async def running_assistant(
    data: Path,
    receiving: str = "polling",
    storage: str = "sqlite",
    simulator: SimulatorClient | None = None,
    command: tuple[str, ...] | None = None,
    **settings: str,
) -> AsyncIterator[Assistant]:
    """An assistant that is ready. Flood limits of the simulator are off; say so to have them.

    Args:
        command: what to run instead of `contactpunt run`.
        storage: `sqlite`, `postgresql` (a database of its own), or the URL of one that exists.
        settings: as for `bot_process`.
    """
    put_index(data)
    async with AsyncExitStack() as opened:
        if storage == "sqlite":
            url = f"sqlite:///{data / 'contactpunt.sqlite'}"
        elif storage == "postgresql":
            url = await opened.enter_async_context(empty_postgres())
        else:
            url = storage
        if simulator is None:
            simulator = await opened.enter_async_context(
                running_simulator(enforce_limits=False, retry_scale=0.02)
            )
        site = f"127.0.0.1:{free_port()}"
        given = {"DATABASE": url, "HTTP_LISTEN": site, **settings}
        if receiving == "webhook":
            given |= {"WEBHOOK_URL": f"http://{site}{PATH}", "WEBHOOK_LISTEN": site}
            given |= {"WEBHOOK_SECRET": SECRET}
        since = max((call["number"] for call in await simulator.calls()), default=0)
        bot = await opened.enter_async_context(
            bot_process(simulator.address, data, command, **given)
        )
        assistant = Assistant(simulator, bot, url, receiving, f"http://{site}")
        await assistant.ready(since)
        yield assistant


@dataclass
class Talk:
    """One person in conversation: everything said is answered below it, and waited for."""

    person: Somebody

    @property
    def id(self) -> int:
        return self.person.id

    async def types(self, text: str, wanted: str = "") -> Json:
        """Write *text*; the first answer below it that has *wanted* in it."""
        mine = (await self.person.types(text))["message_id"]
        return await self.below(mine, wanted)

    async def sends(self, action: str, wanted: str = "", **given: Any) -> Json:
        mine = (await self.person.does(action, **given))["message_id"]
        return await self.below(mine, wanted)

    async def taps(self, label_or_data: str, wanted: str = "") -> Json:
        """Press a button; the message that is new or changed because of it."""
        await self.person.look()
        before = {number: str(shown) for number, shown in self.person.messages.items()}
        await self.person.taps(label_or_data)
        return await self.person.sees(
            lambda message: (
                wanted in message["text"] and before.get(message["message_id"]) != str(message)
            )
        )

    async def below(self, number: int, wanted: str = "") -> Json:
        return await self.person.sees(
            lambda message: message["message_id"] > number and wanted in message["text"]
        )

    async def nothing_more(self, expected: int) -> None:
        """Nothing but *expected* messages were said: what is asked next is what comes next."""
        mine = (await self.person.types("/help"))["message_id"]
        await self.below(mine)
        said = [one for one in self.person.messages.values() if one["from"] == "bot"]
        assert len(said) == expected + 1, self.person.bot_said()


async def talk(
    assistant: Assistant, first_name: str = "An", language_code: str | None = "nl"
) -> Talk:
    return Talk(await assistant.simulator.person(first_name, language_code))


def data_of(message: Json) -> list[str]:
    """The data of the buttons under a message."""
    return [button.get("callback_data", "") for row in message["buttons"] for button in row]
