"""An export of many rows takes no more memory than one of few, and nobody else waits while it is written."""

import asyncio
import time
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from sqlalchemy import bindparam, text

from bot.delivery import exports
from bot.delivery.drafts import Drafts
from storage.tables import Moment
from tests.conftest import Settled
from tests.doors import Team, team

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

FEW, MANY = 1_000, 20_000
MOST_MEMORY = 6 * 1024**2
"""Bytes: the rows themselves, as objects, take several times as much."""


@pytest.fixture
async def acme(settled: Settled, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Team]:
    monkeypatch.setattr(exports, "Drafts", lambda: Drafts(patience=40.0))
    async with team(settled.url, settled.kept) as found:
        await crowd(found)
        yield found


# One statement for both databases; sending so many rows one by one would take most of the test's time.
CROWD = text(
    """
    INSERT INTO members (id, organization_id, email, email_folded, name, name_folded, timezone, status, listed, epoch,
                         created_at, active_at)
    WITH RECURSIVE numbers(number) AS (SELECT 100000 UNION ALL SELECT number + 1 FROM numbers WHERE number < :last)
    SELECT '00000000000000000000000000' || number, :organization, 'u' || number || kind, 'u' || number || kind,
           'Somebody ' || number, 'somebody ' || number, 'Europe/London', 'active', true, 0, :now, :now
    FROM (SELECT number, CASE WHEN number < :few THEN '@few.example' ELSE '@many.example' END AS kind FROM numbers) AS n
    """
).bindparams(bindparam("now", type_=Moment()))


async def crowd(acme: Team) -> None:
    """The few and the many are told apart by their addresses."""
    organization = (await acme.desk("ada")).organization
    assert organization
    said = {"organization": organization.id, "few": 100_000 + FEW, "last": 99_999 + FEW + MANY, "now": acme.bot.clock()}
    async with acme.bot.usher.store.writer.connect() as connection:
        await connection.begin()
        await connection.execute(CROWD, said)
        await connection.commit()


async def export(acme: Team, asked: str) -> int:
    """How many rows arrived."""
    before = len(acme.ada.files())
    assert (await acme.ada.type(f"/usher export {asked}")).text.startswith("Done.")
    async with asyncio.timeout(200):
        while len(acme.ada.files()) == before:
            await acme.bot.delivery.drain()
            await acme.bot.later(seconds=30)
    file = acme.ada.files()[-1]
    with file.path.open("rb") as lines:
        return sum(1 for _ in lines) - 1


async def test_many_rows_take_no_more_memory_than_few(acme: Team) -> None:
    assert await export(acme, "few.example") == FEW
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        assert await export(acme, "many.example") == MANY
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak - before < MOST_MEMORY, f"{(peak - before) / 1024**2:.1f} MB"


async def test_while_it_is_written_everything_else_goes_on(acme: Team) -> None:
    """The most that is done in one go is a small part of all that there was to do: counted in what this thread itself
    did, for other processes may make it wait as long as they like."""
    gaps = list[float]()

    async def beat() -> None:
        last = time.thread_time()
        while True:
            await asyncio.sleep(0)
            now = time.thread_time()
            gaps.append(now - last)
            last = now

    beating = asyncio.create_task(beat())
    began = time.thread_time()
    assert await export(acme, "many.example") == MANY
    took = time.thread_time() - began
    beating.cancel()
    with suppress(asyncio.CancelledError):
        await beating
    assert max(gaps) < took / 5, f"{max(gaps) * 1000:.0f} ms of {took * 1000:.0f} ms"
