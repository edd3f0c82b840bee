from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from bot.errors import StorageTrouble
from bot.health import DEAF_AFTER, Health, routes


class Ticking:
    """A monotonic clock that moves when told."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def advance(self, span: timedelta) -> None:
        self.seconds += span.total_seconds()


@pytest.fixture
def ticking() -> Ticking:
    return Ticking()


@pytest.fixture
def health(ticking: Ticking) -> Health:
    return Health("polling", ticking)


async def troubles(health: Health) -> list[str]:
    found: list[str] = (await health.report())["troubles"]
    return found


async def test_r23_a_deaf_bot_is_noticed_within_a_minute(health: Health, ticking: Ticking) -> None:
    assert DEAF_AFTER.total_seconds() < 60
    health.polled()
    ticking.advance(DEAF_AFTER)
    assert await troubles(health) == []

    ticking.advance(timedelta(seconds=1))
    assert await troubles(health) == ["no update could be asked for 51 s"]

    health.polled()
    assert await troubles(health) == []


async def test_r23_never_polled_at_all(health: Health, ticking: Ticking) -> None:
    health.poll_failed("no connection")
    ticking.advance(DEAF_AFTER + timedelta(seconds=1))

    assert await troubles(health) == ["no update could be asked for 51 s: no connection"]


async def test_a_webhook_may_be_silent_for_long(ticking: Ticking) -> None:
    health = Health("webhook", ticking)
    ticking.advance(timedelta(days=1))

    assert await troubles(health) == []


async def test_r21_storage_turns_red_and_green_again(health: Health) -> None:
    health.storage_failed("locked")
    assert await troubles(health) == ["storage: locked"]

    health.storage_ok()
    assert await troubles(health) == []


async def test_probes(health: Health) -> None:
    async def young() -> timedelta:
        return timedelta(seconds=5)

    async def old() -> timedelta:
        return timedelta(minutes=6)

    async def nothing() -> None:
        return None

    async def failing() -> timedelta:
        raise StorageTrouble("locked")

    for name, probe in (("young", young), ("nothing", nothing)):
        health.watch(name, probe, timedelta(minutes=5))
    assert await troubles(health) == []

    health.watch("outbox", old, timedelta(minutes=5))
    health.watch("inbox", failing, timedelta(minutes=5))
    report = await health.report()

    assert report["oldest_seconds"] == {
        "young": 5.0,
        "nothing": None,
        "outbox": 360.0,
        "inbox": None,
    }
    assert report["troubles"] == [
        "outbox: the oldest waits for 360 s",
        "inbox: cannot be read (StorageTrouble)",
    ]


async def test_endpoints(health: Health) -> None:
    health.polled()
    health.received(3, repeated=1)
    health.parked()
    health.gauge("people_at_once", "People being answered.", lambda: 2.0)
    transport = httpx.ASGITransport(Starlette(routes=routes(health)))

    async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
        green = await client.get("/healthz")
        metrics = await client.get("/metrics")
        health.storage_failed("full")
        red = await client.get("/healthz")

    assert (green.status_code, green.json()["status"], green.json()["parked"]) == (200, "ok", 1)
    assert green.json()["last_received_at"].endswith("+00:00")
    assert (red.status_code, red.json()["troubles"]) == (503, ["storage: full"])
    for line in (
        "contactpunt_updates_received_total 3.0",
        "contactpunt_updates_repeated_total 1.0",
        "contactpunt_updates_parked_total 1.0",
        "contactpunt_healthy 1.0",
        "contactpunt_people_at_once 2.0",
    ):
        assert line in metrics.text.splitlines()


def test_unknown_counter_is_a_bug(health: Health) -> None:
    with pytest.raises(KeyError):
        health.count("updates_recieved")
