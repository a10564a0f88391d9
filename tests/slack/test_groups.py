"""Groups in Slack: typed, in forms and by buttons, and what those who are concerned read."""

import re
from collections.abc import AsyncIterator

import pytest

from bot.playground import Message
from handlers.commands import CreateGroup
from tests.conftest import Settled
from tests.doors import Team, in_select, read, team
from tests.running import running_usher


@pytest.fixture
async def acme(sqlite_settled: Settled) -> AsyncIterator[Team]:
    async with team(sqlite_settled.url, sqlite_settled.kept) as found:
        yield found


async def says(acme: Team, name: str, text: str) -> str:
    person = getattr(acme, name)
    return read(await person.type(text), person)


async def test_a_group_is_made_filled_and_emptied_by_typing_and_people_are_told(acme: Team) -> None:
    assert (await says(acme, "grace", "/usher group create Night shift")).startswith("Done. There is the group Night")
    said = await says(acme, "grace", "/usher group add @linus, mei@example.com to night shift")
    assert said.startswith("Done.")
    assert "joined the group Night shift, and are told" in said
    await acme.bot.settle()
    assert "put you into the group Night shift in Acme" in acme.linus.dm()[-1].text
    card = await says(acme, "grace", "/usher group night shift")
    assert "Night shift · 2 members" in card
    assert "linus@example.com" in card
    assert (await says(acme, "grace", "/usher group remove @linus from Night shift")).startswith("Done.")
    assert "Night shift · 1 member" in await says(acme, "grace", "/usher groups")
    await acme.bot.settle()
    assert "took you out of the group Night shift" in acme.linus.dm()[-1].text


async def listed(acme: Team, name: str, text: str) -> Message:
    """The message that a command answers with, to press on."""
    answer = await getattr(acme, name).type(text)
    assert answer.message, answer
    return answer.message


async def test_the_longest_name_that_is_known_is_the_old_one(acme: Team) -> None:
    for name in ("Night", "Night shift", "Day"):
        await acme.grace.type(f"/usher group create {name}")
    assert "Day is the group Morning now" in await says(acme, "grace", "/usher group rename Day Morning")
    assert "Night shift is the group Late crew now" in await says(
        acme, "grace", "/usher group rename night shift Late crew"
    )
    assert "Night is the group Night watch now" in await says(acme, "grace", '/usher group rename "Night" Night watch')
    assert "Night watch is the group Dawn now" in await says(acme, "grace", "/usher group rename night watch to Dawn")
    form = await acme.grace.type("/usher group rename Nobody knows this one")
    assert form.view
    assert form.view.title == "Rename a group"


async def test_what_is_left_out_is_asked_for_in_a_form_that_holds_the_rest(acme: Team) -> None:
    grace = acme.grace
    await grace.type("/usher group create")
    assert "Done. There is the group Design" in read(await grace.submit(name="Design"), grace)
    await grace.type("/usher group add @linus, mei@example.com")
    wrong = await grace.submit()
    assert set(wrong.errors) == {"group"}
    assert "joined the group Design" in read(await grace.submit(group="Design"), grace)
    await grace.type("/usher group remove from design")
    assert set((await grace.submit()).errors) == {"people"}
    left = await grace.submit(people=[in_select(acme.linus)])
    assert "left the group Design" in read(left, grace)
    await grace.type("/usher group rename Design")
    assert set((await grace.submit(name="Design")).errors) == {"name"}
    done = await grace.submit(name="Art")
    assert "Design is the group Art now" in read(done, grace)


async def test_deleting_asks_with_a_warning_and_everybody_who_was_in_it_is_told(acme: Team) -> None:
    grace = acme.grace
    await grace.type("/usher group create Design")
    await grace.type("/usher group add @linus, @mei to Design")
    opened = await grace.type("/usher group delete Design")
    assert opened.view
    assert "This cannot be undone" in opened.view.words
    assert "Design" in await says(acme, "grace", "/usher groups")
    assert "Deleted the group Design" in read(await grace.submit(), grace)
    await acme.bot.settle()
    for one in (acme.linus, acme.mei):
        assert "deleted the group Design in Acme; what it gave you has ended" in one.dm()[-1].text
    assert (await says(acme, "grace", "/usher groups")).startswith("No groups yet.")
    assert (await says(acme, "grace", "/usher group Design")).startswith("Unclear. There is no group “Design” here.")


async def test_the_card_leads_to_every_change_of_its_group(acme: Team) -> None:
    grace = acme.grace
    await grace.type("/usher group create Design")
    group_list = await listed(acme, "grace", "/usher groups")
    card = (await grace.press("Open", on=group_list)).message
    assert card
    assert [control.label for control in card.controls] == ["Add", "Remove", "Rename", "Delete"]
    await grace.press("Add", on=card)
    assert "joined the group Design" in read(await grace.submit(people=[in_select(acme.mei)]), grace)
    await grace.press("Rename", on=card)
    assert "Design is the group Art now" in read(await grace.submit(name="Art"), grace)
    await grace.press("Remove", on=card)
    assert "left the group Art" in read(await grace.submit(people=[in_select(acme.mei)]), grace)
    await grace.press("Delete", on=card)
    assert "Deleted the group Art" in read(await grace.submit(), grace)
    gone = await grace.press("Add", on=card)
    assert gone.view
    assert "There is no" in gone.view.words


async def test_groups_are_turned_page_by_page_in_place(acme: Team) -> None:
    for number in range(23):
        await acme.bot.usher.gate.perform(CreateGroup(f"Group {number:02}"), by=acme.by("grace"))
    first = await listed(acme, "grace", "/usher groups")
    assert first.text.startswith("10 of 23 groups")
    second = (await acme.grace.press("Next", on=first)).message
    assert second
    third = (await acme.grace.press("Next", on=second)).message
    assert third
    found = [re.findall(r"Group \d\d", page.text) for page in (first, second, third)]
    assert [len(page) for page in found] == [10, 10, 3]
    assert [name for page in found for name in page] == [f"Group {number:02}" for number in range(23)]
    back = (await acme.grace.press("Previous", on=third)).message
    assert back
    assert re.findall(r"Group \d\d", back.text) == found[1]


@pytest.mark.invariant(24, 25)
async def test_who_may_not_change_groups_is_told_so_and_shown_none(acme: Team) -> None:
    await acme.grace.type("/usher group create Secret")
    for text in ("groups", "group Secret", "group create Art", "group delete Secret", "group add @mei to Secret"):
        said = await says(acme, "linus", f"/usher {text}")
        assert said.startswith("Refused."), (text, said)
        assert "members" not in said
    assert (await says(acme, "grace", "/usher group add @grace to Secret")).startswith(
        "Refused. Nobody changes their own"
    )
    assert "Secret · 0 members" in await says(acme, "grace", "/usher groups")


@pytest.mark.invariant(43)
async def test_a_hostile_name_formats_and_mentions_nothing(acme: Team) -> None:
    await acme.bot.usher.gate.perform(CreateGroup("<!channel> *x* {name}"), by=acme.by("grace"))
    text = (await listed(acme, "grace", "/usher groups")).text
    assert "<!channel>" not in text
    assert "*x*" not in text
    assert "{name}" in text


async def test_an_invitation_may_say_which_groups_and_the_form_offers_them(acme: Team) -> None:
    grace = acme.grace
    for name in ("Design", "Art"):
        await grace.type(f"/usher group create {name}")
    await grace.type("/usher invite dana@example.com groups Design, Music")
    assert grace.modal
    assert "There is no" in grace.modal.words
    shown = await grace.submit(emails="dana@example.com", role="Guest", groups=["Design", "Art"])
    assert "1 person will be invited as Guest, into Design and Art" in read(shown, grace)
    sent = await grace.submit()
    assert "Done. Invited dana@example.com" in read(sent, grace)
    await acme.bot.settle()
    offer = await acme.dana.wait_for(lambda message: "Accept" in {one.label for one in message.controls})
    await acme.dana.press("Accept", on=offer)
    text = (await listed(acme, "grace", "/usher groups")).text
    assert text.count("1 member") == 2
    assert "unknown" not in text
    refused = await says(acme, "grace", "/usher invite eve@example.com as guest groups Music")
    assert refused.startswith("Refused. There is no group “Music” here.")


async def test_the_catalogue_says_what_groups_are_called(sqlite_url: str) -> None:
    async with running_usher(database_url=sqlite_url, catalogue="resplendent") as bot:
        ada = bot.person("ada")
        await ada.type("/usher setup")
        await ada.submit(name="Acme", catalogue="Resplendent")
        assert "There is the dashboard group Finance now" in (await ada.type("/usher group create Finance")).text
        again = (await ada.type("/usher group create Finance")).text
        assert again.startswith("Refused. There is a dashboard group “Finance” already.")
        assert "no dashboard group “Art” here" in (await ada.type("/usher group rename Art to Music")).text
        assert (await ada.type("/usher groups")).text.startswith("1 dashboard group, by name.")
        assert "make a dashboard group" in (await ada.type("/usher help group create")).text.casefold()
