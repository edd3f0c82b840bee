"""The webhook, called as an ASGI server would call it: byte by byte where that matters."""

import asyncio
import hmac
import json
import tracemalloc
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from handlers import webhook as webhook_module
from handlers.webhook import LARGEST_BODY, Webhook
from tests.handlers.receive.conftest import typed

SECRET = "s" * 43
HEADER = b"x-telegram-bot-api-secret-token"


class Caller:
    """Calls the application, and knows how much of the body was read."""

    def __init__(self, webhook: Webhook) -> None:
        self._app = Starlette(routes=[Route("/tg", webhook.__call__, methods=["POST"])])
        self.parts_read = 0

    async def __call__(
        self,
        parts: Iterable[bytes] | AsyncIterator[bytes],
        *,
        secrets: Iterable[bytes] = (SECRET.encode(),),
        length: int | str | None = None,
        method: str = "POST",
        path: str = "/tg",
    ) -> int:
        headers = [(HEADER, secret) for secret in secrets]
        if length is not None:
            headers.append((b"content-length", str(length).encode()))
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": headers,
        }
        source = parts if hasattr(parts, "__anext__") else _given(parts)
        self.parts_read = 0

        async def receive():
            self.parts_read += 1
            try:
                part = await anext(source)
            except StopAsyncIteration:
                return {"type": "http.request", "body": b"", "more_body": False}
            return {"type": "http.request", "body": part, "more_body": True}

        statuses = []

        async def send(event):
            if event["type"] == "http.response.start":
                statuses.append(event["status"])

        await self._app(scope, receive, send)
        [status] = statuses
        return status


async def _given(parts: Iterable[bytes]) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def body(update: object) -> list[bytes]:
    return [json.dumps(update).encode()]


@pytest.fixture
def webhook(reception, health) -> Webhook:
    return Webhook(reception, SECRET, health=health)


@pytest.fixture
def call(webhook: Webhook) -> Caller:
    return Caller(webhook)


async def test_r08_200_once_it_is_stored(call: Caller, noted, health):
    assert await call(body(typed(10))) == 200
    assert noted.ids == [10]
    assert (await health.report())["last_received_at"] is not None


async def test_r08_r21_503_while_it_cannot_be_stored(call: Caller, noted, flaky, told, notices):
    flaky.broken = True
    assert await call(body(typed(10))) == 503
    await notices.close()
    assert (noted.ids, told.notices) == ([], [(7, "errors.try_again nl")])

    flaky.broken = False
    assert await call(body(typed(10))) == 200
    assert noted.ids == [10]


async def test_r09_a_repeat_is_accepted_and_not_handled_again(call: Caller, noted):
    codes = await asyncio.gather(*(call(body(typed(10))) for _ in range(20)))

    assert set(codes) == {200}
    assert noted.ids == [10]


@pytest.mark.parametrize(
    "secrets",
    [
        pytest.param([], id="none"),
        pytest.param([b""], id="empty"),
        pytest.param([b"wrong"], id="wrong"),
        pytest.param([SECRET.encode(), SECRET.encode()], id="doubled"),
        pytest.param([SECRET.encode(), b"wrong"], id="right and wrong"),
        pytest.param([SECRET.encode() * 100], id="over-long"),
        pytest.param([SECRET.encode() + b" "], id="almost"),
        pytest.param(["é".encode()], id="not ASCII"),
    ],
)
async def test_t01_without_the_secret_nothing_is_read_and_nothing_stored(
    call: Caller, noted, health, secrets: list[bytes]
):
    assert await call(body(typed(10)), secrets=secrets) == 403
    assert call.parts_read == 0
    assert noted.ids == []
    assert health.counts["webhooks_refused"] == 1


def test_t01_the_secret_is_compared_in_constant_time_and_never_missing(reception):
    assert webhook_module.compare_digest is hmac.compare_digest
    with pytest.raises(ValueError, match="secret"):
        Webhook(reception, "")


@pytest.mark.parametrize("length", [LARGEST_BODY + 1, 10**12, "-1", "many", "²"])
async def test_t02_a_body_said_to_be_too_large_is_not_read(call: Caller, noted, length):
    assert await call(body(typed(10)), length=length) == 413
    assert call.parts_read == 0
    assert noted.ids == []


async def test_t02_a_body_that_is_too_large_is_cut_off(call: Caller, noted):
    async def ninety_megabytes() -> AsyncIterator[bytes]:
        for _ in range(1440):
            yield b"x" * 65536

    tracemalloc.start()
    try:
        assert await call(ninety_megabytes()) == 413
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert call.parts_read <= 17
    assert peak < 5 * 1024 * 1024
    assert noted.ids == []


async def test_t02_a_body_that_drips_is_given_up(reception, noted):
    async def drips() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.005)

    call = Caller(Webhook(reception, SECRET, read_within=timedelta(milliseconds=50)))
    assert await call(drips()) == 408
    assert noted.ids == []


@pytest.mark.parametrize(
    "garbage",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<html>", id="not JSON"),
        pytest.param(b"[" * 200_000, id="nested"),
        pytest.param(b"\xff\xfe\0", id="not text"),
        pytest.param(b'{"update_id": "ten"}', id="odd number"),
        pytest.param(b"9" * 5000, id="a huge number"),
    ],
)
async def test_b07_what_is_no_update_is_stored_parked_and_answered_200(
    call: Caller, noted, health, garbage: bytes
):
    assert await call([garbage]) == 200
    assert await call([garbage]) == 200
    assert noted.ids == []
    assert health.counts["updates_parked"] == 1
    assert await call(body(typed(10))) == 200
    assert noted.ids == [10]


async def test_a_body_in_pieces_is_one_update(call: Caller, noted):
    [whole] = body(typed(10))

    assert await call([whole[:20], b"", whole[20:]]) == 200
    assert noted.ids == [10]


async def test_only_post_and_only_there(call: Caller):
    assert await call([], method="GET") == 405
    assert await call([], path="/other") == 404


async def test_b06_503_when_there_is_no_room(reception):
    async def never() -> None:
        await asyncio.Event().wait()

    reception.room = never
    hook = Webhook(reception, SECRET, room_within=timedelta(milliseconds=20))

    assert await Caller(hook)(body(typed(10))) == 503
