"""*Why* as it is asked and read on the playground's page: typed, and step by step in the form."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from handlers.commands import Actor, AddResource, CreateSpace, Done
from tests.conftest import Settled
from tests.playground.browser import chromium, keep_picture, opened_page
from tests.running import Clock, running_usher

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SHOWN = {"ada": "Super admin", "linus": "Member"}


@dataclass(frozen=True, slots=True)
class Seen:
    page: Page

    async def types(self, who: str, words: str) -> Locator:
        column = self.page.locator(f"[data-person={who}]")
        line = column.locator("[data-role=command-line]")
        await line.fill(f"/usher {words}")
        await line.press("Enter")
        return column


@pytest_asyncio.fixture(loop_scope="module")
async def seen(sqlite_settled: Settled) -> AsyncIterator[Seen]:
    """Linus owns Apollo, in which an image lies."""
    clock = Clock(sqlite_settled.kept.now)
    async with (
        running_usher(database_url=sqlite_settled.url, clock=clock, page=SHOWN) as bot,
        chromium() as browser,
        opened_page(browser, bot.playground.url) as opened,
    ):
        for who, command in (
            ("linus", CreateSpace("Apollo")),
            ("ada", AddResource("image", "42", "Nginx image", "Apollo")),
            ("ada", AddResource("dashboard", "17", "Costs Q3")),
        ):
            done = await bot.usher.gate.perform(command, by=Actor(via="slack", account=bot.account(who)))
            assert isinstance(done, Done)
        yield Seen(opened)


async def chosen(form: Locator, field: str, words: str, option: str) -> None:
    box = form.get_by_role("combobox", name=field)
    await box.fill(words)
    await form.get_by_role("option", name=option).click()


@pytest.mark.seed("004-125", "004-127")
async def test_why_is_typed_or_asked_step_by_step(seen: Seen) -> None:
    ada = await seen.types("ada", "why @linus can scan image:42")
    answer = ada.get_by_text("What decided: The role Owner in the space Apollo opens")
    await expect(answer).to_be_visible()
    linus = await seen.types("linus", "why me can view dashboard:17")
    await expect(linus.get_by_text("neither you nor a group of yours is on it")).to_be_visible()
    await expect(linus.get_by_text("/access request dashboard:17 because REASON")).to_be_visible()
    await keep_picture(seen.page, "why-typed")

    await seen.types("ada", "why @linus can read")
    form = ada.get_by_role("dialog", name="Why")
    await expect(form.get_by_role("combobox", name="Person")).to_have_value("Linus Pauling")
    await keep_picture(seen.page, "why-form-first")
    await form.get_by_label("What kind of thing").select_option(label="Dashboard")
    await expect(form.get_by_label("Action")).to_be_visible()
    await expect(form.get_by_role("combobox", name="Person")).to_have_value("Linus Pauling")
    await chosen(form, "Dashboard", "costs", "Costs Q3 (17)")
    await form.get_by_label("Action").select_option(label="view")
    await keep_picture(seen.page, "why-form-filled")
    await form.get_by_role("button", name="Ask").click()
    told = ada.get_by_role("dialog", name="Answer")
    await expect(told).to_contain_text("can't view the dashboard Costs Q3.")
    await expect(told).to_contain_text("What decided: Only its list shows a dashboard")
    await keep_picture(seen.page, "why-form-answered")
    await told.get_by_role("button", name="Close").last.click()

    await seen.types("ada", "who can read image:42")
    await expect(ada.get_by_text("read the image Nginx image, by address:")).to_be_visible()
    await keep_picture(seen.page, "who-can")
