"""From the list to a member's card, a role chosen on it, and the form that edits them, in the playground."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Locator, expect

from tests.story.stage import SLOW_MS, Player, Stage, cleared, played

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]


@asynccontextmanager
async def staged(prefix: str) -> AsyncGenerator[Stage]:
    cleared(f"{prefix}*.png")
    async with played(prefix=prefix) as stage:
        yield stage


@pytest.mark.seed("000-05", "000-06", "001-53", "004-19", "004-20", "004-21", "004-22", "004-26")
async def test_from_the_list_to_the_card_and_the_form() -> None:
    async with staged("member-card-") as stage:
        ada, linus = stage.person("ada"), stage.person("linus")
        card = await opened(ada)
        await chooses_a_role(ada, card)
        await linus.see("Usher")
        await linus.is_told("changed your role", "Guest")
        await edits(ada)
        await linus.is_told("changed your role", "Member")
        told = linus.column.get_by_role("tabpanel").locator(".message.bot")
        await expect(told.filter(has_text="changed your name, timezone and groups")).to_have_count(1)
        await linus.picture("told")
        await changes_their_own(linus)


async def opened(ada: Player) -> Locator:
    await ada.ask("/usher group create Weather watchers", first="Done")
    await ada.ask("/usher space Weather", first="Space")
    listed = await ada.ask("/usher members linus", "linus@example.com", first="1")
    await ada.picture("list")
    await listed.get_by_role("button", name="Open card of Linus Pauling").click()
    card = ada.said
    await expect(card).to_contain_text("Role: Member", timeout=SLOW_MS)
    for line in ("Status: Active", "2FA: ", "Groups: ", "Last active: ", "Invited by"):
        await expect(card).to_contain_text(line)
    await ada.picture("card")
    return card


async def chooses_a_role(ada: Player, card: Locator) -> None:
    await card.get_by_label("Role of Linus Pauling", exact=True).select_option("Guest")
    sure = ada.column.get_by_role("alertdialog", name="Change the role?")
    await expect(sure).to_contain_text("Linus Pauling has it from now on, and is told.")
    await ada.picture("sure")
    await sure.get_by_role("button", name="Change").click()
    await expect(ada.said).to_contain_text("now holds the role Guest", timeout=SLOW_MS)
    await expect(ada.said).to_contain_text("Role: Guest")
    await ada.picture("role-changed")


async def edits(ada: Player) -> None:
    await ada.said.get_by_role("button", name="Edit Linus Pauling").click()
    form = await ada.has_form("Edit a member")
    await expect(form).to_contain_text("linus@example.com. It cannot be changed")
    await expect(form.get_by_label("Name")).to_have_value("Linus Pauling")
    await form.get_by_label("Name").fill("Linus C. Pauling")
    await form.get_by_label("Role", exact=True).select_option("Member")
    await picks(form, "Timezone", "pacific/ho", "Pacific/Honolulu")
    await picks(form, "Groups", "weather", "Weather watchers")
    await ada.picture("form")
    await form.get_by_role("button", name="Save").click()
    done = await ada.has_form("Done")
    await expect(done).to_contain_text("name, timezone and groups")
    await expect(done).to_contain_text("now holds the role Member")
    await ada.picture("both-done")
    await ada.close("Done")
    await ada.ask("/usher member linus@example.com", "Groups: Weather watchers", "Pacific/Honolulu", first="Linus")
    await ada.picture("card-after")


async def changes_their_own(linus: Player) -> None:
    mine = await linus.ask("/access me", "Name: Linus C. Pauling", first="@Linus")
    await mine.get_by_role("button", name="Edit your name and timezone").click()
    form = await linus.has_form("Edit your profile")
    await form.get_by_label("Name").fill("Linus Pauling")
    await linus.picture("profile")
    await form.get_by_role("button", name="Save").click()
    await expect(await linus.has_form("Done")).to_contain_text("Changed: your name.")


async def picks(form: Locator, field: str, words: str, option: str) -> None:
    box = form.get_by_role("combobox", name=re.compile(f"^{field}"))
    await box.fill(words)
    await form.get_by_role("option", name=option).click()
