"""Somebody cannot get in: the check finds why, and a reset is followed from the mailbox to a new password."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import expect

from tests.story.stage import SLOW_MS, Player, Stage, cleared, played

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]

NEW = "orchard lantern 77 velvet"


@asynccontextmanager
async def staged(prefix: str, *arguments: str) -> AsyncGenerator[Stage]:
    cleared(f"{prefix}*.png")
    async with played(*arguments, prefix=prefix) as stage:
        yield stage


@pytest.mark.seed("004-121", "004-123", "004-128", "004-16")
async def test_a_check_leads_to_a_reset_by_link() -> None:
    async with staged("check-") as stage:
        ada, linus = stage.person("ada"), stage.person("linus")
        answer = await ada.ask("/usher check @linus", "✓ The account is active.", first="Check")
        await ada.picture("check")
        await answer.get_by_role("button", name=re.compile("^Reset password")).click()
        form = await ada.has_form("Reset password")
        await expect(form).to_contain_text("The old one works until they have chosen")
        await ada.picture("form")
        await form.get_by_role("button", name="Reset", exact=True).click()
        await expect(await ada.has_form("Done")).to_contain_text(
            "gets a link to choose a new password", timeout=SLOW_MS
        )
        await ada.close("Done")
        await linus.see("Usher")
        await linus.is_told("reset your password")
        await linus.picture("told")
        await chooses(stage)
        again = await ada.ask("/usher check @linus", "A password is set.", first="Check")
        await expect(again).to_contain_text("The last mail")
        await ada.picture("checked-again")


async def chooses(stage: Stage) -> None:
    mail = await stage.open_mail("linus@example.com", "Your password for")
    await stage.picture("mail")
    async with stage.followed(mail.get_by_role("link").first) as page:
        await expect(page.get_by_role("heading", name="Choose a new password")).to_be_visible()
        await stage.pictures.take(page, "page", whole=True)
        await page.get_by_label("Password", exact=True).fill(NEW)
        await page.get_by_role("button", name="Set the new password").click()
        await expect(page.get_by_role("heading", name="Done.")).to_be_visible()
        await stage.pictures.take(page, "page-done", whole=True)


@pytest.mark.seed("001-17", "001-18", "001-19")
async def test_a_generated_password_is_revealed_once() -> None:
    async with staged("reveal-", "--catalogue", "imaging") as stage:
        ada = stage.person("ada")
        await resets(ada)
        mail = await stage.open_mail("linus@example.com", "Your password for")
        await stage.picture("mail")
        async with stage.followed(mail.get_by_role("link").first) as page:
            await expect(page.get_by_role("heading", name="Your new password")).to_be_visible()
            await stage.pictures.take(page, "page", whole=True)
            address = page.url
            await page.get_by_role("button", name="Show my new password").click()
            await expect(page.get_by_role("heading", name="Keep your new password")).to_be_visible(timeout=SLOW_MS)
            shown = await page.locator("#new-password").inner_text()
            assert re.fullmatch(r"([a-z2-9]{5}-){3}[a-z2-9]{5}", shown)
            await page.locator("#new-password").click()
            assert await page.evaluate("getSelection().toString()") == shown
            await stage.pictures.take(page, "revealed", whole=True)
            await page.goto(address)
            await expect(page.get_by_role("heading", name="This link does not work")).to_be_visible()
            assert shown not in await page.content()
            await stage.pictures.take(page, "again", whole=True)
        await ada.ask("/usher check @linus", "to be changed at the next sign-in", first="Check")
        await ada.picture("checked")


async def resets(ada: Player) -> None:
    await ada.type("/usher reset-password @linus because he forgot it")
    form = await ada.has_form("Reset password")
    await expect(form).to_contain_text("A new password will be assigned to them")
    await ada.picture("form")
    await form.get_by_role("button", name="Reset", exact=True).click()
    await expect(await ada.has_form("Done")).to_contain_text("no longer works", timeout=SLOW_MS)
    await ada.picture("done")
    await ada.close("Done")
