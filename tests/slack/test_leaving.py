"""Endings through the doors of Slack: removed, deleted, data deleted; what the forms say before, and what is left."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.playground.model import View
from bot.wording import leaving as words
from handlers.catalogue import load
from handlers.commands import Actor, AddResource, Done
from handlers.commands import Person as Someone
from handlers.models import Choice
from tests.asking import ask
from tests.conftest import Settled
from tests.doors import Team, in_select, read, settle_team, team
from tests.slack import leavers


@pytest.fixture
async def acme(sqlite_settled: Settled) -> AsyncIterator[Team]:
    async with team(sqlite_settled.url, sqlite_settled.kept) as found:
        yield found


async def registers(acme: Team, name: str, *outsides: str, kind: str = "image") -> None:
    """What a product tells Usher that somebody owns."""
    organization = (await acme.desk("ada")).organization
    assert organization
    by = Actor(via="operator", organization=organization.id)
    owner = Someone(email=acme.bot.person(name).user.email)
    for outside in outsides:
        outcome = await acme.bot.usher.gate.perform(AddResource(kind, outside, f"Scan {outside}", owner=owner), by=by)
        assert isinstance(outcome, Done), outcome


async def form(acme: Team, typed: str, who: str = "ada") -> View:
    opened = await getattr(acme, who).type(typed)
    assert opened.view, opened.words
    return opened.view


async def own(acme: Team, label: str, who: str = "mei") -> View:
    """What a button below `/access me` opens."""
    me = (await getattr(acme, who).type("/access me")).message
    assert me
    opened = await getattr(acme, who).press(label, on=me)
    assert opened.view, opened.words
    return opened.view


async def approved(acme: Team, by: str = "grace") -> str:
    """The newest card that waits for somebody's decision is allowed with their code."""
    await acme.bot.settle()
    person = getattr(acme, by)
    card = next(one for one in reversed(person.dm()) if one.button("Approve"))
    assert (await person.press("Approve", on=card)).view
    said = read(await person.submit(code=acme.code(by)), person)
    await person.close()
    await acme.bot.settle()
    return said


@pytest.mark.parametrize("verb", ["remove", "delete"])
async def test_a_reason_outlasts_the_page_that_asks_for_whom(acme: Team, verb: str) -> None:
    asked = await form(acme, f"/usher {verb} nosuch because she left us")
    assert "no member “nosuch” here" in asked.words
    await acme.ada.submit(person=in_select(acme.mei))
    assert acme.ada.modal
    assert acme.ada.modal.values["reason"]["value"]["value"] == "she left us"


# Removed --------------------------------------------------------------------------------------------------------------


@pytest.mark.seed("003-46", "003-47")
async def test_remove_without_a_space_says_what_it_costs_and_ends_the_membership(acme: Team) -> None:
    await registers(acme, "mei", "a", "b")
    asked = await form(acme, "/usher remove @mei because she has left")
    assert "Mei Tanaka (mei@example.com)" in asked.words
    assert "Lost: the role Member" in asked.words
    assert "Kept: 2 images that they own and the record, for a new invitation" in asked.words
    assert "cannot be undone" not in asked.words
    assert await acme.status("mei") == "active"
    said = read(await acme.ada.submit(), acme.ada)
    assert "is removed from the organization" in said
    assert await acme.status("mei") is None
    await acme.bot.settle()
    assert "removed you from Acme" in acme.mei.dm()[-1].text
    assert "/access connect" in (await acme.mei.type("/access mine")).text
    invited = (await acme.ada.type("/usher invite mei@example.com as member")).text
    assert invited.startswith("Done. Invited mei@example.com")


async def test_from_a_space_it_acts_at_once_and_leaves_the_membership(acme: Team) -> None:
    await acme.ada.type("/usher space create Apollo")
    await acme.ada.type("/usher role @mei viewer in Apollo")
    for typed in ("/usher remove @mei from Apollo because she is done",):
        assert "no longer holds the role Viewer" in (await acme.ada.type(typed)).text
    assert await acme.status("mei") == "active"


async def test_the_only_owner_of_a_space_stays_until_it_has_another(acme: Team) -> None:
    await acme.mei.type("/usher space create Apollo")
    page = await form(acme, "/usher remove @mei")
    assert "is the only owner of the space Apollo: first give it another owner, in" in page.words
    assert not page.submit


async def test_whom_it_is_about_is_asked_first_and_then_counted(acme: Team) -> None:
    for typed, title in (("remove", "Remove a member"), ("delete", "Delete a member"), ("delete-data", "Delete data")):
        first = await form(acme, f"/usher {typed}")
        assert (first.title, first.submit) == (title, "Next")
        second = (await acme.ada.submit(person=in_select(acme.mei))).view
        assert second
        assert "This is about Mei Tanaka" in second.words
        await acme.ada.close()


async def test_who_may_not_is_told_so_before_any_form_and_nothing_of_others(acme: Team) -> None:
    for typed in ("remove @ada", "delete @ada", "delete-data @ada"):
        answer = await acme.mei.type(f"/usher {typed}")
        assert read(answer, acme.mei).startswith("Refused"), typed
    page = await form(acme, "/usher delete @ada", "grace")
    assert page.title == "Refused"
    assert not page.submit


# Deleted --------------------------------------------------------------------------------------------------------------


@pytest.mark.seed("001-13", "001-14", "001-15", "001-16", "004-88", "004-89", "004-90")
async def test_delete_warns_waits_for_somebody_else_and_then_leaves_a_pseudonym(acme: Team) -> None:
    await registers(acme, "mei", "scan-1")
    assert await ask(acme.bot, "mei@example.com", "read", "image", "scan-1")
    asked = await form(acme, "/usher delete @mei because she has left")
    assert "This cannot be undone." in asked.words
    assert "name, address, password and second factor, the role Member and 1 image that they own" in asked.words
    assert asked.submit == "Delete"
    assert await acme.status("mei") == "active", "nothing happens before the form is sent"
    assert read(await acme.ada.submit(), acme.ada).startswith("Waiting")
    await acme.ada.close()
    await acme.bot.settle()
    assert "wants to delete the account of" in acme.grace.dm()[-1].text
    assert await acme.status("mei") == "active"
    said = await approved(acme)
    assert "The account is deleted for good; the audit knows it as Deleted member" in said
    assert await acme.status("mei") is None
    assert not await ask(acme.bot, "ada@example.com", "read", "image", "scan-1")
    assert "deleted your account in Acme" in acme.mei.dm()[-1].text
    card = next(one for one in reversed(acme.grace.dm()) if "wants to delete" in one.text)
    assert "Deleted member" in card.text
    assert "Approved by" in card.text
    assert "mei" not in card.text.casefold()
    listed = (await acme.ada.type("/usher members")).text
    assert "mei" not in listed.casefold()
    assert "Deleted member" not in listed


async def test_who_owns_a_space_alone_leaves_it_to_an_heir(acme: Team) -> None:
    await acme.mei.type("/usher space create Apollo")
    asked = await form(acme, "/usher delete @mei")
    assert "is the only owner of the space Apollo: choose who owns it from now on" in asked.words
    alone = read(await acme.ada.submit(heir=in_select(acme.linus)), acme.ada)
    assert "the spaces that nobody else owns go to" in alone
    # Grace manages members, and could not make anybody an owner of Apollo herself (K2).
    assert "Nobody else here could approve this" in alone
    assert "deleted for good" in read(await acme.ada.submit(code=acme.code("ada")), acme.ada)
    assert "You: Owner" in (await acme.linus.type("/usher space Apollo")).text


@pytest.mark.seed("004-120")
async def test_one_only_asks_for_the_end_of_ones_own_account(acme: Team) -> None:
    asked = await own(acme, "Ask to delete my account")
    assert (asked.title, asked.submit) == ("Delete my account", "Ask")
    assert "Nothing happens until somebody else approves it" in asked.words
    assert read(await acme.mei.submit(reason="enough"), acme.mei).startswith("Waiting")
    await acme.mei.close()
    await acme.bot.settle()
    assert "wants to delete their own account and its data" in acme.grace.dm()[-1].text
    assert await acme.status("mei") == "active"
    assert "deleted for good" in await approved(acme)
    assert await acme.status("mei") is None


# Data -----------------------------------------------------------------------------------------------------------------


@pytest.mark.seed("001-20", "001-21", "001-22", "001-23")
async def test_delete_data_takes_what_the_chosen_person_owns_and_the_person_stays(acme: Team) -> None:
    await registers(acme, "mei", "a", "b")
    await registers(acme, "linus", "c")
    asked = await form(acme, "/usher delete-data @mei")
    assert "Mei Tanaka (mei@example.com)" in asked.words
    assert "Lost: 2 images that they own." in asked.words
    assert "Kept: the account, with its roles and groups." in asked.words
    assert "This cannot be undone." in asked.words
    assert read(await acme.ada.submit(), acme.ada).startswith("Waiting")
    await acme.ada.close()
    assert "Deleted 2 resources that" in await approved(acme)
    assert [await ask(acme.bot, "ada@example.com", "read", "image", one) for one in "abc"] == [False, False, True]
    assert await acme.status("mei") == "active"
    assert "deleted the data that you owned" in acme.mei.dm()[-1].text


@pytest.mark.seed("001-24", "001-25", "001-26")
async def test_a_member_deletes_their_own_data_from_their_profile_at_once(acme: Team) -> None:
    nothing = await own(acme, "Delete my data")
    assert "You own nothing that is data here" in nothing.words
    await acme.mei.close()
    await registers(acme, "mei", "a", "b")
    asked = await own(acme, "Delete my data")
    assert "This cannot be undone." in asked.words
    assert "Lost: 2 images that you own." in asked.words
    assert "Deleted 2 resources that you owned. Your account stays." in read(await acme.mei.submit(), acme.mei)
    assert not await ask(acme.bot, "mei@example.com", "read", "image", "a")
    assert await acme.status("mei") == "active"


# Deactivated ----------------------------------------------------------------------------------------------------------


@pytest.mark.seed("004-85", "004-86", "004-87", "004-91", "004-93")
async def test_deactivating_says_what_is_kept_closes_every_door_and_is_undone(acme: Team) -> None:
    await registers(acme, "mei", "a")
    asked = await form(acme, "/usher deactivate @mei because")
    assert "No door opens to them any more" in asked.words
    assert "Kept: the role Member, 1 image that they own" in asked.words
    assert "is deactivated" in read(await acme.ada.submit(), acme.ada)
    await acme.ada.close()
    assert await acme.status("mei") == "deactivated"
    assert (await acme.mei.type("/access mine")).text.startswith("Refused")
    assert "Status: Deactivated" in (await acme.ada.type("/usher member mei@example.com")).text
    back = await form(acme, "/usher reactivate")
    assert "They come back with the roles, groups and permissions they had" in back.words
    await acme.ada.close()
    assert (await acme.ada.type("/usher reactivate mei@example.com")).text.startswith("Done")
    assert await acme.status("mei") == "active"
    assert "Status: Active" in (await acme.ada.type("/usher member mei@example.com")).text
    assert await ask(acme.bot, "mei@example.com", "read", "image", "a")


@pytest.mark.seed("004-92")
async def test_somebody_invited_is_shown_as_invited_and_can_be_deleted_too(acme: Team) -> None:
    await acme.ada.type("/usher invite zoe@example.com as member")
    assert "Status: Invited" in (await acme.ada.type("/usher member zoe@example.com")).text
    asked = await form(acme, "/usher delete zoe@example.com")
    assert "1 open invitation" in asked.words
    assert read(await acme.ada.submit(), acme.ada).startswith("Waiting")
    await acme.ada.close()
    assert "deleted for good" in await approved(acme)


def test_an_owner_is_sought_for_one_space_or_for_several() -> None:
    catalogue, alone = load("default"), leavers.one("delete", alone=True)
    both = replace(alone, alone=(*alone.alone, Choice("s2", "Beta")))
    assert words.heir_needed(alone, catalogue).text().endswith("space Apollo: choose who owns it from now on.")
    assert (
        words.heir_needed(both, catalogue).text().endswith("spaces Apollo and Beta: choose who owns them from now on.")
    )
    assert "first give them another owner" in words.first_another(both, catalogue).text()


async def test_where_there_are_no_spaces_remove_is_for_the_organization(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('auto') / 'usher.db'}"
    kept = await settle_team(url, "automation")
    async with team(url, kept, "automation") as found:
        asked = await form(found, "/usher remove @mei")
        assert "Lost: the role User" in asked.words
        assert "is removed from the organization" in read(await found.ada.submit(), found.ada)
        said = (await found.ada.type("/usher remove @linus from Apollo")).text
        assert said.startswith("Refused"), said
