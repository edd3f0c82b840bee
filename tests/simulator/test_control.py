"""The control API: what people do, what the page sees, what tests look at."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telegram import Update

from tests.support.simulator import ControlProblem, SimulatorClient

CHOICE = {"inline_keyboard": [[{"text": "Ja", "callback_data": "x.y:1"}]]}


async def test_everything_a_person_sends_is_an_update_that_telegram_bots_can_read(
    simulator: SimulatorClient,
) -> None:
    an = await simulator.person("An", last_name="Peeters", username="an_p")
    first = await an.types("/start faq_x")
    await an.does("edit", message_id=first["message_id"], text="/start")
    for kind in ("photo", "document", "contact", "location", "sticker", "voice"):
        await an.does(kind)
    await an.does("block")

    found = (await simulator.call("getUpdates"))["result"]
    updates = [Update.de_json(update, None) for update in found]

    assert updates[0].message is not None
    assert updates[0].message.text == "/start faq_x"
    assert updates[1].edited_message is not None
    assert updates[1].edited_message.edit_date is not None
    assert [
        kind
        for update in updates
        for kind in ("photo", "document", "contact", "location", "sticker", "voice")
        if update.message is not None and getattr(update.message, kind)
    ] == ["photo", "document", "contact", "location", "sticker", "voice"]
    assert updates[-1].my_chat_member is not None
    assert {update.effective_user.id for update in updates if update.effective_user} == {an.id}


async def test_taps_only_what_is_there_unless_forced(simulator: SimulatorClient) -> None:
    an = await simulator.person()
    await an.types("/start")
    sent = await simulator.call("sendMessage", chat_id=an.id, text="x", reply_markup=CHOICE)
    place = {"message_id": sent["result"]["message_id"]}

    await an.does("tap", data="x.y:1", **place)
    with pytest.raises(ControlProblem) as refused:
        await an.does("tap", data="x.y:2", **place)
    await an.does("tap", data="x.y:2", force=True, **place)
    await an.does("tap", data="x.y:3", force=True, message_id=99)

    assert refused.value.status == 404
    queries = [
        update["callback_query"]
        for update in (await simulator.call("getUpdates"))["result"]
        if "callback_query" in update
    ]
    assert [query["data"] for query in queries] == ["x.y:1", "x.y:2", "x.y:3"]
    assert queries[0]["message"]["text"] == "x"
    assert queries[2]["message"]["date"] == 0


async def test_chat_gives_only_what_is_new(simulator: SimulatorClient) -> None:
    an = await simulator.person()
    await an.types("/start")
    await an.look()
    waiting = asyncio.create_task(an.look(wait=20))

    sent = await simulator.call(
        "sendMessage", chat_id=an.id, text="<b>Dag</b>", parse_mode="HTML", reply_markup=CHOICE
    )
    news = await asyncio.wait_for(waiting, 5)

    assert [message["text"] for message in news["messages"]] == ["Dag"]
    assert news["messages"][0]["entities"] == [{"type": "bold", "offset": 0, "length": 3}]
    query = (await an.taps("Ja"))["query_id"]
    assert (await an.look())["waiting"] == [
        {"message_id": sent["result"]["message_id"], "data": "x.y:1"}
    ]
    await simulator.call("answerCallbackQuery", callback_query_id=query, text="Goed")
    news = await an.look()
    assert news["toast"] == {"text": "Goed", "alert": False}
    assert news["waiting"] == []
    assert (await an.look())["toast"] is None


async def test_people_can_be_reset(simulator: SimulatorClient) -> None:
    await (await simulator.person()).types("/start")

    await simulator.post("/reset")

    assert (await simulator.get("/people"))["people"] == []
    assert (await simulator.call("getUpdates"))["result"] == []


async def test_changes_wake_the_page(simulator: SimulatorClient) -> None:
    before = (await simulator.get("/changes"))["version"]
    waiting = asyncio.create_task(simulator.get("/changes", since=before, wait=20))

    an = await simulator.person()
    found = await asyncio.wait_for(waiting, 5)

    assert found["changed"] == [an.id]
    assert [person["first_name"] for person in found["people"]] == ["An"]


@pytest.mark.parametrize(
    ("path", "given", "status"),
    [
        ("/people/1/text", {"text": "x"}, 404),
        ("/people", {"id": 2**60}, 400),
        ("/updates", {"updates": "x"}, 400),
        ("/clock", {"advance": -1}, 400),
    ],
)
async def test_wrong_requests(
    simulator: SimulatorClient, path: str, given: dict[str, Any], status: int
) -> None:
    with pytest.raises(ControlProblem) as refused:
        await simulator.post(path, **given)

    assert refused.value.status == status


async def test_a_blocked_bot_hears_nothing(simulator: SimulatorClient) -> None:
    an = await simulator.person()
    await an.types("/start")
    await an.does("block")

    with pytest.raises(ControlProblem):
        await an.types("hoort iemand mij?")


async def test_uploaded_files_are_never_rendered(simulator: SimulatorClient) -> None:
    an = await simulator.person()
    sent = await an.does("document", name="x.html", media_type="text/html", content="PGI+")

    update = (await simulator.call("getUpdates"))["result"][-1]
    file_id = update["message"]["document"]["file_id"]
    async with simulator.session.get(f"{simulator.address}/sim/files/{file_id}") as response:
        assert response.headers["Content-Type"] == "application/octet-stream"
        assert await response.read() == b"<b>"
    assert sent["message_id"] == 1
