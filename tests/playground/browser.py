"""Chromium for the tests that need one. Where there is none they are skipped, except in CI, where they fail."""

import os
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
RESULTS = Path(__file__).parents[2] / "test-results"
PATIENCE_MS = 15_000
Scheme = Literal["light", "dark"]
expect.set_options(timeout=PATIENCE_MS)


def chromium_path() -> str:
    found = os.environ.get("USHER_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return found
    why = "No Chromium found. Install one, or name it in USHER_CHROMIUM."
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


@asynccontextmanager
async def chromium() -> AsyncGenerator[Browser]:
    path = chromium_path()
    async with async_playwright() as playwright:
        switches = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = await playwright.chromium.launch(executable_path=path, args=switches)
        yield browser
        await browser.close()


@asynccontextmanager
async def opened_page(
    browser: Browser, url: str, *, scheme: Scheme = "light", narrow: bool = False
) -> AsyncGenerator[Page]:
    """A page at that address; it fails the test if the page's own code fails or breaks its policy."""
    size = ViewportSize(width=390, height=844) if narrow else ViewportSize(width=1440, height=900)
    context = await browser.new_context(viewport=size, color_scheme=scheme, has_touch=narrow)
    page, complaints = await context.new_page(), list[str]()
    page.set_default_timeout(PATIENCE_MS)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
    await page.goto(url)
    yield page
    await context.close()
    assert complaints == [], complaints


async def keep_picture(page: Page, name: str) -> None:
    RESULTS.mkdir(exist_ok=True)
    await page.screenshot(path=RESULTS / f"{name}.png")
