"""The demo as a newcomer sees it: the real bot, the simulator and the page, played to the end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.support.browser import PHONE, WIDE, a_browser, a_page, picture
from tests.support.index import put_index
from tests.support.process import bot_process
from tests.support.simulator import SimulatorClient, running_simulator

PATIENCE = 90_000
"""Milliseconds; the story waits for the bot between its steps."""


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[SimulatorClient]:
    """A simulator with the real bot in front of it, ready to answer."""
    put_index(tmp_path)
    async with (
        running_simulator() as simulator,
        bot_process(simulator.address, tmp_path) as bot,
    ):
        announced = await simulator.calls("deleteWebhook", wait=50)
        announced = announced or await simulator.calls("deleteWebhook", wait=50)
        assert announced, f"the bot never was ready to ask for updates:\n{bot.log}"
        yield simulator


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
async def test_the_story_plays_to_its_end(demo: SimulatorClient, size: tuple[int, int]) -> None:
    name = f"story-{size[0]}"
    async with (
        a_browser() as browser,
        a_page(browser, demo.address, size, reduced_motion="reduce") as page,
    ):
        await picture(page, f"{name}-start")
        await page.get_by_role("button", name="Speel een gesprek").click()
        await expect(page.locator("#told")).to_contain_text("Stap 5", timeout=PATIENCE)
        await picture(page, f"{name}-middle")
        await expect(page.locator("#told")).to_have_text(
            "Het gesprek is gedaan. Typ gerust verder.", timeout=PATIENCE
        )
        await picture(page, f"{name}-end")

    people = (await demo.get("/people"))["people"]
    said = {person["first_name"]: await _said(demo, person["id"]) for person in people}
    assert "17 jaar" in said["An"]
    assert "112" in said["An"]
    assert "gewist" in said["An"]
    assert "diplôme" in said["Karim"]
    assert said["Sofie"] == ""
    refused = [call for call in await demo.calls() if call["ok"] is False]
    assert refused == []


async def _said(demo: SimulatorClient, account: int) -> str:
    chat = await demo.get(f"/people/{account}/chat")
    return "\n".join(one["text"] for one in chat["messages"] if one["from"] == "bot")


async def test_a_newcomer_types_a_question_and_taps_an_answer(demo: SimulatorClient) -> None:
    async with a_browser() as browser, a_page(browser, demo.address) as page:
        an = page.get_by_role("region", name="An")
        await an.get_by_role("button", name="Start").click()
        await expect(an.locator(".message.bot")).to_have_count(1, timeout=PATIENCE)

        await an.get_by_role("textbox").fill("hoe oud moet ik zijn?")
        await an.get_by_role("textbox").press("Enter")
        await expect(an.locator(".message.bot").last).to_contain_text("17 jaar", timeout=PATIENCE)

        await an.locator('.message.bot [data-press^="questions.good"]').click()
        await expect(an.locator(".toast.shown")).to_be_visible(timeout=PATIENCE)
