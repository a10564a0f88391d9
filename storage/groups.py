"""Groups: named sets of members."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.members import folded
from storage.records import AuditEntry, new_id
from storage.tables import grants, groups
from storage.transaction import Transaction

GROUP = "group"


async def find(connection: AsyncConnection, organization: str, named: Sequence[str]) -> dict[str, str]:
    """Ids by folded name, for names or ids; what does not exist is missing."""
    keys = [folded(name) for name in named]
    which = groups.c.name_folded.in_(keys) | groups.c.id.in_(list(named))
    found = await connection.execute(
        select(groups.c.id, groups.c.name_folded).where(groups.c.organization_id == organization, which)
    )
    rows = found.all()
    return {row.name_folded: row.id for row in rows} | {row.id: row.id for row in rows}


async def add(tx: Transaction, organization: str, names: Sequence[str], *, entry: AuditEntry) -> None:
    tx.note(entry)
    rows = [{"id": new_id(), "organization_id": organization, "name": n, "name_folded": folded(n)} for n in names]
    await tx.connection.execute(insert(groups), [row | {"created_at": tx.now} for row in rows])


async def join(
    tx: Transaction, organization: str, member: str, ids: Sequence[str], *, source: str, entry: AuditEntry
) -> None:
    """Put a member into groups."""
    tx.note(entry)
    rows = [
        {
            "id": new_id(),
            "organization_id": organization,
            "member_id": member,
            "kind": GROUP,
            "what": group,
            "source": "invitation",
            "source_id": source,
            "starts_at": tx.now,
        }
        for group in ids
    ]
    if rows:
        await tx.connection.execute(insert(grants), rows)
