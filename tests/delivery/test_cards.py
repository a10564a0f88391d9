"""Cards: of real requests, with the real outbox and read models; and of made-up ones, to have many approvers."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from bot.playground import Message
from bot.slack import ids
from handlers.commands import (
    SYSTEM,
    AcceptInSlack,
    Actor,
    Cancel,
    CardPlace,
    Command,
    Done,
    Invite,
    NoteAccount,
    Outcome,
    RequestAccess,
    SetUp,
    Waiting,
)
from handlers.notices import CardPost, CardUpdate
from tests.delivery.office import Office, request_card
from tests.running import Running, running_usher

READY = ("ada", "grace", "linus")


class Team:
    """Ada set the organization up; Grace and Linus accepted her invitations."""

    def __init__(self, bot: Running) -> None:
        self.bot = bot
        self._deliveries = iter(range(10_000))
        self._organization: str | None = None

    async def settle(self) -> None:
        for name in READY:
            user = self.bot.playground.world.user_named(name)
            assert user
            note = NoteAccount(
                account=self.bot.account(name),
                workspace=self.bot.playground.world.team.id,
                name=user.real_name,
                email=user.email,
                timezone=user.tz,
                deleted=False,
                guest=False,
                bot=False,
                stranger=False,
                workspace_admin=user.is_owner,
            )
            await self.bot.usher.gate.perform(note, by=SYSTEM)
        assert isinstance(await self.does("ada", SetUp("Example Corp", "default", "starship")), Done)
        desk = await self.bot.usher.queries.desk(self.bot.account("ada"), self.bot.playground.world.team.id)
        assert desk.organization
        self._organization = desk.organization.id
        emails = ("grace@example.com", "linus@example.com")
        assert isinstance(await self.does("ada", Invite(emails, "member")), Done)
        for row in (await self.bot.usher.queries.invitations(desk)).rows:
            name = row.member.email.split("@")[0]
            assert isinstance(await self.does(name, AcceptInSlack(row.id)), Done)
        await self.bot.settle()

    async def does(self, name: str, command: Command, *, channel: str | None = None) -> Outcome:
        by = Actor(
            via="slack",
            account=self.bot.account(name),
            organization=self._organization,
            delivery=f"delivery-{next(self._deliveries)}",
            channel=channel,
        )
        return await self.bot.usher.gate.perform(command, by=by)

    async def asks(self, name: str = "grace", *, role: str = "manager", channel: str | None = None) -> str:
        """The request's id."""
        outcome = await self.does(name, RequestAccess(role, "on call"), channel=channel)
        assert isinstance(outcome, Waiting), outcome
        return outcome.request

    def channel(self, name: str) -> str:
        channel = self.bot.playground.world.channel_named(name)
        assert channel
        return channel.id

    def cards(self, where: str) -> list[Message]:
        """The cards in that channel, or in that person's direct messages."""
        world = self.bot.playground.world
        channel = world.channel_named(where)
        user = world.user_named(where)
        found = world.messages(channel.id if channel else "D" + (user.id[1:] if user else ""))
        return [message for message in found if "asks to" in message.text]

    async def places(self, request: str) -> set[CardPlace]:
        return set(await self.bot.usher.queries.places(request))


@asynccontextmanager
async def team(*, approvals_channel: str | None = None) -> AsyncGenerator[Team]:
    async with running_usher(approvals_channel=approvals_channel) as bot:
        built = Team(bot)
        await built.settle()
        yield built


def place(message: Message) -> CardPlace:
    return CardPlace(message.channel, message.ts)


async def test_a_request_made_in_a_channel_of_ushers_gets_its_card_there_and_its_place_is_kept() -> None:
    async with team() as org:
        request = await org.asks(channel=org.channel("general"))
        await org.bot.settle()

        [card] = org.cards("general")
        assert {control.label: control.value for control in card.controls} == {"Approve": request, "Deny": request}
        assert await org.places(request) == {place(card)}
        assert org.cards("ada") == []


@pytest.mark.parametrize("where", ["random", "nowhere", "direct"])
async def test_a_request_made_where_usher_cannot_post_goes_to_each_approver(where: str) -> None:
    async with team() as org:
        asker = org.bot.account("grace").user
        channel = {"random": org.channel("random"), "nowhere": "C0NOWHERE", "direct": "D" + asker[1:]}[where]
        request = await org.asks(channel=channel)
        await org.bot.settle()

        [card] = org.cards("ada")
        assert await org.places(request) == {place(card)}
        assert org.cards("grace") == []


async def test_a_card_is_rewritten_everywhere_when_its_request_ends() -> None:
    async with team() as org:
        request = await org.asks(channel=org.channel("general"))
        await org.bot.settle()
        assert isinstance(await org.does("grace", Cancel(request)), Done)
        await org.bot.settle()

        [card] = org.cards("general")
        assert card.controls == []
        assert "Cancelled" in card.text


async def test_a_card_that_comes_after_the_end_shows_the_end() -> None:
    async with team() as org:
        org.bot.playground.world.faults.plan("chat.postMessage", status=500)
        request = await org.asks(channel=org.channel("general"))
        await org.bot.settle()
        assert org.cards("general") == []
        assert isinstance(await org.does("grace", Cancel(request)), Done)
        await org.bot.later(seconds=1)

        [card] = org.cards("general")
        assert card.button(ids.APPROVE) is None
        assert "Cancelled" in card.text


async def test_a_card_that_somebody_removed_is_no_trouble() -> None:
    async with team() as org:
        request = await org.asks(channel=org.channel("general"))
        await org.bot.settle()
        [card] = org.cards("general")
        org.bot.playground.world.remove_message(card.channel, card.ts)
        assert isinstance(await org.does("grace", Cancel(request)), Done)
        await org.bot.settle()

        assert await org.bot.usher.post.waiting() == 0


async def test_a_card_whose_answer_was_lost_stands_twice_and_the_second_one_counts() -> None:
    async with team() as org:
        org.bot.playground.world.faults.plan("chat.postMessage", drop_after=True)
        request = await org.asks(channel=org.channel("general"))
        await org.bot.settle()
        await org.bot.later(seconds=1)

        [_, second] = org.cards("general")
        assert await org.places(request) == {place(second)}


async def test_a_request_that_expires_says_so_on_its_card_and_to_its_asker() -> None:
    async with team() as org:
        await org.asks(channel=org.channel("general"))
        await org.bot.settle()
        await org.bot.later(hours=72)

        [card] = org.cards("general")
        assert "Expired" in card.text
        assert card.controls == []
        assert "nobody decided" in org.bot.playground.person("grace").dm()[-1].text


# Several approvers ----------------------------------------------------------------------------------------------------


def ask(office: Office, *approvers: str, **changes: object) -> int:
    office.shelf.cards["req"] = request_card(**changes)
    office.shelf.approving["req"] = tuple(office.recipient(name) for name in approvers)
    return office.put(CardPost("req"), target="request:req")


@pytest.mark.invariant(37)
async def test_one_approver_who_cannot_be_told_now_keeps_the_card_from_nobody_and_nobody_gets_it_twice(
    office: Office,
) -> None:
    office.slack.world.faults.plan("conversations.open", error="something_new")
    post = ask(office, "ada", "ben", "cleo")
    await office.deliver()
    assert [len(office.heard(name)) for name in ("ada", "ben", "cleo")] == [0, 1, 1]

    await office.deliver_after(seconds=1)
    assert [len(office.heard(name)) for name in ("ada", "ben", "cleo")] == [1, 1, 1]
    assert office.row(post).state == "sent"
    assert len(office.row(post).posted) == 3


async def test_an_approver_who_cannot_be_reached_at_all_is_left_out(office: Office) -> None:
    post = ask(office, "dan", "ada", "zoe")
    await office.deliver()

    assert len(office.heard("ada")) == 1
    assert office.row(post).state == "sent"


@pytest.mark.parametrize("approvers", [("dan",), ("zoe",), ()])
async def test_a_card_that_reaches_nobody_is_a_dead_letter(office: Office, approvers: tuple[str, ...]) -> None:
    post = ask(office, *approvers)
    await office.deliver()

    assert office.row(post).state == "dead"


async def test_a_card_for_one_approver_goes_to_that_one_alone(office: Office) -> None:
    ask(office, "ada", "ben")
    office.outbox.rows.clear()
    office.put(CardPost("req", to="ben"))
    await office.deliver()

    assert [len(office.heard(name)) for name in ("ada", "ben")] == [0, 1]


async def test_a_card_of_a_request_that_is_no_more_is_nothing_to_do(office: Office) -> None:
    rows = [office.put(CardPost("gone")), office.put(CardUpdate("gone"))]
    await office.deliver()

    assert [office.row(row).state for row in rows] == ["sent", "sent"]


async def test_a_rewriting_that_fails_for_now_is_done_later(office: Office) -> None:
    ask(office, "ada", "ben")
    await office.deliver()
    office.shelf.cards["req"] = request_card(state="cancelled")
    office.slack.world.faults.plan("chat.update", status=429, retry_after=5)
    office.put(CardUpdate("req"), target="request:req")
    await office.deliver()
    await office.deliver_after(seconds=6)

    assert [message.controls for name in ("ada", "ben") for message in office.heard(name)] == [[], []]
