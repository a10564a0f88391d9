"""Reading the directory of members: counts and searches by beginning."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.members import folded
from storage.tables import members


@dataclass(frozen=True, slots=True)
class Listed:
    id: str
    name: str
    email: str
    status: str


async def counts(connection: AsyncConnection, organization: str) -> dict[str, int]:
    """How many listed members have each status."""
    statement = (
        select(members.c.status, func.count())
        .where(members.c.organization_id == organization, members.c.listed.is_(True))
        .group_by(members.c.status)
        .order_by(members.c.status)
    )
    return {str(row[0]): int(row[1]) for row in await connection.execute(statement)}


async def beginning(
    connection: AsyncConnection, organization: str, words: str, *, status: str | None, limit: int = 100
) -> list[Listed]:
    """Listed members whose name, one of whose later names, or whose address begins with ``words``."""
    key = folded(words)
    near = or_(
        members.c.name_folded.startswith(key, autoescape=True),
        members.c.name_folded.contains(f" {key}", autoescape=True),
        members.c.email_folded.startswith(key, autoescape=True),
    )
    statement = (
        select(members.c.id, members.c.name, members.c.email, members.c.status)
        .where(members.c.organization_id == organization, members.c.listed.is_(True), near)
        .order_by(members.c.name_folded, members.c.id)
        .limit(limit)
    )
    if status is not None:
        statement = statement.where(members.c.status == status)
    return [Listed(row.id, row.name, row.email, row.status) for row in await connection.execute(statement)]


async def organization_of(connection: AsyncConnection, member: str) -> str | None:
    found = select(members.c.organization_id).where(members.c.id == member)
    return (await connection.execute(found)).scalar_one_or_none()
