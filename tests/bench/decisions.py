"""How fast Usher decides, beside two engines with an equal policy and a handler that only answers.

    python -m tests.bench.decisions            # some minutes; 100,000 members, 1,000 spaces, 100,000 resources
    python -m tests.bench.decisions --quick    # to see that it runs; its figures mean nothing

casbin and cedarpy are measured where they are installed (`pip install casbin cedarpy`); they are no dependencies.
PostgreSQL is reached at USHER_TEST_POSTGRES; without a server its rows are left out.

What is measured
- *kept*: the same 500 questions again, whose answers are kept; each still asks whether anything has changed. *random*:
  subjects and resources by chance, most of which nobody has asked about before, loaded from the database.
- Usher runs in a process of its own. The others hold all there is in memory, read beforehand, and never look whether it
  has changed; their policy is equal to ours for images and tasks, and all three must give the same answers.
- *HTTP*: one question a request, as products ask. CPU is the server process's own, beside that of an aiohttp handler
  which reads the body and answers a constant JSON.
- *stale*: one process changes a grant through the gate while another is asking about it all the time; after each change
  that other process is asked once more, and must know.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from handlers.asked import Question
from handlers.catalogue import load
from tests.bench.child import Child, started
from tests.bench.commands import database, environment
from tests.bench.crowd import BY_ROLE, Crowd
from tests.bench.deciding import WATCHED
from tests.bench.rivals import ENGINES, INSTALL, Policy, missing
from tests.databases import postgres_answers

CATALOGUE = load("default")
AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Plan:
    crowds: Sequence[Crowd]
    asked: int
    rivals: int
    http: int
    changes: int


FULL = Plan(
    [Crowd(1_000, 10, 1_000), Crowd(10_000, 100, 10_000), Crowd(100_000, 1_000, 100_000)], 4_000, 200, 6_000, 300
)
QUICK = Plan([Crowd(60, 6, 120)], 60, 10, 60, 5)


Rivals = dict[Crowd, dict[str, float]]


@dataclass(slots=True)
class Table:
    rows: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])

    def add(self, what: str, who: str, crowd: Crowd, each: float, note: str = "") -> float:
        """``each``: seconds a decision."""
        self.rows.append((what, who, f"{crowd.members:,}", f"{1 / each:,.0f}", f"{each * 1e6:,.0f}", note))
        return each

    def text(self) -> str:
        head = ("way", "who", "members", "decisions/s", "µs each", "")
        lines = [head, tuple("---" for _ in head), *self.rows]
        widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
        return "\n".join("| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in lines)


def sent(questions: Sequence[Question]) -> list[list[str]]:
    return [list(one) for one in questions]


async def measure_usher(table: Table, name: str, child: Child, crowd: Crowd, plan: Plan) -> dict[str, float]:
    """Seconds by way; each way is measured three times, and the best one counts."""
    kept = (crowd.questions(CATALOGUE, 500) * -(-plan.asked // 500))[: plan.asked]
    await child.ask("decide", asked=sent(kept[:500]))
    ways = {
        "kept": (kept, kept, kept),
        "random": tuple(crowd.questions(CATALOGUE, plan.asked, seed=seed) for seed in (11, 12, 13)),
    }
    found: dict[str, float] = {}
    for way, runs in ways.items():
        seconds = min([await child.ask("timed", asked=sent(asked)) for asked in runs])
        found[way] = table.add(way, f"Usher, {name}", crowd, seconds / plan.asked)
    return found


def questions_of_rivals(crowd: Crowd, plan: Plan) -> Sequence[Question]:
    return crowd.questions(CATALOGUE, plan.rivals, kinds=BY_ROLE, seed=3)


def measure_rivals(table: Table, crowd: Crowd, plan: Plan, ours: Sequence[bool]) -> dict[str, float]:
    """Each is asked the questions that Usher was, and must answer alike."""
    questions, found = questions_of_rivals(crowd, plan), dict[str, float]()
    for name, make in ENGINES.items():
        if name in missing():
            continue
        decides = make(Policy(crowd, CATALOGUE))
        began = time.perf_counter()
        theirs = [decides(one) for one in questions]
        each = (time.perf_counter() - began) / len(questions)
        found[name] = table.add("random", name, crowd, each, "in memory")
        assert theirs == list(ours), f"{name} and Usher do not agree"
    return found


async def measure_http(table: Table, servers: Sequence[tuple[str, Child, str]], crowd: Crowd, plan: Plan) -> None:
    """Kept answers, in turns, so that a busy machine slows all alike."""
    kept = crowd.questions(CATALOGUE, 500)
    asked = sent((kept * -(-plan.http // 500))[: plan.http])
    seconds, cpus = dict[str, list[float]](), dict[str, list[float]]()
    async with started("tests.bench.asked", log=Path(os.devnull)) as product:
        for turn in range(4):
            for name, child, token in servers:
                before, url = await child.ask("cpu"), await child.ask("where")
                answer = await product.ask("send", url=url, token=token, asked=asked, at_once=AT_ONCE)
                assert answer["good"], f"{name} gave something else than decisions"
                if turn:
                    seconds.setdefault(name, []).append(answer["seconds"])
                    cpus.setdefault(name, []).append(await child.ask("cpu") - before)
    floor = statistics.median(cpus[servers[0][0]])
    for name, _, _ in servers:
        busy = statistics.median(cpus[name])
        note = f"CPU {busy * 1e6 / plan.http:,.0f} µs each, {busy / floor:.2f} of the constant answer's"
        table.add("HTTP", name, crowd, statistics.median(seconds[name]) / plan.http, note)


async def count_stale(writer: Child, reader: Child, crowd: Crowd, plan: Plan) -> str:
    """A member who is on no other list is put on one and taken off again."""
    email = crowd.email(1)
    asked = [[email, "read", WATCHED.sort, WATCHED.named]]
    assert await writer.ask("put", email=email, on=None)
    await reader.ask("watch", asked=asked, on=True)
    before, stale = await reader.ask("reads"), 0
    for number in range(plan.changes):
        on = number % 2 == 0
        assert await writer.ask("put", email=email, on=on)
        stale += await reader.ask("decide", asked=asked) != [on]
    reads = await reader.ask("reads") - before
    await reader.ask("watch", asked=asked, on=False)
    return f"{stale} stale of {plan.changes} changes, {reads:,} reads beside them"


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds a decision, by way, for the smallest and the largest crowd."""

    name: str
    small: dict[str, float]
    large: dict[str, float]
    stale: str


async def measure(table: Table, plan: Plan, folder: Path, kind: str, rivals: Rivals) -> Figures:
    found: list[dict[str, float]] = []
    stale = ""
    for crowd in plan.crowds:
        async with deciding(kind, folder) as (first, second):
            await first.ask("seed", members=crowd.members, spaces=crowd.spaces, resources=crowd.resources)
            found.append(await measure_usher(table, kind, first, crowd, plan))
            if crowd in (plan.crowds[0], plan.crowds[-1]) and crowd not in rivals:
                ours = await first.ask("decide", asked=sent(questions_of_rivals(crowd, plan)))
                rivals[crowd] = await asyncio.to_thread(measure_rivals, table, crowd, plan, ours)
            if crowd is not plan.crowds[-1]:
                continue
            async with started("tests.bench.deciding", "constant", log=folder / "constant.log") as floor:
                token = await first.ask("token")
                servers = [("constant answer", floor, token), (f"Usher, {kind}", first, token)]
                await measure_http(table, servers, crowd, plan)
            stale = await count_stale(first, second, crowd, plan)
    return Figures(kind, found[0], found[-1], stale)


@asynccontextmanager
async def deciding(kind: str, folder: Path) -> AsyncGenerator[tuple[Child, Child]]:
    """Two processes on one database."""
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(database(kind, folder))
        environ = {**environment({"slack": "http://127.0.0.1:9/api/", "smtp": ""}), "USHER_DATABASE_URL": url}
        children: list[Child] = []
        for first in ("yes", ""):
            log = folder / f"{kind}-{first or 'no'}.log"
            child = await stack.enter_async_context(
                started("tests.bench.deciding", "usher", log=log, environ={**environ, "BENCH_FIRST": first})
            )
            await child.ask("where")
            children.append(child)
        yield children[0], children[1]


def summary(found: Sequence[Figures], rivals: Rivals, plan: Plan) -> str:
    small, large = rivals[plan.crowds[0]], rivals[plan.crowds[-1]]
    lines = [
        f"Time a decision takes for the largest crowd, as a multiple of the smallest: {_growth(found, small, large)}."
    ]
    for one in found:
        for way in one.large:
            against = [f"{each / one.large[way]:,.2f} × {name}'s" for name, each in large.items()]
            lines += [f"{one.name}, {way}: {' and '.join(against)} rate."] if against else []
        lines += [f"{one.name}: {one.stale}."]
    return "\n".join(lines)


def _growth(found: Sequence[Figures], small: Mapping[str, float], large: Mapping[str, float]) -> str:
    ours = [f"{one.name} {way} {one.large[way] / one.small[way]:.1f}" for one in found for way in one.large]
    return ", ".join([*ours, *(f"{name} {large[name] / small[name]:.1f}" for name in large)])


async def main(plan: Plan) -> None:
    postgres = await asyncio.to_thread(postgres_answers)
    table, rivals, found = Table(), Rivals(), list[Figures]()
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("SQLite", "PostgreSQL") if postgres else ("SQLite",):
            found.append(await measure(table, plan, Path(folder), kind, rivals))
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores")
    print(table.text())
    print(summary(found, rivals, plan))
    if absent := missing():
        print(f"Not measured: {', '.join(absent)}. To compare with them: {INSTALL}")
    if not postgres:
        print("PostgreSQL did not answer at USHER_TEST_POSTGRES and was not measured.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.decisions")
    parser.add_argument("--quick", action="store_true", help="only see that it runs")
    asyncio.run(main(QUICK if parser.parse_args().quick else FULL))
