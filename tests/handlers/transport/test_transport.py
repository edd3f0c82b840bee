"""The way to the Bot API: what can have been sent, what cannot, and no token anywhere."""

import asyncio
import json
import socket
import traceback
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.errors import MaybeSent, TryLater, Undeliverable
from bot.notifications.errors import MessengerClosed, Rejected
from handlers.transport import (
    AiohttpRequest,
    LostContact,
    NotSent,
    TokenRefused,
    _body,
    translated,
)
from tests.handlers.fakes import TOKEN, listening, ok, read_request, refused, response


@pytest.fixture
async def request_(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AiohttpRequest]:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    made = AiohttpRequest(connections=2, read_timeout=0.3)
    await made.initialize()
    yield made
    await made.shutdown()


def url(address: str) -> str:
    return f"{address}/bot{TOKEN}/sendMessage"


async def fault_of(request: AiohttpRequest, address: str) -> Exception:
    with pytest.raises(TelegramError) as raised:
        await request.post(url(address))
    told = "".join(traceback.format_exception(raised.value)) + repr(raised.value)
    assert TOKEN not in told, "T-03: the token is in the error"
    return raised.value


async def test_a_call_arrives_as_a_form_and_its_result_comes_back(request_: AiohttpRequest):
    seen = []

    async def server(reader, writer):
        while True:
            seen.append(await read_request(reader))
            writer.write(response(ok({"message_id": 5, "date": 0, "chat": _CHAT})[1]))
            await writer.drain()

    async with listening(server) as address:
        bot = Bot(TOKEN, base_url=f"{address}/bot", request=request_)
        sent = await bot.send_message(7, "één & twee <b>")
        await bot.send_message(7, "nog een")

    assert sent.message_id == 5
    assert seen[0][0].startswith(f"POST /bot{TOKEN}/sendMessage HTTP/1.1")
    assert parse_qs(seen[0][1].decode()) == {"chat_id": ["7"], "text": ["één & twee <b>"]}
    assert len(seen) == 2


_CHAT = {"id": 7, "type": "private"}


async def test_connections_are_kept_alive(request_: AiohttpRequest):
    connections = 0

    async def server(reader, writer):
        nonlocal connections
        connections += 1
        while True:
            await read_request(reader)
            writer.write(response(ok(True)[1]))
            await writer.drain()

    async with listening(server) as address:
        for _ in range(20):
            assert await request_.post(url(address)) is True

    assert connections == 1


async def test_a_file_goes_as_multipart(request_: AiohttpRequest):
    seen = []

    async def server(reader, writer):
        seen.append(await read_request(reader))
        document = {"message_id": 6, "date": 0, "chat": _CHAT}
        writer.write(response(ok(document)[1]))
        await writer.drain()

    async with listening(server) as address:
        bot = Bot(TOKEN, base_url=f"{address}/bot", request=request_)
        await bot.send_document(7, b'{"a": 1}', filename="gegevens.json", caption="Hier")

    head, body = seen[0]
    assert "multipart/form-data" in head
    assert b'filename="gegevens.json"' in body
    assert b'{"a": 1}' in body


async def test_r12_nobody_listening_is_not_sent(request_: AiohttpRequest):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

        assert isinstance(await fault_of(request_, f"http://127.0.0.1:{port}"), NotSent)


async def test_r12_no_connection_in_time_is_not_sent(request_: AiohttpRequest):
    """A full backlog: the system takes the connection up only when there is room."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        address = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        others = [socket.socket() for _ in range(4)]
        for other in others:
            other.setblocking(False)
            other.connect_ex(deaf.getsockname())
        with pytest.raises(NotSent):
            await request_.post(url(address), connect_timeout=0.2)
        for other in others:
            other.close()


async def test_r12_no_room_in_the_pool_is_not_sent(request_: AiohttpRequest):
    go_on = asyncio.Event()
    started = asyncio.Semaphore(0)

    async def server(reader, writer):
        await read_request(reader)
        started.release()
        await go_on.wait()
        writer.write(response(ok(True)[1]))
        await writer.drain()

    async with listening(server) as address:
        two = [asyncio.create_task(request_.post(url(address), read_timeout=5)) for _ in range(2)]
        await started.acquire()
        await started.acquire()
        with pytest.raises(NotSent) as raised:
            await request_.post(url(address), connect_timeout=0.1)
        go_on.set()
        assert await asyncio.gather(*two) == [True, True]

    assert TOKEN not in "".join(traceback.format_exception(raised.value))


async def test_b24_no_answer_in_time_may_have_been_sent(request_: AiohttpRequest):
    async def server(reader, writer):
        await read_request(reader)
        await reader.read()

    async with listening(server) as address:
        fault = await fault_of(request_, address)

    assert type(fault) is TimedOut


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="closed without an answer"),
        pytest.param(response(b'{"ok": tr', length=500), id="half a body"),
        pytest.param(b"HTTP/1.1 garbage\r\n\r\n", id="not HTTP"),
    ],
)
async def test_r12_a_broken_connection_may_have_been_sent(request_: AiohttpRequest, answer: bytes):
    async def server(reader, writer):
        await read_request(reader)
        writer.write(answer)
        await writer.drain()

    async with listening(server) as address:
        assert isinstance(await fault_of(request_, address), LostContact)


async def test_r12_a_reset_connection_may_have_been_sent(request_: AiohttpRequest):
    async def server(reader, writer):
        await read_request(reader)
        writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0"
        )
        writer.transport.abort()

    async with listening(server) as address:
        assert isinstance(await fault_of(request_, address), LostContact)


@pytest.mark.parametrize("body", [b"<html>", b'"text"', b"[" * 100_000])
async def test_b32_an_unreadable_answer_is_an_error_without_its_content(
    request_: AiohttpRequest, body: bytes, caplog: pytest.LogCaptureFixture
):
    async def server(reader, writer):
        await read_request(reader)
        writer.write(response(body))
        await writer.drain()

    async with listening(server) as address:
        fault = await fault_of(request_, address)

    assert type(fault) is TelegramError
    assert caplog.records == []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refused(400, "Bad Request: message is not modified"), BadRequest),
        (refused(401, "Unauthorized"), InvalidToken),
        (refused(403, "Forbidden: bot was blocked by the user"), Forbidden),
        (refused(404, "Not Found"), InvalidToken),
        (refused(409, "Conflict: terminated by other getUpdates request"), Conflict),
        (refused(429, "Too Many Requests: retry after 5", retry_after=5), RetryAfter),
        (refused(502, "Bad Gateway"), NetworkError),
        (refused(400, "group upgraded", migrate_to_chat_id=-1001), ChatMigrated),
    ],
)
async def test_refusals_are_ptbs_own(request_: AiohttpRequest, answer, kind):
    async def server(reader, writer):
        await read_request(reader)
        writer.write(response(answer[1], status=f"{answer[0]} Said"))
        await writer.drain()

    async with listening(server) as address:
        assert type(await fault_of(request_, address)) is kind


async def test_t03_the_transport_does_not_know_the_token(request_: AiohttpRequest):
    assert TOKEN not in repr(request_)


@pytest.mark.parametrize(
    ("fault", "ours"),
    [
        pytest.param(Forbidden("Forbidden: bot was blocked by the user"), Undeliverable, id="403"),
        pytest.param(BadRequest("Chat not found"), Undeliverable, id="never started"),
        pytest.param(BadRequest("PEER_ID_INVALID"), Undeliverable, id="wrong id"),
        pytest.param(BadRequest("BUTTON_DATA_INVALID"), Rejected, id="our mistake"),
        pytest.param(RetryAfter(3), TryLater, id="429"),
        pytest.param(NetworkError("Bad Gateway (502)"), TryLater, id="502"),
        pytest.param(NotSent("no connection"), TryLater, id="not sent"),
        pytest.param(TimedOut(), MaybeSent, id="read timeout"),
        pytest.param(LostContact("reset"), MaybeSent, id="reset"),
        pytest.param(TelegramError("the answer is not JSON"), MaybeSent, id="unreadable"),
        pytest.param(InvalidToken(), TokenRefused, id="401 or 404"),
        pytest.param(ChatMigrated(-1001), ChatMigrated, id="migrated"),
    ],
)
async def test_every_fault_has_one_meaning(fault: TelegramError, ours: type[Exception]):
    async def call():
        raise fault

    with pytest.raises(ours) as raised:
        await translated(call)
    assert type(raised.value) is ours


async def test_b22_a_429_is_told_at_once():
    silenced = []

    async def call():
        raise RetryAfter(3)

    with pytest.raises(TryLater) as raised:
        await translated(call, silenced.append)

    assert silenced == [timedelta(seconds=3)]
    assert raised.value.after == timedelta(seconds=3)


def test_a_refused_token_ends_the_process_with_a_sentence():
    assert issubclass(TokenRefused, MessengerClosed)
    assert "CONTACTPUNT_BOT_TOKEN" in str(TokenRefused())


@given(st.dictionaries(st.text(min_size=1), st.text(), min_size=1))
def test_any_text_arrives_as_it_was_written(parameters: dict[str, str]):
    data = RequestData([RequestParameter(name, text, None) for name, text in parameters.items()])
    body, headers = _body(data)

    assert headers == {"Content-Type": "application/x-www-form-urlencoded"}
    assert dict(parse_qsl(body.decode("ascii"), keep_blank_values=True)) == parameters


def test_t13_half_a_character_is_left_out():
    body, _ = _body(RequestData([RequestParameter("text", "a\ud83db\0", None)]))

    assert body == b"text=ab%00"


async def test_a_bug_in_the_transport_is_not_waited_for():
    class Broken(AiohttpRequest):
        async def do_request(self, *_, **__):
            raise UnicodeEncodeError("utf-8", "what An wrote", 0, 1, "")

    with pytest.raises(Rejected) as raised:
        await translated(lambda: Broken().post(url("http://127.0.0.1")))
    assert "An wrote" not in "".join(traceback.format_exception(raised.value))


async def test_an_unreadable_502_is_waited_for():
    class Gateway(AiohttpRequest):
        async def do_request(self, *_, **__):
            return 502, b"<html>"

    with pytest.raises(TryLater):
        await translated(lambda: Gateway().post(url("http://127.0.0.1")))


def test_an_answer_may_hold_any_bytes():
    parsed = AiohttpRequest.parse_json_payload(b'{"ok": true, "result": "\xff"}')

    assert json.dumps(parsed)
