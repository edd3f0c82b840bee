"""S1 as a candidate sees it: the real bot, a page as small as a phone, three taps, and the card."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from playwright.async_api import Locator, expect

from bot.clock import BRUSSELS, utc_now
from tests.support.assistant import running_assistant
from tests.support.browser import PHONE, a_browser, a_page, picture

PATIENCE = 60_000
"""Milliseconds."""

SESSION = """\
sessions:
  - name: first
    title: Infosessie Lokale Politie Aalst
    date: {day}
    start: "10:00"
    end: "12:00"
    place: Politiehuis, Markt 1, 9300 Aalst
    pin: [50.9376, 4.0403]
    room: vergaderzaal 2
    seats: 20
    party_max: 3
    bring: je identiteitskaart
    accessibility: Er is een lift.
    house_rules: Foto's nemen mag niet.
    programme:
      - {{title: Onthaal met koffie, minutes: 15}}
      - {{title: Uitleg, minutes: 45}}
      - {{title: Rondleiding, minutes: 60}}
    tour:
      - {{title: Recherche, minutes: 15}}
      - {{title: Dispatching, minutes: 15}}
    groups:
      - {{size: 20, meeting_point: aan de trap}}
"""


async def test_s1_three_taps_on_a_phone_and_the_card_with_its_files(tmp_path: Path) -> None:
    day = utc_now().astimezone(BRUSSELS).date() + timedelta(days=20)
    file = tmp_path / "sessions.yaml"
    file.write_text(SESSION.format(day=day.isoformat()), encoding="utf-8")
    async with running_assistant(tmp_path / "data") as assistant:
        code, said = await assistant.command("sessions", "import", str(file), "--publish")
        assert code == 0, said
        async with (
            a_browser() as browser,
            a_page(browser, assistant.simulator.address, PHONE, reduced_motion="reduce") as page,
        ):
            an = page.locator(".panel:not([hidden])")
            await an.locator(".gate").click()
            await tap(an, "info_sessions.list")
            await expect(last(an)).to_contain_text("nog 20 plaatsen", timeout=PATIENCE)
            await picture(page, "info-sessions-list")
            await tap(an, "info_sessions.show")
            await expect(last(an)).to_contain_text("Onthaal met koffie", timeout=PATIENCE)
            await picture(page, "info-sessions-show")
            await tap(an, "info_sessions.sign:")
            await expect(last(an)).to_contain_text("Je bent ingeschreven", timeout=PATIENCE)
            await picture(page, "info-sessions-card")
            for action in ("map", "calendar", "code"):
                before = await an.locator(".message.bot").count()
                await tap(an, f"info_sessions.{action}")
                await expect(an.locator(".message.bot")).to_have_count(before + 1, timeout=PATIENCE)
            await expect(an.locator(".message.bot").last).to_contain_text("Jouw code")
            await page.wait_for_function("[...document.images].every((each) => each.complete)")
            await picture(page, "info-sessions-files")
        refused = [call for call in await assistant.simulator.calls() if call["ok"] is False]

    assert refused == []


def last(panel: Locator) -> Locator:
    return panel.locator(".message.bot").last


async def tap(panel: Locator, action: str) -> None:
    """The newest button whose data begins so."""
    button = panel.locator(f'[data-press^="{action}"]').last
    await button.click(timeout=PATIENCE)
