"""More than one organization in a workspace, settings, handing over and closing: typed, in forms and by buttons."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from pyotp.totp import TOTP
from sqlalchemy import select

from bot.playground import Message, Person
from handlers.commands import Actor, Done, FinishSetup
from storage.tables import organizations
from tests.conftest import Settled
from tests.doors import Team, in_select, read, team
from tests.running import Clock, running_usher

_SETUP = re.compile(r"/setup/([A-Za-z0-9_-]+)")


@pytest.fixture
async def acme(settled: Settled) -> AsyncIterator[Team]:
    """On both databases."""
    async with team(settled.url, settled.kept) as found:
        yield found


@pytest.fixture
async def small(sqlite_settled: Settled) -> AsyncIterator[Team]:
    async with team(sqlite_settled.url, sqlite_settled.kept) as found:
        yield found


async def says(acme: Team, name: str, text: str) -> str:
    person: Person = getattr(acme, name)
    return read(await person.type(text), person)


async def beta(acme: Team) -> str:
    """Ada makes a second organization; the secret of her authenticator for it."""
    acme.bot.clock.pass_by(seconds=1)
    said = await says(acme, "ada", "/usher org create Beta Ltd")
    assert said.startswith("Done. Beta Ltd is made: you hold its highest role, and act in it now.")
    found = _SETUP.search(said)
    assert found
    usher, token = acme.bot.usher, found[1]
    page = await usher.queries.link_page("setup", token)
    assert page
    offer = usher.enrolments.offer(page, token)
    prepared = await usher.enrolments.prepare(
        token,
        purpose="setup",
        name=None,
        password="a long enough phrase, truly",
        offer=offer.sealed,
        code=TOTP(offer.secret).at(acme.bot.clock()),
        skip_factor=False,
    )
    done = await usher.gate.perform(FinishSetup(prepared.sealed), by=Actor(via="link", link=token))
    assert isinstance(done, Done), done
    return offer.secret


def code(acme: Team, secret: str) -> str:
    acme.bot.clock.pass_by(seconds=30)
    return TOTP(secret).at(acme.bot.clock())


async def home(person: Person) -> str:
    view = await person.open_home()
    assert view
    return view.words


async def card(person: Person) -> Message:
    """The newest one that waits for a decision, wherever it was posted."""
    return await person.wait_for(lambda one: "Approve" in {control.label for control in one.controls})


async def joined(acme: Team, name: str) -> str:
    """Accepts the newest invitation that waits in their direct messages."""
    await acme.bot.settle()
    person: Person = getattr(acme, name)
    offer = next(one for one in person.dm()[::-1] if "Accept" in {control.label for control in one.controls})
    return read(await person.press("Accept", on=offer), person)


# Several of them ------------------------------------------------------------------------------------------------------


async def test_a_second_organization_works_through_every_door(acme: Team) -> None:
    """Invitations, requests, cards and Home in both, with the same people in different roles."""
    secret = await beta(acme)
    assert "You are Super admin in Beta Ltd." in await home(acme.ada)
    assert (await says(acme, "ada", "/usher invite linus@example.com as guest")).startswith("Done. Invited")
    words = await joined(acme, "linus")
    assert "Welcome to Beta Ltd: you are in as Guest. You still act in another organization" in words
    assert "/usher org use Beta Ltd" in words
    assert "You are Member in Acme." in await home(acme.linus)
    assert (await says(acme, "linus", "/usher org use beta ltd")).startswith("Done. You act in Beta Ltd now")
    assert "You are Guest in Beta Ltd." in await home(acme.linus)
    # A card of one organization is decided by whoever acts in the other one meanwhile, with the code of that one.
    assert (await says(acme, "linus", "/access request manager because I lead it")).startswith("Waiting for the appr")
    await acme.bot.settle()
    assert (await says(acme, "ada", "/usher org use acme")).startswith("Done. You act in Acme now")
    assert "Nothing waits" in await says(acme, "ada", "/usher approvals")
    await acme.ada.press("Approve", on=await card(acme.ada))
    await acme.ada.wait_for_modal("One-time code")
    done = await acme.ada.submit(code=code(acme, secret))
    assert "Approved, and the change has run" in read(done, acme.ada)
    await acme.bot.settle()
    assert await acme.role("linus") == "manager"
    await says(acme, "linus", "/usher org use acme")
    assert await acme.role("linus") == "member"


async def test_a_card_of_another_organization_is_denied_with_a_reason_too(small: Team) -> None:
    await beta(small)
    await says(small, "ada", "/usher invite mei@example.com as guest")
    await joined(small, "mei")
    await says(small, "mei", "/usher org use beta-ltd")
    await says(small, "mei", "/access request member because I am curious")
    await small.bot.settle()
    await says(small, "ada", "/usher org use acme")
    await small.ada.press("Deny", on=await card(small.ada))
    await small.ada.wait_for_modal("Reason")
    assert "The request is denied" in read(await small.ada.submit(reason="Not yet"), small.ada)
    await small.bot.settle()
    assert "was denied" in small.mei.dm()[-1].text


async def test_ones_organizations_are_listed_and_chosen_by_a_button(small: Team) -> None:
    listed = await small.ada.type("/usher org")
    assert "Acme (acme), Super admin · you act here" in listed.text
    view = await small.ada.open_home()
    assert view
    assert "Organizations" not in {control.label for control in view.controls}, "there is nothing to choose from"
    await beta(small)
    await says(small, "ada", "/usher org create Gamma")
    view = await small.ada.open_home()
    assert view
    await small.ada.press("Organizations", on=view)
    words = (await small.ada.wait_for_modal("Gamma")).words
    assert [name in words for name in ("Acme (acme)", "Beta Ltd (beta-ltd)", "Gamma (gamma)")] == [True] * 3
    await small.ada.close()
    shown = (await small.ada.type("/usher org")).message
    assert shown
    assert read(await small.ada.press("Use", on=shown), small.ada).startswith("Done. You act in Acme now")
    await says(small, "ada", "/usher org use beta-ltd")
    assert "Beta Ltd (beta-ltd), Super admin · you act here" in await says(small, "ada", "/usher org use")
    for number in range(10):
        await says(small, "ada", f"/usher org create Number {number}")
    first = (await small.ada.type("/usher org")).message
    assert first
    assert len(re.findall(r"Super admin", first.text)) == 10
    second = (await small.ada.press("Next", on=first)).message
    assert second
    assert len(re.findall(r"Super admin", second.text)) == 3
    await small.ada.press("Previous", on=second)
    assert await small.ada.wait_for(lambda one: one.text == first.text)


@pytest.mark.invariant(27)
async def test_the_organization_of_others_is_answered_like_none_at_all(small: Team) -> None:
    await beta(small)
    foreign, none = [await says(small, "grace", f"/usher org use {name}") for name in ("Beta Ltd", "Nothing Ltd")]
    assert foreign.replace("Beta Ltd", "X") == none.replace("Nothing Ltd", "X")
    assert foreign.startswith("Refused. You are in no organization")
    assert "Beta" not in await says(small, "grace", "/usher org")
    assert (await says(small, "grace", "/usher org create Delta")).startswith("Refused. Your role doesn't allow this")


async def test_whoever_is_shut_out_of_one_still_finds_the_way_to_another(small: Team) -> None:
    await beta(small)
    await says(small, "ada", "/usher invite linus@example.com as member")
    await joined(small, "linus")
    await says(small, "ada", "/usher org use acme")
    await says(small, "ada", "/usher deactivate @linus")
    view = await small.linus.open_home()
    assert view
    assert "You aren't active in Acme." in view.words
    await small.linus.press("Organizations", on=view)
    assert await small.linus.wait_for_modal("Deactivated · you act here")
    await small.linus.close()
    assert (await says(small, "linus", "/usher org use beta ltd")).startswith("Done. You act in Beta Ltd now")
    assert await small.role("linus") == "member"


async def test_a_mention_means_who_somebody_is_here_wherever_they_act_themselves(small: Team) -> None:
    await beta(small)
    await says(small, "ada", "/usher invite linus@example.com as member")
    await joined(small, "linus")
    await says(small, "linus", "/usher org use beta ltd")
    await says(small, "ada", "/usher org use acme")
    await small.ada.type("/usher role @linus")
    assert "now holds the role Guest" in read(await small.ada.submit(role="guest"), small.ada)
    assert await small.role("linus") == "member", "in Beta, where he acts, nothing changed"


# Settings -------------------------------------------------------------------------------------------------------------


async def test_settings_are_shown_and_changed_and_what_is_wrong_is_said_under_its_field(acme: Team) -> None:
    opened = await acme.grace.type("/usher settings")
    assert opened.view
    assert "For Acme: catalogue Default, plan Starship." in opened.view.words
    wrong = await acme.grace.submit(invitation_days="two")
    assert "whole number" in wrong.errors["invitation_days"]
    wrong = await acme.grace.submit(invitation_days="91")
    assert "1 to 90 days" in wrong.errors["invitation_days"]
    done = await acme.grace.submit(invitation_days="3", plan="business", approvals_channel="general")
    assert "Done. The settings of Acme are changed." in read(done, acme.grace)
    await acme.grace.close()
    again = await acme.grace.type("/usher settings")
    assert again.view
    assert "plan Business" in again.view.words
    assert "It is so already" in read(await acme.grace.submit(), acme.grace)
    await acme.grace.close()
    await says(acme, "linus", "/access request guest because less is more")
    await acme.bot.settle()
    assert "asks to have the role Guest" in acme.ada.messages("general")[-1].text
    await acme.grace.type("/usher settings")
    done = await acme.grace.submit(invitation_days="", approvals_channel=None)
    assert "Done." in read(done, acme.grace)
    assert (await says(acme, "linus", "/usher settings")).startswith("Refused. Your role doesn't allow this")


async def test_settings_are_a_press_away_on_the_home_of_who_may(small: Team) -> None:
    view = await small.grace.open_home()
    assert view
    await small.grace.press("Settings", on=view)
    assert await small.grace.wait_for_modal("For Acme: catalogue Default")
    view = await small.linus.open_home()
    assert view
    assert "Settings" not in {control.label for control in view.controls}


async def test_what_another_changed_meanwhile_is_not_taken_back(small: Team) -> None:
    await small.ada.type("/usher settings")
    await small.grace.type("/usher settings")
    await small.grace.submit(invitation_days="5")
    assert "Done." in read(await small.ada.submit(plan="business"), small.ada)
    await small.ada.close()
    view = (await small.ada.type("/usher settings")).view
    assert view
    assert [one.element.get("initial_value") for one in view.controls if one.block_id == "invitation_days"] == ["5"]


@pytest.mark.invariant(24)
async def test_another_catalogue_shows_who_gains_and_loses_before_anybody_is_asked(acme: Team) -> None:
    await acme.grace.type("/usher settings")
    shown = await acme.grace.submit(catalogue="imaging")
    words = read(shown, acme.grace)
    assert "What changes with the catalogue Imaging in place of Default." in words
    assert "• Admin, 1 person: gains organization:create; loses " in words
    assert "• Member, 2 people" in words
    assert "features set otherwise, dataset rules, spaces." in words
    assert "Somebody else who may change settings has to approve it" in words
    asked = await acme.grace.submit()
    assert "It takes a one-time code of theirs." in read(asked, acme.grace)
    await acme.grace.close()
    await acme.bot.settle()
    waiting = await card(acme.ada)
    assert "change the settings of Acme: plan Free; catalogue Imaging; by which Super admin loses" in waiting.text
    assert "Admin gains organization:create and loses " in waiting.text
    await acme.ada.press("Approve", on=waiting)
    assert "Approved, and the change has run" in read(await acme.ada.submit(code=acme.code("ada")), acme.ada)
    await acme.bot.settle()
    assert "changed the catalogue of Acme from Default to Imaging" in acme.linus.dm()[-1].text
    for name, role in (("ada", "super_admin"), ("grace", "admin"), ("linus", "member")):
        desk = await acme.desk(name)
        assert (desk.catalogue.name, desk.role) == ("imaging", role)


async def test_what_would_have_no_counterpart_is_named_under_the_catalogue(small: Team) -> None:
    await small.ada.type("/usher settings")
    wrong = await small.ada.submit(catalogue="resmo")
    assert wrong.errors["catalogue"].startswith("The catalogue Resmo doesn't know what is held here: Super admin (1)")
    shown = await small.ada.submit(catalogue="imaging")
    assert "in place of Default" in read(shown, small.ada)
    back = await small.ada.submit(catalogue="default", plan="free")
    assert "Unclear" not in read(back, small.ada)


# Handing over ---------------------------------------------------------------------------------------------------------


async def test_the_highest_role_is_handed_over_typed_or_by_form(small: Team) -> None:
    said = await says(small, "ada", "/usher org transfer Beta to @grace")
    assert said.startswith("Unclear. You act in “Acme” now")
    assert "/usher org use Beta" in said
    opened = await small.ada.type("/usher org transfer Acme")
    assert opened.view
    assert "In Acme the role Super admin goes to the person you choose" in opened.view.words
    waiting = await small.ada.submit(person=in_select(small.grace), reason="I am leaving")
    assert "One-time code" in read(waiting, small.ada)
    done = await small.ada.submit(code=small.code("ada"))
    assert "now holds the highest role in Acme" in read(done, small.ada)
    await small.bot.settle()
    assert (await small.role("ada"), await small.role("grace")) == ("admin", "super_admin")
    assert "Admin → Super admin" in small.grace.dm()[-1].text
    assert (await says(small, "ada", "/usher org transfer Acme to @mei")).startswith("Refused. Your role")


# Closing --------------------------------------------------------------------------------------------------------------


@pytest.mark.seed("001-38", "001-40")
async def test_closing_opens_a_form_that_says_what_is_lost_and_wants_the_name_once_more(acme: Team) -> None:
    assert (await says(acme, "grace", "/usher org close Acme")).startswith("Refused. Your role doesn't allow this")
    await says(acme, "linus", "/access request manager because I lead it")
    await acme.bot.settle()
    request = await card(acme.ada)
    opened = await acme.ada.type("/usher org close Acme")
    assert opened.view
    for words in ("This cannot be undone.", "kept for 30 days and then erased for good", "type Acme once more"):
        assert words in opened.view.words
    wrong = await acme.ada.submit(organization="Acne")
    assert wrong.errors["organization"].startswith("That isn't its name, and nothing was closed.")
    asked = await acme.ada.submit(organization="acme", reason="we merged")
    assert "One-time code" in read(asked, acme.ada)
    done = read(await acme.ada.submit(code=acme.code("ada")), acme.ada)
    assert "Acme is closed" in done
    assert "Its data is erased on" in done
    await acme.ada.close()
    await acme.bot.settle()
    assert "closed Acme" in acme.linus.dm()[-1].text
    ended = next(one for one in acme.ada.messages(request.channel) if one.ts == request.ts)
    assert not ended.controls
    assert "The organization was closed." in ended.text
    assert (await says(acme, "linus", "/access mine")).startswith("Refused. This workspace has no organization")
    assert "no organization" in await home(acme.ada)
    await acme.bot.later(days=30, minutes=1)
    await acme.ada.type("/usher setup")
    again = read(await acme.ada.submit(name="Acme"), acme.ada)
    assert "Done. Acme is set up" in again
    assert await acme.role("linus") is None


async def test_what_falls_due_while_nobody_runs_is_erased_at_the_next_start(settled: Settled) -> None:
    async with team(settled.url, settled.kept) as found:
        await found.ada.type("/usher org close")
        await found.ada.submit(organization="Acme")
        assert "Acme is closed" in read(await found.ada.submit(code=found.code("ada")), found.ada)
        await found.bot.settle()
        now = found.bot.clock.now
        assert await _rows(found) > 0
    async with running_usher(database_url=settled.url, clock=Clock(now + timedelta(days=29))) as bot:
        await bot.settle()
        assert await _rows(Team(bot, found.cast)) > 0
    async with running_usher(database_url=settled.url, clock=Clock(now + timedelta(days=31))) as bot:
        await bot.settle()
        assert await _rows(Team(bot, found.cast)) == 0


async def _rows(found: Team) -> int:
    async with found.bot.usher.store.reading() as connection:
        return len((await connection.execute(select(organizations.c.id))).all())
