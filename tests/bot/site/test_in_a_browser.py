"""The pages in a real browser, opened from the folder, as somebody without a server would."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.config import Zone
from bot.questions.answers import Answers
from bot.site import build
from bot.texts import Texts
from faq.loader import load
from tests.support.browser import ACCESSIBILITY, PHONE, WIDE, a_browser, a_page, picture
from tests.support.clock import FakeClock

READY = "#search:not([hidden])"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as opened:
        yield opened


@pytest.fixture
def site(tmp_path: Path, clock: FakeClock) -> Path:
    zone = Zone(name="Politiezone Voorbeeld")
    build(tmp_path, Answers(load(strict=False), zone, clock), Texts.load(), clock, "ExampleBot")
    return tmp_path


def address(site: Path, rest: str = "") -> str:
    return (site / "index.html").as_uri() + rest


async def test_f12_a_search_leaves_what_fits_and_says_how_many(
    browser: Browser, site: Path
) -> None:
    async with a_page(browser, address(site), PHONE, ready=READY) as page:
        shown = page.locator("article:not([hidden])")
        everything = await shown.count()

        await page.get_by_role("searchbox").fill("rijbewijs automaat")
        await expect(page.get_by_role("status")).to_contain_text("gevonden")
        assert 0 < await shown.count() < everything / 4
        await expect(page.locator("#automatic-licence")).to_be_visible()
        await picture(page, "site-search-360")

        await page.get_by_role("searchbox").fill("zzzzqqq")
        await expect(page.get_by_role("status")).to_have_text(
            "Niets gevonden. Probeer een ander woord."
        )
        await expect(shown).to_have_count(0)

        await page.get_by_role("searchbox").fill("")
        await expect(shown).to_have_count(everything)
        await expect(page.get_by_role("status")).to_have_text("")


async def test_f12_how_people_say_it_is_found_too(browser: Browser, site: Path) -> None:
    async with a_page(browser, address(site), ready=READY) as page:
        await page.get_by_role("searchbox").fill("GEBUISD")

        await expect(page.locator("#i-failed-when-again")).to_be_visible()


async def test_f12_a_link_to_an_answer_shows_it_whatever_was_searched(
    browser: Browser, site: Path
) -> None:
    async with a_page(browser, address(site, "?q=tatoeage#minimum-age"), ready=READY) as page:
        await expect(page.locator("#minimum-age")).to_be_hidden()
        await page.evaluate("location.hash = ''")

        await page.evaluate("location.hash = '#minimum-age'")

        await expect(page.locator("#minimum-age")).to_be_in_viewport()


async def test_f12_without_javascript_everything_is_there(browser: Browser, site: Path) -> None:
    async with a_page(
        browser, address(site), ready="#search[hidden]", java_script_enabled=False
    ) as page:
        assert await page.locator("article").count() > 40


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["360", "1360"])
async def test_f12_the_pages_can_be_read_by_everybody(
    browser: Browser, site: Path, size: tuple[int, int], scheme: str
) -> None:
    async with a_page(browser, address(site), size, ready=READY, color_scheme=scheme) as page:
        await page.locator("summary").first.click()
        await picture(page, f"site-{size[0]}-{scheme}")

        assert await page.evaluate(ACCESSIBILITY) == []
        wider = await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wider <= 0
        levels = await page.evaluate(
            "[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])"
        )
        assert levels[0] == 1
        assert all(below <= above + 1 for above, below in pairwise(levels))


async def test_f12_the_keyboard_is_enough(browser: Browser, site: Path) -> None:
    async with a_page(browser, address(site), ready=READY) as page:
        await page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="Naar de vragen")
        await expect(skip).to_be_focused()
        await expect(skip).to_be_in_viewport()

        await page.keyboard.press("Enter")
        await expect(page.locator("#questions")).to_be_focused()
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.closest('article') !== null")


async def test_f12_the_same_page_in_another_language(browser: Browser, site: Path) -> None:
    async with a_page(browser, address(site), ready=READY) as page:
        await page.get_by_role("link", name="Français").click()

        await expect(page.locator("h1")).to_have_text("Questions et réponses")
        assert await page.locator("html").get_attribute("lang") == "fr"
