"""Our messenger sends a code, a pin, a calendar entry and a list; the page shows each of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from markupsafe import Markup
from playwright.async_api import expect
from telegram.ext import ExtBot

from bot.clock import brussels
from bot.files import calendar, codes
from bot.files.pages import pages
from bot.files.sheets import Sheet
from bot.notifications.errors import Rejected
from bot.notifications.message import Button, File, Message
from bot.notifications.pacing import Pacer
from handlers.messenger import Messenger
from handlers.transport import AiohttpRequest
from tests.support.browser import a_browser, a_page, picture
from tests.support.simulator import SimulatorClient

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
STARTS = brussels(2026, 12, 12, 10)


@pytest.fixture
async def messenger(simulator: SimulatorClient) -> AsyncIterator[Messenger]:
    requests = AiohttpRequest(), AiohttpRequest()
    bot: ExtBot[None] = ExtBot(
        simulator.token,
        base_url=simulator.base_url,
        base_file_url=f"{simulator.address}/file/bot",
        request=requests[0],
        get_updates_request=requests[1],
    )
    async with bot:
        yield Messenger(bot, Pacer())


def a_list() -> File:
    sheet = Sheet("Werken", ["Naam"], [["Ann-Sofie Đặng"]], mark="Sofie")
    return File("deelnemers-2026-12-12.pdf", pages(sheet, NOW))


def an_entry() -> File:
    entry = calendar.Entry("4f6e", 0, "Werken", STARTS, STARTS + timedelta(hours=2), "Aalst")
    return File("infosessie-2026-12-12.ics", calendar.file_of(entry, NOW))


async def test_pictures_pins_and_files_are_shown_and_lists_go_again(
    simulator: SimulatorClient, messenger: Messenger, tmp_path: Path
) -> None:
    await simulator.post("/limits", enforce=False)
    code = codes.picture("https://t.me/ContactpuntBot?start=c_abc")
    caption = Message(Markup("Toon deze code <b>aan de deur</b>."))
    async with a_browser() as browser, a_page(browser, simulator.address) as page:
        panel = page.locator(".panel").first
        await panel.locator(".gate").click()
        account = (await simulator.get("/people"))["people"][0]["id"]
        await messenger.send_photo(account, code, caption)
        await messenger.send_venue(account, "Politiehuis", "Markt 1, Aalst", 50.93, 4.03)
        entry, the_list = an_entry(), a_list()
        await messenger.send_document(account, entry.name, entry.content)
        rows = ((Button("Deelnemers", "door.people:1"),),)
        number = await messenger.send(account, Message(Markup("De lijst"), rows, file=the_list))

        shown = panel.locator(".message img.photo")
        await expect(shown).to_have_js_property("naturalWidth", 410)
        await expect(panel).to_contain_text("Toon deze code aan de deur.")
        await expect(panel.locator(".file", has_text="Politiehuis")).to_contain_text("Markt 1")
        for file in (entry, the_list):
            link = panel.get_by_role("link", name=file.name)
            await expect(link).to_have_attribute("download", file.name)
            async with page.expect_download() as started:
                await link.click()
            saved = tmp_path / file.name
            await (await started.value).save_as(saved)
            assert saved.read_bytes() == file.content
        await expect(panel.get_by_role("button", name="Deelnemers")).to_be_visible()
        await expect(page.get_by_text("null")).to_have_count(0)  # no profile was set
        await picture(page, "files")

        await messenger.remove(account, number)
        await expect(panel.get_by_role("link", name="deelnemers")).to_have_count(0)
    with pytest.raises(Rejected):
        await messenger.remove(account, number)
