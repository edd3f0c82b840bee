"""The chat page in a real browser, in front of a bot with fixed lines."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.simulator.scripted_bot import ScriptedBot, scripted_bot
from tests.support.browser import ACCESSIBILITY, PHONE, WIDE, a_browser, a_page, picture
from tests.support.simulator import SimulatorClient


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as opened:
        yield opened


@pytest.fixture
async def bot(simulator: SimulatorClient) -> AsyncIterator[None]:
    await simulator.post("/limits", enforce=False)
    async with scripted_bot(simulator):
        yield


def panel_of(page: Page, name: str) -> Locator:
    return page.locator(".panel").filter(has=page.locator("h2", has_text=name))


def last_message(panel: Locator) -> Locator:
    return panel.locator(".message").last


async def write(panel: Locator, text: str) -> None:
    field = panel.get_by_role("textbox")
    await field.fill(text)
    await field.press("Enter")


async def start(page: Page, name: str) -> Locator:
    panel = panel_of(page, name)
    await panel.locator(".gate").click()
    await expect(last_message(panel)).to_contain_text("automatische assistent")
    return panel


async def test_three_people_side_by_side(
    simulator: SimulatorClient, bot: None, browser: Browser
) -> None:
    async with a_page(browser, simulator.address) as page:
        await expect(page.get_by_role("region")).to_have_count(3)
        an = await start(page, "An")
        await write(an, "hoe oud moet ik zijn?")
        await expect(last_message(an)).to_contain_text("vanaf je 17 jaar")

        karim = panel_of(page, "Karim")
        await expect(karim.locator(".message")).to_have_count(0)
        await expect(karim.get_by_text("Stel ze hier, dag en nacht")).to_be_visible()
        link = last_message(an).get_by_role("link", name="Jobpol", exact=True)
        await expect(link).to_have_attribute("href", "https://www.jobpol.be/nl")
        await expect(link).to_have_attribute("rel", "noopener noreferrer")
        await picture(page, "page-wide")


async def test_buttons_edits_and_toasts(
    simulator: SimulatorClient, bot: None, browser: Browser
) -> None:
    async with a_page(browser, simulator.address) as page:
        an = await start(page, "An")

        await an.get_by_role("button", name="Voorwaarden").click()
        await expect(last_message(an)).to_contain_text("1. Je leeftijd")
        await expect(last_message(an).locator(".edited")).to_have_text("bewerkt")
        await expect(an.get_by_role("button", name="Voorwaarden")).to_have_count(0)

        await write(an, "nog iets")
        await an.locator('[data-press="questions.good:age"]').click()
        await expect(an.locator(".toast.shown")).to_have_text("Bedankt!")
        await expect(an.locator("[aria-busy]")).to_have_count(0)


async def test_documents_photos_and_contact_cards(
    simulator: SimulatorClient, bot: None, browser: Browser
) -> None:
    async with a_page(browser, simulator.address) as page:
        an = await start(page, "An")
        await write(an, "/mijngegevens")
        file = last_message(an).get_by_role("link")
        await expect(file).to_contain_text("mijngegevens.json")
        await expect(file).to_have_attribute("download", "mijngegevens.json")

        for label, mark in (
            ("Foto", "img.photo"),
            ("Contactkaart", ".file"),
            ("Document", ".file"),
        ):
            await an.get_by_role("button", name="Iets anders sturen").click()
            await an.get_by_role("menuitem", name=label).click()
            await expect(an.locator(".message.person").last.locator(mark)).to_be_visible()
            await expect(last_message(an)).to_contain_text("geen foto's")


async def test_commands_menu_by_keyboard_in_the_persons_language(
    simulator: SimulatorClient, bot: None, browser: Browser
) -> None:
    async with a_page(browser, simulator.address) as page:
        karim = await start(page, "Karim")
        opener = karim.get_by_role("button", name="Menu met opdrachten")
        await opener.focus()
        await page.keyboard.press("Enter")
        items = karim.get_by_role("menuitem")
        await expect(items.first).to_be_focused()
        await expect(items.first).to_contain_text("Recommencer")

        await page.keyboard.press("Escape")
        await expect(opener).to_be_focused()
        await expect(opener).to_have_attribute("aria-expanded", "false")

        await karim.get_by_label("Taal van de app van Karim").select_option("nl")
        await page.keyboard.press("Tab")
        await opener.focus()
        await page.keyboard.press("ArrowUp")
        await expect(items.last).to_be_focused()
        await expect(items.last).to_contain_text("Alles over jou wissen")
        await page.keyboard.press("ArrowUp")
        await page.keyboard.press("Enter")
        await expect(last_message(karim)).to_contain_text("mijngegevens.json")


async def test_block_and_unblock(simulator: SimulatorClient, bot: None, browser: Browser) -> None:
    async with a_page(browser, simulator.address) as page:
        an = await start(page, "An")
        await an.get_by_role("button", name="Iets anders sturen").click()
        await an.get_by_role("menuitem", name="Blokkeer de bot").click()
        await expect(an.get_by_role("textbox")).to_be_hidden()

        await an.get_by_role("button", name="Deblokkeer de bot").click()
        await expect(an.get_by_role("textbox")).to_be_focused()


async def test_as_tabs_on_a_phone(simulator: SimulatorClient, bot: None, browser: Browser) -> None:
    async with a_page(browser, simulator.address, PHONE) as page:
        tabs = page.get_by_role("tab")
        await expect(tabs).to_have_text(["An", "Karim", "Sofie"])
        await start(page, "An")
        await picture(page, "page-phone")

        await tabs.first.focus()
        await page.keyboard.press("ArrowRight")
        await expect(tabs.nth(1)).to_be_focused()
        await expect(tabs.nth(1)).to_have_attribute("aria-selected", "true")
        await expect(page.get_by_role("tabpanel")).to_have_count(1)
        await expect(page.get_by_role("tabpanel", name="Karim")).to_be_visible()


async def test_adding_a_person(simulator: SimulatorClient, bot: None, browser: Browser) -> None:
    async with a_page(browser, simulator.address) as page:
        await page.get_by_role("button", name="Persoon erbij").click()

        await expect(page.get_by_role("region")).to_have_count(4)
        await expect(panel_of(page, "Kandidaat 4").locator(".gate")).to_be_focused()
        assert len((await simulator.get("/people"))["people"]) == 4


async def test_the_page_speaks_four_languages(
    simulator: SimulatorClient, bot: None, browser: Browser
) -> None:
    async with a_page(browser, simulator.address, PHONE, locale="de-BE") as page:
        await expect(page.locator("html")).to_have_attribute("lang", "de")
        chooser = page.locator("#page-language")
        for language, story, send in (
            ("fr", "Jouer une conversation", "Message de An"),
            ("en", "Play a conversation", "Message from An"),
            ("de", "Gespräch abspielen", "Nachricht von An"),
            ("nl", "Speel een gesprek", "Bericht van An"),
        ):
            await chooser.select_option(language)
            await expect(page.locator("html")).to_have_attribute("lang", language)
            await expect(page.get_by_role("button", name=story)).to_be_visible()
            await expect(panel_of(page, "An").locator("textarea")).to_have_attribute(
                "aria-label", send
            )
            assert await page.evaluate(ACCESSIBILITY) == []


async def test_text_is_never_markup(
    simulator: SimulatorClient, bot: None, browser: Browser
) -> None:
    evil = '<img src=x onerror="document.title=1"> javascript:alert(1)'
    async with a_page(browser, simulator.address) as page:
        an = await start(page, "An")
        account = (await simulator.get("/people"))["people"][0]["id"]
        await simulator.call(
            "sendMessage",
            chat_id=account,
            text=evil,
            entities=[
                {"type": "text_link", "offset": 0, "length": 4, "url": "javascript:alert(1)"}
            ],
        )

        await expect(last_message(an)).to_contain_text(evil)
        await expect(last_message(an).locator("img, a, script")).to_have_count(0)


async def test_the_story_plays_and_stops(
    simulator: SimulatorClient, bot: None, browser: Browser
) -> None:
    async with a_page(browser, simulator.address, reduced_motion="reduce") as page:
        await page.get_by_role("button", name="Speel een gesprek").click()
        told = page.locator("#told")
        await expect(told).to_contain_text("Stap 2 van", timeout=15000)
        await page.get_by_role("button", name="Stop").click()
        await expect(told).to_have_text("Gestopt. Typ gerust verder.")
        await expect(page.get_by_role("button", name="Speel een gesprek")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])
async def test_accessibility_basics(
    simulator: SimulatorClient,
    bot: None,
    browser: Browser,
    size: tuple[int, int],
    scheme: str,
) -> None:
    async with a_page(
        browser, simulator.address, size, color_scheme=scheme, reduced_motion="reduce"
    ) as page:
        before = await page.evaluate(ACCESSIBILITY)
        an = await start(page, "An")
        await write(an, "hoe oud moet ik zijn?")
        await expect(last_message(an)).to_contain_text("vanaf je 17 jaar")
        await write(an, "/mijngegevens")
        await expect(last_message(an)).to_contain_text("Dit bewaren we")
        during = await page.evaluate(ACCESSIBILITY)
        await an.get_by_role("button", name="Menu met opdrachten").click()
        with_menu = await page.evaluate(ACCESSIBILITY)
        await picture(page, f"accessibility-{size[0]}-{scheme}")

        assert (before, during, with_menu) == ([], [], [])
        await expect(an.get_by_role("log")).to_have_attribute(
            "aria-label", "Gesprek van An met Contactpunt"
        )


async def test_tab_order_follows_the_eye(
    simulator: SimulatorClient, bot: None, browser: Browser
) -> None:
    async with a_page(browser, simulator.address) as page:
        await start(page, "An")
        await page.locator("#page-language").focus()
        seen = []
        for _ in range(14):
            focus = await page.evaluate(
                "() => { const a = document.activeElement; const s = getComputedStyle(a);"
                " return [a.getAttribute('aria-label') || a.id || a.textContent, s.outlineStyle] }"
            )
            seen.append(focus[0])
            assert focus[1] != "none", f"no visible focus on {focus[0]}"
            await page.keyboard.press("Tab")

        assert seen == [
            "page-language",
            "add",
            "story",
            "Taal van de app van An",
            "Gesprek van An met Contactpunt",
            "/start",
            "/mens",
            "Voorwaarden",
            "Proeven",
            "Opleiding",
            "Praat met een mens",
            "Menu met opdrachten",
            "Iets anders sturen",
            "Bericht van An",
        ]


async def test_a_lost_connection_is_said_and_heals(
    simulator: SimulatorClient, bot: None, browser: Browser
) -> None:
    async with a_page(browser, simulator.address, expected="ERR_INTERNET_DISCONNECTED") as page:
        await page.context.set_offline(True)
        await ScriptedBot(simulator).present()
        await expect(page.get_by_role("alert").first).to_contain_text("Geen verbinding")
        await page.context.set_offline(False)
        await expect(page.get_by_role("alert").first).to_be_hidden()
