"""A server under measurement, in a process of its own; which one is a word of ``SERVED``."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from typing import Any

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import text

from bot import logs, settings
from bot.__main__ import clock
from bot.identity import noted
from bot.serving import Serving, opened, serving
from handlers.commands import SYSTEM, Account, Actor, Done, SetUp
from handlers.house import upgrade_database
from tests.bench.child import Answers, answering
from tests.bench.sink import TEAM

USER = "U0BENCH"
MAIL = "ada@bench.example"
COUNTED = {
    "members": "SELECT count(*) FROM members",
    "invitations": "SELECT count(*) FROM invitations",
    "audit": "SELECT count(*) FROM audit WHERE action = 'member.invited'",
    "timers": "SELECT count(*) FROM outbox WHERE kind = 'timer'",
    "letters": "SELECT count(*) FROM outbox WHERE kind IN ('invitation-mail', 'invitation-offer')",
}


async def cpu() -> object:
    return time.process_time()


@asynccontextmanager
async def ack_only(*, last: bool) -> AsyncGenerator[Answers]:
    """Bolt as its own examples make it, all its middleware on; served as its own server does, without an access log."""
    client = AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    secret = os.environ["SLACK_SIGNING_SECRET"]
    bolt = AsyncApp(client=client, signing_secret=secret, process_before_response=last)

    async def listener(ack: Any) -> None:
        await ack()

    untyped: Any = bolt
    untyped.command("/usher")(listener)
    runner = web.AppRunner(bolt.web_app(path="/slack/events"))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()

    async def where() -> object:
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def settled() -> object:
        return True

    yield {"where": where, "cpu": cpu, "settled": settled}
    await runner.cleanup()


@asynccontextmanager
async def usher(*, delivers: bool) -> AsyncGenerator[Answers]:
    """All of Usher as ``usher run`` starts it, with an organization that one Slack account heads."""
    logs.configure()
    read = settings.load(os.environ, slack_required=True)
    await upgrade_database(read.database.url.get_secret_value())
    await set_up(read)
    async with serving(read, clock=clock) as bot:
        if not delivers:
            await bot.delivery.stop()
        yield _answers(bot, delivers=delivers)


def _answers(bot: Serving, *, delivers: bool) -> Answers:
    async def where() -> object:
        return bot.url

    async def settled() -> object:
        while len(bot.tasks) or (delivers and await bot.usher.post.waiting()):  # noqa: ASYNC110 - neither tells anybody
            await asyncio.sleep(0.02)
        return True

    async def counted() -> object:
        async with bot.usher.store.reading() as connection:
            return {name: (await connection.execute(text(sql))).scalar_one() for name, sql in COUNTED.items()}

    return {"where": where, "cpu": cpu, "settled": settled, "counted": counted}


async def set_up(read: settings.Settings) -> None:
    house = await opened(read, clock=clock)
    account = Account(TEAM, USER)
    note = noted({"id": USER, "team_id": TEAM, "is_admin": True, "profile": {"email": MAIL}}, account, TEAM)
    founder = Actor(via="slack", account=account, delivery="set-up")
    outcomes = [
        await house.gate.perform(note, by=SYSTEM),
        await house.gate.perform(SetUp("Bench", "default", ""), by=founder),
    ]
    assert all(isinstance(outcome, Done) for outcome in outcomes), outcomes
    # The message that greets the founder is not what is measured.
    for parcel in await house.post.claim():
        await house.post.later(parcel, error="", after=timedelta(days=1))
    await house.close()


SERVED: Mapping[str, Callable[[], AbstractAsyncContextManager[Answers]]] = {
    "ack": lambda: ack_only(last=False),
    "ack-last": lambda: ack_only(last=True),
    "usher": lambda: usher(delivers=True),
    "usher-alone": lambda: usher(delivers=False),
}


async def main(kind: str) -> None:
    async with SERVED[kind]() as answers:
        await answering(answers)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
