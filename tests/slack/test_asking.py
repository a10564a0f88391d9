"""Asking for anything, keeping it for longer and giving it back: the real bot beside the pretend Slack."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.playground import Message
from tests.slack.office import Office, Shelf, office, reopened


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("asking"))


@pytest.fixture
async def acme(shelf: Shelf, tmp_path: Path) -> AsyncIterator[Office]:
    """Ada is super admin, Grace owns the space Apollo, Linus is its viewer and Eve a plain member; there is a group
    Sales, and a dashboard of Grace's. Hired once for all tests."""
    if shelf.now is None:
        async with office(shelf.folder) as first:
            await hire(first)
        shelf.keep(first)
    async with reopened(shelf, tmp_path) as running:
        yield running


async def hire(running: Office) -> None:
    ada = await running.found()
    grace, linus, _ = [await running.welcome(name) for name in ("grace", "linus", "eve")]
    await ada.type("/usher group create Sales")
    await grace.type("/usher space create Apollo")
    assert (await grace.type(f"/usher role {linus.mention} viewer in Apollo")).text.startswith("Done.")
    assert (await grace.type("/usher resource add dashboard:rev-1 named Revenue")).text.startswith("Done.")
    await running.settle()


def card(running: Office, name: str) -> Message:
    """The newest one that waits, in somebody's direct messages or in the channel where it was asked."""
    person = running.person(name)
    found = [one for one in (*person.dm(), *person.messages("general")) if one.controls and not one.ephemeral_to]
    return found[-1]


async def approved_by(running: Office, name: str) -> str:
    await running.settle()
    person = running.person(name)
    said = await person.press("Approve", on=card(running, name))
    await running.settle()
    return said.words


@pytest.mark.seed("003-26")
async def test_an_addon_is_asked_for_in_one_line_and_its_space_owner_approves_with_one_press(acme: Office) -> None:
    linus = acme.person("linus")
    asked = await linus.type("/access request ticket creator in Apollo for 4h because I file what I find")
    assert asked.text.startswith("Waiting for the approval of"), asked.text
    assert acme.person("grace").id in asked.text
    assert acme.person("ada").id not in asked.text, "the space's owners come first"
    await acme.settle()
    assert "asks to have the add-on Ticket Creator in the space Apollo for 4 hours" in card(acme, "grace").text
    done = await approved_by(acme, "grace")
    assert "now has the add-on Ticket Creator in the space Apollo until" in done
    assert "was approved" in linus.dm()[-1].text
    held = await linus.type("/access mine")
    assert "add-on Ticket Creator in the space Apollo, until" in held.text
    assert ", as you asked" in held.text
    assert held.message
    assert {"Extend", "Give back"} <= {control.label for control in held.message.controls}


async def test_a_group_is_found_by_its_name_and_a_space_by_its_name_opens_the_form(acme: Office) -> None:
    eve = acme.person("eve")
    asked = await eve.type("/access request sales because I sell")
    assert asked.text.startswith("Waiting for the approval of"), asked.text
    await acme.settle()
    assert "asks to join the group Sales" in card(acme, "ada").text
    await eve.type("/access request apollo because I want to help")
    form = eve.modal
    assert form
    assert form.title == "Request access"
    assert "Apollo" in str(form.blocks)
    waiting = await eve.submit(role="Editor")
    assert waiting.view
    assert "Waiting for the approval of" in waiting.view.words
    unclear = await eve.type("/access request mangaer because x")
    assert unclear.text.startswith("Unclear. “mangaer” is not a role here.")
    assert "Did you mean `Manager`?" in unclear.text


async def test_a_group_and_a_space_of_one_name_are_told_apart(acme: Office) -> None:
    await acme.person("ada").type("/usher group create Apollo")
    eve = acme.person("eve")
    said = await eve.type("/access request apollo because x")
    assert said.text.startswith("Unclear. “apollo” is a group and a space here.")
    assert (await eve.type("/access request group apollo because x")).text.startswith("Waiting for")
    assert (await eve.type("/access request viewer in apollo because x")).text.startswith("Waiting for")


@pytest.mark.seed("002-11")
async def test_a_resource_is_asked_for_by_line_and_by_form_and_its_owner_is_asked(acme: Office) -> None:
    eve, linus = acme.person("eve"), acme.person("linus")
    asked = await eve.type("/access request dashboard:revenue because the board asks")
    assert asked.text.startswith("Waiting for the approval of"), asked.text
    assert acme.person("grace").id in asked.text
    assert "Done." in await approved_by(acme, "grace")
    assert "access to Revenue, for good, as you asked" in (await eve.type("/access mine")).text
    again = await eve.type("/access request dashboard:rev-1 because x")
    assert again.text.startswith("Refused. Revenue is held already.")
    unknown = await eve.type("/access request dashboard:secret because x")
    assert unknown.text.startswith("Refused.")
    await linus.type("/access request")
    both = await linus.submit(role="Manager", asked="Dashboard: Revenue", reason="x")
    assert "one thing at a time" in both.errors["asked"]


async def test_the_form_says_what_is_missing_and_begins_with_what_was_typed(acme: Office) -> None:
    eve = acme.person("eve")
    await eve.type("/access request")
    assert "Choose what you ask for" in (await eve.submit(reason="x")).errors["role"]
    await eve.close()
    await eve.type("/access request group sales for 4h")
    form = eve.modal
    assert form
    assert "Group: Sales" in str(form.blocks)
    waiting = await eve.submit(reason="I sell")
    assert waiting.view
    assert "Waiting for the approval of" in waiting.view.words
    await eve.close()
    await eve.type("/access request ticket creator because x")
    form = eve.modal
    assert form
    assert "Ticket Creator" in str(form.blocks)
    refused = await eve.submit(space="Apollo")
    assert "goes on Viewer in a space" in refused.errors["role"]


async def test_what_is_held_for_a_while_is_extended_by_line_and_by_button(acme: Office) -> None:
    grace, linus = acme.person("grace"), acme.person("linus")
    nothing = await linus.type("/access extend")
    assert nothing.text == "Unclear. You hold nothing that ends by itself. `/access mine` shows all that you hold."
    await grace.type(f"/usher role {linus.mention} editor in Apollo for 4h")
    asked = await linus.type("/access extend for 8h because the audit goes on")
    assert asked.text.startswith("Waiting for the approval of"), asked.text
    await acme.settle()
    assert "asks to extend the role Editor in the space Apollo for 8 hours" in card(acme, "grace").text
    assert "in the space Apollo: Editor, for longer" in card(acme, "grace").text
    assert "now holds the role Editor in the space Apollo until" in await approved_by(acme, "grace")
    await linus.type("/access mine")
    await linus.press("Extend")
    form = linus.modal
    assert form
    assert "Keep Editor in the space Apollo for longer." in form.words
    short = await linus.submit(lasts="1h")
    assert "is held for longer than that already" in short.errors["lasts"]
    waiting = await linus.submit(lasts="2d")
    assert waiting.view
    assert "Waiting for the approval of" in waiting.view.words


async def test_what_is_held_is_given_back_by_line_by_button_and_from_home(acme: Office) -> None:
    grace, linus = acme.person("grace"), acme.person("linus")
    await grace.type(f"/usher role {linus.mention} editor in Apollo for 4h")
    back = await linus.type("/access give-back editor in apollo")
    assert back.text.startswith("Done. You gave the role Editor in the space Apollo back. You hold Viewer there now.")
    stays = await linus.type("/access give-back member")
    assert stays.text.startswith("Unclear. You hold nothing called “member” that you can give back.")
    home = await linus.open_home()
    assert home
    assert "Viewer in the space Apollo" in home.words
    gone = await linus.press("Give back", on=home)
    assert gone.view
    assert "You gave the role Viewer in the space Apollo back." in gone.view.words
    assert "Apollo" not in (await linus.type("/access mine")).text
    last = await grace.type("/access give-back owner")
    assert last.text.startswith("Refused."), last.text


async def test_where_several_could_be_meant_each_has_its_buttons(acme: Office) -> None:
    grace, linus = acme.person("grace"), acme.person("linus")
    await grace.type("/usher space create Gemini")
    await grace.type(f"/usher role {linus.mention} viewer in Gemini")
    which = await linus.type("/access give-back viewer")
    assert which.text.startswith("Unclear. Several of the things that you hold could be meant")
    assert which.message
    done = await linus.press("Give back", on=which.message, value=None)
    assert done.text.startswith("Done. You gave the role Viewer in the space"), done.text
    one = await linus.type("/access give-back viewer")
    assert one.text.startswith("Done."), one.text


async def test_the_end_is_told_and_what_it_was(acme: Office) -> None:
    linus = acme.person("linus")
    await linus.type("/access request ticket creator in Apollo for 4h because I file what I find")
    await approved_by(acme, "grace")
    acme.clock.advance(hours=4, seconds=1)
    await acme.settle()
    assert linus.dm()[-1].text.startswith("The time of the add-on Ticket Creator in the space Apollo is over.")


@pytest.mark.invariant(24, 32, 40)
async def test_who_may_not_decide_hears_it_at_the_press_and_no_form_opens(acme: Office) -> None:
    linus, eve, grace = acme.person("linus"), acme.person("eve"), acme.person("grace")
    asked = await linus.type("/access request ticket creator in Apollo because x")
    assert asked.text.startswith("Waiting")
    await acme.settle()
    found = card(acme, "grace")
    for person, why in ((eve, "Your role doesn't allow this."), (linus, "Nobody decides on what they asked for")):
        for label in ("Deny", "Approve"):
            said = await person.press(label, on=found)
            assert said.words.startswith("Refused."), said.words
            assert why in said.words
            assert person.modal is None
    await grace.press("Deny", on=found)
    assert (await grace.submit(reason=" ")).errors
    done = await grace.submit(reason="Not this week")
    assert done.view
    assert "Done." in done.view.words
    await acme.settle()
    assert "Not this week" in linus.dm()[-1].text
