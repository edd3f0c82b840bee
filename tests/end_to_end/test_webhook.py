"""The webhook from outside: strangers get nothing, Telegram gets 200 only for what is kept."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
import pytest_asyncio
from sqlalchemy import func, select

from bot.inbox import inbox
from tests.support.assistant import SECRET, Assistant, running_assistant, talk
from tests.support.simulator import Json

pytestmark = pytest.mark.asyncio(loop_scope="module")

HEADER = "X-Telegram-Bot-Api-Secret-Token"
MEGABYTE = 1024 * 1024


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def assistant(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Assistant]:
    data: Path = tmp_path_factory.mktemp("data")
    async with running_assistant(data, "webhook") as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


def update(number: int, account: int, text: str = "/start") -> Json:
    return {
        "update_id": number,
        "message": {
            "message_id": number,
            "date": 1_795_255_200,
            "chat": {"id": account, "type": "private", "first_name": "An"},
            "from": {"id": account, "is_bot": False, "first_name": "An", "language_code": "nl"},
            "text": text,
        },
    }


async def stored(assistant: Assistant) -> int:
    (row,) = await assistant.rows(select(func.count()).select_from(inbox))
    return int(row[0])


def memory_of(assistant: Assistant) -> float:
    """Megabytes that are resident now."""
    assert assistant.bot.process is not None
    status = Path(f"/proc/{assistant.bot.process.pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


class Raw:
    """An HTTP request written by hand, as slowly and as wrongly as one likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def opened(cls, assistant: Assistant, *headers: str, length: int) -> Raw:
        parts = urlsplit(assistant.webhook)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        lines = [f"POST {parts.path} HTTP/1.1", f"Host: {parts.netloc}", *headers]
        lines += ["Content-Type: application/json", f"Content-Length: {length}", "", ""]
        writer.write("\r\n".join(lines).encode())
        await writer.drain()
        return cls(reader, writer)

    async def pours(self, size: int) -> None:
        """Write *size* bytes, or as many as the other side takes before it hangs up."""
        chunk = b"x" * 65536
        try:
            for _ in range(size // len(chunk)):
                self.writer.write(chunk)
                await self.writer.drain()
        except ConnectionError:
            return

    async def status(self) -> int:
        line = await asyncio.wait_for(self.reader.readline(), 20)
        return int(line.split()[1])

    def close(self) -> None:
        self.writer.transport.abort()


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="none"),
        pytest.param({HEADER: "wrong"}, id="wrong"),
        pytest.param({HEADER: ""}, id="empty"),
        pytest.param({HEADER: SECRET[:-1]}, id="too short"),
        pytest.param({HEADER: SECRET + "s"}, id="too long"),
        pytest.param({HEADER: SECRET.upper()}, id="other case"),
        pytest.param({HEADER: "s" * 4000}, id="far too long"),
        pytest.param({HEADER: "é" * 20}, id="no ASCII"),
        pytest.param({HEADER + "s": SECRET}, id="other header"),
    ],
)
async def test_t01_strangers_get_403_and_leave_no_row(
    assistant: Assistant, session: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    before = await stored(assistant)

    async with session.post(assistant.webhook, json=update(1, 7), headers=headers) as response:
        status, body = response.status, await response.text()

    assert (status, body) == (403, "")
    assert await stored(assistant) == before


async def test_t01_two_secrets_are_none(
    assistant: Assistant, session: aiohttp.ClientSession
) -> None:
    headers = [(HEADER, SECRET), (HEADER, SECRET)]

    async with session.post(assistant.webhook, json=update(2, 7), headers=headers) as response:
        assert response.status == 403


async def test_t01_a_header_without_end_is_cut_off(assistant: Assistant) -> None:
    parts = urlsplit(assistant.webhook)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    before = memory_of(assistant)

    writer.write(f"POST {parts.path} HTTP/1.1\r\n{HEADER}: ".encode())
    answered = asyncio.create_task(reader.read())
    for _ in range(640):
        if answered.done():
            break
        writer.write(b"s" * 65536)
        try:
            await writer.drain()
        except ConnectionError:
            break
    answer = (await asyncio.gather(answered, return_exceptions=True))[0]
    writer.transport.abort()

    assert not isinstance(answer, bytes) or answer == b"" or b" 4" in answer.partition(b"\r\n")[0]
    assert memory_of(assistant) - before < 5


@pytest.mark.parametrize("secret", ["", f"{HEADER}: wrong"], ids=["no secret", "wrong secret"])
async def test_t02_ninety_megabytes_of_a_stranger_are_not_read(
    assistant: Assistant, secret: str
) -> None:
    size = 90 * MEGABYTE
    before = memory_of(assistant)

    raw = await Raw.opened(assistant, *filter(None, [secret]), length=size)
    status = await raw.status()  # before a single byte of the body
    await raw.pours(size)
    pushy = await Raw.opened(assistant, *filter(None, [secret]), length=size)
    await pushy.pours(size)
    grown = memory_of(assistant) - before
    raw.close()
    pushy.close()

    assert status == 403
    assert grown < 5, f"{grown:.1f} MB"


async def test_t02_negative_control_a_body_that_is_read_shows_in_the_memory() -> None:
    """The measure bites: a process that reads 90 MB before it looks at it grows by as much."""
    size = 90 * MEGABYTE
    before = Path("/proc/self/statm").read_text().split()[1]
    body = b"x" * size
    after = Path("/proc/self/statm").read_text().split()[1]

    assert (int(after) - int(before)) * 4 / 1024 > 80
    assert len(body) == size


async def test_t02_a_slow_stranger_is_refused_before_the_first_byte(assistant: Assistant) -> None:
    """Nothing of the body has come yet, so nobody can hold a place by sending it slowly."""
    before = memory_of(assistant)

    drips = [await Raw.opened(assistant, length=1000) for _ in range(100)]
    try:
        statuses = [await drip.status() for drip in drips]
        grown = memory_of(assistant) - before
    finally:
        for drip in drips:
            drip.close()

    assert set(statuses) == {403}
    assert grown < 5, f"{grown:.1f} MB"


async def test_t02_while_slow_senders_hang_others_are_answered(assistant: Assistant) -> None:
    an = await talk(assistant)
    drips = [await Raw.opened(assistant, f"{HEADER}: {SECRET}", length=1000) for _ in range(50)]
    for drip in drips:
        drip.writer.write(b"{")

    answer = await an.types("/start")
    for drip in drips:
        drip.close()

    assert "Contactpunt" in answer["text"]


async def test_t02_more_than_a_megabyte_is_refused_before_it_comes(assistant: Assistant) -> None:
    before = await stored(assistant)

    raw = await Raw.opened(assistant, f"{HEADER}: {SECRET}", length=MEGABYTE + 1)
    status = await raw.status()
    raw.close()

    assert status == 413
    assert await stored(assistant) == before


async def test_t02_more_than_a_megabyte_is_refused_while_it_comes(
    assistant: Assistant, session: aiohttp.ClientSession
) -> None:
    """No length was said. Whether the refusal can still be read depends on who is faster."""
    body = json.dumps(update(3, 7, "x" * (MEGABYTE + 1))).encode()
    before = await stored(assistant)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 65536):
            yield body[start : start + 65536]

    status = 413
    with contextlib.suppress(aiohttp.ClientError):
        async with session.post(
            assistant.webhook, data=pieces(), headers={HEADER: SECRET}
        ) as response:
            status = response.status

    assert status == 413
    assert await stored(assistant) == before


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"this is not JSON 1", id="no JSON"),
        pytest.param(b'{"update_id": ', id="cut off"),
        pytest.param(b"[" * 100_000, id="very deep"),
        pytest.param(b"\xff\xfe\x00", id="no UTF-8"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'{"message": {}}', id="no number"),
        pytest.param(b'{"update_id": "7"}', id="a number in words"),
        pytest.param(b'{"update_id": 99999999999999999999999}', id="a number too large"),
        pytest.param(b"", id="nothing"),
    ],
)
async def test_what_is_no_update_is_parked_and_answered_200(
    assistant: Assistant, session: aiohttp.ClientSession, body: bytes
) -> None:
    before = await stored(assistant)

    for _ in range(2):  # Telegram would bring it for ever: the same again is the same row
        async with session.post(assistant.webhook, data=body, headers={HEADER: SECRET}) as response:
            assert response.status == 200
    parked = await assistant.rows(select(inbox).where(inbox.c.parked_at.is_not(None)))

    assert await stored(assistant) == before + 1
    assert "not an update" in {row.reason for row in parked}


async def test_r08_storage_in_trouble_is_503_and_comes_again(assistant: Assistant) -> None:
    """200 only after the commit: Telegram keeps what we could not keep."""
    an = await talk(assistant)
    await an.types("/start")
    file = urlsplit(assistant.database_url).path.removeprefix("/")
    lock = sqlite3.connect(f"/{file.lstrip('/')}", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    try:
        sent = await an.person.types("/help")
        told = await an.below(sent["message_id"], "Probeer het zo dadelijk opnieuw")
        info = await assistant.simulator.call("getWebhookInfo")
    finally:
        lock.execute("ROLLBACK")
        lock.close()
    answer = await an.below(told["message_id"], "/wissen")

    assert "503" in info["result"]["last_error_message"]
    assert info["result"]["pending_update_count"] == 1
    assert "/mijngegevens" in answer["text"]
