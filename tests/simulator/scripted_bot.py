"""A small bot with fixed lines, for tests of the page that must not depend on the real one."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp

from tests.support.simulator import SimulatorClient

Json = dict[str, Any]

ANSWER = (
    "<b>Je kan je inschrijven vanaf je 17 jaar.</b>\n\n"
    "Je begint pas aan de opleiding als je 18 bent. Een maximumleeftijd is er niet.\n\n"
    '<i>Automatisch antwoord. Bron: <a href="https://www.jobpol.be/nl">Jobpol</a>, '
    "nagekeken op 21 november 2026.</i>"
)
WELCOME = (
    "Dag {name}! Ik ben de <b>automatische assistent</b> van de politiezone.\n\n"
    "Stel gerust je vraag in je eigen woorden, of kies hieronder. Liever een mens? /mens"
)
EMERGENCY = "🚨 <b>Bel nu 112.</b>\n\nIk ben een automatische assistent en kan geen hulp sturen."
MENU = [
    [{"text": "Voorwaarden", "callback_data": "browse.topic:conditions"}],
    [
        {"text": "Proeven", "callback_data": "browse.topic:tests"},
        {"text": "Opleiding", "callback_data": "browse.topic:training"},
    ],
    [{"text": "Praat met een mens", "callback_data": "human.ask"}],
]
UNDER_AN_ANSWER = [
    [{"text": "Ik zit nog op school", "callback_data": "questions.show:school"}],
    [
        {"text": "👍", "callback_data": "questions.good:age"},
        {"text": "👎", "callback_data": "questions.bad:age"},
    ],
    [{"text": "Bekijk op Jobpol", "url": "https://www.jobpol.be/nl"}],
]
CHANGED = "<b>Voorwaarden</b>\n\n1. Je leeftijd\n2. Je diploma\n3. Je rijbewijs"


class ScriptedBot:
    def __init__(self, client: SimulatorClient) -> None:
        self.client = client

    async def present(self) -> None:
        for language, words in {"": "Begin opnieuw", "fr": "Recommencer"}.items():
            await self.client.call(
                "setMyCommands",
                commands=[
                    {"command": "start", "description": words},
                    {"command": "mijngegevens", "description": "Wat we over je bewaren"},
                    {"command": "wissen", "description": "Alles over jou wissen"},
                ],
                language_code=language,
            )
        await self.client.call(
            "setMyDescription",
            description="Vragen over een job bij de politie? Stel ze hier, dag en nacht.",
        )

    async def run(self) -> None:
        offset = 0
        while True:
            found = await self.client.call("getUpdates", offset=offset, timeout=20)
            for update in found.get("result", []):
                offset = update["update_id"] + 1
                await self.react(update)

    async def react(self, update: Json) -> None:
        if "callback_query" in update:
            await self.tapped(update["callback_query"])
        elif "message" in update:
            await self.heard(update["message"])

    async def tapped(self, query: Json) -> None:
        message = query["message"]
        place = {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}
        toast = "Bedankt!" if query["data"].startswith("questions.good") else ""
        if query["data"].startswith("browse.topic"):
            await self.client.call(
                "editMessageText",
                text=CHANGED,
                parse_mode="HTML",
                reply_markup={"inline_keyboard": MENU[1:]},
                **place,
            )
        elif not toast:
            await self.say(place["chat_id"], "Dat is genoteerd.")
        await self.client.call("answerCallbackQuery", callback_query_id=query["id"], text=toast)

    async def heard(self, message: Json) -> None:
        account, text = message["chat"]["id"], message.get("text", "")
        if text.startswith("/start"):
            name = message["from"]["first_name"]
            await self.say(account, WELCOME.format(name=name), MENU)
        elif text == "/mijngegevens":
            await self.document(account)
        elif "breekt" in text or "112" in text:
            await self.say(account, EMERGENCY)
        elif not text:
            await self.say(account, "Stuur me geen foto's of documenten, alsjeblieft.")
        else:
            await self.say(account, ANSWER, UNDER_AN_ANSWER)

    async def say(self, account: int, text: str, buttons: list[Any] | None = None) -> None:
        await self.client.call(
            "sendMessage",
            chat_id=account,
            text=text,
            parse_mode="HTML",
            reply_markup={"inline_keyboard": buttons or []},
        )

    async def document(self, account: int) -> None:
        form = aiohttp.FormData()
        form.add_field("chat_id", str(account))
        form.add_field("caption", "Dit bewaren we over jou.")
        form.add_field(
            "document", json.dumps({"taal": "nl"}).encode(), filename="mijngegevens.json"
        )
        url = f"{self.client.address}/bot{self.client.token}/sendDocument"
        async with self.client.session.post(url, data=form) as response:
            await response.read()


@contextlib.asynccontextmanager
async def scripted_bot(client: SimulatorClient) -> AsyncIterator[None]:
    bot = ScriptedBot(client)
    await bot.present()
    running = asyncio.create_task(bot.run())
    try:
        yield
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
