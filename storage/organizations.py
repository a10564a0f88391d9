"""Organizations and their spaces."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import chain
from storage.members import folded
from storage.records import AuditEntry, OrganizationRecord, SpaceRecord
from storage.tables import organizations, spaces
from storage.transaction import Transaction


async def add(tx: Transaction, organization: OrganizationRecord, *, entry: AuditEntry) -> None:
    """Insert an organization; what follows in this transaction is written into its chain."""
    await tx.connection.execute(
        insert(organizations).values(
            id=organization.id,
            workspace_id=organization.workspace,
            slug=organization.slug,
            name=organization.name,
            catalogue=organization.catalogue,
            plan=organization.plan,
            approvals_channel=organization.approvals_channel,
            invitation_days=organization.invitation_days,
            enforce_factor=organization.enforce_factor,
            created_at=tx.now,
            seq=0,
            head="",
        )
    )
    chain.adopt(tx, organization)
    tx.note(entry)


_FIND = select(organizations).where(
    organizations.c.id == bindparam("organization"), organizations.c.closed_at.is_(None)
)


async def find(connection: AsyncConnection, organization: str) -> OrganizationRecord | None:
    found = await connection.execute(_FIND, {"organization": organization})
    row = found.mappings().one_or_none()
    return chain.organization_record(row) if row else None


async def slugs_like(connection: AsyncConnection, slug: str) -> frozenset[str]:
    """The slugs that are ``slug`` or ``slug-N``."""
    near = or_(organizations.c.slug == slug, organizations.c.slug.startswith(f"{slug}-", autoescape=True))
    return frozenset((await connection.execute(select(organizations.c.slug).where(near))).scalars())


async def add_spaces(tx: Transaction, rows: Sequence[SpaceRecord], *, entry: AuditEntry) -> None:
    tx.note(entry)
    await tx.connection.execute(
        insert(spaces),
        [
            {
                "id": space.id,
                "organization_id": space.organization,
                "slug": space.slug,
                "name": space.name,
                "name_folded": folded(space.name),
                "approvals_channel": space.approvals_channel,
                "created_at": tx.now,
            }
            for space in rows
        ],
    )


async def space(connection: AsyncConnection, organization: str, named: str) -> SpaceRecord | None:
    """A space by its id, slug or name."""
    which = or_(spaces.c.id == named, spaces.c.slug == folded(named), spaces.c.name_folded == folded(named))
    found = await connection.execute(select(spaces).where(spaces.c.organization_id == organization, which))
    row = found.mappings().first()
    if row is None:
        return None
    return SpaceRecord(row["id"], row["organization_id"], row["slug"], row["name"], row["approvals_channel"])


async def space_names(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, str]:
    if not ids:
        return {}
    found = await connection.execute(select(spaces.c.id, spaces.c.name).where(spaces.c.id.in_(ids)))
    return {row.id: row.name for row in found}


async def spaces_like(
    connection: AsyncConnection, organization: str, words: str, *, limit: int = 100
) -> Sequence[tuple[str, str]]:
    """Ids and names whose name begins with ``words``, by name."""
    statement = (
        select(spaces.c.id, spaces.c.name)
        .where(
            spaces.c.organization_id == organization, spaces.c.name_folded.startswith(folded(words), autoescape=True)
        )
        .order_by(spaces.c.name_folded)
        .limit(limit)
    )
    return [(row.id, row.name) for row in await connection.execute(statement)]
