"""How a call may be sent, which tokens and methods exist."""

from __future__ import annotations

import pytest

from bot.simulator.parameters import read
from bot.simulator.refusals import Refused
from tests.support.simulator import SimulatorClient, running_simulator


async def test_get_post_form_and_json_are_the_same(simulator: SimulatorClient) -> None:
    an = await simulator.person()
    await an.types("/start")
    url = f"{simulator.address}/bot{simulator.token}"
    given = {"chat_id": str(an.id), "text": "één & twee"}

    for request in (
        simulator.session.get(f"{url}/sendMessage", params=given),
        simulator.session.post(f"{url}/sendmessage", data=given),
        simulator.session.post(f"{url}/SENDMESSAGE", json=given),
    ):
        async with request as response:
            assert (await response.json())["result"]["text"] == "één & twee"


async def test_wrong_token_unknown_method_and_malformed_token(simulator: SimulatorClient) -> None:
    async def status(path: str) -> tuple[int, str]:
        async with simulator.session.get(simulator.address + path) as response:
            return response.status, (await response.json())["description"]

    assert await status("/bot123456:" + "B" * 35 + "/getMe") == (401, "Unauthorized")
    assert await status("/botiets/getMe") == (404, "Not Found")
    assert await status(f"/bot{simulator.token}/maakKoffie") == (404, "Not Found: method not found")


async def test_without_a_token_the_first_one_is_taken() -> None:
    async with running_simulator(None) as client:
        assert (await client.call("getMe"))["result"]["id"] == 123456
        client.token = "654321:" + "C" * 35
        assert (await client.call("getMe"))["error_code"] == 401


def test_multipart_keeps_every_byte() -> None:
    content = bytes(range(256)) + b"\r\n--gren\r\n"
    body = (
        b'--grens\r\nContent-Disposition: form-data; name="chat_id"\r\n\r\n12\r\n'
        b'--grens\r\nContent-Disposition: form-data; name="photo"; filename="../a.png"\r\n'
        b"Content-Type: image/png\r\n\r\n" + content + b"\r\n--grens--\r\n"
    )

    found = read("", 'multipart/form-data; boundary="grens"', body)

    assert found.integer("chat_id") == 12
    assert found.files["photo"].name == "a.png"
    assert found.files["photo"].media_type == "image/png"
    assert found.files["photo"].content == content


@pytest.mark.parametrize(
    ("media_type", "body", "reason"),
    [
        ("application/json", b"{", "can't parse request JSON object"),
        ("application/json", b"[]", "request must be a JSON object"),
        ("application/x-www-form-urlencoded", b"a=\xff", "strings must be encoded in UTF-8"),
    ],
)
def test_wrong_bodies_are_refused(media_type: str, body: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        read("", media_type, body)

    assert refused.value.description == f"Bad Request: {reason}"


async def test_a_foreign_host_name_is_refused(simulator: SimulatorClient) -> None:
    async with simulator.session.get(
        f"{simulator.address}/sim/people", headers={"Host": "kwaad.example"}
    ) as response:
        assert response.status == 400


async def test_the_control_api_takes_no_form_of_a_foreign_page(simulator: SimulatorClient) -> None:
    async with simulator.session.post(
        f"{simulator.address}/sim/reset", data={"a": "b"}
    ) as response:
        assert response.status == 415
