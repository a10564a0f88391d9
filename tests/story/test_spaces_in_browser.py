"""*Manage access* as a space's owner meets it in the playground: everybody listed, added, changed and revoked."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Locator, expect

from tests.story.stage import SLOW_MS, Player, Stage, cleared, played

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

SPACE = "Difference Engine"


@asynccontextmanager
async def staged(prefix: str) -> AsyncGenerator[Stage]:
    cleared(f"{prefix}*.png")
    async with played(prefix=prefix) as stage:
        yield stage


@pytest.mark.seed("001-70", "001-71", "001-72", "001-73")
async def test_an_owner_manages_who_has_access() -> None:
    async with staged("manage-access-") as stage:
        await manages(stage)


async def manages(stage: Stage) -> None:
    linus, katherine = stage.person("linus"), stage.person("katherine")
    form = await opens(linus)
    await expect(row(form, "linus@example.com")).to_contain_text("Owner")
    await expect(row(form, "ada@example.com")).to_contain_text("reaches it anyway as Super admin")
    await expect(row(form, "grace@example.com")).to_contain_text("reached as Admin of the organization")
    await linus.picture("manage-access")

    await adds(linus, form, "kath", "Katherine Johnson", "Editor")
    await expect(form).to_contain_text("Done.", timeout=SLOW_MS)
    await expect(row(form, "katherine@example.com")).to_contain_text("Editor")
    await expect(form.get_by_role("combobox", name="Person")).to_have_value("")
    await linus.picture("added")
    await katherine.see("Usher")
    await katherine.is_told("Editor", SPACE)

    role = form.get_by_label("Role of Katherine Johnson")
    await role.select_option("Viewer")
    await expect(form).to_contain_text("now holds the role Viewer", timeout=SLOW_MS)
    await expect(form.get_by_label("Role of Katherine Johnson")).to_have_value("viewer")
    await linus.picture("changed")

    search = form.get_by_label("Search those who have access")
    await search.fill("kath")
    await search.press("Enter")
    await expect(row(form, "linus@example.com")).to_have_count(0, timeout=SLOW_MS)
    await expect(row(form, "katherine@example.com")).to_be_visible()
    await linus.picture("searched")

    await form.get_by_role("button", name="Revoke access of Katherine Johnson").click()
    sure = linus.column.get_by_role("alertdialog", name="Revoke access?")
    await expect(sure).to_contain_text(f"Katherine Johnson loses their role in {SPACE} at once")
    await linus.picture("sure")
    await sure.get_by_role("button", name="Revoke access").click()
    await expect(form).to_contain_text("Nobody of that name has access here.", timeout=SLOW_MS)
    await linus.picture("revoked")
    await katherine.is_told("ended your access to the space")
    await katherine.picture("told")


@pytest.mark.seed("001-56", "001-61", "001-65")
async def test_an_editor_is_offered_no_access_and_a_space_goes_only_after_a_warning() -> None:
    async with staged("spaces-") as stage:
        await sees_and_deletes(stage)


async def sees_and_deletes(stage: Stage) -> None:
    linus, katherine = stage.person("linus"), stage.person("katherine")
    await linus.ask(f"/usher role @katherine editor in {SPACE}", first="Done")
    answer = await katherine.ask(f"/usher space {SPACE}", "You: Editor", first="Space")
    await expect(answer.get_by_role("button")).to_have_count(0)
    await katherine.picture("card-of-an-editor")
    await katherine.see("Home")
    await expect(katherine.column.get_by_role("heading", name="My spaces")).to_be_visible(timeout=SLOW_MS)
    await katherine.picture("home")

    await linus.type(f"/usher space delete {SPACE}")
    form = await linus.has_form("Delete a space")
    await expect(form).to_contain_text("This cannot be undone.")
    await expect(form).to_contain_text("3 people lose their role in it")
    await linus.picture("delete-form")
    await form.get_by_role("button", name="Delete", exact=True).click()
    await expect(await linus.has_form("Done")).to_contain_text(f"Deleted the space {SPACE}")
    await linus.picture("deleted")
    await katherine.see("Usher")
    await katherine.is_told(f"deleted the space {SPACE}")


async def opens(player: Player) -> Locator:
    answer = await player.ask(f"/usher space {SPACE}", "You: Owner", first="Space")
    await player.picture("card")
    await answer.get_by_role("button", name=re.compile("^Manage access")).click()
    return await player.has_form("Manage access")


def row(form: Locator, email: str) -> Locator:
    return form.locator(".text").filter(has_text=f"({email})")


async def adds(player: Player, form: Locator, words: str, name: str, role: str) -> None:
    """By search box and drop-down (001-71)."""
    await form.get_by_role("combobox", name="Person").fill(words)
    await form.get_by_role("option", name=name).click()
    await form.get_by_label("Role", exact=True).select_option(role)
    await player.picture("adding")
    await form.get_by_role("button", name="Add", exact=True).click()
