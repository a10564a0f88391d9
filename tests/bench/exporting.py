"""One export in a process of its own, for ``tests.bench.directory``: rows a second, and how much memory it took more.

    python -m tests.bench.exporting usher|driver URL

*usher* is `storage.listing.everybody`, *driver* a cursor of sqlite3 or asyncpg with the same columns; both through csv.
"""

from __future__ import annotations

import asyncio
import csv
import json
import os
import resource
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import asyncpg

from storage.listing import EVERYBODY, everybody
from storage.store import Store
from tests.bench.populace import NOW, key

ORGANIZATION = key("o", 0)
TOGETHER = 1000
SAME = """
SELECT m.email, m.name,
    CASE WHEN m.status = 'invited'
        THEN (SELECT role FROM invitations WHERE member_id = m.id AND space_id = '' AND state IN ('pending', 'expired'))
        ELSE (SELECT what FROM grants WHERE member_id = m.id AND kind = 'role' AND space_id = '' AND ended_at IS NULL)
    END, m.status,
    (SELECT {together} FROM grants JOIN groups ON groups.id = grants.what
     WHERE member_id = m.id AND kind = 'group' AND ended_at IS NULL),
    EXISTS (SELECT 1 FROM credentials WHERE member_id = m.id AND factor_at IS NOT NULL), m.active_at, m.timezone
FROM directory AS d JOIN members AS m ON m.id = d.member_id
WHERE d.organization_id = {organization} ORDER BY d.called, d.member_id
"""
Rows = AsyncIterator[Iterable[Iterable[object]]]


async def by_usher(url: str) -> Rows:
    store = Store(url)
    async with store.reading() as connection:
        async for rows in everybody(connection, ORGANIZATION, EVERYBODY, now=NOW, at_once=TOGETHER):
            yield (
                (one.email, one.name, one.role, one.status, ",".join(one.groups), one.factor, one.active, one.timezone)
                for one in rows
            )
    await store.close()


async def by_driver(url: str) -> Rows:
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite+aiosqlite:///"))) as database:
            query = SAME.format(together="group_concat(groups.name)", organization="?")
            cursor = database.execute(query, (ORGANIZATION,))
            while some := cursor.fetchmany(TOGETHER):
                yield some
        return
    driver: Any = asyncpg
    connection = await driver.connect(url.replace("+asyncpg", ""))
    query = SAME.format(together="string_agg(groups.name, ',')", organization="$1")
    async with connection.transaction():
        cursor = await connection.cursor(query, ORGANIZATION)
        while some := await cursor.fetch(TOGETHER):
            yield some
    await connection.close()


def _kilobytes() -> int:
    """The most that this process ever held. Linux counts what its parent held too, except in this file."""
    said = Path("/proc/self/status")
    if not said.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return next(int(line.split()[1]) for line in said.read_text().splitlines() if line.startswith("VmHWM"))


async def main(which: str, url: str) -> None:
    count, began, first = 0, time.perf_counter(), 0
    with open(os.devnull, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123, ASYNC230 - no disk is measured
        writer = csv.writer(file)
        async for rows in {"usher": by_usher, "driver": by_driver}[which](url):
            some = list(rows)
            writer.writerows(some)
            count += len(some)
            first = first or _kilobytes()
    seconds = time.perf_counter() - began
    print(json.dumps({"rows": count, "seconds": seconds, "first": first, "peak": _kilobytes()}))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
