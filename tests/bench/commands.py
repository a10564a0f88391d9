"""The program; what it measures and how to run it stands in ``tests/bench/__init__.py``."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import secrets
import statistics
import tempfile
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.child import Child, started
from tests.databases import postgres_answers, postgres_url, run_on_postgres

SECRET = "bench-signing-secret"
COMMANDS: Mapping[str, str] = {"invite": "Done", "help": "/usher invite"}
"""Which command, and what its answer must hold."""
AT_ONCE = (1, 16)
FLOORS: Mapping[str, str] = {"bolt": "ack", "bolt, ack last": "ack-last"}


@dataclass(frozen=True, slots=True)
class Plan:
    """``rounds`` times, each cell is measured by ``requests`` commands."""

    rounds: int
    requests: int
    warm: int


FULL = Plan(rounds=5, requests=80, warm=30)
QUICK = Plan(rounds=1, requests=17, warm=1)


@dataclass(slots=True)
class Cell:
    took: list[float] = field(default_factory=list[float])
    seconds: float = 0.0
    cpu: float = 0.0
    busy: int = 0

    @property
    def rate(self) -> float:
        return len(self.took) / self.seconds

    @property
    def p50(self) -> float:
        return statistics.median(self.took)

    @property
    def p99(self) -> float:
        return sorted(self.took)[max(0, -(-len(self.took) * 99 // 100) - 1)]

    @property
    def cpu_each(self) -> float:
        return self.cpu * 1000 / len(self.took)


@dataclass(slots=True)
class Server:
    name: str
    child: Child
    usher: bool
    delivers: bool
    url: str = ""
    invited: int = 0
    cells: dict[tuple[str, int], Cell] = field(default_factory=dict[tuple[str, int], Cell])


class Bench:
    def __init__(self, load: Child) -> None:
        self._load = load
        self._number = 0

    async def run(self, servers: Sequence[Server], plan: Plan) -> None:
        for server in servers:
            for command in COMMANDS:
                await self._send(server, command, plan.warm, 1)
        for _ in range(plan.rounds):
            for command in COMMANDS:
                for at_once in AT_ONCE:
                    for server in servers:
                        await self._measure(server, command, plan.requests, at_once)

    async def _measure(self, server: Server, command: str, requests: int, at_once: int) -> None:
        before = await server.child.ask("cpu")
        sent = await self._send(server, command, requests, at_once)
        cell = server.cells.setdefault((command, at_once), Cell())
        cell.took += sent["took"]
        cell.seconds += sent["seconds"]
        cell.busy += sent["busy"]
        cell.cpu += await server.child.ask("cpu") - before

    async def _send(self, server: Server, command: str, requests: int, at_once: int) -> Any:
        """Returns when nothing of it goes on any more, so that it does not disturb who is next."""
        numbers = range(self._number, self._number + requests)
        self._number += requests
        invites = command == "invite"
        typed = [f"invite p{number}@invited.example as member" if invites else command for number in numbers]
        expects = COMMANDS[command] if server.usher else ""
        to = {"url": server.url, "secret": SECRET}
        sent = await self._load.ask("send", to=to, typed=typed, first=numbers.start, at_once=at_once, expects=expects)
        if sent["wrong"]:
            raise RuntimeError(
                f"{server.name} answered {len(sent['wrong'])} of {requests} wrongly: {sent['wrong'][:3]}"
            )
        server.invited += requests - sent["busy"] if invites else 0
        await server.child.ask("settled")
        return sent


async def check_counts(servers: Sequence[Server], sink: Child) -> str:
    """Every answer is a member, an invitation, an audit entry and a timer; each letter waits in the outbox or left."""
    ushers = [server for server in servers if server.usher]
    for server in ushers:
        found, wanted = await server.child.ask("counted"), _expected(server)
        assert found == wanted, f"{server.name} holds {found}, and should hold {wanted}"
    invited, mails = sum(server.invited for server in ushers), await sink.ask("taken")
    mailed = sum(server.invited for server in ushers if server.delivers)
    assert mails == mailed, f"{mails} mails, and there should be {mailed}"
    return f"Counted: {invited} invitations, as many members, audit entries and timers, and a mail for each delivered."


def _expected(server: Server) -> dict[str, int]:
    invited = server.invited
    letters = 0 if server.delivers else 2 * invited
    return {"members": invited + 1, "invitations": invited, "audit": invited, "timers": invited, "letters": letters}


# The processes --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Running:
    sink: Child
    load: Child
    servers: Sequence[Server]


@asynccontextmanager
async def running(folder: Path, *, postgres: bool) -> AsyncGenerator[Running]:
    """Everything that takes part, each in a process of its own, the databases included."""
    async with AsyncExitStack() as stack:
        sink = await stack.enter_async_context(started("tests.bench.sink", log=folder / "sink.log"))
        load = await stack.enter_async_context(started("tests.bench.load", log=folder / "load.log"))
        environ = environment(await sink.ask("where"))

        async def start(name: str, kind: str, **more: str) -> Server:
            log = folder / f"{name}.log"
            child = await stack.enter_async_context(
                started("tests.bench.served", kind, log=log, environ={**environ, **more})
            )
            return Server(name, child, usher=name not in FLOORS, delivers=kind == "usher")

        servers = [await start(name, kind) for name, kind in FLOORS.items()]
        for sort in ("SQLite", "PostgreSQL") if postgres else ("SQLite",):
            for name, kind in ((sort, "usher"), (f"{sort}, no delivery", "usher-alone")):
                url = await stack.enter_async_context(database(sort, folder))
                servers.append(await start(name, kind, USHER_DATABASE_URL=url))
        # They start side by side; each says where it is when it is ready.
        for server in servers:
            server.url = await server.child.ask("where")
        yield Running(sink, load, servers)


@asynccontextmanager
async def database(kind: str, folder: Path) -> AsyncGenerator[str]:
    """The address of an empty database, dropped afterwards."""
    name = f"usher_bench_{secrets.token_hex(6)}"
    if kind == "SQLite":
        yield f"sqlite+aiosqlite:///{folder / name}.db"
        return
    await run_on_postgres(f"CREATE DATABASE {name}")
    try:
        yield postgres_url(name)
    finally:
        await run_on_postgres(f"DROP DATABASE {name} WITH (FORCE)")


def environment(where: Mapping[str, str]) -> Mapping[str, str]:
    return {
        "SLACK_BOT_TOKEN": "xoxb-bench-token",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": where["slack"],
        "USHER_HOST": "127.0.0.1",
        "USHER_PORT": "0",
        "USHER_SECRET_KEYS": "A" * 43,
        "USHER_SMTP_URL": where["smtp"],
    }


# The table ------------------------------------------------------------------------------------------------------------


def table(servers: Sequence[Server]) -> str:
    """One row for each server in each of the four ways; "of bolt" is the p50 as a multiple of the empty app's."""
    head = ("command", "at once", "server", "requests/s", "p50 ms", "p99 ms", "of bolt", "CPU ms", "busy")
    rows = [_row(server, servers[0], way) for way in servers[0].cells for server in servers]
    lines = [head, tuple("---" for _ in head), *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join("| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in lines)


def _row(server: Server, floor: Server, way: tuple[str, int]) -> tuple[str, ...]:
    cell, least = server.cells[way], floor.cells[way]
    figures = (f"{cell.rate:.0f}", f"{cell.p50:.1f}", f"{cell.p99:.1f}", f"{cell.p50 / least.p50:.2f}")
    return (way[0], str(way[1]), server.name, *figures, f"{cell.cpu_each:.1f}", str(cell.busy))


async def main(plan: Plan) -> None:
    postgres = await asyncio.to_thread(postgres_answers)
    with tempfile.TemporaryDirectory() as folder:
        async with running(Path(folder), postgres=postgres) as parts:
            await Bench(parts.load).run(parts.servers, plan)
            counted = await check_counts(parts.servers, parts.sink)
    each = f"{plan.rounds} rounds of {plan.requests} commands a row"
    print(f"{each}; Python {platform.python_version()}, {os.cpu_count()} cores")
    print(table(parts.servers))
    print(counted)
    if not postgres:
        print("PostgreSQL did not answer at USHER_TEST_POSTGRES and was not measured.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.commands")
    parser.add_argument("--quick", action="store_true", help="only see that it runs")
    asyncio.run(main(QUICK if parser.parse_args().quick else FULL))
