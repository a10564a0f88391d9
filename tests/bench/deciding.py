"""Usher deciding, and a handler that only answers, each in a process of its own, for ``tests.bench.decisions``."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

from aiohttp import web
from sqlalchemy import select

from bot import logs, settings
from bot.__main__ import clock
from bot.serving import Serving, serving
from handlers.asked import Question
from handlers.commands import Actor, AddResource, CreateToken, Done, Person, Share, Thing, TokenMade, Unshare
from handlers.decision_types import Decision
from handlers.house import upgrade_database
from storage.tables import organizations
from tests.bench.child import Answers, answering
from tests.bench.crowd import Crowd
from tests.bench.served import cpu, set_up

ANSWER = b'{"decision":true,"context":{"reasons":["The role Editor in this space opens image:read."]}}'
HEADERS = {"Content-Type": "application/json; charset=utf-8"}
PATH = "/access/v1/evaluation"
WATCHED = Thing("dataset", "watched")
Asked = Sequence[tuple[str, str, str, str]]


@asynccontextmanager
async def constant() -> AsyncGenerator[Answers]:
    """What aiohttp needs to take a body and answer JSON, whatever was asked."""

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=ANSWER, headers=HEADERS)

    app = web.Application()
    app.add_routes([web.post(PATH, answer)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()

    async def where() -> object:
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield {"where": where, "cpu": cpu}
    await runner.cleanup()


@asynccontextmanager
async def usher() -> AsyncGenerator[Answers]:
    """All of Usher as ``usher run`` starts it, but for delivery."""
    logs.configure()
    read = settings.load(os.environ, slack_required=True)
    if os.environ.get("BENCH_FIRST"):
        await upgrade_database(read.database.url.get_secret_value())
        await set_up(read)
    async with serving(read, clock=clock) as bot:
        await bot.delivery.stop()
        yield Deciding(bot, await _organization(bot)).answers


async def _organization(bot: Serving) -> str:
    async with bot.usher.store.reading() as connection:
        return (await connection.execute(select(organizations.c.id))).scalar_one()


class Deciding:
    def __init__(self, bot: Serving, organization: str) -> None:
        self._bot = bot
        self._organization = organization
        self._operator = Actor(via="operator", organization=organization)
        self._reading: asyncio.Task[None] | None = None
        self._read = 0

    @property
    def answers(self) -> Answers:
        return {
            "where": self.where,
            "cpu": cpu,
            "seed": self.seed,
            "token": self.token,
            "decide": self.decide,
            "timed": self.timed,
            "watch": self.watch,
            "put": self.put,
            "reads": self.reads,
        }

    async def where(self) -> object:
        return self._bot.url

    async def seed(self, members: int, spaces: int, resources: int) -> object:
        await Crowd(members, spaces, resources).seed(self._bot.usher.store, self._organization, clock())
        return True

    async def token(self) -> object:
        outcome = await self._bot.usher.gate.perform(CreateToken("bench"), by=self._operator)
        assert isinstance(outcome, Done)
        assert isinstance(outcome.result, TokenMade)
        return outcome.result.token

    async def decide(self, asked: Asked) -> object:
        return [one.allowed for one in await self._decided(asked)]

    async def timed(self, asked: Asked) -> object:
        """Seconds of all, asked one after another, each on its own."""
        began = time.perf_counter()
        for one in asked:
            await self._decided([one])
        return time.perf_counter() - began

    async def _decided(self, asked: Asked) -> Sequence[Decision]:
        questions = [Question(*one) for one in asked]
        return await self._bot.usher.evaluation.decide(self._organization, questions)

    # A grant that comes and goes --------------------------------------------------------------------------------------

    async def watch(self, asked: Asked, on: bool) -> object:
        """Asks it again and again beside everything else, so that the answer is always kept."""
        if self._reading:
            self._reading.cancel()
            with suppress(asyncio.CancelledError):
                await self._reading
        self._reading = asyncio.create_task(self._ask_on(asked)) if on else None
        return True

    async def _ask_on(self, asked: Asked) -> None:
        while True:
            await self._decided(asked)
            self._read += 1
            await asyncio.sleep(0)

    async def reads(self) -> object:
        return self._read

    async def put(self, email: str, on: bool | None) -> object:
        """On the list of a dataset or off it, by the gate; None: registers the dataset."""
        person = (Person(email=email),)
        command = (
            AddResource(WATCHED.sort, WATCHED.named, "Watched")
            if on is None
            else Share(WATCHED, people=person)
            if on
            else Unshare(WATCHED, people=person)
        )
        outcome = await self._bot.usher.gate.perform(command, by=self._operator)
        return isinstance(outcome, Done)


SERVED: Mapping[str, Callable[[], AbstractAsyncContextManager[Answers]]] = {"constant": constant, "usher": usher}


async def main(kind: str) -> None:
    async with SERVED[kind]() as answers:
        await answering(answers)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
