"""Reading the directory of members: searches by beginning."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.listed import Narrow
from storage.listing_filters import Among, no_one_can_be, values
from storage.listing_ways import Asked, Way, asked_values, choose, some, sorted_by
from storage.members import folded
from storage.paging import Turn
from storage.tables import members


@dataclass(frozen=True, slots=True)
class Suggested:
    id: str
    name: str
    email: str
    status: str


async def beginning(
    connection: AsyncConnection, organization: str, words: str, *, status: str | None, limit: int = 100
) -> list[Suggested]:
    """Listed members whose name, one of whose later names, or whose address begins with ``words``, in the order of
    the list of members."""
    key = folded(words)
    # In ``directory.words`` two spaces stand before each word, and nowhere else.
    narrow = Narrow(words=(f"  {key.replace(' ', '  ')}",) if key else (), status=status or "")
    if no_one_can_be(narrow):
        return []
    asked = Asked(Among.of(narrow, sqlite=connection.dialect.name == "sqlite"))
    given = values(organization, narrow) | asked_values(organization, Turn(), limit)
    statement = _found(asked, await choose(connection, asked, given, limit))
    return [Suggested(row.id, row.name, row.email, row.status) for row in await connection.execute(statement, given)]


@lru_cache(maxsize=32)
def _found(asked: Asked, way: Way) -> Select[*tuple[Any, ...]]:
    keys = some(asked, way).cte().prefix_with("MATERIALIZED")
    columns = (members.c.id, members.c.name, members.c.email, members.c.status)
    return sorted_by(select(*columns).join(keys, keys.c.member_id == members.c.id), keys, asked)


async def organization_of(connection: AsyncConnection, member: str) -> str | None:
    found = select(members.c.organization_id).where(members.c.id == member)
    return (await connection.execute(found)).scalar_one_or_none()
