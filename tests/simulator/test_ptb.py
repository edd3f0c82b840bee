"""python-telegram-bot's own Bot talks to the simulator as to Telegram."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MenuButtonCommands,
)
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter

from tests.support.simulator import SimulatorClient, Somebody


@pytest.fixture
async def bot(simulator: SimulatorClient) -> AsyncIterator[Bot]:
    async with Bot(
        simulator.token,
        base_url=simulator.base_url,
        base_file_url=f"{simulator.address}/file/bot",
    ) as opened:
        yield opened


@pytest.fixture
async def an(simulator: SimulatorClient) -> Somebody:
    person = await simulator.person()
    await person.types("/start")
    return person


async def test_a_conversation(simulator: SimulatorClient, bot: Bot, an: Somebody) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Ja", callback_data="x.y:1")]])
    updates = await bot.get_updates(allowed_updates=["message", "callback_query"])
    sent = await bot.send_message(an.id, "<b>Dag</b>", parse_mode="HTML", reply_markup=keyboard)
    await an.taps("Ja")
    pressed = (await bot.get_updates(offset=updates[-1].update_id + 1))[0].callback_query
    assert pressed is not None
    await pressed.answer("Dank je")
    edited = await pressed.edit_message_text("Klaar")
    document = await bot.send_document(an.id, b"{}", filename="x.json", caption="Hier")
    assert document.document is not None
    file = await bot.get_file(document.document.file_id)

    assert updates[0].message is not None
    assert updates[0].message.text == "/start"
    assert sent.reply_markup == keyboard
    assert not isinstance(edited, bool)
    assert edited.text == "Klaar"
    assert bytes(await file.download_as_bytearray()) == b"{}"
    await an.look()
    assert an.toast == "Dank je"
    assert an.bot_said() == ["Klaar", "Hier"]


async def test_profile(simulator: SimulatorClient, bot: Bot, an: Somebody) -> None:
    commands = [BotCommand("start", "Begin")]
    await bot.set_my_commands(commands, BotCommandScopeAllPrivateChats(), "nl")
    await bot.set_my_name("Contactpunt Aalst")
    await bot.set_my_description("Stel je vraag", "nl")
    await bot.set_my_short_description("Kort")
    await bot.set_chat_menu_button(menu_button=MenuButtonCommands())

    assert await bot.get_my_commands(BotCommandScopeAllPrivateChats(), "nl") == tuple(commands)
    assert (await bot.get_my_name()).name == "Contactpunt Aalst"
    assert (await bot.get_my_description("nl")).description == "Stel je vraag"
    assert (await bot.get_me()).first_name == "Contactpunt Aalst"
    assert await bot.get_chat_menu_button() == MenuButtonCommands()
    assert (await bot.get_chat(an.id)).first_name == "An"
    assert (await bot.get_webhook_info()).url == ""


async def test_errors_have_their_classes(
    simulator: SimulatorClient,
    bot: Bot,
    an: Somebody,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(42, "x")
    with pytest.raises(BadRequest, match="Can't parse entities"):
        await bot.send_message(an.id, "<b>", parse_mode="HTML")
    for _ in range(5):
        await bot.send_message(an.id, "x")
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    with pytest.raises(RetryAfter) as too_fast:
        await bot.send_message(an.id, "x")
    assert too_fast.value.retry_after == timedelta(seconds=1)
    await an.does("block")
    with pytest.raises(Forbidden):
        await bot.send_message(an.id, "x")
    await simulator.fault("401")
    with pytest.raises(InvalidToken):
        await bot.get_me()
    await simulator.call("setWebhook", url="http://127.0.0.1:9/x")
    with pytest.raises(Conflict):
        await bot.get_updates()
