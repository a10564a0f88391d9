"""Spaces that one person alone owns, and handing them on."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.members import ROLE
from storage.records import AuditEntry, SpaceRecord, new_id
from storage.spaces import LIVE, record
from storage.tables import grants, members, spaces
from storage.transaction import Transaction


async def only_theirs(connection: AsyncConnection, organization: str, member: str, role: str) -> list[SpaceRecord]:
    """The spaces in which somebody holds ``role`` for good and no other active member does, by name."""
    others = grants.alias("others")
    holds = and_(grants.c.space_id == spaces.c.id, grants.c.member_id == member)
    another = (
        select(others.c.id)
        .join(members, members.c.id == others.c.member_id)
        .where(
            others.c.organization_id == organization,
            others.c.kind == ROLE,
            others.c.space_id == spaces.c.id,
            others.c.what == role,
            others.c.member_id != member,
            others.c.ends_at.is_(None),
            others.c.ended_at.is_(None),
            members.c.status == "active",
        )
        .exists()
    )
    statement = (
        select(spaces)
        .join(grants, holds)
        .where(
            spaces.c.organization_id == organization,
            LIVE,
            grants.c.kind == ROLE,
            grants.c.what == role,
            grants.c.ends_at.is_(None),
            grants.c.ended_at.is_(None),
            ~another,
        )
        .order_by(spaces.c.name_folded)
    )
    return [record(row) for row in (await connection.execute(statement)).mappings()]


async def hand(
    tx: Transaction,
    organization: str,
    places: Sequence[str],
    role: str,
    heir: str,
    *,
    source: tuple[str, str | None],
    entries: Sequence[AuditEntry],
) -> None:
    """``heir`` holds ``role`` in all these spaces for good, in place of whatever they held there; what they have in
    hand dies with that. ``source`` is why, and by whom or which request."""
    for entry in entries:
        tx.note(entry)
    there = and_(grants.c.member_id == heir, grants.c.kind == ROLE, grants.c.space_id.in_(places))
    await tx.connection.execute(update(grants).where(there, grants.c.ended_at.is_(None)).values(ended_at=tx.now))
    rows = [
        {
            "id": new_id(),
            "organization_id": organization,
            "member_id": heir,
            "kind": ROLE,
            "what": role,
            "space_id": place,
            "source": source[0],
            "source_id": source[1],
            "starts_at": tx.now,
        }
        for place in places
    ]
    await tx.connection.execute(insert(grants), rows)
    await tx.connection.execute(update(members).where(members.c.id == heir).values(epoch=members.c.epoch + 1))
