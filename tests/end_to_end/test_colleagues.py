"""A role from the first link to its end, with the real process: commands, taps, restarts."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.people.service import People
from bot.staff import Role, Staff
from bot.staff.model import OPENING
from bot.storage.database import Database
from tests.support.assistant import Talk, running_assistant, talk


async def lists(person: Talk, command: str, *, there: bool) -> None:
    """Wait until the app shows *command* in its list, or no more."""
    until = asyncio.get_running_loop().time() + 30
    while True:
        found = await person.person.look()
        if (command in [each["command"] for each in found["commands"]]) is there:
            return
        assert asyncio.get_running_loop().time() < until, f"{command}: there is not {there}"
        await asyncio.sleep(0.1)  # the list is no message, so the chat tells nothing


async def test_t1_t08_a_role_begins_and_ends(tmp_path: Path) -> None:
    async with running_assistant(tmp_path) as assistant:
        database = await Database.open(assistant.database_url, pool=1)
        staff = Staff(database)  # as the command line does, beside the process
        invited = await staff.invite(None, Role.COORDINATOR, name="Sofie")
        sofie, an = await talk(assistant, "Sofie"), await talk(assistant, "An")
        await sofie.types(f"/start {OPENING}{invited.code}", "uitnodiging")
        await sofie.taps("Ja, dat ben ik", "Welkom!")
        await an.types("/start")
        await lists(sofie, "beheer", there=True)
        await lists(an, "beheer", there=False)
        assert "Beheer" in (await sofie.types("/beheer"))["text"]
        assert "ken ik niet" in (await an.types("/beheer"))["text"]

        bram = await talk(assistant, "Bram")
        second = await staff.invite(None, Role.COORDINATOR, name="Bram")
        await bram.types(f"/start {OPENING}{second.code}", "uitnodiging")
        await bram.taps("Ja, dat ben ik", "Welkom!")
        await bram.types("/beheer", "Beheer")
        await lists(bram, "beheer", there=True)
        person = await People(database).of_account(bram.id)
        assert person is not None
        await assistant.finished()
        await assistant.bot.kill()
        await staff.revoke(None, person.id)
        await database.close()
        since = await assistant.last_call()
        await assistant.bot.start()
        await assistant.ready(since)

        await bram.taps("Uitnodigen", "verlopen")
        await lists(bram, "beheer", there=False)
