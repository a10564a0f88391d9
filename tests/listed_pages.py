"""Houses of made-up people in a database, and their lists a page at a time."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from storage import listing
from storage.listed import Listed, Narrow
from storage.paging import Turn
from storage.store import Store
from tests.listed_people import NOW, House


@asynccontextmanager
async def writing(database_url: str) -> AsyncGenerator[AsyncConnection]:
    """A transaction; whatever happens, nothing of it stays."""
    store = Store(database_url)
    try:
        async with store.writer.connect() as connection:
            await connection.begin()
            try:
                yield connection
            finally:
                await connection.rollback()
    finally:
        await store.close()


@asynccontextmanager
async def written(database_url: str, *houses: House) -> AsyncGenerator[AsyncConnection]:
    """Nothing of it stays."""
    async with writing(database_url) as connection:
        for house in houses:
            await house.write(connection)
        yield connection


async def paged(connection: AsyncConnection, house: House, narrow: Narrow, *, limit: int, down: bool) -> list[Listed]:
    """All of them, a page at a time."""
    rows, turn = list[Listed](), Turn(down=down)
    while True:
        found = await listing.page(connection, house.id, narrow, turn, now=NOW, limit=limit)
        assert len(found.rows) <= limit
        rows = [*rows, *found.rows] if down else [*found.rows, *rows]
        if not found.more:
            return rows
        turn = Turn(found.rows[-1 if down else 0].id, down=down)
