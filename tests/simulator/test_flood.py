"""Flood limits, and what happens to who does not wait."""

from __future__ import annotations

import pytest

from bot.simulator.flood import Flood
from bot.simulator.refusals import Refused
from tests.support.simulator import SimulatorClient


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def sends(flood: Flood, chat_id: int) -> int | None:
    """None when it went through, else the seconds to wait."""
    try:
        flood.check(chat_id)
    except Refused as refused:
        return int(refused.parameters["retry_after"])
    return None


def test_a_short_burst_then_one_a_second_for_each_chat() -> None:
    clock = Clock()
    flood = Flood(clock)

    assert [sends(flood, 7) for _ in range(6)] == [None] * 5 + [1]
    assert sends(flood, 8) is None
    clock.now += 1
    assert [sends(flood, 7), sends(flood, 7)] == [None, 1]


def test_twenty_a_minute_in_a_group() -> None:
    clock = Clock()
    flood = Flood(clock)

    assert [sends(flood, -100) for _ in range(21)] == [None] * 20 + [3]


def test_thirty_a_second_overall() -> None:
    clock = Clock()
    flood = Flood(clock)

    assert [sends(flood, account) for account in range(1, 32)] == [None] * 30 + [1]
    assert sends(flood, 99) == 1
    assert (flood.refused, flood.hammered) == (2, 1)
    clock.now += 1
    assert sends(flood, 99) is None


def test_switched_off() -> None:
    flood = Flood(Clock(), enforce=False)

    assert {sends(flood, 7) for _ in range(100)} == {None}


async def test_429_over_http(simulator: SimulatorClient) -> None:
    an = await simulator.person()
    await an.types("/start")

    answers = [await simulator.call("sendMessage", chat_id=an.id, text="x") for _ in range(6)]

    assert answers[-1] == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
    assert (await simulator.get("/limits"))["refused"] == 1
    await simulator.post("/limits", enforce=False)
    assert (await simulator.call("sendMessage", chat_id=an.id, text="x"))["ok"]


@pytest.mark.parametrize("method", ["getMe", "getUpdates", "getWebhookInfo"])
async def test_asking_is_not_limited(simulator: SimulatorClient, method: str) -> None:
    answers = [await simulator.call(method) for _ in range(40)]

    assert all(answer["ok"] for answer in answers)
