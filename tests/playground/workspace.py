"""A small workspace and a small Bolt app in it, for the playground's own tests."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import ChannelSpec, PersonSpec, Playground

TOKEN = "xoxb-playground-token"
SECRET = "playground-signing-secret"
MANIFEST = Path(__file__).parent / "manifest.yml"
PEOPLE = [
    PersonSpec(name="ada", real_name="Ada Lovelace", email="ada@example.com", is_owner=True, is_admin=True),
    PersonSpec(name="ben", real_name="Ben Okri", email="ben@example.com", tz="Europe/Berlin"),
    PersonSpec(name="gus", real_name="Gus Guest", email="gus@guest.example", is_restricted=True),
    PersonSpec(name="olga", real_name="Olga Outside", email="olga@other.example", team_id="T0OTHER"),
    PersonSpec(name="far", real_name="Far Away", team_id="T0OTHER"),
    PersonSpec(name="dan", real_name="Dan Gone", email="dan@example.com", deleted=True),
]
CHANNELS = [
    ChannelSpec(name="general"),
    ChannelSpec(name="secret", kind="private", members=["ada"], bot=True),
    ChannelSpec(name="hidden", kind="private", members=["ada"], bot=False),
    ChannelSpec(name="random", bot=False),
    ChannelSpec(name="partners", kind="shared", members=["ada", "ben", "olga"]),
]

Handler = Callable[[web.Request], Awaitable[web.Response]]


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@asynccontextmanager
async def playground(*, manifest: Path = MANIFEST, **options: Any) -> AsyncGenerator[Playground]:
    settings: dict[str, Any] = {"clock": Clock(), "people": PEOPLE, "channels": CHANNELS, **options}
    async with Playground(manifest=manifest, bot_token=TOKEN, signing_secret=SECRET, **settings) as ground:
        yield ground


@asynccontextmanager
async def serving(ground: Playground, handler: Handler) -> AsyncGenerator[None]:
    """Listens where the playground sends things, and answers each with `handler`."""
    app = web.Application()
    app.router.add_post("/slack/events", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ground.bot_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield
    finally:
        await runner.cleanup()


# Bolt and the client are only half typed, so the tests take them as Any.


def bolt(ground: Playground) -> Any:
    return AsyncApp(
        client=client(ground), signing_secret=SECRET, process_before_response=True, request_verification_enabled=False
    )


def client(ground: Playground, token: str = TOKEN) -> Any:
    return AsyncWebClient(token=token, base_url=ground.api_url)


async def refusal(call: Awaitable[Any]) -> Any:
    """The answer of a call that has to fail."""
    with pytest.raises(SlackApiError) as caught:
        await call
    error: Any = caught.value
    return error.response


def dispatching(app: Any) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    return handle


async def eventually(happened: Callable[[], bool], seconds: float = 2.0) -> None:
    async with asyncio.timeout(seconds):
        while not happened():  # noqa: ASYNC110 # there is no event to wait for
            await asyncio.sleep(0.01)


def section(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(text: str, action_id: str, value: str = "v") -> dict[str, Any]:
    return {"type": "button", "text": {"type": "plain_text", "text": text}, "action_id": action_id, "value": value}


def field(block_id: str, label: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": block_id,
        "label": {"type": "plain_text", "text": label},
        "element": {"action_id": "value", **element},
        **more,
    }


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    title = {"type": "plain_text", "text": "A form"}
    submit = {"type": "plain_text", "text": "Send"}
    return {"type": "modal", "callback_id": "form", "title": title, "submit": submit, "blocks": list(blocks), **more}


def options(*texts: str) -> list[dict[str, Any]]:
    return [{"text": {"type": "plain_text", "text": text}, "value": text.lower()} for text in texts]
