"""Debian's Chromium for tests of the page; what it lacks is said aloud, never passed over."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

PICTURES = Path(__file__).parents[1] / "output"

ACCESSIBILITY = Path(__file__).with_name("accessibility.js").read_text(encoding="utf-8")
"""`await page.evaluate(ACCESSIBILITY)` is a list of sentences about what is wrong."""

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = (360, 740)
WIDE = (1360, 860)


@contextlib.asynccontextmanager
async def a_browser() -> AsyncIterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing; the page cannot be tested")
        pytest.skip("Chromium is missing: the page is not tested (apt install chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


@contextlib.asynccontextmanager
async def a_page(
    browser: Browser,
    address: str,
    size: tuple[int, int] = WIDE,
    *,
    expected: str = "",
    ready: str = ".panel >> nth=2",
    **settings: Any,
) -> AsyncIterator[Page]:
    """The opened page, once *ready* is there; anything on its console without *expected* in it is a
    failure."""
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]}, **{"locale": "nl-BE", **settings}
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    try:
        await page.goto(address)
        await page.locator(ready).wait_for(state="attached")
        yield page
    finally:
        await context.close()
    assert [one for one in complaints if not expected or expected not in one] == []


async def picture(page: Page, name: str) -> Path:
    PICTURES.mkdir(exist_ok=True)
    path = PICTURES / f"{name}.png"
    await page.screenshot(path=path)
    return path
