"""getUpdates and webhooks: nothing lost, confirmed is deleted, one poller."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from bot.simulator.simulator import Simulator
from tests.support.simulator import SimulatorClient, running_simulator

Json = dict[str, Any]


def ids(answer: Json) -> list[int]:
    return [update["update_id"] for update in answer["result"]]


async def test_confirmed_is_deleted_and_the_rest_comes_again(simulator: SimulatorClient) -> None:
    an = await simulator.person()
    sent = [(await an.types(str(number)))["update_id"] for number in range(3)]

    assert ids(await simulator.call("getUpdates")) == sent
    assert ids(await simulator.call("getUpdates", limit=1)) == sent[:1]
    assert ids(await simulator.call("getUpdates", offset=sent[1])) == sent[1:]
    assert ids(await simulator.call("getUpdates")) == sent[1:]
    assert ids(await simulator.call("getUpdates", offset=-1)) == sent[2:]
    assert ids(await simulator.call("getUpdates", offset=sent[2] + 1)) == []


async def test_at_most_a_hundred_at_once(simulator: SimulatorClient) -> None:
    updates = [{"message": {"text": str(number)}} for number in range(130)]
    sent = (await simulator.post("/updates", updates=updates))["update_ids"]

    assert ids(await simulator.call("getUpdates", limit=1000)) == sent[:100]


async def test_a_long_poll_ends_with_the_first_update(simulator: SimulatorClient) -> None:
    an = await simulator.person()
    waiting = asyncio.create_task(simulator.call("getUpdates", timeout=30))
    await waiting_poll(simulator)

    sent = await an.types("Dag")

    assert ids(await asyncio.wait_for(waiting, 5)) == [sent["update_id"]]


async def test_a_second_poller_takes_over(simulator: SimulatorClient) -> None:
    first = asyncio.create_task(simulator.call("getUpdates", timeout=30))
    await waiting_poll(simulator)
    second = asyncio.create_task(simulator.call("getUpdates", timeout=30))

    refused = await asyncio.wait_for(first, 5)
    await (await simulator.person()).types("Dag")

    assert (refused["error_code"], refused["description"]) == (
        409,
        "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running",
    )
    assert len(ids(await asyncio.wait_for(second, 5))) == 1


async def test_a_webhook_excludes_polling(simulator: SimulatorClient) -> None:
    waiting = asyncio.create_task(simulator.call("getUpdates", timeout=30))
    await waiting_poll(simulator)
    await simulator.call("setWebhook", url="http://127.0.0.1:9/x")

    terminated = await asyncio.wait_for(waiting, 5)
    refused = await simulator.call("getUpdates")
    await simulator.call("deleteWebhook")

    assert terminated["description"] == "Conflict: terminated by setWebhook request"
    assert refused["error_code"] == 409
    assert refused["description"].startswith("Conflict: can't use getUpdates method while webhook")
    assert (await simulator.call("getUpdates"))["ok"]


async def test_a_poller_that_hung_up_does_not_swallow_updates(simulator: SimulatorClient) -> None:
    waiting = asyncio.create_task(simulator.call("getUpdates", timeout=30))
    await waiting_poll(simulator)
    waiting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await waiting

    sent = await (await simulator.person()).types("Dag")

    assert ids(await simulator.call("getUpdates", timeout=5)) == [sent["update_id"]]


async def test_allowed_updates_are_remembered(simulator: SimulatorClient) -> None:
    an = await simulator.person()
    await simulator.call("getUpdates", allowed_updates=["message"])
    await an.types("Dag")
    assert (await an.does("block"))["update_id"] is None
    await an.does("unblock")

    found = await simulator.call("getUpdates")
    assert [sorted(update) for update in found["result"]] == [["message", "update_id"]]

    await simulator.call("getUpdates", allowed_updates=[])
    assert (await an.does("block"))["update_id"] is not None


async def test_updates_wait_for_a_day(simulator: SimulatorClient) -> None:
    await (await simulator.person()).types("Dag")

    await simulator.post("/clock", advance=24 * 3600 - 60)
    assert len(ids(await simulator.call("getUpdates"))) == 1
    await simulator.post("/clock", advance=120)
    assert ids(await simulator.call("getUpdates")) == []


async def test_repeated_and_shuffled_ids_are_all_handed_out(simulator: SimulatorClient) -> None:
    numbers = [5, 3, 5, 4, 3]
    await simulator.post("/updates", updates=[{"update_id": one, "message": {}} for one in numbers])

    assert ids(await simulator.call("getUpdates", limit=2)) == [5, 3]
    assert ids(await simulator.call("getUpdates", offset=6, limit=2)) == [5, 4]
    assert ids(await simulator.call("getUpdates", offset=6)) == [3]
    assert ids(await simulator.call("getUpdates", offset=6)) == []


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (
            {"url": "http://bot.example/x"},
            "bad webhook: An HTTPS URL must be provided for webhook",
        ),
        (
            {"url": "https://bot.example:8000/x"},
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        (
            {"url": "http://127.0.0.1:1/x", "secret_token": "een geheim"},
            "secret token contains unallowed characters",
        ),
        ({"url": "http://127.0.0.1:1/x", "secret_token": "x" * 257}, "secret token is too long"),
    ],
)
async def test_wrong_webhooks_are_refused(
    simulator: SimulatorClient, given: Json, reason: str
) -> None:
    answer = await simulator.call("setWebhook", **given)

    assert answer["description"] == f"Bad Request: {reason}"


async def test_webhook_brings_updates_in_order_with_the_secret(
    simulator: SimulatorClient,
) -> None:
    an = await simulator.person()
    async with listening() as there:
        await simulator.call("setWebhook", url=there.url, secret_token="geheim-1")
        sent = [(await an.types(str(number)))["update_id"] for number in range(5)]
        await there.until(lambda: len(there.bodies) == 5)

        assert [body["update_id"] for body in there.bodies] == sent
        assert set(there.secrets) == {"geheim-1"}
        await pending(simulator, 0)


async def test_webhook_repeats_until_it_is_accepted(simulator: SimulatorClient) -> None:
    an, bo = await simulator.person("An"), await simulator.person("Bo")
    async with listening() as there:
        there.statuses = [500, 503, 302]
        await simulator.call("setWebhook", url=there.url)
        first = (await an.types("een"))["update_id"]
        await there.until(lambda: len(there.bodies) >= 4)
        second = (await an.types("twee"))["update_id"]
        other = (await bo.types("drie"))["update_id"]
        await there.until(lambda: len(there.bodies) == 6)

        got = [body["update_id"] for body in there.bodies]
        assert got[:4] == [first] * 4
        assert sorted(got[4:]) == [second, other]
        info = (await simulator.call("getWebhookInfo"))["result"]
        assert info["url"] == there.url
        assert info["last_error_message"].startswith("Wrong response from the webhook: 302")


async def test_a_failing_update_blocks_only_its_own_chat(simulator: SimulatorClient) -> None:
    an, bo = await simulator.person("An"), await simulator.person("Bo")
    async with listening() as there:
        there.refuse = lambda body: body["message"]["from"]["id"] == an.id
        await simulator.call("setWebhook", url=there.url)
        await an.types("geweigerd")
        await an.types("wacht")
        await bo.types("vrij")
        await there.until(lambda: "vrij" in there.texts and there.texts.count("geweigerd") > 2)

        assert "wacht" not in there.texts
        info = (await simulator.call("getWebhookInfo"))["result"]
        assert info["pending_update_count"] == 2


async def test_nobody_listens_is_noted_and_retried(simulator: SimulatorClient) -> None:
    an = await simulator.person()
    async with listening() as there:
        url = there.url
    await simulator.call("setWebhook", url=url)
    await an.types("Dag")

    for _ in range(200):
        info = (await simulator.call("getWebhookInfo"))["result"]
        if "last_error_message" in info:
            break
        await asyncio.sleep(0.01)

    assert info["last_error_message"] == "Connection refused or broken off"
    assert info["pending_update_count"] == 1


class Listening:
    def __init__(self) -> None:
        self.url = ""
        self.bodies: list[Json] = []
        self.secrets: list[str | None] = []
        self.statuses: list[int] = []
        self.refuse: Callable[[Json], bool] = lambda body: False
        self.changed = asyncio.Event()

    @property
    def texts(self) -> list[str]:
        return [body["message"]["text"] for body in self.bodies]

    async def take(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.bodies.append(body)
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.changed.set()
        status = self.statuses.pop(0) if self.statuses else 200
        headers = {"Location": self.url} if status == 302 else {}
        return web.Response(status=500 if self.refuse(body) else status, headers=headers)

    async def until(self, ready: Callable[[], bool]) -> None:
        async def wait() -> None:
            while not ready():
                self.changed.clear()
                await self.changed.wait()

        await asyncio.wait_for(wait(), 10)


@contextlib.asynccontextmanager
async def listening() -> AsyncIterator[Listening]:
    there = Listening()
    application = web.Application()
    application.router.add_post("/hook", there.take)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    there.url = f"http://127.0.0.1:{port}/hook"
    try:
        yield there
    finally:
        await runner.cleanup()


def of(client: SimulatorClient) -> Simulator:
    assert client.app is not None
    found: Simulator = client.app.state.simulator
    return found


async def _until(ready: Callable[[], bool], again: Callable[[], Awaitable[None]]) -> None:
    async with asyncio.timeout(5):
        while not ready():
            await again()


async def waiting_poll(client: SimulatorClient) -> None:
    """Returns when a getUpdates is waiting inside the simulator."""
    await _until(lambda: of(client).updates._poll is not None, lambda: asyncio.sleep(0.005))


async def pending(client: SimulatorClient, count: int) -> None:
    updates = of(client).updates
    await _until(lambda: len(updates.pending()) == count, lambda: asyncio.sleep(0.005))


async def test_numbers_never_come_twice_over_a_restart() -> None:
    async with running_simulator(clock=lambda: 1_000_000.0) as client:
        before = (await (await client.person()).types("Dag"))["update_id"]
    async with running_simulator(clock=lambda: 1_000_060.0) as client:
        after = (await (await client.person()).types("Dag"))["update_id"]

    assert after > before
