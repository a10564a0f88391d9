"""How fast the directory is listed, searched and exported, and how that grows.

    python -m tests.bench.directory            # half an hour; 10,000, 100,000 and 1,000,000 members on both databases
    python -m tests.bench.directory --quick    # to see that it runs; its figures mean nothing

PostgreSQL is reached at USHER_TEST_POSTGRES; without a server its rows are left out.

What is measured
- Pages of 25 as the list and its export ask for them, of the organization that has as many members as are said; nine
  others beside it have a tenth of that together. Names are as uneven as those of real people.
- *Anywhere* is a page behind somebody by chance. *Beginning* is one to four letters of a name that somebody bears;
  *common* is a piece of one of the names that most bear, *rare* one of those that few bear, or a number in an address.
- Milliseconds are those of `storage.listing` through SQLAlchemy and the driver, one question after another, most of
  them with words or ids that were not asked about before.
- *Export* is everybody through the csv module, beside a cursor of the driver with the same columns, each in a process
  of its own. *Memory* is how much more the process held at the end than after the first thousand rows.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import members, one_member, schema
from storage.listing import Narrow, count, page, tallies
from storage.members import Wanted
from storage.paging import Turn
from storage.store import Store
from tests.bench.commands import database
from tests.bench.exporting import ORGANIZATION
from tests.bench.populace import NOW, ROLES, Populace, key
from tests.databases import postgres_answers

BEFORE = "0003"  # the version that had no directory: what it makes of so many members is measured too
PAGE = 25


@dataclass(frozen=True, slots=True)
class Plan:
    sizes: Sequence[int]
    asked: int


FULL, QUICK = Plan((10_000, 100_000, 1_000_000), 200), Plan((120,), 4)
Question = Callable[[AsyncConnection], Awaitable[object]]


# What is asked --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asking:
    populace: Populace
    random: Random

    def ways(self, tenth: str) -> Mapping[str, Callable[[], Question]]:
        words, narrowed = self._words(), self._narrowed()
        asked = {name: self._page(make) for name, make in {**words, **narrowed}.items()}
        every = [*words.values(), *narrowed.values()]
        return {
            "first page": lambda: _page(Narrow(), Turn()),
            "tenth page": lambda: _page(Narrow(), Turn(tenth)),
            "page anywhere": lambda: _page(Narrow(), Turn(self._somebody(), down=self.random.random() < 0.5)),
            **asked,
            "search, anywhere": lambda: _page(words["search: common"](), Turn(self._somebody())),
            "count of any of these": lambda: _count(self.random.choice(every)()),
            "counts by status and role": lambda: lambda connection: tallies(connection, ORGANIZATION),
            "card": lambda: _card(self._somebody()),
        }

    def _page(self, make: Callable[[], Narrow]) -> Callable[[], Question]:
        return lambda: _page(make(), Turn())

    def _somebody(self) -> str:
        return key("m", self.random.randrange(self.populace.members))

    def _words(self) -> Mapping[str, Callable[[], Narrow]]:
        return {
            "search: beginning": lambda: Narrow((self._name()[: self.random.randint(1, 4)],)),
            "search: common": lambda: Narrow((_piece(self.random.choice(self.populace.first()[0][:40]), self.random),)),
            "search: rare": lambda: Narrow((self._rare(),)),
            "search: two words": lambda: Narrow(tuple(one[:5] for one in self.populace.name(self.random))),
            "search: nobody": lambda: Narrow((f"{self._name()}q{self.random.randrange(99)}",)),
        }

    def _name(self) -> str:
        return self.random.choice(self.populace.name(self.random))

    def _rare(self) -> str:
        number = self.random.randrange(self.populace.members)
        return self.random.choice(
            (f".{number}@", _piece(self.random.choice(self.populace.last()[0][5_000:]), self.random))
        )

    def _narrowed(self) -> Mapping[str, Callable[[], Narrow]]:
        random, populace = self.random, self.populace
        role = lambda: random.choice(ROLES)[0]  # noqa: E731
        group = lambda: key("g", random.randrange(populace.groups))  # noqa: E731
        space = lambda: (key("s", random.randrange(populace.spaces)),)  # noqa: E731
        status = lambda: random.choice(("active", "invited", "deactivated"))  # noqa: E731
        return {
            "role:": lambda: Narrow(role=role()),
            "status:": lambda: Narrow(status=status()),
            "2fa:": lambda: Narrow(factor=random.random() < 0.5),
            "group:": lambda: Narrow(group=group()),
            "space:": lambda: Narrow(spaces=space()),
            "role: space:": lambda: Narrow(spaces=space(), role=random.choice(("viewer", "editor")), in_space=True),
            "role: status: 2fa:": lambda: Narrow(role=role(), status=status(), factor=random.random() < 0.5),
            "group: role:": lambda: Narrow(group=group(), role=role()),
            "word, role:": lambda: Narrow((self._name()[:4],), role=role()),
            "word, group:": lambda: Narrow((self._name()[:4],), group=group()),
        }


def _piece(name: str, random: Random) -> str:
    """Three letters or more."""
    begins = random.randint(0, max(0, len(name) - 3))
    return name[begins : begins + random.randint(3, 6)]


def _page(narrow: Narrow, turn: Turn) -> Question:
    return lambda connection: page(connection, ORGANIZATION, narrow, turn, now=NOW, limit=PAGE)


def _count(narrow: Narrow) -> Question:
    return lambda connection: count(connection, ORGANIZATION, narrow, now=NOW)


def _card(member: str) -> Question:
    async def ask(connection: AsyncConnection) -> None:
        await members.load(connection, ORGANIZATION, Wanted(ids=(member,)), now=NOW)
        await one_member.about(connection, ORGANIZATION, [member], now=NOW)

    return ask


# Filling --------------------------------------------------------------------------------------------------------------


async def fill(url: str, populace: Populace) -> float:
    """Seconds that the upgrade to the version with the directory took."""
    store = Store(url)
    await schema.upgrade(store, to=BEFORE)
    await store.close()
    await (_fill_sqlite if store.sqlite else _fill_postgres)(url, populace)
    store, began = Store(url), time.perf_counter()
    await schema.upgrade(store)
    took = time.perf_counter() - began
    await store.close()
    if not store.sqlite:
        await _run_on(url, "VACUUM ANALYZE")
    return took


async def _fill_sqlite(url: str, populace: Populace) -> None:
    connection = sqlite3.connect(url.removeprefix("sqlite+aiosqlite:///"))
    connection.executescript("PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF; PRAGMA cache_size=-1000000")
    for table, (columns, rows) in populace.tables().items():
        places = ", ".join("?" * len(columns))
        connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", _plain(rows))  # noqa: S608
        connection.commit()
    connection.close()


def _plain(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        yield tuple(_stored(cell) if isinstance(cell, datetime) else cell for cell in row)


def _stored(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


async def _fill_postgres(url: str, populace: Populace) -> None:
    driver: Any = asyncpg
    connection = await driver.connect(url.replace("+asyncpg", ""))
    for table, (columns, rows) in populace.tables().items():
        await connection.copy_records_to_table(table, records=rows, columns=columns)
    await connection.close()


async def _run_on(url: str, statement: str) -> None:
    driver: Any = asyncpg
    connection = await driver.connect(url.replace("+asyncpg", ""))
    await connection.execute(statement)
    await connection.close()


# Measuring ------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Figures:
    """Milliseconds by database, way and number of members: the median and the 99th of 100."""

    found: dict[tuple[str, str], dict[int, tuple[float, float]]] = field(
        default_factory=dict[tuple[str, str], dict[int, tuple[float, float]]]
    )
    lines: list[str] = field(default_factory=list[str])

    def add(self, kind: str, way: str, size: int, took: Sequence[float]) -> None:
        worst = sorted(took)[max(0, -(-len(took) * 99 // 100) - 1)]
        self.found.setdefault((kind, way), {})[size] = statistics.median(took) * 1000, worst * 1000

    def text(self, sizes: Sequence[int]) -> str:
        head = ("database", "way", *(f"{size:,}: p50" for size in sizes), "p99", "p50 grows", "p99 grows")
        rows = [head, tuple("---" for _ in head)]
        for (kind, way), by_size in self.found.items():
            small, large = by_size[sizes[0]], by_size[sizes[-1]]
            grows = (f"{after / before:.1f} ×" for before, after in zip(small, large, strict=True))
            rows.append((kind, way, *(f"{by_size[size][0]:.1f}" for size in sizes), f"{large[1]:.1f}", *grows))
        widths = [max(len(row[at]) for row in rows) for at in range(len(head))]
        table = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows]
        return "\n".join([*table, "", "p99 is that of the largest.", *self.lines])


async def measure(figures: Figures, kind: str, url: str, size: int, asked: int) -> None:
    store, random = Store(url), Random(7)  # noqa: S311 - the same every time
    async with store.reading() as connection:
        ways = Asking(Populace(size), random).ways(await _tenth(connection))
        for way, make in ways.items():
            for _ in range(max(1, asked // 10)):
                await make()(connection)
            figures.add(kind, way, size, [await _timed(make(), connection) for _ in range(asked)])
    await store.close()


async def _tenth(connection: AsyncConnection) -> str:
    """Behind whom the tenth page begins."""
    found = await page(connection, ORGANIZATION, Narrow(), Turn(), now=NOW, limit=9 * PAGE)
    return found.rows[-1].id


async def _timed(question: Question, connection: AsyncConnection) -> float:
    began = time.perf_counter()
    await question(connection)
    return time.perf_counter() - began


async def export(figures: Figures, kind: str, url: str) -> None:
    """In turns, three times; the best counts."""
    best = dict[str, float]()
    grew = dict[str, int]()
    rows = 0
    for which in ("usher", "driver") * 3:
        command = [sys.executable, "-m", "tests.bench.exporting", which, url]
        child = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        out, _ = await child.communicate()
        said = json.loads(out)
        rows = said["rows"]
        best[which] = max(best.get(which, 0), rows / said["seconds"])
        grew[which] = said["peak"] - said["first"]
    figures.lines.append(
        f"{kind}, export of {rows:,}: {best['usher']:,.0f} rows/s, {best['usher'] / best['driver']:.2f} × the driver's"
        f" {best['driver']:,.0f}; memory grew by {grew['usher'] / 1024:.1f} MiB (the driver's by"
        f" {grew['driver'] / 1024:.1f})."
    )


async def main(plan: Plan) -> None:
    postgres, figures = await asyncio.to_thread(postgres_answers), Figures()
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("SQLite", "PostgreSQL") if postgres else ("SQLite",):
            for size in plan.sizes:
                async with database(kind, Path(folder)) as url:
                    took = await fill(url, Populace(size))
                    figures.lines.append(f"{kind}, upgrade with {size:,} members: {took:.0f} s.")
                    await measure(figures, kind, url, size, plan.asked)
                    await export(figures, kind, url)
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {os.cpu_count()} cores")
    print(figures.text(plan.sizes))
    if not postgres:
        print("PostgreSQL did not answer at USHER_TEST_POSTGRES and was not measured.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.directory")
    parser.add_argument("--quick", action="store_true", help="only see that it runs")
    asyncio.run(main(QUICK if parser.parse_args().quick else FULL))
