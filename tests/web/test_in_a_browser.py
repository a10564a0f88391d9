"""The same pages in a real browser without script: its own headers, its own idea of the content security policy."""

import shutil
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, async_playwright
from pyotp.totp import TOTP

from bot.web.app import web_app
from tests.web.test_invitations import GOOD
from tests.web.test_new_passwords import Ways, reset, ways, works
from tests.web.world import PUBLIC, World, served

__all__ = ["ways"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@asynccontextmanager
async def phone(world: World) -> AsyncGenerator[Page]:
    """A narrow phone; the test fails if the page breaks its own content security policy."""
    app = web_app(world.usher, public_url=PUBLIC, slack=None)
    async with served(app) as address, async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = await chromium.new_context(
            base_url=address, viewport={"width": 390, "height": 844}, java_script_enabled=False
        )
        page = await context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        yield page
        await chromium.close()
        assert [text for text in said if "Content Security Policy" in text or "Refused to" in text] == []


@pytest.fixture
async def tab(world: World) -> AsyncIterator[Page]:
    async with phone(world) as page:
        yield page


async def fill(tab: Page, world: World, **typed: str) -> None:
    key = ((await tab.text_content("#set-up-key")) or "").replace(" ", "")
    values = {"name": "Ada", "password": GOOD, "code": TOTP(key).at(world.clock()), **typed}
    for name, value in values.items():
        await tab.fill(f"#{name}", value)


async def fits(tab: Page) -> bool:
    """Nothing is wider than the screen, and everything to press is large enough for a finger."""
    body = await tab.locator("main").bounding_box()
    assert body
    for button in await tab.locator("button, input:not([type=hidden]):not(.unseen)").all():
        box = await button.bounding_box()
        assert box
        assert box["height"] >= 44
        assert box["x"] >= body["x"]
        assert box["x"] + box["width"] <= body["x"] + body["width"]
    return body["width"] <= 390


async def test_an_invitation_is_accepted_by_labels_and_keyboard_alone(world: World, tab: Page) -> None:
    await world.enrol()
    await tab.goto(await world.invited(role="manager"))
    assert await fits(tab)

    await fill(tab, world, code="000000")
    await tab.get_by_label("One-time code").press("Enter")
    assert await tab.locator("#code:focus").count() == 1
    assert await fits(tab)

    await fill(tab, world)
    await tab.get_by_label("One-time code").press("Enter")
    assert await tab.locator(".codes li").count() == 10
    assert await fits(tab)

    await tab.get_by_role("button", name="finish").press("Enter")
    assert "Done. Welcome to Example Corp" in await tab.inner_text("main")


async def test_an_empty_field_is_caught_before_anything_is_sent(world: World, tab: Page) -> None:
    await tab.goto(await world.invited())
    await fill(tab, world, code="")

    await tab.get_by_role("button", name="Continue").click()

    assert await tab.locator("#password").input_value() == GOOD


async def test_recovery_codes_print_without_the_buttons(world: World, tab: Page) -> None:
    await tab.goto(world.setup_path)
    key = ((await tab.text_content("#set-up-key")) or "").replace(" ", "")
    await tab.fill("#password", GOOD)
    await tab.fill("#code", TOTP(key).at(world.clock()))
    await tab.get_by_role("button", name="Continue").click()
    await tab.emulate_media(media="print")

    assert await tab.locator("button").is_hidden()
    assert await tab.locator(".codes li").first.is_visible()
    assert await tab.get_by_text("Recovery codes of").is_visible()


async def test_a_dead_link_offers_its_button_on_a_phone(tab: Page) -> None:
    await tab.goto("/invitations/none")
    assert await fits(tab)

    await tab.get_by_role("button", name="Ask for a new one").click()

    assert "Done. Thank you." in await tab.inner_text("main")


@pytest.mark.parametrize("ways", ["reveal"], indirect=True)
async def test_two_quick_presses_show_the_password_that_counts(ways: Ways) -> None:
    world, _, purpose = ways
    async with phone(world) as tab:
        await tab.goto(await reset(world, purpose))
        await tab.get_by_role("button", name="Show my new password").dblclick()
        shown = await tab.locator("#new-password").inner_text()
        await tab.reload()
        assert await tab.locator("#new-password").inner_text() == shown
    assert await works(world, shown)
