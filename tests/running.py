"""The whole bot for tests: everything real, in one process, over real sockets, on a clock that tests move.

`async with running_usher() as bot:` starts Usher as `usher run` does, and beside it the pretend Slack and a mailbox.
The same database may be opened again by a second `running_usher`, at once (a replica) or after the first (a restart).
"""

import asyncio
import secrets
import tempfile
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg

from bot import settings
from bot.delivery.worker import Delivery
from bot.playground import ChannelSpec, Person, PersonSpec, Playground
from bot.playground.mailbox import Mailbox
from bot.playground.page import Page
from bot.serving import Serving, serving
from bot.shipped import manifest_path
from handlers.commands import Account
from handlers.house import Usher, upgrade_database
from handlers.queries import Busy

TOKEN = "xoxb-playground-token"
SECRET = "playground-signing-secret"
KEY = "A" * 43
"""The secret key in every test, so that a database can be opened again."""
POSTGRES = "postgresql+asyncpg://postgres@127.0.0.1:5432"

PEOPLE = (
    PersonSpec(name="ada", real_name="Ada Lovelace", email="ada@example.com", is_owner=True),
    PersonSpec(name="grace", real_name="Grace Hopper", email="grace@example.com", tz="America/New_York"),
    PersonSpec(name="linus", real_name="Linus Pauling", email="linus@example.com", tz="America/Los_Angeles"),
    PersonSpec(name="mei", real_name="Mei Tanaka", email="mei@example.com", tz="Asia/Tokyo"),
    PersonSpec(name="dana", real_name="Dana Scott", email="dana@example.com"),
    PersonSpec(name="eve", real_name="Eve Mallory", email="eve@example.com"),
    PersonSpec(name="gus", real_name="Gus Guest", email="gus@guest.example", is_restricted=True),
    PersonSpec(name="olga", real_name="Olga Outside", email="olga@partner.example", team_id="T0PARTNER"),
    PersonSpec(name="rob", real_name="Rob Ot", email="rob@example.com", is_bot=True),
    PersonSpec(name="dan", real_name="Dan Gone", email="dan@example.com", deleted=True),
)
"""Only `ada` may set Usher up; `gus` is a Slack guest, `olga` an outsider of the channel `partners`."""
CHANNELS = (
    ChannelSpec(name="general"),
    ChannelSpec(name="random", bot=False),
    ChannelSpec(name="partners", kind="shared", members=["ada", "linus", "gus", "olga"]),
)


async def busy(*_: object, **__: object) -> None:
    """In place of a query, where a database has no time for it."""
    raise Busy


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = datetime(2026, 3, 2, 12, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass(frozen=True, slots=True)
class Running:
    """`url` is where Usher listens, for Slack and for people."""

    serving: Serving
    playground: Playground
    mailbox: Mailbox
    clock: Clock
    database_url: str = field(repr=False)

    @property
    def usher(self) -> Usher:
        return self.serving.usher

    @property
    def url(self) -> str:
        return self.serving.url

    @property
    def delivery(self) -> Delivery:
        return self.serving.delivery

    def person(self, name: str) -> Person:
        return self.playground.person(name)

    def account(self, name: str) -> Account:
        return Account(self.playground.world.team.id, self.person(name).id)

    async def settle(self) -> None:
        """Until all that was begun is done and nothing is due in the outbox at this clock's time."""
        async with asyncio.timeout(20):
            while await self._work():
                pass

    async def _work(self) -> bool:
        """Whether there was anything to wait for, for that may have begun something new."""
        busy = len(self.serving.tasks) > 0
        while len(self.serving.tasks):  # noqa: ASYNC110 - tasks tell nobody when they end
            await asyncio.sleep(0.005)
        before = len(self.playground.world.calls) + len(self.mailbox.messages)
        await self.delivery.drain()
        return busy or before != len(self.playground.world.calls) + len(self.mailbox.messages)

    async def later(self, **span: float) -> None:
        """Moves the clock, and does what has fallen due."""
        self.clock.pass_by(**span)
        await self.settle()


@asynccontextmanager
async def running_usher(
    *,
    database_url: str | None = None,
    catalogue: str = "default",
    people: Sequence[PersonSpec] = PEOPLE,
    channels: Sequence[ChannelSpec] = CHANNELS,
    mail: bool = True,
    approvals_channel: str | None = None,
    clock: Clock | None = None,
    team_id: str = "T0USHER",
    enterprise_id: str | None = None,
    page: Mapping[str, str] | None = None,
) -> AsyncGenerator[Running]:
    """`database_url` None: a SQLite file that goes with it. `mail` False: a deployment without mail.

    `page`: who is shown on the playground's page, by handle, each with a caption.
    """
    clock = clock or Clock()
    async with AsyncExitStack() as stack:
        if database_url is None:
            database_url = sqlite_url(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        playground, mailbox = await stack.enter_async_context(
            workspace(
                clock=clock, people=people, channels=channels, team_id=team_id, enterprise_id=enterprise_id, page=page
            )
        )
        environ = environment(playground, database_url=database_url, smtp_url=mailbox.smtp_url if mail else "")
        environ |= {"USHER_CATALOGUE": catalogue, "USHER_APPROVALS_CHANNEL": approvals_channel or ""}
        bot = await stack.enter_async_context(serving(settings.load(environ, slack_required=True), clock=clock))
        playground.bot_url = bot.url
        yield Running(bot, playground, mailbox, clock, database_url)


@asynccontextmanager
async def workspace(
    *,
    clock: Callable[[], datetime],
    people: Sequence[PersonSpec] = PEOPLE,
    channels: Sequence[ChannelSpec] = CHANNELS,
    team_id: str = "T0USHER",
    enterprise_id: str | None = None,
    page: Mapping[str, str] | None = None,
) -> AsyncGenerator[tuple[Playground, Mailbox]]:
    """The pretend Slack and the mailbox alone: for a bot that runs in a process of its own (see `environment`)."""
    playground = Playground(
        manifest=manifest_path(),
        people=people,
        channels=channels,
        bot_token=TOKEN,
        signing_secret=SECRET,
        answer_within=12.0,  # a machine that runs tests may be slower than any that serves people
        clock=clock,
        team_id=team_id,
        enterprise_id=enterprise_id,
    )
    mailbox = Mailbox(clock=clock)
    if page:
        Page(playground, people=page, mailbox=mailbox).mount()
    await mailbox.start()
    try:
        async with playground:
            yield playground, mailbox
    finally:
        await mailbox.stop()


def environment(playground: Playground, *, database_url: str, smtp_url: str = "") -> dict[str, str]:
    """The settings of a bot that plays with this playground, for a process of its own too."""
    return {
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": playground.api_url,
        "USHER_HOST": "127.0.0.1",
        "USHER_PORT": "0",
        "USHER_DATABASE_URL": database_url,
        "USHER_SECRET_KEYS": KEY,
        "USHER_SMTP_URL": smtp_url,
    }


def sqlite_url(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'usher.db'}"


@asynccontextmanager
async def postgres_database(*, migrated: bool = True) -> AsyncGenerator[str]:
    """The address of a PostgreSQL database of its own, dropped afterwards."""
    name = f"usher_test_{secrets.token_hex(6)}"
    await _on_server(f'CREATE DATABASE "{name}"')
    try:
        url = f"{POSTGRES}/{name}"
        if migrated:
            await upgrade_database(url)
        yield url
    finally:
        await _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


async def _on_server(statement: str) -> None:
    driver: Any = asyncpg  # which tells the type checker nothing of what it returns
    server = await driver.connect(f"{POSTGRES.replace('+asyncpg', '')}/postgres")
    try:
        await server.execute(statement)
    finally:
        await server.close()
