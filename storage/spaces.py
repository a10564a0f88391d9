"""Spaces: finding, making, renaming and deleting them. A deleted one keeps its row, so that its name can be told."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import RowMapping, Text, and_, bindparam, case, insert, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.current import IS_OPEN
from storage.members import folded
from storage.records import AuditEntry, SpaceRecord
from storage.tables import grants, invitations, members, resources, spaces
from storage.transaction import Transaction

LIVE = spaces.c.deleted_at.is_(None)
_NAMED = bindparam("named", type_=Text())
# Of two that the same words fit, the name is meant before the slug: it is what people read.
_FIND = (
    select(spaces)
    .where(
        spaces.c.organization_id == bindparam("organization"),
        or_(spaces.c.id == _NAMED, spaces.c.slug == bindparam("key"), spaces.c.name_folded == bindparam("key")),
        LIVE,
    )
    .order_by(case((spaces.c.id == _NAMED, 0), (spaces.c.name_folded == bindparam("key"), 1), else_=2))
    .limit(1)
)


def record(row: RowMapping) -> SpaceRecord:
    return SpaceRecord(
        row["id"], row["organization_id"], row["slug"], row["name"], row["approvals_channel"], row["created_by"]
    )


async def find(connection: AsyncConnection, organization: str, named: str) -> SpaceRecord | None:
    """A space by its id, name or slug."""
    asked = {"organization": organization, "named": named, "key": folded(named)}
    row = (await connection.execute(_FIND, asked)).mappings().one_or_none()
    return record(row) if row else None


async def names(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, str]:
    """By id; of deleted ones too."""
    if not ids:
        return {}
    found = await connection.execute(select(spaces.c.id, spaces.c.name).where(spaces.c.id.in_(ids)))
    return {row.id: row.name for row in found}


async def like(
    connection: AsyncConnection, organization: str, words: str, *, among: Sequence[str] | None = None, limit: int = 100
) -> Sequence[tuple[str, str]]:
    """Ids and names whose name begins with ``words``, by name; ``among`` None: of all there are."""
    statement = (
        select(spaces.c.id, spaces.c.name)
        .where(
            spaces.c.organization_id == organization,
            spaces.c.name_folded.startswith(folded(words), autoescape=True),
            LIVE,
        )
        .order_by(spaces.c.name_folded)
        .limit(limit)
    )
    if among is not None:
        statement = statement.where(spaces.c.id.in_(among))
    return [(row.id, row.name) for row in await connection.execute(statement)]


async def slugs_like(connection: AsyncConnection, organization: str, slug: str) -> frozenset[str]:
    """The slugs that are ``slug`` or ``slug-N``."""
    near = or_(spaces.c.slug == slug, spaces.c.slug.startswith(f"{slug}-", autoescape=True))
    found = select(spaces.c.slug).where(spaces.c.organization_id == organization, near)
    return frozenset((await connection.execute(found)).scalars())


async def add(tx: Transaction, rows: Sequence[SpaceRecord], *, entry: AuditEntry) -> None:
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
                "created_by": space.created_by,
                "created_at": tx.now,
            }
            for space in rows
        ],
    )


async def rename(tx: Transaction, space: str, name: str, *, entry: AuditEntry) -> None:
    """The slug stays: other software knows the space by it."""
    tx.note(entry)
    values = {"name": name, "name_folded": folded(name)}
    await tx.connection.execute(update(spaces).where(spaces.c.id == space).values(**values))


# Deleting -------------------------------------------------------------------------------------------------------------


async def delete(tx: Transaction, space: str, *, entry: AuditEntry) -> None:
    """Its name and slug are free from now on. What lies in it must have been ended before."""
    tx.note(entry)
    gone = {"deleted_at": tx.now, "slug": space, "name_folded": space}
    await tx.connection.execute(update(spaces).where(spaces.c.id == space).values(**gone))


async def end_access(tx: Transaction, space: str, *, entry: AuditEntry) -> list[str]:
    """End every grant that is still in force there, and kill what its holders have in hand; who they were."""
    tx.note(entry)
    open_there = and_(grants.c.space_id == space, grants.c.ended_at.is_(None))
    ended = await tx.connection.execute(
        update(grants).where(open_there).values(ended_at=tx.now).returning(grants.c.member_id)
    )
    held = sorted(set(ended.scalars()))
    if held:
        await tx.connection.execute(update(members).where(members.c.id.in_(held)).values(epoch=members.c.epoch + 1))
    return held


async def revoke_invitations(tx: Transaction, space: str, *, entry: AuditEntry) -> list[str]:
    """End every invitation to it; whoever was invited to nothing else leaves the list. Who they were."""
    tx.note(entry)
    ended = await tx.connection.execute(
        update(invitations)
        .where(invitations.c.space_id == space, IS_OPEN)
        .values(state="revoked", ended_at=tx.now)
        .returning(invitations.c.member_id)
    )
    invited = sorted(set(ended.scalars()))
    if invited:
        elsewhere = select(invitations.c.id).where(invitations.c.member_id == members.c.id, IS_OPEN).exists()
        left = and_(members.c.id.in_(invited), members.c.status == "invited", not_(elsewhere))
        await tx.connection.execute(update(members).where(left).values(listed=False, epoch=members.c.epoch + 1))
    return invited


async def let_resources_go(tx: Transaction, space: str, *, entry: AuditEntry) -> int:
    """What other products registered in it stays registered, outside any space; how many there were."""
    tx.note(entry)
    freed = await tx.connection.execute(update(resources).where(resources.c.space_id == space).values(space_id=""))
    return freed.rowcount


async def leave(tx: Transaction, space: str, member: str, *, entry: AuditEntry) -> None:
    """End all that one person holds there: roles, lasting or not, and add-ons."""
    tx.note(entry)
    theirs = and_(grants.c.space_id == space, grants.c.member_id == member, grants.c.ended_at.is_(None))
    await tx.connection.execute(update(grants).where(theirs).values(ended_at=tx.now))
