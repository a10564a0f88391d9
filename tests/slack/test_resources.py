"""Resources in Slack: typed, in forms and by buttons, and what those on a list read."""

import re
from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest
from sqlalchemy import select

from bot.playground import Message
from handlers.commands import AddResource, Person
from storage.tables import deliveries
from tests.asking import asking
from tests.conftest import Settled
from tests.doors import Team, in_select, read, team


@pytest.fixture
async def acme(sqlite_settled: Settled) -> AsyncIterator[Team]:
    async with team(sqlite_settled.url, sqlite_settled.kept) as found:
        yield found


async def says(acme: Team, name: str, text: str) -> str:
    person = getattr(acme, name)
    return read(await person.type(text), person)


async def listed(acme: Team, name: str, text: str) -> Message:
    """The message that a command answers with, to press on."""
    answer = await getattr(acme, name).type(text)
    assert answer.message, answer
    return answer.message


async def test_a_resource_is_registered_shared_and_taken_off_by_typing_and_people_are_told(acme: Team) -> None:
    said = await says(acme, "grace", "/usher resource add dataset:sales/26 named Sales in Europe owner @linus")
    assert said.startswith("Refused. There is no space “Europe”")  # "in" needs quotation marks where a name holds it
    said = await says(acme, "grace", '/usher resource add dataset:sales/26 named "Sales in Europe" owner @linus')
    assert said.startswith("Done. Registered the dataset Sales in Europe.")
    await acme.grace.type("/usher group create Design")
    said = await says(
        acme, "grace", '/usher resource share "dataset:Sales in Europe" with @mei, x@else.example, group Design'
    )
    assert said.startswith("Done. Mei Tanaka, Design and x@else.example can be found on the list")
    await acme.bot.settle()
    assert "shared Sales in Europe with you in Acme" in acme.mei.dm()[-1].text
    card = await says(acme, "grace", "/usher resource dataset:sales/26")
    for words in ("Sales in Europe · Dataset", "Owner: ", "You may: read, write, open and ai-chat", "group Design"):
        assert words in card
    assert "x@else.example, who is no member here" in card
    said = await says(acme, "grace", "/usher resource unshare dataset:sales/26 from @mei, group design")
    assert said.startswith("Done. Mei Tanaka and Design are no longer on the list")
    await acme.bot.settle()
    assert "took you off the list of Sales in Europe" in acme.mei.dm()[-1].text
    assert "On its list: 1" in await says(acme, "grace", "/usher resource dataset:sales/26")


async def test_what_is_left_out_is_asked_for_in_a_form_that_holds_the_rest(acme: Team) -> None:
    grace = acme.grace
    await grace.type("/usher resource add dataset:d1 owner @linus")
    assert set((await grace.submit()).errors) == {"name"}
    assert "Registered the dataset Sales" in read(await grace.submit(name="Sales"), grace)
    await grace.type("/usher resource share dataset:Sales")
    assert "Nobody is named" in "".join((await grace.submit()).errors.values())
    done = await grace.submit(people=[in_select(acme.mei)], emails="x@else.example, nobody@else.example")
    assert "Mei Tanaka, x@else.example and nobody@else.example" in read(done, grace)
    await grace.type("/usher resource unshare from nobody@else.example")
    assert set((await grace.submit()).errors) == {"resource"}
    assert "nobody@else.example is no longer" in read(await grace.submit(resource="dataset:Sales"), grace)
    await grace.type("/usher resource add")
    done = await grace.submit(sort="Image", outside="scan/1", name="Scan", owner=in_select(acme.linus))
    assert "Registered the image Scan" in read(done, grace)


async def test_taking_one_out_asks_with_a_warning_and_ends_everything(acme: Team) -> None:
    grace = acme.grace
    await grace.type("/usher resource add image:i named Scan")
    await grace.type("/usher resource share image:i with @mei")
    assert "Scan" in await says(acme, "mei", "/usher resources")
    opened = await grace.type("/usher resource remove image:Scan")
    assert opened.view
    assert "This cannot be undone" in opened.view.words
    assert "Scan" in await says(acme, "mei", "/usher resources")
    assert "Took the image Scan out of Usher" in read(await grace.submit(), grace)
    assert (await says(acme, "mei", "/usher resources")).startswith("No resources that you can see")
    assert (await says(acme, "grace", "/usher resource image:i")).startswith("Unclear. There is no “image:i”")


async def test_the_card_leads_to_every_change_that_its_reader_may_make(acme: Team) -> None:
    grace = acme.grace
    await grace.type("/usher resource add image:i named Scan owner @linus")
    found = await listed(acme, "grace", "/usher resources image")
    card = (await grace.press("Open", on=found)).message
    assert card
    assert [control.label for control in card.controls] == ["Share", "Remove"]
    await grace.press("Share", on=card)
    assert "Mei Tanaka can be found" in read(await grace.submit(people=[in_select(acme.mei)]), grace)
    of_mei = await listed(acme, "mei", "/usher resource image:i")
    assert not of_mei.controls
    assert "On its list" not in of_mei.text
    assert "You may: read" in of_mei.text
    again = await listed(acme, "linus", "/usher resource image:Scan")
    assert [control.label for control in again.controls] == ["Share", "Take off", "Notify", "Remove"]
    await acme.linus.press("Notify", on=again)
    assert set((await acme.linus.submit(text=" ")).errors) == {"text"}
    assert "1 is told" in read(await acme.linus.submit(text="It is *done*."), acme.linus)
    await acme.bot.settle()
    assert "News of the image Scan in Acme:" in acme.mei.dm()[-1].text
    await acme.linus.press("Take off", on=again)
    assert "is no longer on the list" in read(await acme.linus.submit(emails="mei@example.com"), acme.linus)
    await acme.linus.press("Remove", on=again)
    assert "Took the image Scan out" in read(await acme.linus.submit(), acme.linus)
    assert "It is no longer there" in (await grace.press("Open", on=found)).text


@pytest.mark.seed("001-45")
async def test_members_look_after_their_own_and_hear_no_more_of_others(acme: Team) -> None:
    assert (await says(acme, "linus", "/usher resource add image:l named Mine")).startswith("Done. Registered")
    assert (await says(acme, "linus", "/usher resource share image:Mine with @mei")).startswith("Done. Mei Tanaka")
    assert "owned by" in await says(acme, "mei", "/usher resources")
    said = await says(acme, "mei", "/usher resource share image:Mine with x@else.example")
    assert said.startswith("Refused. Your role doesn't allow this.")
    await acme.grace.type("/usher resource add image:g named Hidden")
    for text in ("image:g", "image:Hidden", "image:nothing"):
        said = await says(acme, "linus", f"/usher resource {text}")
        assert said.startswith(
            f"Unclear. There is no “{text}” here that you can see. `/usher resources` lists all that"
        )
    said = await says(acme, "linus", "/usher resource share image:Hidden with @mei")
    assert said.startswith("Refused. There is no “image:Hidden” here that you can see.")


async def test_names_that_several_have_and_kinds_that_none_is_are_said(acme: Team) -> None:
    for outside in ("1", "2"):
        await acme.grace.type(f"/usher resource add image:{outside} named Twin")
    assert "Several go by that name: use the id, as in `/usher resource image:" in await says(
        acme, "grace", "/usher resource image:Twin"
    )
    assert "“planet” is no kind of resource here. For all of a kind type image," in await says(
        acme, "grace", "/usher resources planet"
    )
    assert "There is no kind of resource called “planet” here" in await says(
        acme, "grace", "/usher resource add planet:x named X"
    )
    assert "type its kind, a colon" in await says(acme, "grace", "/usher resource share Twin with @mei")


async def test_resources_are_turned_page_by_page_in_place_and_keep_to_their_kind(acme: Team) -> None:
    for number in range(23):
        await acme.bot.usher.gate.perform(
            AddResource("image" if number else "task", f"i{number}", f"Scan {number:02}"), by=acme.by("grace")
        )
    first = await listed(acme, "grace", "/usher resources image")
    assert first.text.startswith("10 of 22 resources of the kind Image that you can see")
    second = (await acme.grace.press("Next", on=first)).message
    assert second
    third = (await acme.grace.press("Next", on=second)).message
    assert third
    found = [re.findall(r"Scan \d\d", page.text) for page in (first, second, third)]
    assert [name for page in found for name in page] == [f"Scan {number:02}" for number in range(1, 23)]
    back = (await acme.grace.press("Previous", on=third)).message
    assert back
    assert re.findall(r"Scan \d\d", back.text) == found[1]


async def test_a_long_list_is_turned_on_its_card(acme: Team) -> None:
    await acme.grace.type("/usher resource add image:i named Scan")
    addresses = ", ".join(f"p{number:02}@else.example" for number in range(23))
    await acme.grace.type(f"/usher resource share image:i with {addresses}")
    card = await listed(acme, "grace", "/usher resource image:i")
    assert "On its list: 23" in card.text
    second = (await acme.grace.press("Next", on=card)).message
    assert second
    third = (await acme.grace.press("Next", on=second)).message
    assert third
    found = [re.findall(r"p\d\d", page.text) for page in (card, second, third)]
    assert [len(page) for page in found] == [10, 10, 3]


@pytest.mark.invariant(43)
async def test_hostile_names_format_and_mention_nothing(acme: Team) -> None:
    outside = "<!channel>*x*"
    await acme.bot.usher.gate.perform(
        AddResource("image", outside, "<@U0EVIL> `x` {name}", owner=Person(email="linus@example.com")),
        by=acme.by("grace"),
    )
    for text in ("resources", "resource image:<@U0EVIL> `x` {name}"):
        said = (await listed(acme, "grace", f"/usher {text}")).text
        assert "{name}" in said
        assert "<!channel>" not in said
        assert "<@U0EVIL>" not in said


async def answered(acme: Team) -> list[str]:
    """The deliveries that will be answered as before when they come again."""
    async with acme.bot.usher.store.reading() as connection:
        return list((await connection.execute(select(deliveries.c.id))).scalars())


@pytest.mark.seed("002-26", "002-27")
async def test_what_a_product_says_reaches_slack_first_and_plain_addresses_by_mail(acme: Team) -> None:
    await acme.grace.type("/usher resource add task:nightly named Backup")
    await acme.grace.type("/usher resource share task:nightly with @linus, @mei, plain@else.example")
    async with asking(acme.bot) as product:
        path = f"/api/resources/task/{quote('nightly')}/notify"
        heard = await product.post(path, {"text": "Backup <!channel> failed.\nSee *the log*."})
        assert (heard.status, heard.said["told"]) == (202, 3)
    await acme.bot.settle()
    for person in (acme.linus, acme.mei):
        text = person.dm()[-1].text
        assert "News of the task Backup in Acme:" in text
        assert "See" in text
        assert "<!channel>" not in text
        assert "*the log*" not in text
    assert [key for key in await answered(acme) if key.startswith("timer/")]
    mail = await acme.bot.mailbox.wait_for(to="plain@else.example")
    assert mail.subject == "Backup in Acme"
    assert "Backup <!channel> failed." in mail.text
    assert "because your address is on its list" in mail.text
    assert [one.to for one in acme.bot.mailbox.messages if one.to in ("linus@example.com", "mei@example.com")] == []
