"""The list of members in the playground: opened from Home, narrowed, turned there and back, and asked for as a file."""

import re

import pytest
from playwright.async_api import Locator, expect

from tests.story.stage import SLOW_MS, Player, cleared, played

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

PREFIX = "members-"


@pytest.mark.seed("000-04", "004-02", "004-106")
async def test_an_admin_reads_narrows_and_turns_the_list() -> None:
    cleared(f"{PREFIX}*.png")
    async with played(prefix=PREFIX) as stage:
        ada = stage.person("ada")
        await invites(ada, 24)
        await ada.see("Home")
        await expect(ada.column.get_by_text(re.compile("members: .* active")).first).to_be_visible(timeout=SLOW_MS)
        button = ada.column.get_by_role("button", name="Members", exact=True)
        await button.evaluate("one => one.scrollIntoView({block: 'center'})")
        await ada.picture("home")
        await button.click()
        await expect(await ada.has_form("Usher")).to_contain_text("members, by name.")
        await ada.picture("from-home")
        await ada.close("Usher")
        await ada.see("#general")
        await turns(ada)
        await narrows(ada)


async def invites(ada: Player, people: int) -> None:
    addresses = ", ".join(f"p{number:02}@example.com" for number in range(people))
    await ada.ask(f"/usher invite {addresses} as guest", first="Done")


async def turns(ada: Player) -> None:
    answer = await ada.ask("/usher members status:invited", "by name.", first="10")
    await ada.picture("first-page")
    await press(answer, "Next")
    await expect(answer).to_contain_text("p10@example.com", timeout=SLOW_MS)
    await ada.picture("second-page")
    await press(answer, "Previous")
    await expect(answer).to_contain_text("p00@example.com", timeout=SLOW_MS)
    await expect(answer).not_to_contain_text("p10@example.com")


async def narrows(ada: Player) -> None:
    answer = await ada.ask("/usher members role:super admin 2fa:on", "2FA: Enabled", first="1 member")
    await expect(answer.get_by_role("button", name=re.compile("^Open card of Ada"))).to_be_visible()
    await ada.picture("narrowed")
    await ada.ask("/usher members zed", "Each word must stand somewhere", first="No member")
    await ada.ask("/usher members rol:admin", "role:admin", first="Unclear")
    await ada.picture("unclear")


async def press(answer: Locator, label: str) -> None:
    await answer.get_by_role("button", name=label, exact=True).click()
