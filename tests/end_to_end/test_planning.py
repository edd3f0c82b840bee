"""S6: an info session planned with the real process, which dies while it asks a question."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from bot.clock import BRUSSELS, utc_now
from bot.staff import Role, Staff
from bot.staff.model import OPENING
from bot.storage.database import Database
from tests.support.assistant import running_assistant, talk


async def test_s6_a_draft_survives_a_crash_and_candidates_see_it_once_it_is_published(
    tmp_path: Path,
) -> None:
    day = (utc_now() + timedelta(days=40)).astimezone(BRUSSELS)
    async with running_assistant(tmp_path) as assistant:
        database = await Database.open(assistant.database_url, pool=1)
        invited = await Staff(database).invite(None, Role.COORDINATOR, name="Sofie")
        await database.close()
        sofie, an = await talk(assistant, "Sofie"), await talk(assistant, "An")
        await sofie.types(f"/start {OPENING}{invited.code}", "uitnodiging")
        await sofie.taps("Ja, dat ben ik", "Welkom!")
        await sofie.types("/beheer", "Beheer")
        await sofie.taps("Infosessies", "nog niets gepland")
        await sofie.taps("Nieuwe sessie", "Vraag 1 van 6")
        await sofie.types(f"{day:%d/%m/%Y} 10u-12u", "Vraag 2 van 6")
        await sofie.taps("✓ Nederlands", "Vraag 3 van 6")
        await sofie.taps("jobs in uniform", "Vraag 4 van 6")
        await assistant.finished()
        await assistant.bot.kill()
        since = await assistant.last_call()
        await assistant.bot.start()
        await assistant.ready(since)

        await sofie.types("Kom kijken", "Vraag 5 van 6")
        await sofie.types("Politiehuis, Markt 1", "Vraag 6 van 6")
        await sofie.types("12", "Je ontwerp is klaar")
        await an.types("/start")
        nothing = await an.types("/infosessies")
        await sofie.taps("Publiceren", "Publiceren?")
        await sofie.taps("Ja, publiceren", "Gepubliceerd")
        await sofie.taps("Tekst om te delen", "Welke tekst")
        text = (await sofie.taps("🌐 Website · Nederlands", "Kom kijken"))["text"]
        found = re.search(r"\?start=(s_\d+)", text)
        assert found is not None
        seen = (await an.types(f"/start {found[1]}", "Kom kijken"))["text"]

        assert "Kom kijken" not in nothing["text"]
        assert "Politiehuis, Markt 1" in seen
        assert "nog 12 plaatsen" in seen
