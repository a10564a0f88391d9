"""The list of members through the doors of Slack: typed, narrowed, turned, opened from Home; and who is refused it."""

import re
from collections.abc import AsyncIterator, Sequence

import pytest

from bot.playground import Person
from bot.playground.model import Message
from bot.wording.phrase import When
from handlers.commands import Actor, ChangeRole, Invite
from handlers.commands import Person as Someone
from tests.conftest import Settled
from tests.doors import Team, team
from tests.slack.hostile import NASTY


@pytest.fixture
async def acme(sqlite_settled: Settled) -> AsyncIterator[Team]:
    async with team(sqlite_settled.url, sqlite_settled.kept) as found:
        yield found


async def listed(person: Person, typed: str = "") -> Message:
    answer = await person.type(f"/usher members {typed}")
    assert answer.message, answer.words
    return answer.message


def names(message: Message) -> list[str]:
    """The first line of each row."""
    return re.findall(r"^(.+?)(?: · \S+@\S+)?\nRole: ", message.text, re.MULTILINE)


async def crowd(acme: Team, people: int, role: str = "member") -> None:
    addresses = tuple(f"p{number:03}@example.com" for number in range(people))
    for some in (addresses[:100], addresses[100:]):
        if some:
            await acme.bot.usher.gate.perform(
                Invite(some, role), by=Actor(via="operator", organization=await org(acme))
            )


async def org(acme: Team) -> str:
    found = (await acme.desk("ada")).organization
    assert found
    return found.id


def labels(message: Message) -> Sequence[str]:
    return [control.label for control in message.controls]


@pytest.mark.seed(
    "000-04", "002-19", "004-02", "004-03", "004-04", "004-05", "004-06", "004-07", "004-08", "004-100", "004-101"
)
async def test_the_list_shows_everybody_with_every_column(acme: Team) -> None:
    await acme.ada.type("/usher group create Design")
    await acme.ada.type("/usher group add @linus to Design")
    await acme.ada.type("/usher invite new@example.com as guest")
    await acme.bot.usher.activity.flush()
    found = await listed(acme.ada)
    assert found.text.startswith("5 members, by name.\n")
    assert names(found) == ["Ada Lovelace", "Grace Hopper", "Linus Pauling", "Mei Tanaka", "new@example.com"]
    active = f"today ({When(acme.bot.clock(), 'Europe/Berlin').day})"
    for name, role, status, groups, factor, last in (
        ("Ada Lovelace · ada@example.com", "Super admin", "Active", "none", "Enabled", active),
        ("Linus Pauling · linus@example.com", "Member", "Active", "Design", "Disabled", "never"),
        ("new@example.com", "Guest", "Invited", "none", "Disabled", "never"),
    ):
        rest = f"Role: {role} · Status: {status} · Groups: {groups} · 2FA: {factor} · Last active: {last}"
        assert f"\n{name}\n{rest}" in found.text, found.text
    assert labels(found) == [*["Open card"] * 5, "Export", "Invite people"]
    assert found.button("Export")


@pytest.mark.seed("004-106")
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("GRA", ["Grace Hopper"]),
        ("linus@", ["Linus Pauling"]),
        ("role:super admin", ["Ada Lovelace"]),
        ("role:admin 2fa:on", ["Grace Hopper"]),
        ("2FA:off role:Member", ["Linus Pauling", "Mei Tanaka"]),
        ("status:active mei", ["Mei Tanaka"]),
        ("“tanaka”", ["Mei Tanaka"]),
        ("<@U0MEI|mei>", ["Mei Tanaka"]),
        ("status:deactivated", []),
    ],
)
async def test_words_and_filters_narrow_the_list(acme: Team, typed: str, found: list[str]) -> None:
    assert names(await listed(acme.grace, typed)) == found


async def test_names_of_several_words_need_no_quotes(acme: Team) -> None:
    await acme.ada.type("/usher group create Deep Blue")
    await acme.ada.type("/usher group add @linus, @mei to Deep Blue")
    await acme.ada.type("/usher space create Apollo 13")
    await acme.ada.type("/usher role @mei viewer in Apollo 13")
    assert names(await listed(acme.ada, "group:deep blue")) == ["Linus Pauling", "Mei Tanaka"]
    assert names(await listed(acme.ada, "group:deep blue mei")) == ["Mei Tanaka"]
    assert names(await listed(acme.ada, "space:Apollo 13 role:viewer")) == ["Mei Tanaka"]
    said = (await listed(acme.ada, "space:apollo-13 mei")).text
    assert said.startswith('1 member with “mei” and space Apollo 13, by name.\n`/usher members mei space:"Apollo 13"`')
    assert "Role: Viewer" in said


async def test_what_is_mistyped_or_unknown_says_the_next_step(acme: Team) -> None:
    said = (await acme.ada.type("/usher members rol:admin")).text
    assert said.startswith("Unclear. “rol:” is not a filter.")
    assert "`role:admin`" in said
    assert "`/usher members ada role:member status:active`" in said
    assert (await acme.ada.type("/usher members group:Nobody")).text.startswith("Refused. There is no group “Nobody”")
    assert (await acme.ada.type("/usher members space:Moon")).text.startswith("Refused. There is no space “Moon”")
    empty = await listed(acme.ada, "zed role:admin")
    assert empty.text.startswith("No member with “zed” and role Admin. Leave out the words or `role:`;")
    assert labels(empty) == ["Invite people"]


@pytest.mark.seed("001-47", "004-106")
async def test_whoever_has_no_right_is_refused(acme: Team) -> None:
    assert (await acme.linus.type("/usher members")).text.startswith("Refused. Your role doesn't allow this.")
    assert (await acme.linus.type("/usher members nonsense:x")).text.startswith(("Refused.", "Unclear."))
    assert "/usher members" not in (await acme.linus.type("/usher help")).text
    assert "/usher members" in (await acme.grace.type("/usher help")).text
    assert (await acme.dana.type("/usher members")).text.startswith("Refused. Your Slack account isn't connected")


async def test_an_owner_of_a_space_lists_its_people_alone(acme: Team) -> None:
    await acme.linus.type("/usher space create Apollo")
    await acme.linus.type("/usher role @mei editor in Apollo")
    found = await listed(acme.linus)
    assert names(found) == ["Linus Pauling", "Mei Tanaka"]
    assert "Role: Editor · Status: Active" in found.text
    assert labels(found) == ["Open card", "Open card", "Export", "Invite people"]
    assert "2FA" not in found.text
    assert "Last active" not in found.text
    assert (await acme.linus.type("/usher members ada")).text.startswith("No member with “ada”.")
    refused = (await acme.linus.type("/usher members 2fa:on")).text
    assert refused.startswith("Refused. `2fa:` is only for those who list everybody")


async def test_pages_are_turned_in_place_and_keep_to_the_filters(acme: Team) -> None:
    await crowd(acme, 23)
    first = await listed(acme.ada, "p0 status:invited")
    assert first.text.startswith("10 of 23 members with “p0” and status Invited, by name.")
    assert labels(first)[-3:] == ["Next", "Export", "Invite people"]
    count = len(acme.ada.messages())
    pages = [first]
    for label in ("Next", "Next", "Previous"):
        turned = (await acme.ada.press(label, on=pages[-1])).message
        assert turned
        pages.append(turned)
    assert [len(names(page)) for page in pages] == [10, 10, 3, 10]
    assert names(pages[3]) == names(pages[1])
    assert {page.ts for page in pages} == {first.ts}
    assert len(acme.ada.messages()) == count
    everybody = [name for page in pages[:3] for name in names(page)]
    assert everybody == [f"p{number:03}@example.com" for number in range(23)]
    export = pages[3].button("Export")
    assert export
    assert export.value == "p0 status:invited"


async def test_who_lost_the_right_turns_no_page_any_more(acme: Team) -> None:
    await crowd(acme, 12)
    first = await listed(acme.grace)
    lower = ChangeRole(Someone(email="grace@example.com"), "member")
    await acme.bot.usher.gate.perform(lower, by=Actor(via="operator", organization=await org(acme)))
    turned = await acme.grace.press("Next", on=first)
    assert "Refused" in turned.text


@pytest.mark.invariant(43)
async def test_what_people_are_called_changes_nothing(acme: Team) -> None:
    for number, name in enumerate(NASTY[:5]):
        quoted = name.replace('"', "")
        await acme.ada.type(f'/usher invite n{number}@example.com as guest named "{quoted}"')
    found = await listed(acme.ada, "status:invited")
    assert "<!channel>" not in found.text
    assert "<https://evil" not in found.text
    assert "<@U0EVIL>" not in found.text


async def test_home_counts_and_leads_to_the_list_the_form_and_the_file(acme: Team) -> None:
    await crowd(acme, 3)
    home = await acme.ada.open_home()
    assert home
    assert "7 members: 4 active and 3 invited." in home.words
    assert "▇▇▇▇▇▇▁▁▁▁ 4 active" in home.words
    assert "▇▇▇▇▇▁▁▁▁▁ 2 Member" in home.words
    assert [one.label for one in home.controls if one.block_id == "members"][:4] == [
        "Members",
        "Invite people",
        "Import",
        "Export",
    ]
    opened = await acme.ada.press("Members", on=home)
    assert opened.view
    assert "7 members, by name." in opened.view.words
    assert opened.view.button("Open card")


async def test_home_says_what_ends_soon_and_opens_the_card(acme: Team) -> None:
    await acme.ada.type("/usher role @linus guest for 3d because he travels")
    home = await acme.grace.open_home()
    assert home
    assert "Ends soon" in home.words
    assert re.search(r"Linus Pauling: Guest, until ", home.words)
    plain = await acme.mei.open_home()
    assert plain
    assert "Ends soon" not in plain.words
    assert "4 active" not in plain.words


@pytest.mark.seed("004-08")
async def test_whatever_somebody_does_or_looks_at_in_slack_counts_and_is_kept_at_the_end(
    sqlite_settled: Settled,
) -> None:
    async with team(sqlite_settled.url, sqlite_settled.kept) as first:
        before = await listed(first.ada)
        assert before.text.count("Last active: never") == 4
        await first.linus.open_home()
        await first.mei.type("/access mine")
    async with team(sqlite_settled.url, sqlite_settled.kept) as again:
        assert (await listed(again.ada)).text.count("Last active: today") == 3
        again.bot.clock.pass_by(days=3)
        assert (await listed(again.ada)).text.count("Last active: 3 days ago") == 3
