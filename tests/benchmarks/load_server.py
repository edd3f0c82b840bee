"""A lean Bot API for load: it answers at once, checks nothing, and plays the people who write.

The strict simulator would be the bottleneck of a benchmark, so this one speaks just enough HTTP
on a bare asyncio protocol. It runs in the process that measures, on another core than the bot.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

ANSWERS = frozenset({"sendMessage", "editMessageText"})
BOT = {"id": 1, "is_bot": True, "first_name": "Contactpunt", "username": "contactpunt_bot"}


@dataclass
class Load:
    """What was measured since `begin`."""

    answered: int = 0
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return self.answered / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """Seconds from the update being ready to its answer; *share* from 0 to 1."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


class LoadServer:
    """People who write to one bot and wait for its answers.

    Args:
        delay: seconds of network between the bot and this server, per call (not for long polls).
    """

    def __init__(self, delay: float = 0.0) -> None:
        self.delay = delay
        self.text: Callable[[int], str] = lambda number: "/help"
        self.tap: Callable[[int], str] | None = None
        """What a person taps instead of writing; by the person's number."""
        self.load = Load()
        self.first_answer = asyncio.Event()
        self._wanted = 0
        self._reached = asyncio.Event()
        self._pending: deque[dict[str, Any]] = deque()
        self._unconfirmed: dict[int, dict[str, Any]] = {}
        self._poll: asyncio.Future[None] | None = None
        self._asked_at: dict[int, float] = {}
        self._closed_loop = False
        self._began = 0.0
        self._update_id = time.time_ns() // 1_000  # a number used before would be a repeat
        self._message_id = 0
        self._server: asyncio.Server | None = None
        self.port = 0

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Http(self), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()

    async def crowd(self, people: int, seconds: float) -> Load:
        """*people* write again as soon as they are answered, for so many *seconds*."""
        self._closed_loop = True
        self.begin()
        for person in range(1, people + 1):
            self.write(person)
        await asyncio.sleep(seconds)
        self._closed_loop = False
        return await self.finish()

    async def steady(self, people: int, rate: float, seconds: float) -> Load:
        """*rate* updates a second, whoever was answered or not, spread over *people*."""
        self.begin()
        loop = asyncio.get_running_loop()
        start, sent = loop.time(), 0
        while (elapsed := loop.time() - start) < seconds:
            while sent < elapsed * rate:
                self.write(sent % people + 1)
                sent += 1
            await asyncio.sleep(0.002)
        return await self.finish()

    async def burst(self, people: Sequence[int], within: float = 120) -> Load:
        """All of them at the same moment, each once; waits until everybody is answered."""
        self.begin()
        self._wanted = len(people)
        self._reached.clear()
        for person in people:
            self.write(person)
        await asyncio.wait_for(self._reached.wait(), within)
        return await self.finish()

    async def steps(self, people: int, count: int) -> Load:
        """*count* answers in all, from *people* who write as soon as they are answered."""
        self._closed_loop = True
        self.begin()
        for person in range(1, people + 1):
            self.write(person)
        self._wanted = count
        self._reached.clear()
        await self._reached.wait()
        self._closed_loop = False
        return await self.finish()

    def begin(self) -> None:
        self.load = Load()
        self._asked_at.clear()
        self._began = time.perf_counter()

    async def finish(self) -> Load:
        """The load so far; waits (at most 10 s) until the stragglers are answered."""
        load = self.load
        load.seconds = time.perf_counter() - self._began
        self.load = Load(latencies=load.latencies)
        for _ in range(200):
            if not self._asked_at:
                break
            await asyncio.sleep(0.05)
        return load

    def write(self, person: int) -> None:
        self._update_id += 1
        self._message_id += 1
        self._pending.append({"update_id": self._update_id, **self._written(person)})
        self._asked_at[person] = time.perf_counter()
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    def _written(self, person: int) -> dict[str, Any]:
        user = {"id": person, "is_bot": False, "first_name": "Voorbeeld", "language_code": "nl"}
        chat = {"id": person, "type": "private", "first_name": "Voorbeeld"}
        if self.tap is not None:  # on a message that is gone: the answer is a new one
            query: dict[str, Any] = {"id": str(self._update_id), "from": user, "chat_instance": "1"}
            query["message"] = {"message_id": 1, "date": 0, "chat": chat}
            return {"callback_query": query | {"data": self.tap(person)}}
        text = self.text(self._update_id)
        command = {"type": "bot_command", "offset": 0, "length": len(text)}
        message = {
            "message_id": self._message_id,
            "date": int(time.time()),
            "chat": chat,
            "from": user,
            "text": text,
            "entities": [command] if text[0] == "/" else [],
        }
        return {"message": message}

    async def answer(self, method: str, parameters: dict[str, Any]) -> Any:
        if method == "getUpdates":
            return await self._updates(parameters)
        if self.delay:
            await asyncio.sleep(self.delay)
        if method in ANSWERS:
            return self._answered(int(parameters["chat_id"]), str(parameters.get("text", "")))
        return {"getMe": BOT, "getMyCommands": [], "getMyName": {"name": ""}}.get(method, True)

    async def _updates(self, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        offset = int(parameters.get("offset") or 0)
        for known in [known for known in self._unconfirmed if known < offset]:
            del self._unconfirmed[known]
        if not self._pending and not self._unconfirmed and int(parameters.get("timeout") or 0):
            self._poll = asyncio.get_running_loop().create_future()
            try:
                await asyncio.wait_for(self._poll, float(parameters["timeout"]))
            except TimeoutError:
                return []
        if self.delay:
            await asyncio.sleep(self.delay)
        while self._pending and len(self._unconfirmed) < 100:
            update = self._pending.popleft()
            self._unconfirmed[update["update_id"]] = update
        return list(self._unconfirmed.values())

    def _answered(self, person: int, text: str) -> dict[str, Any]:
        self.first_answer.set()
        asked_at = self._asked_at.pop(person, None)
        if asked_at is not None:
            self.load.answered += 1
            self.load.latencies.append(time.perf_counter() - asked_at)
            if self.load.answered == self._wanted:
                self._reached.set()
            if self._closed_loop:
                self.write(person)
        self._message_id += 1
        chat = {"id": person, "type": "private"}
        return {"message_id": self._message_id, "date": 0, "chat": chat, "text": text[:20]}


class _Http(asyncio.Protocol):
    """HTTP/1.1 with keep-alive and Content-Length: all that a bot sends here."""

    def __init__(self, server: LoadServer) -> None:
        self._server = server
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            head, separator, rest = self._buffer.partition(b"\r\n\r\n")
            if not separator:
                return
            lines = head.decode("latin-1").split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in lines[1:])
            length = int(headers.get("content-length", 0))
            if len(rest) < length:
                return
            body, self._buffer = rest[:length], rest[length:]
            path, _, query = lines[0].split(" ")[1].partition("?")
            parameters: dict[str, Any] = dict(parse_qsl(query))
            if "json" in headers.get("content-type", ""):
                parameters |= json.loads(body or b"{}")
            else:
                parameters |= parse_qsl(body.decode())
            # the long poll and delayed calls wait; everything else is answered in its turn
            asyncio.ensure_future(self._reply(path.rpartition("/")[2], parameters))  # noqa: RUF006

    async def _reply(self, method: str, parameters: dict[str, Any]) -> None:
        result = await self._server.answer(method, parameters)
        body = json.dumps({"ok": True, "result": result}).encode()
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                + str(len(body)).encode()
                + b"\r\n\r\n"
                + body
            )
