"""Sending and changing: lengths, buttons, who can be reached, once and not twice."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from telegram.constants import (
    BotCommandLimit,
    BotDescriptionLimit,
    BotNameLimit,
    CallbackQueryLimit,
    FileSizeLimit,
    InlineKeyboardButtonLimit,
    InlineKeyboardMarkupLimit,
    MessageLimit,
    PollingLimit,
)

from bot.simulator import keyboards, updates
from bot.simulator.methods import profile, receiving, sending
from tests.support.simulator import SimulatorClient, Somebody


@pytest.fixture
async def an(simulator: SimulatorClient) -> Somebody:
    """Somebody who has pressed Start."""
    await simulator.post("/limits", enforce=False)
    person = await simulator.person()
    await person.types("/start")
    return person


def refusal(answer: dict[str, Any]) -> tuple[int, str]:
    assert answer["ok"] is False
    return answer["error_code"], answer["description"]


def keyboard(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"inline_keyboard": [[button] for button in buttons]}


ONE = {"text": "Ja", "callback_data": "x.y:1"}
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


def test_limits_are_those_of_python_telegram_bot() -> None:
    assert sending.MAX_TEXT == MessageLimit.MAX_TEXT_LENGTH
    assert sending.MAX_CAPTION == MessageLimit.CAPTION_LENGTH
    assert sending.MAX_ANSWER == CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH
    assert sending.MAX_UPLOAD == FileSizeLimit.FILESIZE_UPLOAD * 1.048576
    assert keyboards.MAX_DATA_BYTES == InlineKeyboardButtonLimit.MAX_CALLBACK_DATA
    assert keyboards.MAX_PER_ROW == InlineKeyboardMarkupLimit.BUTTONS_PER_ROW
    assert keyboards.MAX_PER_MESSAGE == InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER
    assert profile.MAX_COMMANDS == BotCommandLimit.MAX_COMMAND_NUMBER
    assert profile.MAX_COMMAND_DESCRIPTION == BotCommandLimit.MAX_DESCRIPTION
    assert profile.MAX_DESCRIPTION == BotDescriptionLimit.MAX_DESCRIPTION_LENGTH
    assert profile.MAX_SHORT_DESCRIPTION == BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH
    assert profile.MAX_NAME == BotNameLimit.MAX_NAME_LENGTH
    assert updates.MAX_BATCH == PollingLimit.MAX_LIMIT
    assert receiving.MAX_DOWNLOAD == FileSizeLimit.FILESIZE_DOWNLOAD * 1.048576


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("", "message text is empty", id="nothing"),
        pytest.param(" \n ", "message text is empty", id="only spaces"),
        pytest.param("<b> </b>", "message text is empty", id="only tags"),
        pytest.param("x" * 4097, "message is too long", id="too long"),
        pytest.param("👮" * 2049, "message is too long", id="too long in UTF-16"),
        pytest.param(
            "1 < 2",
            'can\'t parse entities: Unsupported start tag "" at byte offset 2',
            id="a stray <",
        ),
    ],
)
async def test_text_has_1_to_4096_characters_after_formatting(
    simulator: SimulatorClient, an: Somebody, text: str, reason: str
) -> None:
    answer = await simulator.call("sendMessage", chat_id=an.id, text=text, parse_mode="HTML")

    assert refusal(answer) == (400, f"Bad Request: {reason}")


async def test_tags_do_not_count_for_the_length(simulator: SimulatorClient, an: Somebody) -> None:
    text = f"<b>{'x' * 4096}</b>"

    answer = await simulator.call("sendMessage", chat_id=an.id, text=text, parse_mode="HTML")

    assert answer["ok"]
    assert len(answer["result"]["text"]) == 4096


@pytest.mark.parametrize(
    ("button", "reason"),
    [
        ({"text": "x", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": "é" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "", "callback_data": "x"}, "BUTTON_TEXT_EMPTY"),
        ({"callback_data": "x"}, "can't parse inline keyboard button: Can't find field \"text\""),
        (
            {"text": "x"},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            {"text": "x", "url": "tel:112"},
            "inline keyboard button URL 'tel:112' is invalid: Unsupported URL protocol",
        ),
        (
            {"text": "x", "url": "http://localhost"},
            "inline keyboard button URL 'http://localhost' is invalid: Wrong HTTP URL",
        ),
    ],
)
async def test_wrong_buttons_are_refused(
    simulator: SimulatorClient, an: Somebody, button: dict[str, Any], reason: str
) -> None:
    answer = await simulator.call(
        "sendMessage", chat_id=an.id, text="x", reply_markup=keyboard(button)
    )

    assert refusal(answer) == (400, f"Bad Request: {reason}")


async def test_button_data_may_have_64_bytes(simulator: SimulatorClient, an: Somebody) -> None:
    markup = keyboard({"text": "x", "callback_data": "é" * 32})

    answer = await simulator.call("sendMessage", chat_id=an.id, text="x", reply_markup=markup)

    assert answer["result"]["reply_markup"] == markup


async def test_too_many_buttons_are_refused(simulator: SimulatorClient, an: Somebody) -> None:
    row = [{"text": "x", "callback_data": "x"}] * 8

    for rows in ([row + row[:1]], [row] * 13):
        answer = await simulator.call(
            "sendMessage", chat_id=an.id, text="x", reply_markup={"inline_keyboard": rows}
        )
        assert refusal(answer) == (400, "Bad Request: REPLY_MARKUP_TOO_LONG")


async def test_who_never_pressed_start_cannot_be_reached(simulator: SimulatorClient) -> None:
    bo = await simulator.person("Bo")

    for account in (bo.id, 999):
        answer = await simulator.call("sendMessage", chat_id=account, text="Dag")
        assert refusal(answer) == (400, "Bad Request: chat not found")


async def test_block_and_unblock(simulator: SimulatorClient, an: Somebody) -> None:
    await an.does("block")
    blocked = await simulator.call("sendMessage", chat_id=an.id, text="Dag")
    await an.does("unblock")
    unblocked = await simulator.call("sendMessage", chat_id=an.id, text="Dag")

    assert refusal(blocked) == (403, "Forbidden: bot was blocked by the user")
    assert unblocked["ok"]
    found = await simulator.call("getUpdates", offset=-2)
    assert [
        (
            one["my_chat_member"]["old_chat_member"]["status"],
            one["my_chat_member"]["new_chat_member"]["status"],
        )
        for one in found["result"]
    ] == [("member", "kicked"), ("kicked", "member")]


async def test_deactivated_account(simulator: SimulatorClient, an: Somebody) -> None:
    await simulator.post(f"/people/{an.id}", deactivated=True)

    answer = await simulator.call("sendMessage", chat_id=an.id, text="Dag")

    assert refusal(answer) == (403, "Forbidden: user is deactivated")


async def test_edit_of_text_and_buttons(simulator: SimulatorClient, an: Somebody) -> None:
    sent = await simulator.call(
        "sendMessage", chat_id=an.id, text="Eerst", reply_markup=keyboard(ONE)
    )
    place = {"chat_id": an.id, "message_id": sent["result"]["message_id"]}

    same = await simulator.call(
        "editMessageText", text=" Eerst ", reply_markup=keyboard(ONE), **place
    )
    changed = await simulator.call("editMessageText", text="Dan", **place)
    without = await simulator.call("editMessageReplyMarkup", **place)
    missing = await simulator.call("editMessageText", chat_id=an.id, message_id=99, text="x")
    foreign = await simulator.call("editMessageText", chat_id=an.id, message_id=1, text="x")

    assert refusal(same)[1].startswith("Bad Request: message is not modified: specified new")
    assert changed["result"]["text"] == "Dan"
    assert "edit_date" in changed["result"]
    assert "reply_markup" not in changed["result"]
    assert refusal(without)[1].startswith("Bad Request: message is not modified")
    assert refusal(missing) == (400, "Bad Request: message to edit not found")
    assert refusal(foreign) == (400, "Bad Request: message can't be edited")
    await an.look()
    assert an.messages[place["message_id"]]["edited"]


async def test_a_press_is_answered_at_most_once(simulator: SimulatorClient, an: Somebody) -> None:
    await simulator.call("sendMessage", chat_id=an.id, text="x", reply_markup=keyboard(ONE))
    query = (await an.taps("Ja"))["query_id"]

    first = await simulator.call("answerCallbackQuery", callback_query_id=query, text="Dank je")
    second = await simulator.call("answerCallbackQuery", callback_query_id=query)
    unknown = await simulator.call("answerCallbackQuery", callback_query_id="1")

    assert first["ok"]
    assert refusal(second) == (400, TOO_OLD)
    assert refusal(unknown) == (400, TOO_OLD)


async def test_a_press_answered_late_is_refused_and_not_delivered(
    simulator: SimulatorClient, an: Somebody
) -> None:
    await simulator.call("sendMessage", chat_id=an.id, text="x", reply_markup=keyboard(ONE))
    query = (await an.taps("Ja"))["query_id"]
    await simulator.post("/clock", advance=151)

    answer = await simulator.call("answerCallbackQuery", callback_query_id=query)
    found = await simulator.call("getUpdates")

    assert refusal(answer) == (400, TOO_OLD)
    assert ["message" in update for update in found["result"]] == [True]


async def test_answer_of_a_press_has_200_characters(
    simulator: SimulatorClient, an: Somebody
) -> None:
    await simulator.call("sendMessage", chat_id=an.id, text="x", reply_markup=keyboard(ONE))
    query = (await an.taps("Ja"))["query_id"]

    answer = await simulator.call("answerCallbackQuery", callback_query_id=query, text="x" * 201)

    assert refusal(answer) == (400, "Bad Request: MESSAGE_TOO_LONG")


async def test_messages_are_deleted_within_48_hours(
    simulator: SimulatorClient, an: Somebody
) -> None:
    one, two = [
        (await simulator.call("sendMessage", chat_id=an.id, text=text))["result"]["message_id"]
        for text in ("een", "twee")
    ]

    incoming = await simulator.call("deleteMessage", chat_id=an.id, message_id=1)
    again = await simulator.call("deleteMessage", chat_id=an.id, message_id=1)
    many = await simulator.call("deleteMessages", chat_id=an.id, message_ids=[one, 77])
    await simulator.post("/clock", advance=48 * 3600 + 1)
    late = await simulator.call("deleteMessage", chat_id=an.id, message_id=two)

    assert incoming["result"] is True
    assert refusal(again) == (400, "Bad Request: message to delete not found")
    assert many["result"] is True
    assert refusal(late) == (400, "Bad Request: message can't be deleted for everyone")
    await an.look()
    assert list(an.messages) == [two]


async def test_copy_hides_the_author_and_forward_shows_it(
    simulator: SimulatorClient, an: Somebody
) -> None:
    bo = await simulator.person("Bo")
    original = (await bo.types("Mijn vraag"))["message_id"]
    place = {"chat_id": an.id, "from_chat_id": bo.id, "message_id": original}

    copy = await simulator.call("copyMessage", **place)
    forward = await simulator.call("forwardMessage", **place)
    missing = await simulator.call("copyMessage", **{**place, "message_id": 99})

    assert list(copy["result"]) == ["message_id"]
    assert forward["result"]["forward_origin"]["sender_user"]["id"] == bo.id
    assert refusal(missing) == (400, "Bad Request: message to copy not found")
    await an.look()
    assert an.bot_said() == ["Mijn vraag", "Mijn vraag"]


async def test_document_by_upload_and_by_id(simulator: SimulatorClient, an: Somebody) -> None:
    form = aiohttp.FormData()
    form.add_field("chat_id", str(an.id))
    form.add_field("caption", "<b>Je</b> gegevens")
    form.add_field("parse_mode", "HTML")
    content = b'{"a": 1}\r\n--x\r\n\x00\xff'
    form.add_field("document", content, filename="gegevens.json", content_type="application/json")
    url = f"{simulator.address}/bot{simulator.token}/sendDocument"
    async with simulator.session.post(url, data=form) as response:
        sent = await response.json()

    document = sent["result"]["document"]
    again = await simulator.call("sendDocument", chat_id=an.id, document=document["file_id"])
    path = (await simulator.call("getFile", file_id=document["file_id"]))["result"]["file_path"]
    address = f"{simulator.address}/file/bot{simulator.token}/{path}"
    async with simulator.session.get(address) as response:
        downloaded = await response.read()

    assert sent["result"]["caption"] == "Je gegevens"
    assert document["file_name"] == "gegevens.json"
    assert document["file_size"] == len(content)
    assert downloaded == content
    assert again["result"]["document"] == document


async def test_refused_files(simulator: SimulatorClient, an: Somebody) -> None:
    missing = await simulator.call("sendDocument", chat_id=an.id)
    unknown = await simulator.call("sendPhoto", chat_id=an.id, photo="nergens")
    caption = await simulator.call("sendDocument", chat_id=an.id, document="x", caption="y" * 1025)
    no_file = await simulator.call("getFile", file_id="x")

    assert refusal(missing) == (400, "Bad Request: there is no document in the request")
    assert refusal(unknown) == (400, "Bad Request: wrong file identifier/HTTP URL specified")
    assert refusal(caption)[0] == 400
    assert refusal(no_file)[0] == 400


async def test_venue_location_and_chat_action(simulator: SimulatorClient, an: Somebody) -> None:
    place = {"chat_id": an.id, "latitude": 50.94, "longitude": 4.04}

    venue = await simulator.call("sendVenue", title="Onthaal", address="Straat 1", **place)
    no_title = await simulator.call("sendVenue", title="", address="Straat 1", **place)
    location = await simulator.call("sendLocation", **place)
    action = await simulator.call("sendChatAction", chat_id=an.id, action="typing")
    wrong = await simulator.call("sendChatAction", chat_id=an.id, action="dansen")

    assert venue["result"]["venue"]["title"] == "Onthaal"
    assert refusal(no_title) == (400, "Bad Request: title is empty")
    assert location["result"]["location"] == {"latitude": 50.94, "longitude": 4.04}
    assert action["result"] is True
    assert refusal(wrong)[0] == 400


async def test_reactions(simulator: SimulatorClient, an: Somebody) -> None:
    place = {"chat_id": an.id, "message_id": 1}

    done = await simulator.call(
        "setMessageReaction", reaction=[{"type": "emoji", "emoji": "👍"}], **place
    )
    wrong = await simulator.call(
        "setMessageReaction", reaction=[{"type": "emoji", "emoji": "ok"}], **place
    )

    assert done["result"] is True
    assert refusal(wrong) == (400, "Bad Request: REACTION_INVALID")


async def test_reply_to_a_message_that_is_gone(simulator: SimulatorClient, an: Somebody) -> None:
    strict = await simulator.call(
        "sendMessage", chat_id=an.id, text="x", reply_parameters={"message_id": 99}
    )
    lenient = await simulator.call(
        "sendMessage",
        chat_id=an.id,
        text="x",
        reply_parameters={"message_id": 99, "allow_sending_without_reply": True},
    )

    assert refusal(strict) == (400, "Bad Request: message to be replied not found")
    assert "reply_to_message" not in lenient["result"]


async def test_groups_are_left(simulator: SimulatorClient, an: Somebody) -> None:
    group = await simulator.post("/groups", title="Vrienden", members=[an.id])

    assert (await simulator.call("sendMessage", chat_id=group["id"], text="Dag"))["ok"]
    assert (await simulator.call("leaveChat", chat_id=group["id"]))["result"] is True
    refused = await simulator.call("sendMessage", chat_id=group["id"], text="Dag")
    assert refusal(refused) == (403, "Forbidden: bot was kicked from the supergroup chat")
    private = await simulator.call("leaveChat", chat_id=an.id)
    assert refusal(private)[0] == 400


async def test_language_of_commands_and_limits_of_the_profile(
    simulator: SimulatorClient, an: Somebody
) -> None:
    dutch = [{"command": "start", "description": "Begin"}]
    french = [{"command": "start", "description": "Commencer"}]
    await simulator.call("setMyCommands", commands=dutch)
    await simulator.call(
        "setMyCommands",
        commands=french,
        scope={"type": "all_private_chats"},
        language_code="fr",
    )
    karim = await simulator.person("Karim", "fr")

    assert (await an.look())["commands"] == dutch
    assert (await karim.look())["commands"] == french
    assert (await simulator.call("getMyCommands"))["result"] == dutch
    await simulator.call(
        "deleteMyCommands", scope={"type": "all_private_chats"}, language_code="fr"
    )
    assert (await karim.look())["commands"] == dutch
    for command in ("Start", "begin-nu", "", "x" * 33):
        wrong = [{"command": command, "description": "x"}]
        answer = await simulator.call("setMyCommands", commands=wrong)
        assert refusal(answer) == (400, "Bad Request: BOT_COMMAND_INVALID")
    too_long = [{"command": "x", "description": "x" * 257}]
    assert refusal(await simulator.call("setMyCommands", commands=too_long))[0] == 400
    assert refusal(await simulator.call("setMyCommands", commands=dutch * 101))[0] == 400
    for method, parameter, limit in (
        ("setMyName", "name", 64),
        ("setMyDescription", "description", 512),
        ("setMyShortDescription", "short_description", 120),
    ):
        assert (await simulator.call(method, **{parameter: "x" * limit}))["result"] is True
        assert refusal(await simulator.call(method, **{parameter: "x" * (limit + 1)}))[0] == 400
    assert (await simulator.call("setChatMenuButton", menu_button={"type": "commands"}))["ok"]
    assert (await simulator.call("getChatMenuButton", chat_id=an.id))["result"] == {
        "type": "commands"
    }
