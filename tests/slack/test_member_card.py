"""A member's card and the form that edits them, through the doors of Slack."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from bot.delivery.slack import SlackSender, slack_client
from bot.playground import Person
from bot.playground.model import Message, View
from bot.slack import edit_form
from bot.wording import notices
from handlers.catalogue import load
from handlers.commands import (
    SYSTEM,
    Actor,
    AddResource,
    ChangeRole,
    Command,
    CreateGroup,
    Deactivate,
    EditMember,
    NoteAccount,
    Outcome,
    Share,
    Thing,
)
from handlers.commands import Person as Someone
from handlers.models import ToldLetter
from handlers.notices import Told
from storage import one_member
from tests.conftest import Settled
from tests.doors import Team, in_select, read, team
from tests.patience import PATIENCE
from tests.running import TOKEN, busy
from tests.slack.permitted import done, permitted


@pytest.fixture
async def acme(settled: Settled) -> AsyncIterator[Team]:
    async with team(settled.url, settled.kept) as found:
        yield found


async def opens(person: Person, who: str) -> Message:
    answer = await person.type(f"/usher member {who}")
    assert answer.message, answer.words
    return answer.message


async def edits(person: Person, who: str) -> View:
    answer = await person.type(f"/usher edit {who}")
    form = answer.view or person.modal
    assert form, answer.words
    return form


def labels(card: Message | View) -> list[str]:
    return [control.label for control in card.controls]


def offered(card: Message | View, action: str, *, nth: int = 0) -> list[str]:
    """The options of the select with that id."""
    found = [
        element
        for block in card.blocks
        for element in cast("list[dict[str, Any]]", block.get("elements") or ())
        if element.get("action_id") == action
    ]
    return [option["text"]["text"] for option in found[nth]["options"]]


async def named(acme: Team, name: str) -> str:
    desk = await acme.desk(name)
    assert desk.member
    return desk.member.id


# The card -------------------------------------------------------------------------------------------------------------


@pytest.mark.seed("000-05", "002-19")
async def test_a_card_tells_everything_about_one_member(acme: Team) -> None:
    await acme.ada.type("/usher group create Sales")
    await acme.ada.type("/usher group add @mei to Sales")
    await acme.ada.type("/usher space create Apollo")
    await acme.ada.type("/usher role @mei editor in Apollo for 2h")
    card = await opens(acme.ada, "@mei")
    lines = card.text.splitlines()
    assert lines[0] == "Mei Tanaka (<@U0MEI>) · mei@example.com"
    for line in ("Role: Member", "Status: Active", "2FA: Disabled", "Groups: Sales", "Slack: connected"):
        assert line in lines
    assert any(line.startswith("Last active: ") for line in lines)
    assert any(line.startswith("Timezone: ") for line in lines)
    assert any(re.match(r"Invited by Ada Lovelace, ", line) for line in lines)
    assert any(re.match(r"Apollo: Editor until ", line) for line in lines)
    # Each way to name somebody leads to the same card, also from the list.
    for who in ("mei@example.com", "Mei Tanaka", '"mei tanaka"'):
        assert (await opens(acme.ada, who)).text == card.text
    listed = await acme.ada.type("/usher members mei")
    assert listed.message
    opened = await acme.ada.press("Open card", on=listed.message)
    assert opened.text == card.text


async def test_a_card_without_a_name_is_the_list(acme: Team) -> None:
    assert "by name." in (await acme.ada.type("/usher member")).text


@pytest.mark.parametrize("who", ["Nobody", "nobody@example.org", "@olga", "@gus", "0" * 32])
async def test_who_is_nobody_here_is_unknown(acme: Team, who: str) -> None:
    said = (await acme.ada.type(f"/usher member {who}")).text
    assert said.startswith("Refused.")
    assert "no member here" in said


async def test_a_slack_account_that_is_tied_to_nobody_is_named_as_slack_names_it(acme: Team) -> None:
    said = (await acme.ada.type("/usher member @dana")).text
    assert said.startswith("Refused. <@U0DANA> is no member here.")
    form = await edits(acme.ada, "@dana")
    users = [part["user_id"] for part in form.blocks[0]["elements"][0]["elements"] if part["type"] == "user"]
    assert users == ["U0DANA"]
    assert "U0DANA" not in form.words


async def test_whoever_may_list_nobody_gets_neither_card_nor_form(acme: Team) -> None:
    for typed in ("/usher member @mei", "/usher edit @mei"):
        assert (await acme.linus.type(typed)).text.startswith("Refused.")
    assert "member PERSON" not in (await acme.linus.type("/usher help")).text
    helped = (await acme.ada.type("/usher help")).text
    assert "/usher member PERSON" in helped
    assert "/usher edit PERSON" in helped


async def test_the_buttons_are_those_that_the_viewer_may_press(acme: Team) -> None:
    own = await opens(acme.ada, "@ada")
    assert not {"Edit", "Deactivate", "Delete", "Remove"} & set(labels(own))
    assert {"Edit", "Permissions", "Check", "Reset password", "Deactivate", "Remove", "Delete"} <= set(
        labels(await opens(acme.ada, "@mei"))
    )
    # An admin does nothing to who stands above them.
    assert not {"Edit", "Deactivate", "Delete", "Reset password"} & set(labels(await opens(acme.grace, "@ada")))
    done(await acme.bot.usher.gate.perform(Deactivate(Someone(id=await named(acme, "mei"))), by=acme.by("ada")))
    gone = labels(await opens(acme.ada, "mei@example.com"))
    assert "Reactivate" in gone
    assert not {"Deactivate", "Reset password", "Role of Mei Tanaka"} & set(gone)


async def test_an_invitation_that_expired_still_says_which_role_it_holds_out(acme: Team) -> None:
    await acme.ada.type("/usher invite new@example.org as guest")
    await acme.ada.type("/usher space create Apollo")
    await acme.bot.later(days=8)
    await acme.bot.settle()
    card = await opens(acme.ada, "new@example.org")
    assert "Role: Guest once they accept" in card.text
    assert "expired" in card.text
    checked = await acme.ada.type("/usher check new@example.org")
    assert "✓ Their role is Guest once they accept." in checked.text
    form = await edits(acme.ada, "new@example.org")
    assert form.values["role"]["value"]["selected_option"]["value"] == "guest"
    # Another one goes out with a new invitation, as if it still waited.
    answer = await acme.ada.type("/usher role new@example.org member")
    assert answer.text.startswith("Done.")
    assert "Invitation as Member: pending" in (await opens(acme.ada, "new@example.org")).text


async def test_a_form_that_does_not_open_from_the_card_leaves_a_command_that_works(acme: Team) -> None:
    card = await opens(acme.ada, "@mei")
    acme.bot.playground.world.faults.plan("views.open", error="expired_trigger_id")
    answer = await acme.ada.press("Deactivate", on=card)
    assert "`/usher deactivate mei@example.com`" in answer.text
    acme.bot.playground.world.faults.clear()
    assert (await acme.ada.type("/usher deactivate mei@example.com")).text.startswith("Done.")


async def test_an_invitation_is_managed_from_the_card(acme: Team) -> None:
    await acme.ada.type("/usher invite new@example.org as guest")
    card = await opens(acme.ada, "new@example.org")
    assert "Role: Guest once they accept" in card.text
    assert "Invitation as Guest: pending, until" in card.text
    assert {"Resend", "Revoke", "Copy invite link"} <= set(labels(card))
    assert "every earlier link is dead" in (await acme.ada.press("Resend", on=card)).words
    assert "/invitations/" in (await acme.ada.press("Copy invite link", on=card)).words
    await acme.ada.press("Revoke", on=card)
    assert "no member here" in (await acme.ada.type("/usher member new@example.org")).text


@pytest.mark.parametrize(
    ("button", "title"),
    [("Edit", "Edit a member"), ("Permissions", "Permissions"), ("Deactivate", "Deactivate")],
)
async def test_each_button_opens_the_form_about_this_member(acme: Team, button: str, title: str) -> None:
    card = await opens(acme.ada, "@mei")
    opened = await acme.ada.press(button, on=card)
    assert opened.view, opened.words
    assert opened.view.title.startswith(title)
    shown = f"{opened.view.words} {opened.view.values} {opened.view.private_metadata}"
    assert "Mei Tanaka" in shown or await named(acme, "mei") in shown


# Roles from the card --------------------------------------------------------------------------------------------------


@pytest.mark.seed("000-06", "001-53", "002-21", "004-22")
async def test_a_role_chosen_on_the_card_is_held_at_once_and_the_card_says_so(acme: Team) -> None:
    card = await opens(acme.ada, "@mei")
    assert offered(card, "member_role") == ["Super admin", "Admin", "Manager", "Member", "Guest"]
    changed = await acme.ada.press("Role of Mei Tanaka", on=card, choose="Guest")
    assert await acme.role("mei") == "guest"
    assert changed.text.startswith("Done. ")
    assert "Role: Guest" in changed.text.splitlines()
    await acme.bot.settle()
    assert "Member → Guest" in acme.mei.messages()[-1].text
    # On the card that was drawn anew it is changed again, at any time.
    await acme.ada.press("Role of Mei Tanaka", on=changed.message, choose="Member")
    assert await acme.role("mei") == "member"


@pytest.mark.invariant(46)
async def test_where_the_card_cannot_be_drawn_anew_how_it_ended_stands_in_its_place(
    acme: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await opens(acme.ada, "@mei")
    monkeypatch.setattr(acme.bot.usher.queries, "member", busy)
    ended = await acme.ada.press("Role of Mei Tanaka", on=card, choose="Guest")
    assert await acme.role("mei") == "guest"
    assert ended.text.startswith("Done. ")
    assert "Role: Member" not in ended.text


@pytest.mark.seed("004-23")
async def test_new_permissions_apply_at_once(sqlite_url: str) -> None:
    """What the evaluation endpoint says before and after the role is chosen, and after the form is sent."""
    async with permitted(sqlite_url, {"linus": "staff"}) as stage:
        ada = stage.person("ada")
        card = await opens(ada, "@linus")
        assert not await stage.may("linus", "members:list", "organization", "acme")
        assert await stage.may("linus", "use", "feature", "tags")
        await ada.press("Role of Linus Pauling", on=card, choose="Member")
        assert not await stage.may("linus", "use", "feature", "tags")
        await edits(ada, "@linus")
        await ada.submit(role="Staff")
        assert await stage.may("linus", "use", "feature", "tags")


@pytest.mark.seed("004-24", "004-25", "000-06")
async def test_the_roles_offered_are_those_of_the_catalogue_and_no_guest(sqlite_url: str) -> None:
    async with permitted(sqlite_url, {"grace": "admin", "mei": "member"}) as stage:
        for who, roles in (
            ("ada", ["Giga Admin", "Admin", "Staff", "Member"]),
            ("grace", ["Admin", "Staff", "Member"]),
        ):
            card = await opens(stage.person(who), "@mei")
            assert [role for role in offered(card, "member_role") if role != "Giga Admin"] == [
                "Admin",
                "Staff",
                "Member",
            ]
            assert set(offered(card, "member_role")) <= set(roles)
            form = await edits(stage.person(who), "@mei")
            assert "Guest" not in str(form.blocks)
            await stage.person(who).close()


async def test_a_refused_choice_does_not_stay_on_the_card(acme: Team) -> None:
    """Raising somebody so high waits for another one; meanwhile the card shows what is held."""
    card = await opens(acme.ada, "@mei")
    waiting = await acme.ada.press("Role of Mei Tanaka", on=card, choose="Admin")
    assert waiting.text.startswith("Waiting for the approval of")
    assert "Role: Member" in waiting.text.splitlines()
    assert "asked to give Mei Tanaka another role: Member → Admin" in waiting.text
    assert waiting.message
    [select] = [
        element
        for block in waiting.message.blocks
        for element in cast("list[dict[str, Any]]", block.get("elements") or ())
        if element.get("action_id") == "member_role"
    ]
    assert select["initial_option"]["value"] == "member"
    again = {block["block_id"] for block in waiting.message.blocks if str(block.get("block_id")).startswith("role-")}
    assert again.isdisjoint({block.get("block_id") for block in card.blocks})
    assert await acme.role("mei") == "member"


async def test_where_nobody_else_may_decide_the_code_is_asked_for_at_once(acme: Team) -> None:
    await lowered(acme, "grace", "member")
    card = await opens(acme.ada, "@mei")
    await acme.ada.press("Role of Mei Tanaka", on=card, choose="Admin")
    form = await _modal(acme.ada)
    assert "One-time code" in [control.label for control in form.inputs]
    await acme.ada.submit(code=acme.code("ada"))
    assert await acme.role("mei") == "admin"


async def lowered(acme: Team, name: str, role: str) -> None:
    """Nobody else may decide about whoever manages members, so ada's own code does."""
    await acme.ada.type(f"/usher role @{name} {role}")
    await _modal(acme.ada)
    await acme.ada.submit(code=acme.code("ada"))
    await acme.ada.close()
    assert await acme.role(name) == role


async def _modal(person: Person) -> View:
    """The form opens after the answer."""
    async with asyncio.timeout(PATIENCE):
        while person.modal is None:  # noqa: ASYNC110 - the playground tells nobody
            await asyncio.sleep(0.02)
    return person.modal


@pytest.mark.seed("003-45")
async def test_a_role_in_a_space_is_chosen_and_ended_on_the_card(acme: Team) -> None:
    await acme.ada.type("/usher space create Apollo")
    await acme.ada.type("/usher role @mei viewer in Apollo")
    card = await opens(acme.ada, "@mei")
    assert offered(card, "member_role", nth=1) == ["Owner", "Editor", "Viewer"]
    changed = await acme.ada.press("Role of Mei Tanaka in Apollo", on=card, choose="Editor")
    assert "Apollo: Editor" in changed.text.splitlines()
    assert await acme.role("mei") == "member"
    ended = await acme.ada.press("Revoke access", on=changed.message)
    assert ended.text.startswith("Done. ")
    assert "Apollo: " not in ended.text.replace("Done.", "")


async def test_whoever_lost_the_right_meanwhile_is_refused_at_the_press(acme: Team) -> None:
    card = await opens(acme.grace, "@mei")
    await lowered(acme, "grace", "guest")
    said = await acme.grace.press("Role of Mei Tanaka", on=card, choose="Guest")
    assert said.text.startswith("Refused.")
    assert await acme.role("mei") == "member"


# The form -------------------------------------------------------------------------------------------------------------


async def both_ends(acme: Team) -> View:
    """On a slow machine the role follows the details."""
    await acme.bot.settle()
    return await _modal(acme.ada)


@pytest.mark.seed("004-19", "004-20", "004-21", "004-22", "004-26")
async def test_name_role_timezone_and_groups_are_edited_in_one_form(acme: Team) -> None:
    for name in ("Sales", "Support"):
        await acme.ada.type(f"/usher group create {name}")
    await acme.ada.type("/usher group add @mei to Sales")
    form = await edits(acme.ada, "@mei")
    assert [control.label for control in form.inputs] == ["Name", "Role", "Timezone", "Groups"]
    assert "E-mail: mei@example.com. It cannot be changed" in form.words
    await acme.ada.submit(name="Mei T.", role="Guest", timezone="Europe/Berlin", groups=["Support"])
    said = (await both_ends(acme)).words
    assert "Changed for" in said
    assert "name, timezone and groups" in said
    assert "now holds the role Guest" in said
    assert await acme.role("mei") == "guest"
    await acme.ada.close()
    lines = (await opens(acme.ada, "@mei")).text.splitlines()
    assert lines[0].startswith("Mei T. (")
    assert {"Role: Guest", "Timezone: Europe/Berlin", "Groups: Support"} <= set(lines)
    await acme.bot.settle()
    told = [message.text for message in acme.mei.messages()]
    assert any("changed your name, timezone and groups" in text for text in told)
    # Sent as it stands, nothing changes, and the form says so under its first field.
    await edits(acme.ada, "@mei")
    nothing = await acme.ada.submit()
    assert nothing.errors == {"name": "It is so already, and nothing would change. There is nothing to do."}


async def test_a_form_that_raises_and_edits_tells_both_ends(acme: Team) -> None:
    await edits(acme.ada, "@mei")
    await acme.ada.submit(name="Mei T.", role="Admin")
    shown = await both_ends(acme)
    assert shown.title == "Waiting"
    assert "Done. Changed for" in shown.words
    assert "Waiting for the approval of" in shown.words
    assert "Cancel" in labels(shown)
    assert await acme.role("mei") == "member"


@pytest.mark.invariant(45)
async def test_slack_does_not_wait_for_a_role_after_details_that_took_long(
    acme: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    perform = acme.bot.usher.gate.perform
    both, later = asyncio.Event(), asyncio.Event()

    async def slow(command: Command, *, by: Actor) -> Outcome:
        if isinstance(command, EditMember):
            await asyncio.sleep(edit_form.TIME_FOR_BOTH)
        if isinstance(command, ChangeRole):
            both.set()
            await later.wait()
        return await perform(command, by=by)

    monkeypatch.setattr(acme.bot.usher.gate, "perform", slow)
    await edits(acme.ada, "@mei")
    first = await acme.ada.submit(name="Mei T.", role="Guest")
    assert first.view
    assert first.view.title == "Done"
    assert "Changed for" in first.view.words
    assert "The role follows" in first.view.words
    await both.wait()
    later.set()
    ended = await both_ends(acme)
    assert "now holds the role Guest" in ended.words
    assert "Changed for" in ended.words
    assert await acme.role("mei") == "guest"


async def test_what_is_wrong_is_said_under_its_field(acme: Team) -> None:
    await edits(acme.ada, "@mei")
    sent = await acme.ada.submit(name="\u200b")
    assert list(sent.errors) == ["name"]


async def test_groups_that_the_form_has_no_room_for_stay_as_they_are(acme: Team) -> None:
    names = tuple(f"G{number:03}" for number in range(one_member.MOST + 3))
    gate, by = acme.bot.usher.gate, acme.by("ada")
    for name in names:
        done(await gate.perform(CreateGroup(name), by=by))
    [mei] = await acme.bot.usher.queries.people(await acme.desk("ada"), "mei")
    done(await gate.perform(EditMember(Someone(id=mei.value), joined=names), by=by))
    await edits(acme.ada, "@mei")
    await acme.ada.submit(groups=[name for name in names[: one_member.MOST] if name != "G000"])
    for name in names:
        shown = await acme.ada.type(f"/usher group {name}")
        assert ("Mei Tanaka" in shown.words) is (name != "G000"), shown.words


async def test_who_was_put_into_a_group_meanwhile_stays_in_it(acme: Team) -> None:
    for name in ("Sales", "Support"):
        await acme.ada.type(f"/usher group create {name}")
    await edits(acme.ada, "@mei")
    await acme.grace.type("/usher group add @mei to Sales")
    await acme.ada.submit(groups=["Support"])
    await acme.ada.close()
    assert "Groups: Sales and Support" in (await opens(acme.ada, "@mei")).text


async def test_the_form_asks_who_is_meant_where_nobody_is_named(acme: Team) -> None:
    for typed in ("/usher edit", "/usher edit Nobody"):
        answer = await acme.ada.type(typed)
        form = answer.view or acme.ada.modal
        assert form
        assert [control.label for control in form.inputs] == ["Person"]
        sent = await acme.ada.submit(person=in_select(acme.mei))
        assert sent.view
        assert "E-mail: mei@example.com" in sent.view.words
        await acme.ada.close()
    refused = await acme.grace.type("/usher edit @ada")
    page = refused.view or acme.grace.modal
    assert page
    assert page.words.startswith("Refused")


@pytest.mark.seed("004-27")
async def test_after_saving_the_dashboards_of_the_group_are_there(sqlite_url: str) -> None:
    async with permitted(sqlite_url, {"mei": "member"}) as stage:
        ada, mei = stage.person("ada"), stage.person("mei")
        await ada.type("/usher group create Board")
        done(await stage.operator(AddResource("dashboard", "rev-1", "Revenue")))
        done(await stage.operator(Share(Thing("dashboard", "rev-1"), groups=("Board",))))
        assert not await stage.may("mei", "view", "dashboard", "rev-1")
        await edits(ada, "@mei")
        await ada.submit(groups=["Board"])
        assert await stage.may("mei", "view", "dashboard", "rev-1")
        assert "Revenue" in (await mei.type("/usher resources")).text
        await ada.close()
        await edits(ada, "@mei")
        await ada.submit(groups=[])
        assert not await stage.may("mei", "view", "dashboard", "rev-1")


# One's own ------------------------------------------------------------------------------------------------------------


@pytest.mark.seed("004-114")
async def test_everybody_edits_their_own_name_and_timezone(acme: Team) -> None:
    shown = await acme.mei.type("/access me")
    assert "Name: Mei Tanaka" in shown.text
    opened = await acme.mei.press("Edit", on=shown.message)
    assert opened.view
    assert [control.label for control in opened.view.inputs] == ["Name", "Timezone"]
    sent = await acme.mei.submit(name="Mei T.", timezone="Europe/Berlin")
    assert "Changed: your name and timezone." in read(sent, acme.mei)
    after = (await acme.mei.type("/access me")).text
    assert "Name: Mei T." in after
    assert "Timezone: Europe/Berlin" in after


async def test_a_name_that_slack_offers_is_taken_by_the_member_alone(acme: Team) -> None:
    offer = await _offered(acme, "Mei Suzuki")
    assert "Slack now knows you as “Mei Suzuki”" in offer.text
    await acme.mei.press("Take this name", on=offer)
    assert "Name: Mei Suzuki" in (await acme.mei.type("/access me")).text
    # Pressed once more there is nothing left to take.
    assert "Take this name" not in labels(acme.mei.dm()[-1])


async def test_an_offer_made_to_somebody_else_is_not_taken(acme: Team) -> None:
    """A button for another member, before linus: he is told so, and keeps his name."""
    offer = notices.told(Told(await named(acme, "mei"), "name-offered", new="Mei Suzuki"), _LETTER)
    async with slack_client(token=TOKEN, base_url=acme.bot.playground.api_url) as client:
        sender = SlackSender(client)
        await sender.post(await sender.direct(acme.linus.user.id), *offer)
    before = (await acme.linus.type("/access me")).text
    said = await acme.linus.press("Take this name", on=acme.linus.dm()[-1])
    assert "another organization" in said.words
    assert (await acme.linus.type("/access me")).text == before


_LETTER = ToldLetter(None, "Acme", load("default"), None, None, None, None)


async def _offered(acme: Team, name: str) -> Message:
    """Slack tells of another name, and Usher asks."""
    user = acme.mei.user
    note = NoteAccount(
        account=acme.bot.account("mei"),
        workspace=acme.bot.playground.world.team.id,
        name=name,
        email=user.email,
        timezone=user.tz,
        deleted=False,
        guest=False,
        bot=False,
        stranger=False,
        workspace_admin=False,
    )
    done(await acme.bot.usher.gate.perform(note, by=SYSTEM))
    await acme.bot.settle()
    return acme.mei.dm()[-1]
