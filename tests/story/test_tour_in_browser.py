"""The furnished demo as a visitor meets it: the tour beside the page, by keyboard, and all of it on a phone."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Locator, Page, expect

from tests.story.stage import SLOW_MS, Player, Stage, cleared, played

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

PASSWORD = "lantern cobalt walrus fifty"
PHONE_WIDTH = 390


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    cleared("tour-*.png")
    async with played(prefix="tour-") as stage:
        yield stage


@pytest.fixture
async def small_stage() -> AsyncIterator[Stage]:
    cleared("phone-*.png")
    async with played(prefix="phone-", narrow=True) as stage:
        yield stage


@pytest.mark.seed("004-09", "004-41", "004-85", "004-86")
async def test_each_of_the_six_things_of_the_tour_is_ticked_off_when_it_has_happened(stage: Stage) -> None:
    ada, grace, linus, wangari = (stage.person(handle) for handle in ("ada", "grace", "linus", "wangari"))
    await stage.picture("start")
    await type_it(ada)
    await ticked(stage, 1, "invited")
    await accept_from_the_mailbox(wangari)
    await ticked(stage, 2, "accepted")
    await type_it(ada)
    await approve(grace, "Role of Wangari Maathai: Member → Admin", code=True, done=2)
    await ticked(stage, 3, "raised")
    await type_it(linus)
    await ticked(stage, 4, "asked")
    await deny(grace)
    await ticked(stage, 5, "denied")
    await type_it(ada)
    await approve(grace, "the tour ends here", code=False, done=5)
    await ticked(stage, 6, "deactivated")


async def ticked(stage: Stage, count: int, what: str) -> None:
    await expect(stage.page.locator("#tour .steps li.done")).to_have_count(count, timeout=SLOW_MS)
    await expect(stage.page.locator("#tour .count")).to_have_text(f"{count} of 6")
    await stage.picture(what)


async def type_it(player: Player) -> None:
    """What the tour proposes, sent by its reader."""
    await press(player.stage.page.locator("#tour").get_by_role("button", name="Type it for me"))
    line = player.column.locator("[data-role=command-line]")
    await expect(line).to_be_focused()
    await expect(line).to_have_value(re.compile("^/"))
    await line.press("Enter")


async def press(control: Locator) -> None:
    await control.focus(timeout=SLOW_MS)
    await control.press("Enter")


async def accept_from_the_mailbox(wangari: Player) -> None:
    pages = wangari.stage.context
    await press(wangari.stage.page.locator("#mail").get_by_role("button").filter(has_text="wangari@example.com").first)
    mail = wangari.stage.page.get_by_role("article", name="Open mail")
    await expect(mail).to_be_focused()
    async with pages.expect_page() as opened:
        await press(mail.get_by_role("link").first)
    tab = await opened.value
    tab.set_default_timeout(SLOW_MS)
    await wangari.add_key(await tab.locator("#set-up-key").inner_text())
    typed_in = {"Name": "Wangari Maathai", "Password": PASSWORD, "One-time code": await wangari.code()}
    for label, typed in typed_in.items():
        await tab.get_by_label(label).focus()
        await tab.keyboard.type(typed)
    await tab.keyboard.press("Enter")
    await press(tab.get_by_role("button", name="I have kept them"))
    await expect(tab.get_by_role("heading", name="Welcome to")).to_be_visible()
    await tab.close()


async def approve(grace: Player, words: str, *, code: bool, done: int) -> None:
    """While the card waits, so many steps are done and no more: what is asked for has not happened yet."""
    await grace.see("Usher")
    card = grace.waiting(words)
    await expect(card).to_be_visible(timeout=SLOW_MS)
    await expect(grace.stage.page.locator("#tour .steps li.done")).to_have_count(done)
    await press(card.get_by_role("button", name="Approve"))
    if code:
        field = (await grace.has_form("Approve")).get_by_label("One-time code")
        await expect(field).to_be_focused()
        await grace.stage.page.keyboard.type(await grace.code())
        await grace.stage.page.keyboard.press("Enter")
        await grace.has_form("Done")
        await grace.stage.page.keyboard.press("Escape")


async def deny(grace: Player) -> None:
    """The card of the tour's question stands where it was asked; a multi-line field keeps Enter for itself."""
    await grace.see("#general")
    await press(grace.waiting("I stand in today").get_by_role("button", name="Deny"))
    await expect((await grace.has_form("Deny")).get_by_label("Reason")).to_be_focused()
    keyboard = grace.stage.page.keyboard
    await keyboard.type("Somebody else does today.")
    for key in ("Tab", "Tab", "Enter"):
        await keyboard.press(key)
    await grace.has_form("Done")
    await keyboard.press("Escape")


async def test_the_playground_and_the_invitation_page_fit_a_phone(small_stage: Stage) -> None:
    page, ada = small_stage.page, small_stage.person("ada")
    await fits(page)
    await ada.ask("/usher help", "/usher invite", first="What")
    await small_stage.picture("help")
    await ada.type("/usher invite")
    await ada.has_form("Invite people")
    await fits(page)
    await small_stage.picture("form")
    await page.keyboard.press("Escape")
    await ada.see("Home")
    await expect(ada.column.get_by_role("heading", name="My access")).to_be_visible()
    await small_stage.picture("home")
    for pane in ("Grace", "Tour", "Mail"):
        await page.get_by_role("button", name=pane).first.click()
        await fits(page)
        await small_stage.picture(pane.casefold())
    await the_invitation_fits_too(small_stage)


async def the_invitation_fits_too(stage: Stage) -> None:
    mail = await stage.open_mail("hypatia@example.org", "invites you")
    await stage.picture("mail-open")
    async with stage.followed(mail.get_by_role("link").first) as tab:
        await fits(tab)
        await stage.pictures.take(tab, "invitation", whole=True)
        await tab.get_by_label("Name").fill("Hypatia")
        await tab.get_by_label("Password").fill("password")
        await tab.get_by_role("button", name="Skip second factor").click()
        await expect(tab.get_by_role("alert")).to_contain_text("Refused.")
        await fits(tab)
        await stage.pictures.take(tab, "weak-password", whole=True)
        await tab.get_by_label("Password").fill(PASSWORD)
        await tab.get_by_role("button", name="Skip second factor").click()
        await expect(tab.get_by_role("heading", name="Done.")).to_be_visible()
        await fits(tab)
        await stage.pictures.take(tab, "done", whole=True)


async def fits(page: Page) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE_WIDTH
