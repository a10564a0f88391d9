"""Groups: named sets of members."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, and_, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.members import folded
from storage.records import AuditEntry, GroupRecord, new_id
from storage.tables import grants, groups, shares
from storage.transaction import Transaction

GROUP = "group"


def record(row: RowMapping) -> GroupRecord:
    return GroupRecord(row["id"], row["organization_id"], row["name"])


# Finding --------------------------------------------------------------------------------------------------------------


async def find(connection: AsyncConnection, organization: str, named: Sequence[str]) -> dict[str, str]:
    """Ids by folded name, for names or ids; what does not exist is missing."""
    return {key: one.id for key, one in (await found(connection, organization, named)).items()}


async def found(connection: AsyncConnection, organization: str, named: Sequence[str]) -> dict[str, GroupRecord]:
    """Groups by folded name and by id, for names or ids; what does not exist is missing."""
    keys = [folded(name) for name in named]
    which = groups.c.name_folded.in_(keys) | groups.c.id.in_(list(named))
    rows = await connection.execute(select(groups).where(groups.c.organization_id == organization, which))
    records = [record(row) for row in rows.mappings()]
    return {folded(one.name): one for one in records} | {one.id: one for one in records}


async def names(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, str]:
    if not ids:
        return {}
    rows = await connection.execute(select(groups.c.id, groups.c.name).where(groups.c.id.in_(ids)))
    return {row.id: row.name for row in rows}


async def like(
    connection: AsyncConnection, organization: str, words: str, *, limit: int = 100
) -> Sequence[tuple[str, str]]:
    """Ids and names whose name begins with ``words``, by name."""
    near = groups.c.name_folded.startswith(folded(words), autoescape=True)
    statement = (
        select(groups.c.id, groups.c.name)
        .where(groups.c.organization_id == organization, near)
        .order_by(groups.c.name_folded)
        .limit(limit)
    )
    return [(row.id, row.name) for row in await connection.execute(statement)]


async def within(
    connection: AsyncConnection, group: GroupRecord, people: Sequence[str], *, now: datetime
) -> tuple[frozenset[str], frozenset[str]]:
    """Which of these people are in the group for good, and which for a while."""
    ends = or_(grants.c.ends_at.is_(None), grants.c.ends_at > now)
    live = and_(_held(group), grants.c.member_id.in_(people), grants.c.ended_at.is_(None), ends)
    rows = (await connection.execute(select(grants.c.member_id, grants.c.ends_at).where(live))).all()
    lasting = frozenset(row.member_id for row in rows if row.ends_at is None)
    return lasting, frozenset(row.member_id for row in rows) - lasting


async def anywhere_in(
    connection: AsyncConnection, organization: str, groups_: Collection[str], people: Sequence[str], *, now: datetime
) -> frozenset[str]:
    """Which of these people are in any of these groups."""
    ends = or_(grants.c.ends_at.is_(None), grants.c.ends_at > now)
    held = and_(grants.c.organization_id == organization, grants.c.kind == GROUP, grants.c.what.in_(groups_))
    live = and_(held, grants.c.member_id.in_(people), grants.c.ended_at.is_(None), ends)
    return frozenset((await connection.execute(select(grants.c.member_id).where(live))).scalars())


# Changing -------------------------------------------------------------------------------------------------------------


async def add(tx: Transaction, organization: str, names: Sequence[str], *, entry: AuditEntry) -> None:
    tx.note(entry)
    rows = [{"id": new_id(), "organization_id": organization, "name": n, "name_folded": folded(n)} for n in names]
    await tx.connection.execute(insert(groups), [row | {"created_at": tx.now} for row in rows])


async def create(tx: Transaction, group: GroupRecord, *, entry: AuditEntry) -> None:
    tx.note(entry)
    row = {"id": group.id, "organization_id": group.organization, "name": group.name, "created_at": tx.now}
    await tx.connection.execute(insert(groups).values(**row, name_folded=folded(group.name)))


async def rename(tx: Transaction, group: GroupRecord, name: str, *, entry: AuditEntry) -> None:
    tx.note(entry)
    values = {"name": name, "name_folded": folded(name)}
    await tx.connection.execute(update(groups).where(groups.c.id == group.id).values(**values))


async def remove(tx: Transaction, group: GroupRecord, *, entry: AuditEntry) -> None:
    """Everybody's membership ends, and it stands on no list any more."""
    tx.note(entry)
    held = and_(_held(group), grants.c.ended_at.is_(None))
    await tx.connection.execute(update(grants).where(held).values(ended_at=tx.now))
    listed = and_(shares.c.organization_id == group.organization, shares.c.kind == GROUP, shares.c.what == group.id)
    await tx.connection.execute(delete(shares).where(listed))
    await tx.connection.execute(delete(groups).where(groups.c.id == group.id))


def _held(group: GroupRecord) -> ColumnElement[bool]:
    """As the index has it."""
    of_organization = and_(grants.c.organization_id == group.organization, grants.c.space_id == "")
    return and_(of_organization, grants.c.kind == GROUP, grants.c.what == group.id)


async def join(
    tx: Transaction, organization: str, member: str, ids: Sequence[str], *, source: str, entry: AuditEntry
) -> None:
    """Put a member into the groups of an invitation that there still are."""
    tx.note(entry)
    kept = (await found(tx.connection, organization, ids)).values() if ids else ()
    rows = [membership(tx, group, member, "invitation", source) for group in set(kept)]
    if rows:
        await tx.connection.execute(insert(grants), rows)


async def put(
    tx: Transaction, group: GroupRecord, people: Sequence[str], *, source: str, by: str | None, entry: AuditEntry
) -> None:
    """Let people join for good."""
    tx.note(entry)
    rows = [membership(tx, group, one, source, by) for one in people]
    await tx.connection.execute(insert(grants), rows)


def membership(tx: Transaction, group: GroupRecord, member: str, source: str, by: str | None) -> dict[str, object]:
    return {
        "id": new_id(),
        "organization_id": group.organization,
        "member_id": member,
        "kind": GROUP,
        "what": group.id,
        "source": source,
        "source_id": by,
        "starts_at": tx.now,
    }


async def take(tx: Transaction, group: GroupRecord, people: Sequence[str], *, entry: AuditEntry) -> None:
    """Let people leave."""
    tx.note(entry)
    theirs = and_(_held(group), grants.c.member_id.in_(people), grants.c.ended_at.is_(None))
    await tx.connection.execute(update(grants).where(theirs).values(ended_at=tx.now))
