"""Far sides of our own making: a Bot API without a network, and one on a raw socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from telegram import Bot
from telegram.request import BaseRequest, RequestData

TOKEN = "123456789:AAFakeTokenForTheTestsOfContactpunt0000"

Json = dict[str, Any]


def ok(result: Any) -> tuple[int, bytes]:
    return 200, json.dumps({"ok": True, "result": result}).encode()


def refused(code: int, description: str, **parameters: Any) -> tuple[int, bytes]:
    answer: Json = {"ok": False, "error_code": code, "description": description}
    if parameters:
        answer["parameters"] = parameters
    return code, json.dumps(answer).encode()


Answer = tuple[int, bytes] | Exception
Answers = Callable[[str, Json], "Answer | Awaitable[Answer]"]


@dataclass
class FakeApi(BaseRequest):
    """Answers each call with *answers(method, parameters)*, and remembers the calls."""

    answers: Answers
    calls: list[tuple[str, Json]] = field(default_factory=list)

    @property
    def read_timeout(self) -> float | None:
        return 5.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, **timeouts: Any
    ) -> tuple[int, bytes]:
        parts = urlsplit(url)
        parameters: Json = {name: found[-1] for name, found in parse_qs(parts.query).items()}
        if request_data is not None:
            parameters |= request_data.parameters
        name = parts.path.rpartition("/")[2]
        self.calls.append((name, parameters))
        answer = self.answers(name, parameters)
        if isinstance(answer, Awaitable):
            answer = await answer
        if isinstance(answer, Exception):
            raise answer
        return answer

    def named(self, method: str) -> list[Json]:
        return [parameters for name, parameters in self.calls if name == method]

    @property
    def bot(self) -> Bot:
        return Bot(TOKEN, request=self, get_updates_request=self)


Connection = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(connection: Connection) -> AsyncIterator[str]:
    """A server on loopback that does with each connection what the test wants; its address."""
    open_writers: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_writers.add(writer)
        try:
            await connection(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            open_writers.discard(writer)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.close()
        for writer in list(open_writers):
            writer.transport.abort()
        await server.wait_closed()


async def read_request(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    """The head and the body of one HTTP request."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = 0
    for line in head.lower().splitlines():
        if line.startswith("content-length:"):
            length = int(line.partition(":")[2])
    return head, await reader.readexactly(length)


def response(body: bytes, *, status: str = "200 OK", length: int | None = None) -> bytes:
    said = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Length: {said}\r\n\r\n".encode() + body
