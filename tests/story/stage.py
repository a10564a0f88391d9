"""`usher demo` as a process of its own, and its page in a browser, as somebody who plays all the people sees them."""

import asyncio
import re
import signal
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.playground.browser import RESULTS, chromium, opened_page

PICTURES = RESULTS / "story"
STARTS_WITHIN = 60
A_STEP_MS = 32_000
"""How long it takes at most until a phone shows another code."""
SLOW_MS = 15_000
"""Passwords are hashed slowly on purpose, and the machine may be busy."""
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+\S*")


@asynccontextmanager
async def demo(*arguments: str) -> AsyncGenerator[str]:
    """The address of the page of a demo that runs in a folder of its own and is ended by Ctrl-C."""
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "demo", "--port", "0", *arguments),
            cwd=folder,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            yield await _address(process)
            process.send_signal(signal.SIGINT)
            said, _ = await asyncio.wait_for(process.communicate(), STARTS_WITHIN)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert (process.returncode, said) == (0, b""), f"It ended with {process.returncode}: {said.decode()}"


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stdout
    async with asyncio.timeout(STARTS_WITHIN):
        told = (await process.stdout.readline()).decode()
    found = ADDRESS.search(told)
    assert found, told or "The demo ended before it printed its address."
    return found[0]


@dataclass
class Pictures:
    """Numbered in the order in which they are taken."""

    prefix: str = ""
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def take(self, page: Page, what: str, *, whole: bool = False) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        name = f"{self.prefix}{next(self.numbers):02}-{what}.png"
        await page.screenshot(path=PICTURES / name, full_page=whole, animations="disabled")


@dataclass
class Stage:
    """The page of the playground."""

    page: Page
    pictures: Pictures

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def person(self, handle: str) -> "Player":
        return Player(self, handle, self.page.locator(f"[data-person={handle}]"))

    async def picture(self, what: str) -> None:
        await self.page.wait_for_timeout(100)  # what has just come is still being drawn
        await self.pictures.take(self.page, what)

    @asynccontextmanager
    async def followed(self, link: Locator) -> AsyncGenerator[Page]:
        """The tab that a link of the page opens."""
        async with self.context.expect_page() as opened:
            await link.click()
        tab = await opened.value
        tab.set_default_timeout(SLOW_MS)
        await tab.wait_for_load_state()
        yield tab
        await tab.close()

    async def open_mail(self, to: str, subject: str) -> Locator:
        """The newest one to that address."""
        mail = self.page.locator("#mail")
        back = mail.get_by_role("button", name="All mail")
        if await back.is_visible():
            await back.click()
        row = mail.get_by_role("button").filter(has_text=to).filter(has_text=subject)
        await expect(row.first).to_be_visible(timeout=SLOW_MS)
        await row.first.click()
        return mail.get_by_role("article", name="Open mail")


@dataclass
class Player:
    """One person's column."""

    stage: Stage
    handle: str
    column: Locator
    used: str = ""
    """The code of the last step that served for something."""

    async def type(self, words: str) -> None:
        line = self.column.locator("[data-role=command-line]")
        await line.fill(words)
        await line.press("Enter")

    async def see(self, tab: str) -> None:
        await self.column.get_by_role("tab", name=tab).click()

    async def picture(self, what: str) -> None:
        await self.column.scroll_into_view_if_needed()
        await self.stage.picture(what)

    @property
    def said(self) -> Locator:
        """What Usher said last, in the tab that is in view."""
        return self.column.get_by_role("tabpanel").locator(".message.bot").last

    @property
    def answer(self) -> Locator:
        """What Usher answered to them alone since their last command."""
        later = "xpath=following-sibling::li[contains(@class, 'ephemeral')]"
        return self.column.get_by_role("tabpanel").locator(".typed").last.locator(later).last

    async def is_answered(self, *words: str, first: str) -> Locator:
        await expect(self.answer.locator(".text").first).to_have_text(re.compile(rf"^{first}\b"), timeout=SLOW_MS)
        for some in words:
            await expect(self.answer).to_contain_text(some)
        return self.answer

    async def is_told(self, *words: str) -> Locator:
        """By the newest message in the tab that is in view."""
        for some in words:
            await expect(self.said).to_contain_text(some, timeout=SLOW_MS)
        return self.said

    async def ask(self, command: str, *words: str, first: str) -> Locator:
        await self.type(command)
        await expect(self.column.locator(".typed").last).to_have_text(f"Typed: {command}")
        return await self.is_answered(*words, first=first)

    def form(self, title: str) -> Locator:
        return self.column.get_by_role("dialog", name=title, exact=True)

    async def has_form(self, title: str) -> Locator:
        form = self.form(title)
        await expect(form).to_be_visible(timeout=SLOW_MS)
        return form

    async def close(self, title: str) -> None:
        await self.form(title).get_by_role("button", name="Close", exact=True).last.click()
        await expect(self.form(title)).to_be_hidden()

    def waiting(self, words: str) -> Locator:
        """The card, in the tab that is in view, that has these words and still has its buttons."""
        cards = self.column.get_by_role("tabpanel").locator(".message.bot:not(.ephemeral)").filter(has_text=words)
        return cards.filter(has=self.stage.page.get_by_role("button", name="Approve")).last

    # ---- the phone

    @property
    def phone(self) -> Locator:
        return self.column.locator("[data-role=phone]")

    async def add_key(self, key: str) -> None:
        await self.phone.get_by_role("button", name="Add a key").click()
        await self.phone.get_by_label("Set-up key or otpauth link").fill(key)
        await self.stage.page.keyboard.press("Enter")

    async def code(self) -> str:
        """What the phone shows; one step serves once, so where it has, this waits for the next."""
        shown = self.phone.locator("[data-role=code]")
        await expect(shown).not_to_have_text(self.used or "none", timeout=A_STEP_MS)
        self.used = await shown.inner_text()
        return self.used


@asynccontextmanager
async def played(*arguments: str, prefix: str = "", narrow: bool = False) -> AsyncGenerator[Stage]:
    async with (
        chromium() as browser,
        demo(*arguments) as address,
        opened_page(browser, address, narrow=narrow) as page,
    ):
        await expect(page.locator("#link")).to_have_text("Live")
        yield Stage(page, Pictures(prefix))


def cleared(pattern: str, folder: Path = PICTURES) -> None:
    """Pictures of an earlier run would be taken for ones of this."""
    for old in folder.glob(pattern):
        old.unlink()
