"""Faults on demand, and whether the call was carried out all the same."""

from __future__ import annotations

import json

import aiohttp
import pytest

from tests.support.simulator import ControlProblem, SimulatorClient, Somebody


@pytest.fixture
async def an(simulator: SimulatorClient) -> Somebody:
    person = await simulator.person()
    await person.types("/start")
    return person


async def said(an: Somebody) -> list[str]:
    await an.look()
    return an.bot_said()


@pytest.mark.parametrize(
    ("kind", "code"),
    [("400", 400), ("401", 401), ("403", 403), ("409", 409), ("500", 500), ("502", 502)],
)
async def test_a_refusal_on_demand_delivers_nothing(
    simulator: SimulatorClient, an: Somebody, kind: str, code: int
) -> None:
    await simulator.fault(kind, "sendMessage", times=2)

    answers = [await simulator.call("sendMessage", chat_id=an.id, text="x") for _ in range(3)]

    assert [answer.get("error_code") for answer in answers] == [code, code, None]
    assert await said(an) == ["x"]


async def test_429_names_the_seconds(simulator: SimulatorClient, an: Somebody) -> None:
    await simulator.fault("429", retry_after=17)

    answer = await simulator.call("sendMessage", chat_id=an.id, text="x")

    assert answer["parameters"] == {"retry_after": 17}
    assert answer["description"] == "Too Many Requests: retry after 17"


async def test_an_upgraded_group_names_the_new_chat(
    simulator: SimulatorClient, an: Somebody
) -> None:
    await simulator.fault(
        "400",
        description="Bad Request: group chat was upgraded to a supergroup chat",
        parameters={"migrate_to_chat_id": -1001},
    )

    answer = await simulator.call("sendMessage", chat_id=an.id, text="x")

    assert answer["parameters"] == {"migrate_to_chat_id": -1001}


async def test_a_fault_for_one_account_and_method_only(
    simulator: SimulatorClient, an: Somebody
) -> None:
    bo = await simulator.person("Bo")
    await bo.types("/start")
    await simulator.fault("403", "sendMessage", account=bo.id, times=0)

    assert (await simulator.call("sendMessage", chat_id=an.id, text="x"))["ok"]
    assert (await simulator.call("getMe"))["ok"]
    assert (await simulator.call("sendMessage", chat_id=bo.id, text="x"))["error_code"] == 403
    await simulator.delete("/faults")
    assert (await simulator.call("sendMessage", chat_id=bo.id, text="x"))["ok"]


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        ("reset", aiohttp.ClientOSError),
        ("half_body", aiohttp.ClientPayloadError),
        ("invalid_json", json.JSONDecodeError),
    ],
)
@pytest.mark.parametrize("delivered", [True, False])
async def test_a_broken_answer_says_nothing_about_delivery(
    simulator: SimulatorClient,
    an: Somebody,
    kind: str,
    problem: type[Exception],
    delivered: bool,
) -> None:
    await simulator.fault(kind, "sendMessage", delivered=delivered)

    with pytest.raises(problem):
        await simulator.call("sendMessage", chat_id=an.id, text="x")

    assert await said(an) == (["x"] if delivered else [])
    assert [call["fault"] for call in await simulator.calls("sendMessage")] == [kind]


@pytest.mark.parametrize(
    ("kind", "expected"), [("slow_after", ["x"]), ("slow_before", []), ("drop", [])]
)
async def test_a_slow_answer(
    simulator: SimulatorClient, an: Somebody, kind: str, expected: list[str]
) -> None:
    await simulator.fault(kind, "sendMessage", delay=20)
    impatient = aiohttp.ClientTimeout(total=0.3)
    url = f"{simulator.address}/bot{simulator.token}/sendMessage"

    with pytest.raises(TimeoutError):
        await simulator.session.post(url, json={"chat_id": an.id, "text": "x"}, timeout=impatient)

    assert len(await simulator.calls("sendMessage", wait=5)) == 1
    assert await said(an) == expected


async def test_slow_before_delivers_to_who_waits(simulator: SimulatorClient, an: Somebody) -> None:
    await simulator.fault("slow_before", "sendMessage", delay=0.05)

    assert (await simulator.call("sendMessage", chat_id=an.id, text="x"))["ok"]


async def test_unknown_faults_are_refused(simulator: SimulatorClient) -> None:
    with pytest.raises(ControlProblem) as refused:
        await simulator.fault("gremlin")

    assert refused.value.status == 400
