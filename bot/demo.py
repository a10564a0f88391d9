"""`usher demo`: the whole bot, as in production, and beside it a pretend Slack with a page and a mailbox."""

import secrets
import tempfile
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from bot import demo_cast as cast
from bot import settings as settings_
from bot.delivery.slack import slack_client
from bot.demo_seed import Seed, SeedClock
from bot.identity import Identity
from bot.playground import Playground
from bot.playground.mailbox import Mailbox
from bot.playground.page import Page
from bot.serving import CannotStart, Serving, opened, serving, token_of
from bot.settings import Settings
from bot.shipped import manifest_path
from bot.slack.calls import Calls
from handlers import catalogue as catalogues
from handlers.catalogue import Catalogue

HOST: Final = "127.0.0.1"

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Keys:
    """What Slack would give to whoever installs the app."""

    bot_token: str = field(repr=False)
    signing_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Demo:
    """`playground.url` is the address of the page."""

    playground: Playground
    mailbox: Mailbox
    page: Page
    bot: Serving


@asynccontextmanager
async def demo(*, clock: Clock, port: int, catalogue: str, empty: bool) -> AsyncGenerator[Demo]:
    """All that the demo keeps lies in a folder of its own, which goes when it ends."""
    read = catalogues.load(catalogue)
    play = cast.parts(read)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="usher-demo-")))
        mailbox = Mailbox(clock=clock)
        keys = Keys(f"xoxb-demo-{secrets.token_hex(16)}", secrets.token_hex(16))
        playground = _playground(keys, clock, port)
        page = Page(
            playground,
            people=cast.captions(play, empty=empty),
            mailbox=mailbox,
            tour=cast.tour(play, empty=empty),
        )
        page.mount()
        await mailbox.start()
        stack.push_async_callback(mailbox.stop)
        await _start(playground, port)
        stack.push_async_callback(playground.stop)
        settings = settings_.load(_environment(keys, folder, playground, mailbox) | {"USHER_CATALOGUE": catalogue})
        if not empty:
            await _furnish(settings, playground, read, page)
        bot = await stack.enter_async_context(serving(settings, clock=clock))
        playground.bot_url = bot.url
        await bot.delivery.drain()
        page.tour.begin()
        yield Demo(playground, mailbox, page, bot)


def _playground(keys: Keys, clock: Clock, port: int) -> Playground:
    return Playground(
        manifest=manifest_path(),
        people=cast.PEOPLE,
        channels=cast.CHANNELS,
        bot_token=keys.bot_token,
        signing_secret=keys.signing_secret,
        clock=clock,
        team_name=cast.TEAM,
        host=HOST,
        port=port,
    )


async def _start(playground: Playground, port: int) -> None:
    try:
        await playground.start()
    except OSError as error:
        raise CannotStart(
            f"The demo can't listen on port {port} ({error.strerror}). Take any free one with: usher demo --port 0"
        ) from None


def _environment(keys: Keys, folder: Path, playground: Playground, mailbox: Mailbox) -> dict[str, str]:
    """All in which the demo's bot differs from one in production."""
    return {
        "SLACK_BOT_TOKEN": keys.bot_token,
        "SLACK_SIGNING_SECRET": keys.signing_secret,
        "SLACK_API_URL": playground.api_url,
        "USHER_SMTP_URL": mailbox.smtp_url,
        "USHER_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'usher.db'}",
        "USHER_HOST": HOST,
        "USHER_PORT": "0",
    }


async def _furnish(settings: Settings, playground: Playground, read: Catalogue, page: Page) -> None:
    """Before the bot starts, so that what follows from it is told at the start, and what is stale by then never."""
    past = SeedClock(playground.world.clock())
    usher = await opened(settings, clock=past)
    try:
        async with slack_client(token=token_of(settings), base_url=settings.slack_api_url) as client:
            seed = Seed(usher, Identity(usher, Calls(client)), playground, past, _phones(page))
            await seed.furnish(read)
    finally:
        await usher.close()


def _phones(page: Page) -> Callable[[str, str], None]:
    def add(handle: str, uri: str) -> None:
        page.phone(handle).add(uri)

    return add
