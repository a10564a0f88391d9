"""The whole page over real HTTP, with a small app behind it, a mailbox beside it and a clock that stands still."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp

from bot.playground import ChannelSpec, PersonSpec, Playground
from bot.playground.mailbox import Mailbox
from bot.playground.page import Page
from bot.playground.tour import six_steps
from tests.playground.small_app import SECRET, TOKEN, SmallApp, serving

MANIFEST = Path(__file__).parents[2] / "manifest.yml"
HOSTILE = "<img src=x onerror=alert(1)>"
PEOPLE = {"ada": "Super admin", "bob": "Approves", "cleo": "Member", "dan": "Outsider"}


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Site:
    playground: Playground
    page: Page
    mailbox: Mailbox
    small: SmallApp
    clock: Clock
    http: aiohttp.ClientSession

    def user(self, handle: str) -> str:
        return self.playground.person(handle).id

    async def act(self, kind: str, body: Any, **headers: str) -> tuple[int, dict[str, Any]]:
        async with self.http.post(f"{self.playground.url}/act/{kind}", json=body, headers=headers) as response:
            return response.status, await response.json()

    async def type(self, handle: str, words: str, channel: str = "C0GENERAL") -> dict[str, Any]:
        return (await self.act("type", {"person": self.user(handle), "channel": channel, "text": words}))[1]

    @asynccontextmanager
    async def watching(self) -> AsyncGenerator["Stream"]:
        async with self.http.get(f"{self.playground.url}/events") as response:
            yield Stream(response)

    async def sees(self) -> dict[str, Any]:
        async with self.watching() as stream:
            return (await stream.next())["sections"]


class Stream:
    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._lines = response.content

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(5):
            while not (line := await self._lines.readline()).startswith(b"data: "):
                assert line, "the stream ended"
        return json.loads(line.removeprefix(b"data: "))


@asynccontextmanager
async def opened_site() -> AsyncGenerator[Site]:
    clock = Clock()
    people = [
        PersonSpec(name="ada", real_name="Ada Lovelace", is_owner=True),
        PersonSpec(name="bob", real_name="Bob Kahn"),
        PersonSpec(name="cleo", real_name=f"Cleo {HOSTILE}"),
        PersonSpec(name="dan", real_name="Dan Outside", team_id="T0ELSEWHERE"),
    ]
    channels = [ChannelSpec(name="general"), ChannelSpec(name="shared", kind="shared", members=["ada", "dan"])]
    playground = Playground(
        manifest=MANIFEST, people=people, channels=channels, bot_token=TOKEN, signing_secret=SECRET, clock=clock
    )
    mailbox = Mailbox(clock=clock)
    tour = six_steps(admin="ada", approver="bob", member="cleo")
    page = Page(playground, people=PEOPLE, mailbox=mailbox, tour=tour)
    page.mount()
    await mailbox.start()
    await playground.start()
    async with serving(playground) as small, aiohttp.ClientSession() as http:
        yield Site(playground, page, mailbox, small, clock, http)
    await playground.stop()
    await mailbox.stop()
