"""The whole story of a first day, played by hand in the playground's page: what each person does, sees and is told."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Locator, Page, expect

from tests.story.stage import SLOW_MS, Player, Stage, cleared, played

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

PASSWORD = "lantern cobalt walrus fifty"


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    cleared("[0-9]*.png")
    async with played("--empty") as stage:
        yield stage


@pytest.mark.seed("001-05", "001-07", "001-08", "001-09", "001-36", "001-37", "001-41", "004-86", "004-99", "004-133")
@pytest.mark.invariant(1, 15, 20, 23, 24, 28, 29, 31, 32)
async def test_the_first_day_of_an_organization(stage: Stage) -> None:
    ada, grace, linus, katherine = (stage.person(handle) for handle in ("ada", "grace", "linus", "katherine"))

    await ada_sets_usher_up(ada)
    await ada_invites_two_by_command_and_one_by_form(ada)
    invitation = await grace_accepts_from_the_mailbox(grace)
    await the_used_link_is_dead(stage, invitation)
    await accepts_by_the_button(linus, "Member")
    await accepts_by_the_button(katherine, "Member")
    await connects(grace)
    await the_offer_that_is_left_over_does_no_harm(grace)
    await ada_alone_raises_grace(ada, grace)
    await ada_asks_and_grace_raises_linus(ada, grace, linus)
    await katherine_asks_is_denied_asks_again_and_is_approved(katherine, grace)
    await katherine_is_deactivated_and_everything_of_hers_is_dead_at_once(ada, linus, katherine)
    await the_last_super_admin_stays(ada, grace)


# Setting up -----------------------------------------------------------------------------------------------------------


async def ada_sets_usher_up(ada: Player) -> None:
    await ada.stage.picture("empty-workspace")
    await ada.type("/usher setup")
    form = await ada.has_form("Set up Usher")
    await expect(form.get_by_label("Name")).to_have_value("Analytical Engines")
    await form.get_by_label("Name").fill("Example Corp")
    await ada.picture("setup-form")
    await form.get_by_role("button", name="Set up").click()
    done = await ada.has_form("Done")
    await expect(done).to_contain_text("Done. Example Corp is set up")
    await ada.picture("set-up")
    async with ada.stage.followed(done.get_by_role("link", name="Set password and second factor")) as tab:
        await enrol(ada, tab, "setup")
        await expect(tab.get_by_role("heading", name="Done.")).to_be_visible()
        await ada.stage.pictures.take(tab, "setup-done")
    await ada.close("Done")


async def enrol(player: Player, tab: Page, what: str) -> None:
    """Password, second factor and recovery codes, on the page that the tab shows; the phone gets the key."""
    pictures = player.stage.pictures
    await pictures.take(tab, f"{what}-page", whole=True)
    await tab.get_by_label("Password").fill(PASSWORD)
    await player.add_key(await tab.locator("#set-up-key").inner_text())
    await tab.get_by_label("One-time code").fill(await player.code())
    await tab.get_by_role("button", name="Continue").click()
    await expect(tab.locator(".codes li")).to_have_count(10)
    await pictures.take(tab, f"{what}-recovery-codes", whole=True)
    await tab.get_by_role("button", name="I have kept them").click()


# Inviting and accepting -----------------------------------------------------------------------------------------------


async def ada_invites_two_by_command_and_one_by_form(ada: Player) -> None:
    invited = "grace@example.com and linus@example.com as Member"
    await ada.ask("/usher invite grace@example.com, linus@example.com as member", invited, first="Done")
    await ada.picture("invited-by-command")
    await ada.type("/usher invite")
    form = await ada.has_form("Invite people")
    await form.get_by_label("E-mail").fill("katherine@example.com")
    await form.get_by_label("Role").select_option("Member")
    await ada.picture("invite-form")
    await form.get_by_role("button", name="Invite").click()
    await expect(await ada.has_form("Done")).to_contain_text("Invited katherine@example.com as Member")
    await ada.picture("invited-by-form")
    await ada.close("Done")


async def grace_accepts_from_the_mailbox(grace: Player) -> str:
    """The address of the page that she used."""
    mail = await grace.stage.open_mail("grace@example.com", "Ada Lovelace invites you to Example Corp")
    await grace.stage.picture("invitation-mail")
    link = mail.get_by_role("link").first
    async with grace.stage.followed(link) as tab:
        await tab.get_by_label("Name").fill("Grace Hopper")
        await enrol(grace, tab, "invitation")
        await expect(tab.get_by_role("heading", name="Welcome to Example Corp")).to_be_visible()
        await grace.stage.pictures.take(tab, "invitation-done")
        return tab.url


async def the_used_link_is_dead(stage: Stage, address: str) -> None:
    tab = await stage.context.new_page()
    await tab.goto(address)
    await expect(tab.get_by_role("heading", name="This link does not work")).to_be_visible()
    await stage.pictures.take(tab, "used-link")
    await tab.close()


async def accepts_by_the_button(player: Player, role: str) -> None:
    await player.see("Usher")
    await player.is_told("@Ada Lovelace invites you to Example Corp as Member")
    await player.picture(f"offered-to-{player.handle}")
    await player.said.get_by_role("button", name="Accept").click()
    await player.is_told("Done. Welcome to Example Corp", f"you are in as {role}")
    await player.picture(f"accepted-by-{player.handle}")


async def connects(player: Player) -> None:
    await player.ask("/usher help", "/access connect", first="What")
    await player.picture("not-connected-yet")
    await player.type("/access connect")
    form = await player.has_form("Connect")
    await expect(form.get_by_label("E-mail")).to_have_value(f"{player.handle}@example.com")
    await player.picture("connect-form")
    await form.get_by_role("button", name="Continue").click()
    code = form.get_by_label("One-time code")
    await expect(code).to_be_visible()
    await code.fill(await player.code())
    await player.picture("connect-code")
    await form.get_by_role("button", name="Connect").click()
    await expect(await player.has_form("Done")).to_contain_text("is connected to grace@example.com in Example Corp")
    await player.picture("connected")
    await player.close("Done")


async def the_offer_that_is_left_over_does_no_harm(grace: Player) -> None:
    """She was offered to accept in Slack too, but did so by the link of her mail."""
    await grace.see("Usher")
    await grace.column.get_by_role("button", name="Accept").click()
    await grace.is_told("Refused. This Slack account is connected to a member already.")
    await grace.picture("offer-left-over")


# Raising --------------------------------------------------------------------------------------------------------------


async def ada_alone_raises_grace(ada: Player, grace: Player) -> None:
    await ada.type("/usher role @grace admin because she runs the lab")
    form = await ada.has_form("Approve")
    await expect(form).to_contain_text("Nobody else here could approve this")
    await form.get_by_label("One-time code").fill("000000")
    await form.get_by_role("button", name="Approve").click()
    await expect(form.get_by_text("This code isn't right.")).to_be_visible()
    await ada.picture("wrong-code")
    await form.get_by_label("One-time code").fill(await ada.code())
    await ada.picture("lone-code-form")
    await form.get_by_role("button", name="Approve").click()
    await expect(await ada.has_form("Done")).to_contain_text("@Grace Hopper now holds the role Admin (before: Member).")
    await ada.picture("raised-alone")
    await ada.close("Done")
    await grace.see("Usher")
    await grace.is_told("Admin")
    await grace.picture("told-of-the-role")


async def ada_asks_and_grace_raises_linus(ada: Player, grace: Player, linus: Player) -> None:
    await ada.ask("/usher role @linus admin because two are better than one", "@Grace Hopper", first="Waiting")
    card = await has_card(grace, "Role of @Linus Pauling: Member → Admin")
    await grace.picture("card")
    await the_asker_cannot_approve(ada)
    await card.get_by_role("button", name="Approve").click()
    form = await grace.has_form("Approve")
    await expect(form).to_contain_text("two are better than one")
    await expect(card).not_to_contain_text("The change has run")
    await form.get_by_label("One-time code").fill(await grace.code())
    await grace.picture("approve-form")
    await form.get_by_role("button", name="Approve").click()
    await expect(await grace.has_form("Done")).to_contain_text("@Linus Pauling now holds the role Admin")
    await grace.picture("approved")
    await grace.close("Done")
    await is_over(card, "Approved by @Grace Hopper", "The change has run.")
    await grace.picture("card-has-changed")
    await linus.see("Usher")
    await linus.is_told("Admin")


async def has_card(player: Player, words: str, *, tab: str = "Usher") -> Locator:
    """The message whose buttons wait for a decision; it stays the same message when it is rewritten."""
    await player.see(tab)
    card = player.waiting(words)
    await expect(card).to_be_visible(timeout=SLOW_MS)
    stamp = await card.get_attribute("data-ts")
    return player.column.locator(f"[data-ts='{stamp}']")


async def is_over(card: Locator, *words: str) -> None:
    for some in words:
        await expect(card).to_contain_text(some, timeout=SLOW_MS)
    await expect(card.get_by_role("button")).to_have_count(0)


async def the_asker_cannot_approve(ada: Player) -> None:
    """There is no card for her; on Home she sees her request, and can take it back but not approve it."""
    await ada.see("Home")
    home = ada.column.get_by_role("tabpanel")
    await expect(home.get_by_role("heading", name="My requests")).to_be_visible()
    await expect(home.get_by_role("button", name="Cancel")).to_be_visible()
    await expect(home.get_by_role("button", name="Approve")).to_have_count(0)
    await ada.picture("home-of-the-asker")
    await ada.see("#general")
    await expect(ada.answer.get_by_role("button")).to_have_text(["Cancel"])
    await ada.ask("/usher approvals", "waits for your decision", first="Nothing")


# Asking ---------------------------------------------------------------------------------------------------------------


async def katherine_asks_is_denied_asks_again_and_is_approved(katherine: Player, grace: Player) -> None:
    await katherine.see("#general")
    await katherine.ask("/access request manager because I look after the new ones", first="Waiting")
    card = await has_card(grace, "I look after the new ones", tab="#general")
    await katherine.picture("asked-in-a-channel")
    await katherine_cannot_approve_what_is_for_herself(katherine)
    await card.get_by_role("button", name="Deny").click()
    form = await grace.has_form("Deny")
    await form.get_by_label("Reason").fill("Which ones? Please say.")
    await grace.picture("deny-form")
    await form.get_by_role("button", name="Deny").click()
    await expect(await grace.has_form("Done")).to_contain_text("The request is denied")
    await grace.close("Done")
    await is_over(card, "Denied by @Grace Hopper", "Which ones? Please say.")
    await katherine.see("Usher")
    await katherine.is_told("Which ones? Please say.")
    await katherine.picture("told-of-the-denial")
    await katherine.see("#general")
    await katherine.ask("/access request manager because I look after the five students", first="Waiting")
    await grace_approves(grace)
    await katherine.see("Usher")
    await katherine.is_told("Manager")
    await katherine.picture("told-of-the-approval")


async def katherine_cannot_approve_what_is_for_herself(katherine: Player) -> None:
    card = await has_card(katherine, "I look after the new ones", tab="#general")
    await card.get_by_role("button", name="Approve").click()
    await katherine.is_answered("Nobody decides on what they asked for", first="Refused")
    await katherine.picture("own-request-refused")


async def grace_approves(grace: Player) -> None:
    card = await has_card(grace, "I look after the five students", tab="#general")
    await card.get_by_role("button", name="Approve").click()
    form = await grace.has_form("Approve")
    await form.get_by_label("One-time code").fill(await grace.code())
    await form.get_by_role("button", name="Approve").click()
    await expect(await grace.has_form("Done")).to_contain_text("Katherine Johnson now holds the role Manager")
    await grace.close("Done")
    await is_over(card, "Approved by @Grace Hopper", "The change has run.")
    await grace.picture("cards-in-the-channel")


# Deactivating ---------------------------------------------------------------------------------------------------------


async def katherine_is_deactivated_and_everything_of_hers_is_dead_at_once(
    ada: Player, linus: Player, katherine: Player
) -> None:
    await katherine.see("#general")
    await katherine.ask("/access request admin because I would like to", first="Waiting")
    hers = await has_card(linus, "I would like to", tab="#general")
    async with katherine.stage.followed(await own_link(katherine)) as tab:
        await expect(tab.get_by_role("heading", name="Set your password and second factor")).to_be_visible()
        await katherine.type("/usher invite")
        form = await katherine.has_form("Invite people")
        await ada_asks_and_linus_agrees(ada, linus)
        await tab.reload()
        await expect(tab.get_by_role("heading", name="This link does not work")).to_be_visible()
        await ada.stage.pictures.take(tab, "dead-setup-link")
    await form.get_by_label("E-mail").fill("friend@example.org")
    await form.get_by_label("Role").select_option("Member")
    await form.get_by_role("button", name="Invite").click()
    await expect(await katherine.has_form("Refused")).to_contain_text("You aren't active in Example Corp.")
    await katherine.picture("form-of-a-deactivated")
    await katherine.close("Refused")
    await is_over(hers, "Nothing was changed")
    await katherine.see("Usher")
    await katherine.is_told("deactivated")
    await katherine.picture("told-of-the-deactivation")
    await katherine.see("#general")
    for command in ("/access mine", "/usher invite friend@example.org as member", "/access request member because x"):
        await katherine.ask(command, "You aren't active in Example Corp.", first="Refused")
    await katherine.picture("commands-of-a-deactivated")
    await katherine.see("Home")
    await expect(katherine.column.get_by_role("tabpanel")).to_contain_text("You aren't active in Example Corp.")
    await katherine.picture("home-of-a-deactivated")


async def own_link(katherine: Player) -> Locator:
    said = await katherine.ask("/access me", "Manager", first="@Katherine")
    await katherine.picture("access-me")
    await said.get_by_role("button", name="Set password and second factor").click()
    told = await katherine.is_answered("It works once", first="Done")
    return told.get_by_role("link", name="Set password and second factor")


async def ada_asks_and_linus_agrees(ada: Player, linus: Player) -> None:
    """Katherine manages members by now, so one person more has to agree; it takes no code."""
    await ada.see("#general")
    await ada.ask("/usher deactivate @katherine because she has left", first="Waiting")
    card = await has_card(linus, "she has left")
    await card.get_by_role("button", name="Approve").click()
    await is_over(card, "Approved by @Linus Pauling", "The change has run.")
    await linus.picture("agreed")


# The last one ---------------------------------------------------------------------------------------------------------


async def the_last_super_admin_stays(ada: Player, grace: Player) -> None:
    await grace.see("#general")
    for who in (ada, grace):
        for command in ("/usher role @ada admin", "/usher deactivate @ada"):
            await who.ask(command, first="Refused")
        await who.picture(f"refused-to-{who.handle}")
    await ada.ask("/access mine", "Super admin, for good", first="What you hold")
    await ada.see("Home")
    await expect(ada.column.get_by_role("tabpanel")).to_contain_text(re.compile("You are Super admin in Example Corp"))
    await ada.picture("home-of-the-super-admin")
