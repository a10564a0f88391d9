"""Starts and stops the whole bot: its parts, one server for Slack and pages, and delivery, on one loop."""

import asyncio
import re
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.database import explained
from bot.delivery.mail import MailSender
from bot.delivery.slack import SlackSender, slack_client
from bot.delivery.worker import Delivery
from bot.identity import Identity
from bot.settings import Settings
from bot.slack.app import app_of, door_of
from bot.slack.guard import Guard, events_route
from bot.slack.tasks import Tasks
from bot.web.app import runner, web_app
from handlers.house import Reached, Usher, open_usher, unwatched

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)

Clock = Callable[[], datetime]

GRACE: Final = timedelta(seconds=5)
"""What was begun gets this long to end; with the outbox, nothing is lost that takes longer."""
BACKLOG: Final = 128
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
TIDY_AGAIN: Final = 3600.0


class CannotStart(Exception):  # noqa: N818 - it is told to whoever started Usher, with what to do
    """Says in one line what is in the way and what to do."""


@dataclass(frozen=True, slots=True)
class Serving:
    """`url` is where it listens; `settings` are those in force, with the port that was found."""

    url: str
    settings: Settings = field(repr=False)
    usher: Usher
    delivery: Delivery
    tasks: Tasks
    identity: Identity


@asynccontextmanager
async def serving(settings: Settings, *, clock: Clock, reached: Reached = unwatched) -> AsyncGenerator[Serving]:
    """Serves until the block is left, and then ends what was begun: requests first, then tasks, then what is sent."""
    asyncio.get_running_loop().set_exception_handler(forgive_given_up)
    async with AsyncExitStack() as stack:
        listening, settings = listen(settings)
        stack.callback(listening.close)
        usher = await opened(settings, clock=clock, reached=reached)
        stack.push_async_callback(usher.close)
        activity = usher.activity
        await stack.enter_async_context(_background(activity.run(), name="activity", ended_by=activity.stop))
        client = await stack.enter_async_context(
            slack_client(token=token_of(settings), base_url=settings.slack_api_url)
        )
        delivery = _delivery(settings, usher, client, clock)
        tasks = Tasks()
        door = door_of(usher, client=client, tasks=tasks, public_url=settings.public_url)
        await stack.enter_async_context(_background(delivery.run(), name="delivery", ended_by=delivery.stop))
        stack.push_async_callback(tasks.close, GRACE)
        await stack.enter_async_context(_background(_tidy(usher), name="tidying"))
        await stack.enter_async_context(_background(_learn(door.identity), name="auth.test"))
        guard = Guard(signing_secrets=[one.get_secret_value() for one in settings.slack_signing_secrets], clock=clock)
        events = events_route(guard, app_of(door, client=client).async_dispatch)
        app = web_app(usher, public_url=settings.public_url, slack=events, ready=lambda: door.identity.ready)
        await stack.enter_async_context(_listening(app, listening, settings))
        yield Serving(_address(listening), settings, usher, delivery, tasks, door.identity)


def forgive_given_up(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A connection that was given up while it opened (its asker ran out of time) is nobody's error.

    asyncpg then fails a future that nobody waits for any more, and asyncio would report that as one.
    """
    if context.get("future") is not None and isinstance(context.get("exception"), ConnectionError):
        _log.warning("a connection was given up while it was being opened")
        return
    loop.default_exception_handler(context)


async def opened(settings: Settings, *, clock: Clock, reached: Reached = unwatched) -> Usher:
    with explained(settings.database):
        return await open_usher(
            database_url=settings.database.url.get_secret_value(),
            keys=[key.get_secret_value() for key in settings.secret_keys],
            catalogue=settings.catalogue,
            mail=settings.smtp is not None,
            clock=clock,
            approvals_channel=settings.approvals_channel,
            reached=reached,
        )


def listen(settings: Settings) -> tuple[socket.socket, Settings]:
    """Takes the address before anything else is done. Port 0 is any free one, and then also that of people's links."""
    host = settings.host
    try:
        listening = socket.create_server(
            (host, settings.port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=BACKLOG
        )
    except OSError as error:
        raise CannotStart(
            f"Usher can't listen on {host}, port {settings.port} ({error.strerror}). "
            "Set USHER_HOST and USHER_PORT to a free address of this machine."
        ) from None
    port = listening.getsockname()[1]
    public_url = re.sub(r":0$", f":{port}", settings.public_url)
    return listening, settings.model_copy(update={"port": port, "public_url": public_url})


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def token_of(settings: Settings) -> str:
    return settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else ""


def _delivery(settings: Settings, usher: Usher, client: AsyncWebClient, clock: Clock) -> Delivery:
    mail = MailSender(settings.smtp, sender=settings.mail_from, clock=clock) if settings.smtp else None
    return Delivery(usher, slack=SlackSender(client), mail=mail, clock=clock, public_url=settings.public_url)


@asynccontextmanager
async def _background(
    work: Coroutine[Any, Any, None], *, name: str, ended_by: Callable[[], Awaitable[None]] | None = None
) -> AsyncGenerator[None]:
    """Runs beside the block; at its end it is asked to end, and ended if it does not."""
    task = asyncio.create_task(work, name=name)
    try:
        yield
    finally:
        if ended_by:
            await ended_by()
            await asyncio.wait({task}, timeout=GRACE.total_seconds())
        task.cancel()
        [failure] = await asyncio.gather(task, return_exceptions=True)
        if isinstance(failure, Exception):
            _log.error("background work failed", name=name, failure=type(failure).__name__)


async def _learn(identity: Identity) -> None:
    """Asks Slack which workspace this is until Slack answers; meanwhile nobody in Slack can be known."""
    pause = FIRST_PAUSE
    while not await identity.installed():
        _log.warning("slack does not say which workspace this is", tries_again_in_seconds=pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def _tidy(usher: Usher) -> None:
    while True:
        await usher.post.tidy()
        await asyncio.sleep(TIDY_AGAIN)


@asynccontextmanager
async def _listening(app: web.Application, at: socket.socket, settings: Settings) -> AsyncGenerator[None]:
    """Leaving it takes nothing new and lets what was begun end."""
    server = runner(app, public_url=settings.public_url)
    await server.setup()
    try:
        await web.SockSite(server, at).start()
        yield
    finally:
        await server.cleanup()
