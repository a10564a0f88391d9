"""The list of members: narrowed, in order, a page at a time, and counted; never all of it in memory.

Order: folded name (whoever has none yet by their address), then id.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.listed import EVERYBODY, Counted, Found, Listed, Narrow, Tallies
from storage.listing_filters import ORGANIZATION, Among, no_one_can_be, values
from storage.listing_rows import listed, shown
from storage.listing_sizes import counted
from storage.listing_ways import STANDS, Asked, Way, asked_values, behind, choose, some, sorted_by, stand
from storage.paging import Turn
from storage.tables import tallies as kept

__all__ = ["EVERYBODY", "Counted", "Found", "Listed", "Narrow", "Tallies", "count", "everybody", "page", "tallies"]


async def page(
    connection: AsyncConnection, organization: str, narrow: Narrow, turn: Turn, *, now: datetime, limit: int
) -> Found:
    if no_one_can_be(narrow):
        return Found((), more=False)
    asked = Asked(shape(connection, narrow), turned=turn.at is not None, down=turn.down)
    given = values(organization, narrow, now) | asked_values(organization, turn, limit + 1)
    rows = await rows_of(connection, asked, await choose(connection, asked, given, limit + 1), given)
    return Found(rows[:limit] if turn.down else rows[:limit][::-1], more=len(rows) > limit)


def shape(connection: AsyncConnection, narrow: Narrow) -> Among:
    return Among.of(narrow, sqlite=connection.dialect.name == "sqlite")


async def rows_of(connection: AsyncConnection, asked: Asked, way: Way, given: Mapping[str, object]) -> list[Listed]:
    return [listed(row) for row in await connection.execute(showing(asked, way), given)]


@lru_cache(maxsize=256)
def showing(asked: Asked, way: Way) -> Select[*tuple[Any, ...]]:
    keys = some(asked, way).cte().prefix_with("MATERIALIZED")
    rows = shown(asked.among, keys)
    return sorted_by(rows.add_columns(*stand(keys)) if asked.exported else rows, keys, asked)


async def count(connection: AsyncConnection, organization: str, narrow: Narrow, *, now: datetime) -> Counted:
    if no_one_can_be(narrow):
        return Counted(0)
    if narrow == Narrow(status=narrow.status):
        statuses = (await tallies(connection, organization)).statuses
        return Counted(statuses.get(narrow.status, 0) if narrow.status else sum(statuses.values()))
    given = values(organization, narrow, now) | asked_values(organization, Turn(), 0)
    return await counted(connection, shape(connection, narrow), given)


_TALLIES = (
    select(kept.c.kind, kept.c.what, kept.c.count)
    .where(kept.c.organization_id == ORGANIZATION, kept.c.count > 0)
    .order_by(kept.c.kind, kept.c.what)
)


async def tallies(connection: AsyncConnection, organization: str) -> Tallies:
    """Kept by the database itself, so that it costs the same for ten members as for a million."""
    found = Tallies()
    for kind, what, many in await connection.execute(_TALLIES, {"organization": organization}):
        (found.statuses if kind == "status" else found.roles)[what] = many
    return found


async def everybody(
    connection: AsyncConnection, organization: str, narrow: Narrow, *, now: datetime, at_once: int = 1000
) -> AsyncIterator[Sequence[Listed]]:
    """All that ``page`` would show, in its order, some at a time.

    Whoever is called the same all the while stands there once. Who is renamed meanwhile may be left out or come twice:
    nobody remembers who was there, for that would grow with the directory.
    """
    if no_one_can_be(narrow):
        return
    asked = Asked(shape(connection, narrow), exported=True)
    given = values(organization, narrow, now) | asked_values(organization, Turn(), at_once)
    way = await choose(connection, asked, given, at_once)
    rows = await _chunk(connection, asked, way, given)
    asked = replace(asked, turned=True)
    while rows:
        yield [listed(_shown(row)) for row in rows]
        given |= behind(rows[-1])
        if len(rows) < at_once:
            return
        rows = await _chunk(connection, asked, way, given)


async def _chunk(
    connection: AsyncConnection, asked: Asked, way: Way, given: Mapping[str, object]
) -> Sequence[Row[*tuple[Any, ...]]]:
    return (await connection.execute(showing(asked, way), given)).all()


def _shown(row: Row[*tuple[Any, ...]]) -> Row[*tuple[Any, ...]]:
    """Without what ``stand`` added."""
    return cast("Row[*tuple[Any, ...]]", row[:-STANDS])
