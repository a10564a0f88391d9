"""Organizations as the operator finds them: by slug, among all of the instance."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.chain import organization_record
from storage.records import OrganizationRecord
from storage.tables import organizations

_OPEN = select(organizations).where(organizations.c.closed_at.is_(None))


async def by_slug(connection: AsyncConnection, slug: str) -> OrganizationRecord | None:
    row = (await connection.execute(_OPEN.where(organizations.c.slug == slug))).mappings().one_or_none()
    return organization_record(row) if row else None


async def first_ones(connection: AsyncConnection, *, limit: int) -> Sequence[OrganizationRecord]:
    found = await connection.execute(_OPEN.order_by(organizations.c.slug).limit(limit))
    return [organization_record(row) for row in found.mappings()]
