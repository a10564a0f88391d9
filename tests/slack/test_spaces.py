"""Spaces through the doors of Slack: commands, buttons on lists and cards, Home, and the form *Manage access*."""

import re
from collections.abc import AsyncIterator
from tempfile import TemporaryDirectory
from typing import Any, cast

import pytest

from bot.playground import Person
from bot.playground.model import View
from handlers.catalogue import load
from handlers.commands import ChangeRole
from tests.conftest import Settled
from tests.doors import Team, in_select, read, settle_team, team
from tests.people import Org
from tests.running import Running, busy, running_usher


@pytest.fixture
async def acme(sqlite_settled: Settled) -> AsyncIterator[Team]:
    async with team(sqlite_settled.url, sqlite_settled.kept) as found:
        yield found


async def manages(person: Person, space: str = "Apollo") -> View:
    """*Manage access* of a space, opened from its card."""
    answer = await person.type(f"/usher space {space}")
    assert answer.message, answer.words
    opened = await person.press("Manage access", on=answer.message)
    assert opened.view, opened.words
    return opened.view


def block(view: View, beginning: str) -> str:
    """The whole id of the block that begins so, for each drawing has ids of its own."""
    return next(str(one["block_id"]) for one in view.blocks if str(one["block_id"]).startswith(beginning))


async def organization_of(acme: Team) -> str:
    organization = (await acme.desk("ada")).organization
    assert organization
    return organization.id


async def drawn(person: Person, words: str) -> View:
    return await person.wait_for_modal(words)


async def test_one_command_makes_a_space_and_its_card_leads_on(acme: Team) -> None:
    said = await acme.linus.type("/usher space create Apollo 13")
    assert said.text.startswith("Done. The space Apollo 13 is made, with its maker as Owner. Its slug is apollo-13")
    card = await acme.linus.type("/usher space apollo 13")
    assert card.message
    assert [control.label for control in card.message.controls] == ["Manage access", "Invite", "Rename", "Delete"]
    for line in ("Slug: apollo-13", "You: Owner", "People with a role here: 1", "Resources: none"):
        assert line in card.text
    listed = await acme.linus.type("/usher spaces")
    assert "1 space, by name.\nApollo 13 · Owner" in listed.text


@pytest.mark.seed("003-39", "003-40", "003-41")
async def test_somebody_new_is_invited_on_the_card_and_listed_behind_it(acme: Team) -> None:
    await acme.linus.type("/usher space create Apollo")
    await acme.linus.type("/usher space create Gemini")
    card = (await acme.linus.type("/usher space Apollo")).message
    assert card
    form = await acme.linus.press("Invite", on=card)
    assert form.view
    done = read(await acme.linus.submit(emails="dana@example.com", role="space:viewer"), acme.linus)
    assert "Invited dana@example.com as Viewer in the space Apollo" in done
    await acme.linus.close()
    await acme.bot.settle()
    assert "invites you to Acme as Viewer in the space Apollo" in acme.dana.dm()[-1].text
    card = (await acme.linus.type("/usher space Apollo")).message
    assert card
    listed = await acme.linus.press("Invitations", on=card)
    assert "1 invitation to Apollo" in listed.text
    assert "dana@example.com" in listed.text
    assert listed.message
    assert {"Resend", "Revoke"} <= {control.label for control in listed.message.controls}
    other = (await acme.linus.type("/usher space Gemini")).message
    assert other
    assert other.button("Invitations") is None


async def test_left_incomplete_the_form_opens_and_makes_it(acme: Team) -> None:
    opened = await acme.linus.type("/usher space create")
    assert opened.view
    assert opened.view.title == "New space"
    assert "space Apollo is made" in read(await acme.linus.submit(name="Apollo"), acme.linus)
    await acme.linus.close()
    await acme.linus.type("/usher space create")
    again = await acme.linus.submit(name="APOLLO")
    assert "taken already" in again.errors["name"]


async def test_renaming_takes_two_names_in_one_line_and_keeps_the_slug(acme: Team) -> None:
    await acme.linus.type("/usher space create Apollo Eleven")
    for typed in ("Apollo Eleven to Artemis One", "artemis one Gemini Two", '"gemini two" Vostok'):
        said = (await acme.linus.type(f"/usher space rename {typed}")).text
        assert said.startswith("Done. The space"), said
    assert "Vostok; its slug stays apollo-eleven" in said
    form = await acme.linus.type("/usher space rename Vostok")
    assert form.view
    assert "Done" in read(await acme.linus.submit(name="Voskhod"), acme.linus)
    assert "slug: apollo-eleven" in (await acme.linus.type("/usher space Voskhod")).text.casefold()


async def test_a_name_of_two_words_is_one_name_and_what_is_unknown_comes_back_in_the_form(acme: Team) -> None:
    await acme.linus.type("/usher space create Apollo 13")
    form = await acme.linus.type("/usher space rename Apollo 13")
    assert form.view
    assert "“" not in form.view.words
    assert read(await acme.linus.submit(name="Gemini"), acme.linus).endswith("so that other software finds it.")
    await acme.linus.close()
    form = await acme.linus.type("/usher space rename Nowhere Somewhere")
    assert form.view
    assert "There is no space “Nowhere” here that you can reach." in form.view.words
    assert "Somewhere" in str(form.view.blocks)
    await acme.linus.close()


@pytest.mark.parametrize(
    "typed",
    [
        "/usher role @mei viewer in Nowhere",
        "/usher remove @mei from Nowhere",
        "/usher space rename Nowhere to Somewhere",
        "/usher resource add dataset:x named X in Nowhere",
        "/usher invitations Nowhere",
        "/access request viewer in Nowhere because I read it",
    ],
)
async def test_a_space_that_nobody_knows_is_called_a_space_and_the_list_is_one_command_away(
    acme: Team, typed: str
) -> None:
    said = (await acme.ada.type(typed)).text
    assert "There is no space “Nowhere” here that you can reach." in said
    assert "`/usher spaces` lists those that you can." in said


async def test_deleting_always_opens_a_form_that_warns_and_says_what_goes(acme: Team) -> None:
    await acme.linus.type("/usher space create Apollo")
    await acme.linus.type("/usher role @mei viewer in Apollo")
    await acme.linus.type("/usher invite new@example.org as viewer to Apollo")
    opened = await acme.linus.type("/usher space delete Apollo")
    assert opened.view
    words = opened.view.words
    assert "This cannot be undone" in words
    assert "Apollo: 2 people lose their role in it and 1 open invitation ends." in words
    assert "Its people stay members" in words
    said = read(await acme.linus.submit(), acme.linus)
    assert said.startswith("Done")
    assert "Deleted the space Apollo" in said
    await acme.bot.settle()
    assert "deleted the space Apollo in Acme, so your access to it has ended" in acme.mei.dm()[-1].text
    gone = await acme.linus.type("/usher space Apollo")
    assert gone.text.startswith("Unclear. There is no space")


async def test_nobody_is_offered_or_shown_a_space_that_they_do_not_reach(acme: Team) -> None:
    await acme.linus.type("/usher space create Apollo")
    assert (await acme.mei.type("/usher space Apollo")).text.startswith("Unclear. There is no space")
    assert "There are no spaces here that you can reach" in (await acme.mei.type("/usher spaces")).text
    await acme.mei.type("/usher space create Gemini")
    await acme.mei.type("/usher space delete")
    assert [one.text for one in await acme.mei.suggest("space", "")] == ["Gemini"]
    await acme.mei.close()
    forged = await acme.mei.type("/usher space delete Apollo")
    assert forged.view
    assert "Refused" in read(await acme.mei.submit(), acme.mei)
    listed = await acme.grace.type("/usher spaces")
    assert "Apollo · reached as Admin of the organization" in listed.text


async def test_spaces_are_listed_ten_a_page_and_found_by_words(acme: Team) -> None:
    for number in range(1, 13):
        await acme.linus.type(f"/usher space create Project {number:02}")
    first = await acme.linus.type("/usher spaces")
    assert first.message
    assert "10 of 12 spaces" in first.text
    second = await acme.linus.press("Next", on=first.message)
    assert second.message
    assert [line.split(" ·")[0] for line in second.text.splitlines()[1:]] == ["Project 11", "Project 12"]
    back = await acme.linus.press("Previous", on=second.message)
    assert "Project 01 · Owner" in back.text
    found = await acme.linus.type("/usher spaces 07")
    assert "1 space with “07”, by name.\nProject 07 · Owner" in found.text
    assert "with “nowhere”" in (await acme.linus.type("/usher spaces nowhere")).text


async def test_home_shows_my_spaces_and_opens_one(acme: Team) -> None:
    await acme.linus.type("/usher space create Apollo")
    home = await acme.linus.open_home()
    assert home
    assert "My spaces" in home.words
    opened = await acme.linus.press("Open", on=home)
    assert opened.view
    assert "You: Owner" in opened.view.words
    on_top = await acme.linus.press("Manage access", on=opened.view)
    assert on_top.view
    assert on_top.view.title == "Manage access"


# Manage access --------------------------------------------------------------------------------------------------------


@pytest.mark.seed("001-70", "001-71", "001-72", "001-73")
async def test_manage_access_lists_adds_changes_and_revokes_and_each_acts_at_once(acme: Team) -> None:
    linus, mei = acme.linus, acme.mei
    await linus.type("/usher space create Apollo")
    form = await manages(linus)
    assert "(linus@example.com) · Owner" in form.words
    assert "reached as Super admin of the organization" in form.words
    assert "reached as Admin of the organization" in form.words
    assert "mei@example.com" not in form.words

    added = await linus.submit(person=in_select(mei), role="Viewer")
    assert added.view
    assert "Done." in added.view.words
    assert "(mei@example.com) · Viewer" in added.view.words
    assert not added.view.values[block(added.view, "person-")]["person"]["selected_option"], "nobody stays chosen"

    await linus.press("access_role", on=added.view, choose="Editor")
    changed = await drawn(linus, "now holds the role Editor")
    assert "(mei@example.com) · Editor" in changed.words

    await linus.press("Revoke access", on=changed)
    left = await drawn(linus, "no longer holds the role Editor")
    assert "(mei@example.com) ·" not in left.words
    await acme.bot.settle()
    assert "ended your access to the space Apollo in Acme: you were Editor there" in mei.dm()[-1].text


@pytest.mark.invariant(46)
async def test_where_the_form_cannot_be_drawn_anew_how_it_ended_is_told(
    acme: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    await acme.linus.type("/usher space create Apollo")
    await manages(acme.linus)
    with monkeypatch.context() as patch:
        patch.setattr(acme.bot.usher.queries, "space_access", busy)
        added = await acme.linus.submit(person=in_select(acme.mei), role="Viewer")
    assert added.view
    assert added.view.title == "Done"
    await acme.linus.close()
    form = await manages(acme.linus)
    monkeypatch.setattr(acme.bot.usher.queries, "space_access", busy)
    await acme.linus.press("access_role", on=form, choose="Editor")
    await acme.bot.settle()
    assert "now holds the role Editor" in acme.linus.dm()[-1].text


async def test_the_roles_on_offer_are_those_that_count_for_that_person(acme: Team) -> None:
    linus = acme.linus
    await linus.type("/usher space create Apollo")
    await linus.type("/usher role @mei owner in Apollo")
    await acme.grace.type("/usher role @mei guest")
    form = await manages(linus)
    assert "(mei@example.com) · Owner, counts as Viewer" in form.words
    offered = [
        option["value"]
        for control in form.controls
        if control.action_id == "access_role"
        for option in control.element["options"]
    ]
    assert offered == ["viewer"], "a guest is at most viewer, and nobody changes their own role"


async def test_the_last_owner_stays_and_the_form_says_so(acme: Team) -> None:
    await acme.linus.type("/usher space create Apollo")
    form = await manages(acme.ada)
    await acme.ada.press("Revoke access", on=form)
    refused = await drawn(acme.ada, "Refused.")
    assert "is the last one with the role Owner" in refused.words
    assert "(linus@example.com) · Owner" in refused.words
    await acme.ada.press("access_role", on=refused, choose="Viewer")
    again = await acme.ada.wait_for_modal("(linus@example.com) · Owner")
    assert "Refused." in again.words
    role = next(control for control in again.controls if control.action_id == "access_role")
    assert again.values[role.block_id]["access_role"]["selected_option"]["value"] == "owner", "the choice springs back"


@pytest.mark.seed("001-61", "001-65", "001-69")
async def test_only_owners_and_the_highest_role_are_offered_manage_access(acme: Team) -> None:
    await acme.linus.type("/usher space create Apollo")
    form = await manages(acme.linus)
    await acme.linus.submit(person=in_select(acme.mei), role="Editor")
    for person, offered in ((acme.ada, True), (acme.grace, False), (acme.mei, False)):
        card = (await person.type("/usher space Apollo")).message
        assert card
        assert ("Manage access" in {control.label for control in card.controls}) is offered
    assert form.button("Revoke access") is None, "nobody revokes their own access"


async def test_the_form_finds_members_for_an_owner_and_for_nobody_else(acme: Team) -> None:
    """A space's owner may not list the organization's members, and still adds whom they know by name."""
    await acme.linus.type("/usher space create Apollo")
    form = await manages(acme.linus)
    person = block(form, "person-")
    assert [one.text for one in await acme.linus.suggest(person, "mei")] == [in_select(acme.mei)]
    assert await acme.linus.suggest(person, "nobody") == []
    await acme.linus.type("/usher role @mei editor in Apollo")
    assert await acme.bot.usher.queries.people_to_add(await acme.desk("mei"), "Apollo", "") == ()
    home = await acme.linus.open_home()
    assert home
    assert "Active: " not in home.words, "how many members there are is not an owner's to know"


async def test_the_list_is_searched_and_turned_ten_a_page(acme: Team) -> None:
    await acme.linus.type("/usher space create Apollo")
    org = Org(
        acme.bot.usher,
        cast("Any", acme.bot.clock),
        acme.bot.database_url,
        "T0USHER",
        "default",
        id=await organization_of(acme),
    )
    for number in range(12):
        one = await org.member(name=f"Person {number:02}", email=f"person{number:02}@example.org")
        await org.operator(ChangeRole(one.person, "viewer", space="apollo"))
    form = await manages(acme.linus)
    assert "(person08@" in form.words
    assert "(person09@" not in form.words
    await acme.linus.press("Next", on=form)
    second = await drawn(acme.linus, "(person11@")
    assert "reached as Super admin" in second.words
    await acme.linus.press("Previous", on=second)
    first = await drawn(acme.linus, "(person00@")
    await acme.linus.press("access_search", on=first, choose="person 11")
    found = await drawn(acme.linus, "(person11@")
    assert "(person00@" not in found.words
    await acme.linus.press("Revoke access", on=found)
    none = await drawn(acme.linus, "Nobody of that name has access here.")
    assert "Done." in none.words


async def test_a_space_deleted_meanwhile_closes_the_form_with_a_reason(acme: Team) -> None:
    await acme.linus.type("/usher space create Apollo")
    await acme.linus.type("/usher role @mei viewer in Apollo")
    form = await manages(acme.ada)
    await acme.linus.type("/usher space delete Apollo")
    await acme.linus.submit()
    await acme.ada.press("Revoke access", on=form)
    gone = await acme.ada.wait_for_modal("Refused.")
    assert "There is no space of that name" in gone.words


async def test_remove_takes_somebody_out_of_one_space(acme: Team) -> None:
    await acme.linus.type('/usher space create "Apollo Eleven"')
    await acme.linus.type("/usher role @mei viewer in Apollo Eleven")
    said = await acme.linus.type("/usher remove @mei from apollo eleven because the flight is over")
    assert said.text.startswith("Done."), said.text
    assert "no longer holds the role Viewer in the space Apollo Eleven" in said.text
    again = await acme.linus.type("/usher remove @mei Apollo Eleven")
    assert "holds no role in “Apollo Eleven”" in again.text
    await acme.linus.type("/usher role @mei viewer in Apollo Eleven")
    opened = await acme.linus.type("/usher remove @mei")
    assert opened.view
    assert "Done" in read(await acme.linus.submit(space="Apollo Eleven"), acme.linus)


# Other catalogues -----------------------------------------------------------------------------------------------------


async def founded(bot: Running) -> Person:
    ada = bot.person("ada")
    await ada.type("/usher setup")
    await ada.submit(name="Acme")
    await ada.close()
    return ada


async def test_in_imaging_everything_speaks_of_projects() -> None:
    async with running_usher(catalogue="imaging") as bot:
        ada = await founded(bot)
        said = await ada.type("/usher project create Apollo")
        assert said.text.startswith("Done. The project Apollo is made")
        assert "/usher project Apollo" in said.text
        assert (await ada.type("/usher projects")).text.startswith("1 project, by name.")
        assert "Project Apollo" in (await ada.type("/usher space apollo")).text
        help_ = (await ada.type("/usher help")).text
        assert "/usher project create NAME" in help_
        assert "/usher remove PERSON [from PROJECT]" in help_
        assert not re.search(r"\bspaces?\b", help_), help_
        assert "/usher project create" in (await ada.type("/usher help project create")).text
        home = await ada.open_home()
        assert home
        assert "My projects" in home.words


async def test_where_a_catalogue_has_no_spaces_that_is_said() -> None:
    assert not load("resmo").space
    async with running_usher(catalogue="resmo") as bot:
        ada = await founded(bot)
        for typed in ("spaces", "space Apollo", "space create Apollo", "space delete Apollo", "space rename"):
            assert "There are no spaces in this organization" in (await ada.type(f"/usher {typed}")).text, typed
        assert not re.search(r"\bspaces?\b", (await ada.type("/usher help")).text, re.IGNORECASE)


@pytest.mark.seed("003-45")
async def test_in_mondoo_an_editor_of_a_space_manages_members_so_that_waits_for_approval() -> None:
    with TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/usher.db"
        kept = await settle_team(url, "mondoo")
        async with team(url, kept, "mondoo") as acme:
            await acme.ada.type("/usher space create Apollo")
            await manages(acme.ada)
            waiting = await acme.ada.submit(person=in_select(acme.linus), role="Editor")
            assert waiting.view
            assert waiting.view.title == "Manage access"
            assert "Waiting for the approval of" in waiting.view.words
            assert "(linus@example.com) · reached as Viewer" in waiting.view.words
