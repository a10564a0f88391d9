from collections.abc import AsyncIterator

import aiosmtplib
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from tests.playground.browser import Scheme, chromium, keep_picture, opened_page
from tests.playground.site import HOSTILE, Site, opened_site
from tests.playground.small_app import CODE

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
EXPECTED_FORM = {"email": "grace@example.org", "role": "admin", "space": "archive", "groups": ["engines"], "code": CODE}


# One Chromium for all of these, for starting it is most of what a short test costs.
@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def site() -> AsyncIterator[Site]:
    async with opened_site() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, site: Site) -> AsyncIterator[Page]:
    async with opened_page(browser, site.playground.url) as opened:
        yield opened


def card(page: Page, handle: str) -> Locator:
    return page.locator(f"[data-person={handle}]")


async def type_command(page: Page, handle: str, words: str) -> None:
    line = card(page, handle).locator("[data-role=command-line]")
    await line.fill(words)
    await line.press("Enter")


async def type_keys(page: Page, *keys: str) -> None:
    """Each is a key to press or, if it is no single key, text to type."""
    for key in keys:
        is_key = key in {"Tab", "Enter", "Space", "Escape", "ArrowDown", "ArrowUp", "ArrowRight", "Shift+Tab"}
        await (page.keyboard.press(key) if is_key else page.keyboard.type(key))


async def test_a_typed_command_is_answered_to_its_typist_alone(page: Page) -> None:
    await type_command(page, "ada", "/usher say Done: *grace* is invited.")

    answer = card(page, "ada").locator(".message.ephemeral")
    await expect(answer).to_contain_text("Done: grace is invited.")
    await expect(answer).to_contain_text("Only visible to you")
    await expect(answer.locator("strong", has_text="grace")).to_be_visible()
    await expect(card(page, "bob").locator(".message")).to_have_count(0)


async def test_a_form_is_filled_sent_and_answered(page: Page, site: Site) -> None:
    await type_command(page, "ada", "/usher form")
    form = card(page, "ada").get_by_role("dialog", name="Invite people")
    await expect(form.get_by_label("E-mail")).to_be_focused()
    await form.get_by_label("E-mail").fill("grace@example.org")
    await form.get_by_label("Role").select_option("Admin")
    await form.get_by_role("combobox", name="Space").fill("arch")
    await form.get_by_role("option", name="Archive").click()
    await form.get_by_label("Engines").check()
    await form.get_by_label("One-time code").fill("000000")
    await keep_picture(page, "form")
    await form.get_by_role("button", name="Invite").click()
    await expect(form.get_by_text("This code is wrong. 4 tries left.")).to_be_visible()
    await expect(form.get_by_label("One-time code")).to_be_focused()
    await form.get_by_label("One-time code").fill(CODE)
    await form.get_by_label("One-time code").press("Enter")

    await expect(form).to_be_hidden()
    assert site.small.sent == [EXPECTED_FORM]
    await expect(card(page, "ada").get_by_role("tab", name="Usher (new messages)")).to_be_visible()


async def test_what_slack_s_form_itself_refuses_stands_under_the_field(page: Page) -> None:
    await type_command(page, "ada", "/usher form")
    form = card(page, "ada").get_by_role("dialog", name="Invite people")
    await form.get_by_role("button", name="Invite").click()

    field = form.get_by_label("E-mail")
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(field).to_have_accessible_description("Please complete this required field.")
    await expect(field).to_be_focused()


async def test_everything_can_be_done_with_the_keyboard_alone(page: Page, site: Site) -> None:
    await card(page, "ada").locator("[data-role=command-line]").focus()
    await type_keys(page, "/usher form", "Enter")
    form = card(page, "ada").get_by_role("dialog")
    await expect(form.get_by_label("E-mail")).to_be_focused()
    await type_keys(page, "grace@example.org", "Tab", "a", "Tab", "arc")
    await expect(form.get_by_role("option", name="Archive")).to_be_visible()
    await type_keys(page, "Enter", "Tab", "Tab", "Space", "Tab", CODE, "Enter")
    await expect(form).to_be_hidden()

    assert site.small.sent == [EXPECTED_FORM]
    await expect(card(page, "ada").locator("[data-role=command-line]")).to_be_focused()


async def test_escape_closes_a_form_and_gives_the_focus_back(page: Page) -> None:
    await type_command(page, "ada", "/usher form")
    form = card(page, "ada").get_by_role("dialog")
    await expect(form.get_by_label("E-mail")).to_be_focused()
    await page.keyboard.press("Escape")

    await expect(form).to_be_hidden()
    await expect(card(page, "ada").locator("[data-role=command-line]")).to_be_focused()


async def test_escape_in_suggestions_closes_only_these(page: Page) -> None:
    await type_command(page, "ada", "/usher form")
    form = card(page, "ada").get_by_role("dialog")
    await form.get_by_role("combobox", name="Space").fill("arch")
    await expect(form.get_by_role("option", name="Archive")).to_be_visible()
    await page.keyboard.press("Escape")

    await expect(form.get_by_role("option", name="Archive")).to_be_hidden()
    await expect(form).to_be_visible()


async def test_arrows_move_between_tabs_and_home_is_drawn_when_looked_at(page: Page) -> None:
    ada = card(page, "ada")
    await ada.get_by_role("tab", name="#general").focus()
    await type_keys(page, "ArrowRight", "ArrowRight", "ArrowRight")

    await expect(ada.get_by_role("tab", name="Home")).to_be_focused()
    await expect(ada.get_by_role("heading", name="Your access")).to_be_visible()


async def test_a_shortcut_opens_its_form_from_the_menu_by_keyboard(page: Page) -> None:
    ada = card(page, "ada")
    await ada.get_by_role("button", name="Shortcuts of Ada Lovelace").focus()
    await type_keys(page, "Enter")
    await expect(ada.get_by_role("menuitem", name="Invite people")).to_be_focused()
    await type_keys(page, "Enter")

    await expect(ada.get_by_role("dialog", name="Invite people")).to_be_visible()


async def test_a_press_that_asks_first_is_carried_out_only_when_confirmed(page: Page) -> None:
    await type_command(page, "ada", "/usher card")
    bob = card(page, "bob")
    await bob.get_by_role("button", name="Deny").click()
    await bob.get_by_role("alertdialog", name="Deny this?").get_by_role("button", name="Not now").click()
    await expect(bob.get_by_role("button", name="Deny")).to_be_focused()
    await bob.get_by_role("button", name="Deny").click()
    await bob.get_by_role("button", name="Deny it").click()

    for handle in ("ada", "bob", "cleo"):
        await expect(card(page, handle).get_by_text("Denied by @Bob Kahn")).to_be_visible()
    await expect(bob.get_by_role("button", name="Deny")).to_have_count(0)


async def test_hostile_text_stays_text(page: Page, site: Site) -> None:
    evil = (
        f"{HOSTILE} *{HOSTILE}* <javascript:alert(1)|click> <https://evil.example/x|bank> <http://127.0.0.1:1/a|ours>"
    )
    await type_command(page, "cleo", HOSTILE)
    await type_command(page, "ada", f"/usher say {evil}")
    await aiosmtplib.send(
        f"Subject: {HOSTILE}\r\n\r\n{HOSTILE} javascript:alert(1) https://evil.example/".encode(),
        sender="x@example.org",
        recipients=["grace@example.org"],
        hostname="127.0.0.1",
        port=site.mailbox.port,
    )
    await page.locator("#mail").get_by_role("button", name=HOSTILE).click()

    await expect(page.locator("#mail .reader")).to_contain_text(HOSTILE)
    await expect(card(page, "cleo").get_by_role("heading", name=f"Cleo {HOSTILE}")).to_be_visible()
    await expect(card(page, "bob").get_by_text(HOSTILE, exact=True)).to_be_visible()
    answer = card(page, "ada").locator(".message.ephemeral")
    await expect(answer).to_contain_text("bank (https://evil.example/x)")
    await expect(answer.get_by_role("link")).to_have_text("ours")
    await keep_picture(page, "hostile")
    assert await page.locator("img, a[href^='javascript'], a[href*='evil']").count() == 0


async def test_a_pasted_key_shows_the_code_of_the_moment(page: Page, site: Site) -> None:
    phone = card(page, "bob").get_by_role("region", name="Phone of Bob Kahn")
    await phone.get_by_role("button", name="Add a key").click()
    await phone.get_by_label("Set-up key or otpauth link").fill("nonsense")
    await page.keyboard.press("Enter")
    await expect(phone.get_by_role("alert")).to_contain_text("That is no set-up key")
    await phone.get_by_label("Set-up key or otpauth link").fill(KEY.lower())
    await page.keyboard.press("Enter")

    code = site.page.phone("ada").add(KEY).digits
    await expect(phone.locator("[data-role=code]")).to_have_text(code)


async def test_the_mailbox_opens_a_mail_with_its_link_in_a_new_tab(page: Page, site: Site) -> None:
    link = f"{site.playground.url}/invitations/abc"
    mail = f"Subject: Ada invites you\r\n\r\nAccept: {link}.\r\n".encode()
    await aiosmtplib.send(
        mail, sender="u@example.org", recipients=["grace@example.org"], hostname="127.0.0.1", port=site.mailbox.port
    )
    await page.locator("#mail").get_by_role("button", name="Ada invites you").click()
    await expect(page.get_by_role("article", name="Open mail")).to_be_focused()
    anchor = page.locator("#mail").get_by_role("link", name=link)

    await expect(anchor).to_have_attribute("target", "_blank")
    await expect(anchor).to_have_attribute("rel", "noopener noreferrer")


async def test_the_tour_types_but_leaves_the_sending_to_the_reader(page: Page) -> None:
    await page.locator("#tour").get_by_role("button", name="Type it for me").click()

    line = card(page, "ada").locator("[data-role=command-line]")
    await expect(line).to_have_value("/usher invite grace@example.org as member")
    await expect(line).to_be_focused()
    await expect(card(page, "ada").locator(".typed")).to_have_count(0)


async def test_a_message_that_comes_does_not_take_the_focus_or_the_words_away(page: Page, site: Site) -> None:
    line = card(page, "bob").locator("[data-role=command-line]")
    await line.fill("/usher sa")
    await site.type("ada", "/usher card")
    await expect(card(page, "bob").get_by_role("button", name="Approve")).to_be_visible()

    await expect(line).to_be_focused()
    await expect(line).to_have_value("/usher sa")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_narrow_screen_shows_one_person_at_a_time(browser: Browser, site: Site, scheme: Scheme) -> None:
    async with opened_page(browser, site.playground.url, scheme=scheme, narrow=True) as page:
        await type_command(page, "ada", "/usher card")
        await expect(card(page, "ada").get_by_role("button", name="Approve")).to_be_visible()
        await expect(card(page, "bob")).to_be_hidden()
        await keep_picture(page, f"narrow-{scheme}")
        await page.get_by_role("button", name="Bob").click()

        await expect(card(page, "bob").get_by_role("button", name="Approve")).to_be_visible()
        await expect(card(page, "ada")).to_be_hidden()
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_people_sit_side_by_side_on_a_wide_screen(browser: Browser, site: Site, scheme: Scheme) -> None:
    site.page.phone("ada").add(KEY)
    async with opened_page(browser, site.playground.url, scheme=scheme) as page:
        await type_command(page, "ada", "/usher card")
        for handle in ("ada", "bob", "cleo", "dan"):
            await expect(card(page, handle)).to_be_in_viewport(ratio=0.99)
        await keep_picture(page, f"wide-{scheme}")
