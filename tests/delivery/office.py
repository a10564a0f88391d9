"""A post office: the worker with the pretend Slack, a real mail server, an outbox, and read models to write from."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from bot.delivery.mail import MailSender
from bot.delivery.slack import SlackSender, slack_client
from bot.delivery.worker import Delivery
from bot.playground import ChannelSpec, Message, PersonSpec, Playground
from bot.playground.mailbox import Mailbox
from bot.setting_values import smtp
from handlers import catalogue
from handlers.commands import SYSTEM, Account, Actor, CardPlace, Command, Done, Named, Noted, Outcome
from handlers.house import Usher
from handlers.models import InvitationLetter, Recipient, RequestCard, ToldLetter
from handlers.notices import CodeMail, InvitationMail, InvitationOffer, Notice, Told
from tests.delivery.clock import Clock
from tests.delivery.outbox import Outbox, Row

TOKEN = "xoxb-1-secret-token"
PUBLIC = "https://usher.example.org"
LINK_TOKEN = "oneTimeLinkToken"
CODE = "73918264"
MANIFEST = Path(__file__).parents[2] / "manifest.yml"
PEOPLE = [
    PersonSpec(name="ada", real_name="Ada Lovelace", email="ada@example.org"),
    PersonSpec(name="ben", real_name="Ben Okri", email="ben@example.org"),
    PersonSpec(name="cleo", real_name="Cleo", email="cleo@example.org"),
    PersonSpec(name="gus", real_name="Gus Guest", email="gus@example.org", is_restricted=True),
    PersonSpec(name="rob", real_name="Rob Ot", email="rob@example.org", is_bot=True),
    PersonSpec(name="dan", real_name="Dan Gone", email="dan@example.org", deleted=True),
    PersonSpec(name="olga", real_name="Olga Outside", email="olga@example.org", team_id="T0OTHER"),
]
CHANNELS = [ChannelSpec(name="general"), ChannelSpec(name="other", bot=False)]


class Shelf:
    """Read models by id, as handlers.queries.Queries answers; and what timers asked of the gate."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self.cards: dict[str, RequestCard] = {}
        self.people: dict[str, Recipient] = {}
        self.approving: dict[str, tuple[Recipient, ...]] = {}
        self.letters: dict[str, InvitationLetter] = {}
        self.codes: dict[str, tuple[str, str, str]] = {}
        self.told: dict[str, ToldLetter] = {}
        self.performed: list[Command] = []
        self.outcome: Outcome = Done(Noted())

    async def card(self, request: str) -> RequestCard | None:
        return self.cards.get(request)

    async def places(self, request: str) -> tuple[CardPlace, ...]:
        rows = self._outbox.rows.values()
        return tuple(
            place for row in rows if getattr(row.parcel.notice, "request", "") == request for place in row.posted
        )

    async def approvers(self, request: str) -> tuple[Recipient, ...]:
        return self.approving.get(request, ())

    async def invitation_letter(self, notice: InvitationMail | InvitationOffer) -> InvitationLetter | None:
        return self.letters.get(notice.invitation)

    async def code_mail(self, notice: CodeMail) -> tuple[str, str, str] | None:
        return self.codes.get(notice.proof)

    async def told_letter(self, notice: Told) -> ToldLetter:
        letter = self.told.get(notice.to, _letter(self.people.get(notice.to)))
        return replace(letter, card=self.cards.get(notice.request or ""))

    async def perform(self, command: Command, *, by: Actor) -> Outcome:
        assert by == SYSTEM
        self.performed.append(command)
        return self.outcome

    def invitation_path(self, letter: InvitationLetter) -> str:
        return f"/invitations/{LINK_TOKEN}-{letter.invitation}-{letter.version}"


def _letter(to: Recipient | None) -> ToldLetter:
    return ToldLetter(to, "Example Corp", catalogue.load("default"), None, to.member if to else None, None, None)


@dataclass(frozen=True, slots=True)
class House:
    """As much of handlers.house.Usher as delivery uses."""

    post: Any
    queries: Shelf
    gate: Shelf
    enrolments: Shelf
    clock: Clock


@dataclass(slots=True)
class Office:
    clock: Clock
    slack: Playground
    mailbox: Mailbox
    outbox: Outbox
    shelf: Shelf
    delivery: Delivery
    sender: SlackSender
    others: list[Delivery] = field(default_factory=list[Delivery])

    def tell(self, who: str, organization: str = "", *, target: str = "") -> int:
        """A notice to that member, told apart by its organization's name."""
        self.shelf.people.setdefault(who, self.recipient(who))
        member = who
        if organization:
            member = f"{who}/{len(self.outbox.rows)}"
            self.shelf.told[member] = self.letter(who, organization)
        return self.put(Told(member, "deactivated"), target=target or who)

    def letter(self, who: str, organization: str) -> ToldLetter:
        return replace(_letter(self.recipient(who)), organization=organization)

    def put(self, notice: Notice, *, target: str = "", key: str = "") -> int:
        return self.outbox.put(notice, target=target or f"target-{len(self.outbox.rows)}", key=key)

    def recipient(self, who: str) -> Recipient:
        """A member with Slack if the workspace knows that handle, else one with mail alone."""
        user = self.slack.world.user_named(who)
        email = f"{who}@example.org"
        account = Account(self.slack.world.team.id, user.id) if user else None
        return Recipient(Named(who, who.capitalize(), email, user.id if user else None), account, email, "UTC")

    def heard(self, who: str) -> list[Message]:
        """What that person reads in the direct messages with Usher."""
        user = self.slack.world.user_named(who)
        assert user
        return self.slack.world.messages("D" + user.id[1:])

    def channel(self, name: str) -> str:
        channel = self.slack.world.channel_named(name)
        assert channel
        return channel.id

    def calls(self, method: str) -> int:
        return len(self.slack.world.calls_of(method))

    def row(self, number: int) -> Row:
        return self.outbox.rows[number]

    async def deliver(self) -> None:
        await self.delivery.drain()

    async def deliver_after(self, **span: float) -> None:
        self.clock.pass_by(**span)
        await self.delivery.drain()

    def another_worker(self) -> Delivery:
        return worker(self.clock, self.outbox, self.shelf, self.sender, None)


@asynccontextmanager
async def office(*, mail: bool = True, patience: float = 5.0) -> AsyncGenerator[Office]:
    clock = Clock()
    outbox = Outbox(clock)
    shelf = Shelf(outbox)
    mailbox = Mailbox(clock=clock)
    ground = Playground(
        manifest=MANIFEST, people=PEOPLE, channels=CHANNELS, bot_token=TOKEN, signing_secret="secret", clock=clock
    )
    await mailbox.start()
    async with ground, slack_client(token=TOKEN, base_url=ground.api_url) as client:
        sender = SlackSender(client, ticks=clock.ticks, sleep=clock.sleep, timeout=patience)
        letters = MailSender(smtp(mailbox.smtp_url), sender="Usher <usher@example.org>", clock=clock) if mail else None
        delivery = worker(clock, outbox, shelf, sender, letters)
        yield Office(clock, ground, mailbox, outbox, shelf, delivery, sender)
        await delivery.stop()
    await mailbox.stop()


def worker(clock: Clock, outbox: Any, shelf: Shelf, slack: SlackSender, mail: MailSender | None) -> Delivery:
    house = cast("Usher", House(outbox, shelf, shelf, shelf, clock))
    return Delivery(house, slack=slack, mail=mail, clock=clock, public_url=PUBLIC, sleep=clock.sleep)


def request_card(**changes: Any) -> RequestCard:
    clock = Clock()
    ada, ben = Named("ada", "Ada", "ada@example.org"), Named("ben", "Ben", "ben@example.org")
    card = RequestCard(
        id="req",
        organization="Example Corp",
        catalogue=catalogue.load("default"),
        change="change-role",
        state="pending",
        requester=ada,
        target=ben,
        emails=(),
        old="member",
        new="admin",
        space=None,
        lasts=None,
        until=None,
        reason="on call",
        approvals=1,
        votes=(),
        code=False,
        lone=False,
        created=clock(),
        expires=clock() + timedelta(days=3),
        decided_by=None,
        decided_at=None,
        why="",
    )
    return replace(card, **changes)


def invitation(to: str = "ada", **changes: Any) -> InvitationLetter:
    letter = InvitationLetter(
        invitation="inv",
        version=1,
        state="pending",
        organization="Example Corp",
        catalogue=catalogue.load("default"),
        to=Named(to, "", f"{to}@example.org"),
        role="member",
        space=None,
        invited_by=Named("ben", "Ben Okri", "ben@example.org"),
        expires=Clock()() + timedelta(days=7),
    )
    return replace(letter, **changes)
