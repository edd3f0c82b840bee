"""A running simulator for tests, and a client that plays the people in front of it.

Use the fixture by importing it: `from tests.support.simulator import simulator`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from starlette.applications import Starlette

from bot.simulator.running import running
from bot.simulator.server import create
from tests.support.process import TOKEN

Json = dict[str, Any]


class ControlProblem(Exception):
    def __init__(self, status: int, error: str) -> None:
        super().__init__(f"{status}: {error}")
        self.status = status
        self.error = error


@dataclass
class SimulatorClient:
    """The Bot API (`call`) and the control API of a simulator at *address*."""

    address: str
    session: aiohttp.ClientSession
    token: str = TOKEN
    app: Starlette | None = None
    """Set when it runs in this process."""

    @property
    def base_url(self) -> str:
        """What python-telegram-bot wants as base_url."""
        return f"{self.address}/bot"

    async def call(self, method: str, **parameters: Any) -> Json:
        """A Bot API call as JSON; the whole answer, refusals included."""
        url = f"{self.address}/bot{self.token}/{method}"
        async with self.session.post(url, json=parameters) as response:
            answer: Json = await response.json()
            return answer

    async def get(self, path: str, **query: Any) -> Json:
        async with self.session.get(f"{self.address}/sim{path}", params=query) as response:
            return await _answer(response)

    async def post(self, path: str, **given: Any) -> Json:
        async with self.session.post(f"{self.address}/sim{path}", json=given) as response:
            return await _answer(response)

    async def delete(self, path: str) -> Json:
        async with self.session.delete(f"{self.address}/sim{path}") as response:
            return await _answer(response)

    async def person(
        self, first_name: str = "An", language_code: str | None = "nl", **more: Any
    ) -> Somebody:
        found = await self.post(
            "/people", first_name=first_name, language_code=language_code, **more
        )
        return Somebody(self, found["id"])

    async def fault(self, kind: str, method: str = "*", **more: Any) -> Json:
        return await self.post("/faults", kind=kind, method=method, **more)

    async def calls(self, method: str = "", *, since: int = 0, wait: float = 0) -> list[Json]:
        found = await self.get("/calls", method=method, since=since, wait=wait)
        calls: list[Json] = found["calls"]
        return calls


async def _answer(response: aiohttp.ClientResponse) -> Json:
    found: Json = await response.json()
    if response.status >= 400:
        raise ControlProblem(response.status, found.get("error", ""))
    return found


@dataclass
class Somebody:
    """One person with the app in hand; `messages` is the chat as last seen."""

    client: SimulatorClient
    id: int
    version: int = 0
    messages: dict[int, Json] = field(default_factory=dict)
    toast: str | None = None

    async def types(self, text: str) -> Json:
        return await self.does("text", text=text)

    async def taps(self, label_or_data: str) -> Json:
        """Press the newest button with this data or this label (or part of it)."""
        await self.look()
        for message in sorted(self.messages.values(), key=lambda one: -one["message_id"]):
            for button in (button for row in message["buttons"] for button in row):
                data = button.get("callback_data")
                if data and (data == label_or_data or label_or_data in button["text"]):
                    return await self.does("tap", message_id=message["message_id"], data=data)
        raise AssertionError(f"no button {label_or_data!r} in {self.bot_said()}")

    async def does(self, action: str, **given: Any) -> Json:
        return await self.client.post(f"/people/{self.id}/{action}", **given)

    async def look(self, wait: float = 0) -> Json:
        """Bring `messages` up to date; waits up to *wait* seconds for something new."""
        found = await self.client.get(f"/people/{self.id}/chat", since=self.version, wait=wait)
        self.version = found["version"]
        for message in found["messages"]:
            self.messages[message["message_id"]] = message
        for message_id in found["deleted"]:
            self.messages.pop(message_id, None)
        if found["toast"]:
            self.toast = found["toast"]["text"]
        return found

    async def sees(self, wanted: str | Callable[[Json], bool], *, within: float = 10) -> Json:
        """Wait until the bot has said something with this text (or matching); the message."""
        until = asyncio.get_running_loop().time() + within
        while True:
            for message in sorted(self.messages.values(), key=lambda one: -one["message_id"]):
                fits = wanted in message["text"] if isinstance(wanted, str) else wanted(message)
                if message["from"] == "bot" and fits:
                    return message
            left = until - asyncio.get_running_loop().time()
            if left <= 0:
                raise AssertionError(f"never saw {wanted!r}, only {self.bot_said()}")
            await self.look(wait=min(left, 5))

    def bot_said(self) -> list[str]:
        messages = sorted(self.messages.values(), key=lambda one: int(one["message_id"]))
        return [message["text"] for message in messages if message["from"] == "bot"]


@contextlib.asynccontextmanager
async def running_simulator(
    token: str | None = TOKEN, *, port: int = 0, **settings: Any
) -> AsyncIterator[SimulatorClient]:
    app = create(token, **settings)
    async with running(app, port) as address, aiohttp.ClientSession() as session:
        yield SimulatorClient(address, session, token or TOKEN, app)


@pytest.fixture
async def simulator() -> AsyncIterator[SimulatorClient]:
    async with running_simulator(retry_scale=0.02) as client:
        yield client
