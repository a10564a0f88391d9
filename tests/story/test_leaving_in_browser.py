"""A deletion as it is met in the playground: its warning in counts, an heir, a code, and a pseudonym that is left."""

import pytest
from playwright.async_api import expect

from tests.story.stage import SLOW_MS, Stage, cleared, played

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.mark.seed("001-13", "001-14", "001-15", "001-16", "004-88", "004-89", "004-90")
async def test_a_member_is_deleted_with_a_warning_by_two_people() -> None:
    cleared("delete-*.png")
    async with played(prefix="delete-") as stage:
        await asks(stage)
        await decides(stage)


async def asks(stage: Stage) -> None:
    ada = stage.person("ada")
    await ada.type("/usher delete @linus because he has left")
    form = await ada.has_form("Delete a member")
    shown = ("Linus Pauling (linus@example.com)", "This cannot be undone.", "somebody else approves it")
    for words in shown:
        await expect(form).to_contain_text(words)
    await ada.picture("form")
    await form.get_by_role("button", name="Delete", exact=True).click()
    await expect(await ada.has_form("Waiting")).to_contain_text("for the approval of", timeout=SLOW_MS)
    await ada.picture("waits")


async def decides(stage: Stage) -> None:
    grace, linus = stage.person("grace"), stage.person("linus")
    await grace.see("Usher")
    card = grace.waiting("wants to delete the account of")
    await expect(card).to_contain_text("this cannot be undone", timeout=SLOW_MS)
    await grace.picture("card")
    await card.get_by_role("button", name="Approve").click()
    form = await grace.has_form("Approve")
    await form.get_by_label("One-time code").fill(await grace.code())
    await form.get_by_role("button", name="Approve").click()
    await expect(await grace.has_form("Done")).to_contain_text("the audit knows it as Deleted member", timeout=SLOW_MS)
    await grace.picture("done")
    await grace.close("Done")
    over = grace.column.get_by_role("tabpanel").locator(".message.bot").filter(has_text="Approved by").last
    await expect(over).to_contain_text("wants to delete the account of Deleted member", timeout=SLOW_MS)
    await expect(over).not_to_contain_text("Linus")
    await grace.picture("card-afterwards")
    await linus.see("Usher")
    await linus.is_told("deleted your account in")
    await linus.picture("told")
