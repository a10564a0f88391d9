"""What makes up one member beside roles: their name and timezone, and the groups that they are in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.current import live
from storage.groups import GROUP, membership, record
from storage.members import folded
from storage.records import AuditEntry, GroupRecord
from storage.tables import grants, groups, members
from storage.transaction import Transaction


async def edit(
    tx: Transaction, member: str, *, name: str | None = None, timezone: str | None = None, entry: AuditEntry
) -> None:
    """None: left as it is."""
    tx.note(entry)
    values: dict[str, object] = {} if name is None else {"name": name, "name_folded": folded(name)}
    if timezone is not None:
        values["timezone"] = timezone
    await tx.connection.execute(update(members).where(members.c.id == member).values(**values))


@dataclass(frozen=True, slots=True)
class Membership:
    """Whether one member is in a group, for good or for a while."""

    group: GroupRecord
    within: bool


async def named(
    connection: AsyncConnection, organization: str, member: str, typed: Sequence[str], *, now: datetime
) -> list[Membership]:
    """The groups that are named, by name or id, and whether a member is in them; by name."""
    theirs = and_(
        grants.c.organization_id == organization,
        grants.c.member_id == member,
        grants.c.kind == GROUP,
        grants.c.what == groups.c.id,
        live(now),
    )
    within = exists().where(theirs)
    which = or_(groups.c.id.in_(list(typed)), groups.c.name_folded.in_([folded(name) for name in typed]))
    statement = (
        select(groups, within.label("within"))
        .where(groups.c.organization_id == organization, which)
        .order_by(groups.c.name_folded, groups.c.id)
    )
    return [Membership(record(row), bool(row["within"])) for row in (await connection.execute(statement)).mappings()]


async def enter(
    tx: Transaction, joined: Sequence[GroupRecord], member: str, *, source: str, by: str | None, entry: AuditEntry
) -> None:
    """One member joins several for good."""
    tx.note(entry)
    await tx.connection.execute(insert(grants), [membership(tx, group, member, source, by) for group in joined])


async def leave(tx: Transaction, left: Sequence[GroupRecord], member: str, *, entry: AuditEntry) -> None:
    """One member leaves several."""
    tx.note(entry)
    theirs = and_(grants.c.member_id == member, grants.c.kind == GROUP, grants.c.ended_at.is_(None))
    which = grants.c.what.in_([group.id for group in left])
    await tx.connection.execute(update(grants).where(theirs, which).values(ended_at=tx.now))
