"""The form *Permissions* as it is seen and used on the playground's page: for an admin, a staff and a member."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.playground.browser import chromium, keep_picture, opened_page
from tests.slack.permitted import Stage, permitted

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

ROLES = {"grace": "admin", "linus": "staff", "mei": "member"}
DATASETS = ("Payroll", "Sales", "Web")


@dataclass(frozen=True, slots=True)
class Seen:
    page: Page
    stage: Stage

    @property
    def ada(self) -> Locator:
        return self.page.locator("[data-person=ada]")

    async def opens(self, words: str) -> Locator:
        line = self.ada.locator("[data-role=command-line]")
        await line.fill(f"/usher permissions {words}")
        await line.press("Enter")
        form = self.ada.get_by_role("dialog", name="Permissions")
        await expect(form).to_be_visible()
        return form

    async def sends(self, form: Locator) -> Locator:
        await form.get_by_role("button", name="Save").click()
        done = self.ada.get_by_role("dialog", name="Done")
        await expect(done).to_contain_text("Done. The permissions of")
        return done

    async def picture(self, form: Locator, name: str) -> None:
        """All of it, however far it scrolls."""
        size = await form.evaluate("form => form.querySelector('.fields-list').scrollHeight")
        await self.page.set_viewport_size({"width": 1440, "height": int(size) + 320})
        await keep_picture(self.page, name)


@pytest_asyncio.fixture(loop_scope="module")
async def seen(sqlite_url: str) -> AsyncIterator[Seen]:
    page = {"ada": "Giga Admin", "grace": "Admin", "linus": "Staff", "mei": "Member"}
    async with (
        permitted(sqlite_url, ROLES, datasets=DATASETS, page=page) as stage,
        chromium() as browser,
        opened_page(browser, stage.bot.playground.url) as opened,
    ):
        yield Seen(opened, stage)


async def pick(form: Locator, field: str, words: str, option: str) -> None:
    box = form.get_by_role("combobox", name=field)
    await box.fill(words)
    await form.get_by_role("option", name=option).click()


@pytest.mark.seed("004-40", "004-41", "004-42", "004-43", "004-44", "004-45", "004-46", "004-48", "004-49", "004-50")
@pytest.mark.seed("004-58", "004-60", "004-81", "004-84")
async def test_each_role_gets_the_form_that_applies_to_it(seen: Seen) -> None:
    await an_admin_has_a_summary(seen)
    await a_staff_has_every_control(seen)
    await a_member_has_ai_chat(seen)


async def an_admin_has_a_summary(seen: Seen) -> None:
    form = await seen.opens("@grace")
    await expect(form).to_contain_text("Admin always reads and writes every dataset (nothing to set).")
    await expect(form.get_by_role("radio")).to_have_count(0)
    await expect(form.get_by_role("checkbox")).to_have_count(14)
    await seen.picture(form, "permissions-admin")
    await form.get_by_label("Tags").uncheck()
    done = await seen.sends(form)
    await expect(done).to_contain_text("No longer: Tags.")
    assert not await seen.stage.may("grace", "use", "feature", "tags")
    await done.get_by_role("button", name="Close").last.click()


async def a_staff_has_every_control(seen: Seen) -> None:
    form = await seen.opens("@linus")
    await expect(form.get_by_role("radio", name="Full Access")).to_be_checked()
    await expect(form.get_by_role("combobox")).to_have_count(0)
    await form.get_by_label("AI Chat Access").check()
    await form.get_by_role("radio", name="Read Only").check()
    await form.get_by_role("radio", name="Whitelist").check()
    await expect(form.get_by_role("combobox", name="Allowed Datasets")).to_be_visible()
    await expect(form.get_by_label("AI Chat Access")).to_be_checked()
    await expect(form.get_by_role("radio", name="Read Only")).to_be_checked()
    await pick(form, "Allowed Datasets", "pay", "Payroll (ds-payroll)")
    await pick(form, "Allowed Datasets", "we", "Web (ds-web)")
    await pick(form, "Override: Read + Write", "web", "Web (ds-web)")
    await seen.picture(form, "permissions-staff")
    done = await seen.sends(form)
    await keep_picture(seen.page, "permissions-done")
    await done.get_by_role("button", name="Close").last.click()
    may = [await seen.stage.may("linus", "read", "dataset", f"ds-{name.lower()}") for name in DATASETS]
    assert (may, await seen.stage.may("linus", "write", "dataset", "ds-web")) == ([True, False, True], True)
    # What is set stands there again, and what was picked before stays beside what is picked now.
    form = await seen.opens("@linus")
    await expect(form.get_by_role("list", name="Chosen").first).to_contain_text("Web")
    await pick(form, "Allowed Datasets", "sal", "Sales (ds-sales)")
    done = await seen.sends(form)
    await done.get_by_role("button", name="Close").last.click()
    assert await seen.stage.may("linus", "read", "dataset", "ds-sales")


async def a_member_has_ai_chat(seen: Seen) -> None:
    form = await seen.opens("@mei")
    await expect(form).to_contain_text("These rules apply to AI Chat only")
    await expect(form.get_by_role("checkbox")).to_have_count(1)
    await expect(form.get_by_role("radio")).to_have_count(3)
    await form.get_by_role("radio", name="Blacklist").check()
    await expect(form.get_by_role("combobox", name="Blocked Datasets")).to_be_visible()
    await pick(form, "Blocked Datasets", "payroll", "Payroll (ds-payroll)")
    await form.get_by_label("AI Chat Access").check()
    await seen.picture(form, "permissions-member")
    await (await seen.sends(form)).get_by_role("button", name="Close").last.click()
    may = [await seen.stage.may("mei", "ai-chat", "dataset", f"ds-{name.lower()}") for name in DATASETS]
    assert may == [False, True, True]
    form = await seen.opens("@mei")
    await form.get_by_role("button", name="Reset to Role Defaults").click()
    await keep_picture(seen.page, "permissions-reset")
    await seen.ada.get_by_role("alertdialog").get_by_role("button", name="Reset").click()
    await expect(seen.ada.get_by_role("dialog", name="Done")).to_contain_text("has the features of their role again")
    assert not await seen.stage.may("mei", "ai-chat", "dataset", "ds-web")
