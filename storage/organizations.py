"""Organizations."""

from __future__ import annotations

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgres
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import chain
from storage.records import AuditEntry, OrganizationRecord
from storage.tables import organizations
from storage.transaction import Transaction


async def add(tx: Transaction, organization: OrganizationRecord, *, entry: AuditEntry) -> bool:
    """Insert an organization; what follows in this transaction is written into its chain. False: its slug is taken."""
    make = insert_sqlite if tx.connection.dialect.name == "sqlite" else insert_postgres
    made = await tx.connection.execute(
        make(organizations)
        .values(
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
        .on_conflict_do_nothing(index_elements=["slug"])
    )
    if made.rowcount != 1:
        return False
    await tx.turn_page()
    chain.adopt(tx, organization)
    tx.note(entry)
    return True


_FIND = select(organizations).where(
    organizations.c.id == bindparam("organization"), organizations.c.closed_at.is_(None)
)


async def find(connection: AsyncConnection, organization: str) -> OrganizationRecord | None:
    found = await connection.execute(_FIND, {"organization": organization})
    row = found.mappings().one_or_none()
    return chain.organization_record(row) if row else None


async def find_even_closed(connection: AsyncConnection, organization: str) -> OrganizationRecord | None:
    """For telling people what became of it."""
    found = await connection.execute(select(organizations).where(organizations.c.id == organization))
    row = found.mappings().one_or_none()
    return chain.organization_record(row) if row else None


async def settle(tx: Transaction, organization: OrganizationRecord, *, entry: AuditEntry) -> None:
    """Its settings as they shall be from now on."""
    tx.note(entry)
    await tx.connection.execute(
        update(organizations)
        .where(organizations.c.id == organization.id)
        .values(
            catalogue=organization.catalogue,
            plan=organization.plan,
            invitation_days=organization.invitation_days,
            approvals_channel=organization.approvals_channel,
            follow_slack=organization.follow_slack,
        )
    )


async def slugs_like(connection: AsyncConnection, slug: str) -> frozenset[str]:
    """The slugs that are ``slug`` or ``slug-N``."""
    near = or_(organizations.c.slug == slug, organizations.c.slug.startswith(f"{slug}-", autoescape=True))
    return frozenset((await connection.execute(select(organizations.c.slug).where(near))).scalars())
