"""Groups and resources that somebody may ask for: found as they were typed, and while somebody types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import literal, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.members import folded
from storage.tables import groups, resources


@dataclass(frozen=True, slots=True)
class Askable:
    """``sort`` '' is a group, else the resource's kind."""

    id: str
    sort: str
    name: str


async def like(connection: AsyncConnection, organization: str, words: str, *, limit: int = 100) -> Sequence[Askable]:
    """Groups and resources whose name begins with ``words``: groups first, then by name."""
    key = folded(words)
    these = union_all(
        select(groups.c.id, literal("").label("sort"), groups.c.name, groups.c.name_folded).where(
            groups.c.organization_id == organization, groups.c.name_folded.startswith(key, autoescape=True)
        ),
        select(resources.c.id, resources.c.kind, resources.c.name, resources.c.name_folded).where(
            resources.c.organization_id == organization, resources.c.name_folded.startswith(key, autoescape=True)
        ),
    ).subquery()
    statement = select(these).order_by(these.c.sort != "", these.c.name_folded, these.c.id).limit(limit)
    return [Askable(row.id, row.sort, row.name) for row in await connection.execute(statement)]


async def group(connection: AsyncConnection, organization: str, named: str) -> Askable | None:
    """By its id or its name."""
    which = or_(groups.c.id == named, groups.c.name_folded == folded(named))
    statement = select(groups.c.id, groups.c.name).where(groups.c.organization_id == organization, which)
    row = (await connection.execute(statement)).first()
    return Askable(row.id, "", row.name) if row else None
