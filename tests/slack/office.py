"""The whole bot beside the pretend Slack, on a clock that is moved by hand; between the two all is real."""

import re
import secrets
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pyotp.totp import TOTP

from bot import settings as settings_
from bot.playground import Answer, ChannelSpec, Person, PersonSpec, Playground
from bot.playground.mailbox import Mailbox
from bot.serving import Serving, serving
from bot.shipped import manifest_path
from handlers.commands import Actor, Done, FinishSetup

PEOPLE = (
    PersonSpec(name="ada", real_name="Ada Lovelace", email="ada@example.org", is_owner=True, is_admin=True),
    PersonSpec(name="grace", real_name="Grace Hopper", email="grace@example.org", tz="America/New_York"),
    PersonSpec(name="linus", real_name="Linus Pauling", email="linus@example.org"),
    PersonSpec(name="eve", real_name="<!channel> *Eve*", email="eve@example.org"),
    PersonSpec(name="gus", real_name="Gus Guest", email="gus@example.org", is_restricted=True),
    PersonSpec(name="olga", real_name="Olga Outside", email="olga@other.example", team_id="T0OTHER"),
)
CHANNELS = (
    ChannelSpec(name="general"),
    ChannelSpec(name="partners", kind="shared", members=["ada", "grace", "olga"]),
)
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
_SETUP = re.compile(r"/setup/([A-Za-z0-9_-]+)")


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **length: float) -> None:
        self.now += timedelta(**length)


@dataclass(slots=True)
class Office:
    ground: Playground
    bot: Serving
    clock: Clock
    mailbox: Mailbox
    phones: dict[str, str] = field(default_factory=dict[str, str], repr=False)

    def person(self, name: str) -> Person:
        person = self.ground.person(name)
        person.patience = 5.0  # on a machine that has other things to do
        return person

    async def settle(self) -> None:
        """Until everything that follows from what was done has been sent."""
        await self.bot.delivery.drain()

    async def found(self) -> Person:
        """Ada sets the workspace up."""
        ada = self.person("ada")
        await ada.type("/usher setup")
        await ada.submit(name="Acme")
        await ada.close()
        return ada

    async def welcome(self, name: str, role: str = "member") -> Person:
        """Ada invites, the invited accepts in Slack."""
        newcomer = self.person(name)
        await self.person("ada").type(f"/usher invite {newcomer.user.email} as {role}")
        await self.settle()
        await newcomer.press("accept")
        return newcomer

    async def enrol(self, name: str) -> None:
        """Password and second factor, as the page behind the link of `/access me` sets them."""
        person = self.person(name)
        await person.type("/access me")
        answer = await person.press("open_credentials")
        await self.finish_setup(name, answer)

    async def finish_setup(self, name: str, answer: Answer) -> None:
        found = _SETUP.search(answer.words)
        assert found, answer.words
        enrolments, token = self.bot.usher.enrolments, found[1]
        page = await self.bot.usher.queries.link_page("setup", token)
        assert page
        offer = enrolments.offer(page, token)
        self.phones[name] = offer.secret
        prepared = await enrolments.prepare(
            token,
            purpose="setup",
            name=None,
            password=secrets.token_urlsafe(16),
            offer=offer.sealed,
            code=self.code(name),
            skip_factor=False,
        )
        by = Actor(via="link", link=token, delivery=secrets.token_hex(8))
        assert isinstance(await self.bot.usher.gate.perform(FinishSetup(prepared.sealed), by=by), Done)
        self.clock.advance(seconds=60)

    def code(self, name: str) -> str:
        """What the authenticator shows; time goes on before each, for a code serves once."""
        self.clock.advance(seconds=30)
        return TOTP(self.phones[name]).at(self.clock())


@dataclass(slots=True)
class Shelf:
    """An office that was closed for the day: opened again, it goes on where it stopped."""

    folder: Path
    now: datetime | None = None
    phones: dict[str, str] = field(default_factory=dict[str, str], repr=False)

    def keep(self, closed: Office) -> None:
        self.now, self.phones = closed.clock.now, closed.phones


@asynccontextmanager
async def reopened(shelf: Shelf, folder: Path) -> AsyncGenerator[Office]:
    """A copy of it, with its database and key file."""
    shutil.copytree(shelf.folder, folder, dirs_exist_ok=True)
    async with office(folder, now=shelf.now) as again:
        again.phones.update(shelf.phones)
        yield again


@asynccontextmanager
async def office(
    folder: Path, *, catalogue: str = "default", mail: bool = True, now: datetime | None = None
) -> AsyncGenerator[Office]:
    clock, token, secret = Clock(now or MONDAY), "xoxb-office", secrets.token_hex(16)
    mailbox = Mailbox(clock=clock)
    await mailbox.start()
    ground = Playground(
        manifest=manifest_path(),
        people=PEOPLE,
        channels=CHANNELS,
        bot_token=token,
        signing_secret=secret,
        clock=clock,
        answer_within=12.0,
    )
    try:
        async with ground:
            environment = {
                "SLACK_BOT_TOKEN": token,
                "SLACK_SIGNING_SECRET": secret,
                "SLACK_API_URL": ground.api_url,
                "USHER_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'usher.db'}",
                "USHER_PORT": "0",
                "USHER_CATALOGUE": catalogue,
            } | ({"USHER_SMTP_URL": mailbox.smtp_url} if mail else {})
            async with serving(settings_.load(environment), clock=clock) as bot:
                ground.bot_url = bot.url
                yield Office(ground, bot, clock, mailbox)
    finally:
        await mailbox.stop()
