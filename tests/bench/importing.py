"""How long answers take while a file of 10,000 people is read and done, against the same without: `python -m
tests.bench.importing`. Every part is a process of its own, as in ``tests.bench.commands``."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from bot import logs, settings
from bot.__main__ import clock
from bot.identity import noted
from bot.importing import read_file
from bot.serving import Serving, serving
from bot.slack.importing import TOGETHER
from handlers.commands import (
    SYSTEM,
    AcceptInSlack,
    Account,
    Actor,
    Approve,
    Command,
    Done,
    Import,
    ImportRead,
    Invite,
    Outcome,
    PrepareImport,
    Refused,
    Waiting,
)
from handlers.house import upgrade_database
from storage import imports
from storage.tables import invitations
from tests.bench.child import Answers, Child, answering, started
from tests.bench.commands import SECRET, database, environment
from tests.bench.served import USER, set_up
from tests.bench.sink import TEAM
from tests.databases import postgres_answers

PEOPLE, AT_ONCE, INVITES = 10_000, 50, 4


# The served side ------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def usher() -> AsyncGenerator[Answers]:
    logs.configure()
    read = settings.load(os.environ, slack_required=True)
    await upgrade_database(read.database.url.get_secret_value())
    await set_up(read)
    async with serving(read, clock=clock) as bot:

        async def where() -> object:
            return bot.url

        async def begin(people: int) -> object:
            return await begun(bot, people)

        async def ended(prepared: str) -> object:
            async with bot.usher.store.reading() as connection:
                found = await imports.find(connection, prepared)
            return found is not None and found.state in ("done", "stopped") and [found.state, found.invited]

        yield {"where": where, "begin": begin, "ended": ended}


async def begun(bot: Serving, people: int) -> str:
    """The file read beside the event loop and kept part by part, as the form does; then what an approval does."""
    lines = "\n".join(f"p{number}@some{number % 50}.example,Person {number},member" for number in range(people))
    file = await asyncio.to_thread(read_file, f"email,name,role\n{lines}\n".encode())
    by = Actor(via="slack", account=Account(TEAM, USER))
    command = PrepareImport("people.csv", (), "member")
    for start in range(0, people, TOGETHER):
        part = replace(command, lines=file.lines[start : start + TOGETHER], more=start + TOGETHER < people)
        outcome = await patiently(bot, part, by)
        assert isinstance(outcome, Done), outcome
        assert isinstance(outcome.result, ImportRead)
        command = replace(command, prepared=outcome.result.id)
    second = await another(bot)
    waiting = await patiently(bot, Import(command.prepared), by)
    assert isinstance(waiting, Waiting), waiting
    approved = await patiently(bot, Approve(waiting.request), second)
    assert isinstance(approved, Done), approved
    return command.prepared


async def patiently(bot: Serving, command: Command, by: Actor) -> Outcome:
    """As people try again who are told that Usher is busy."""
    while (outcome := await bot.usher.gate.perform(command, by=by)) == Refused("busy"):
        pass
    return outcome


async def another(bot: Serving) -> Actor:
    """Somebody else of the highest role, for so many wait for an approval."""
    account = Account(TEAM, "U0SECOND")
    said = {"id": account.user, "team_id": TEAM, "profile": {"email": "second@bench.example"}}
    await patiently(bot, noted(said, account, TEAM), SYSTEM)
    desk = await bot.usher.queries.desk(Account(TEAM, USER), TEAM)
    assert desk.organization
    operator = Actor(via="operator", organization=desk.organization.id)
    invited = await patiently(bot, Invite(("second@bench.example",), "super_admin"), operator)
    assert isinstance(invited, Done), invited
    async with bot.usher.store.reading() as connection:
        mine = select(invitations.c.id).where(invitations.c.role == "super_admin")
        found = (await connection.execute(mine)).scalar_one()
    accepted = await patiently(bot, AcceptInSlack(found), Actor(via="slack", account=account))
    assert isinstance(accepted, Done), accepted
    return Actor(via="slack", account=account)


# The asking side ------------------------------------------------------------------------------------------------------


async def measured(load: Child, url: str, until: Callable[[], Awaitable[bool]], number: int) -> list[float]:
    """Milliseconds of every answer until it is over; fifty are always being waited for."""
    to = {"url": url, "secret": SECRET}
    took: list[float] = []
    while not await until():
        invites = [f"invite h{number + n}@hand.example as guest" for n in range(INVITES)]
        typed = [*["help", "spaces", "members", "groups"] * (AT_ONCE // 4), *invites]
        sent = await load.ask("send", to=to, typed=typed, first=number, at_once=AT_ONCE, expects="")
        number += len(typed)
        took += sent["took"]
    return took


def row(name: str, took: Sequence[float], seconds: float) -> str:
    ordered = sorted(took)
    p50, p99 = ordered[len(ordered) // 2], ordered[max(0, -(-len(ordered) * 99 // 100) - 1)]
    return f"| {name} | {len(took)} | {p50:.0f} | {p99:.0f} | {ordered[-1]:.0f} | {seconds:.0f} |"


async def compare(name: str, served: Child, load: Child, people: int) -> list[str]:
    url, began = await served.ask("where"), time.monotonic()

    async def a_while() -> bool:
        return time.monotonic() - began > min(20.0, people / 100)

    calm = await measured(load, url, a_while, 0)
    rows = [row(f"{name}, without", calm, time.monotonic() - began)]
    began = time.monotonic()
    starting = asyncio.create_task(served.ask("begin", people=people))

    async def over() -> bool:
        """The one pipe to the process is taken until it has begun."""
        return starting.done() and bool(await served.ask("ended", prepared=starting.result()))

    during = await measured(load, url, over, 1_000_000)
    return [*rows, row(f"{name}, import of {people:,}", during, time.monotonic() - began)]


async def main(people: int) -> None:
    kinds = ("SQLite", "PostgreSQL") if await asyncio.to_thread(postgres_answers) else ("SQLite",)
    print("| server | answers | p50 ms | p99 ms | slowest ms | seconds |\n| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for kind in kinds:
            async with AsyncExitStack() as stack:
                at = Path(folder)
                sink = await stack.enter_async_context(started("tests.bench.sink", log=at / "sink.log"))
                load = await stack.enter_async_context(started("tests.bench.load", log=at / "load.log"))
                url = await stack.enter_async_context(database(kind, at))
                environ = {**environment(await sink.ask("where")), "USHER_DATABASE_URL": url}
                module = ("tests.bench.importing", "--serve")
                served = await stack.enter_async_context(started(*module, log=at / f"{kind}.log", environ=environ))
                print("\n".join(await compare(kind, served, load, people)), flush=True)


async def serve() -> None:
    async with usher() as answers:
        await answering(answers)


if __name__ == "__main__":
    if "--serve" in sys.argv:
        asyncio.run(serve())
    else:
        parser = argparse.ArgumentParser(prog="python -m tests.bench.importing")
        parser.add_argument("--people", type=int, default=PEOPLE)
        asyncio.run(main(parser.parse_args().people))
