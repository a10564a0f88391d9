"""Groups and resources that somebody may ask for: found as they were typed, and while somebody types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, literal, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.members import folded
from storage.records import ResourceRecord
from storage.resources import record_of
from storage.tables import groups, resources


@dataclass(frozen=True, slots=True)
class Askable:
    """``sort`` '' is a group, else the resource's kind."""

    id: str
    sort: str
    name: str


async def resource(connection: AsyncConnection, organization: str, kind: str, named: str) -> tuple[ResourceRecord, ...]:
    """By its own id or its id in the product; otherwise all of that name, of which only one alone is meant."""
    exact = or_(resources.c.outside_id == named, resources.c.id == named)
    statement = (
        select(resources)
        .where(
            resources.c.organization_id == organization,
            resources.c.kind == kind,
            or_(exact, resources.c.name_folded == folded(named)),
        )
        .order_by(case((exact, 0), else_=1), resources.c.outside_id)
        .limit(2)
    )
    found = tuple(record_of(row) for row in (await connection.execute(statement)).mappings())
    by_id = tuple(one for one in found if named in (one.id, one.outside))
    return by_id[:1] or found


async def by_id(connection: AsyncConnection, organization: str, resource_: str) -> ResourceRecord | None:
    statement = select(resources).where(resources.c.organization_id == organization, resources.c.id == resource_)
    row = (await connection.execute(statement)).mappings().one_or_none()
    return record_of(row) if row else None


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
