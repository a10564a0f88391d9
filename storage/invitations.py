"""Invitations and the one-time links of existing members. Only hashes of link tokens are kept (invariant 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, and_, bindparam, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.records import AuditEntry, InvitationRecord, LinkRecord
from storage.tables import invitations, links, members
from storage.transaction import Transaction


def record(row: RowMapping) -> InvitationRecord:
    return InvitationRecord(
        id=row["id"],
        organization=row["organization_id"],
        member=row["member_id"],
        role=row["role"],
        space=row["space_id"],
        groups=tuple(row["groups"]),
        state=row["state"],
        invited_by=row["invited_by"],
        version=row["version"],
        link_hash=row["link_hash"],
        created=row["created_at"],
        expires=row["expires_at"],
    )


_ADD = insert(invitations)


async def add(tx: Transaction, rows: Sequence[InvitationRecord], *, entries: Sequence[AuditEntry]) -> None:
    for entry in entries:
        tx.note(entry)
    await tx.connection.execute(
        _ADD,
        [
            {
                "id": row.id,
                "organization_id": row.organization,
                "member_id": row.member,
                "role": row.role,
                "space_id": row.space,
                "groups": list(row.groups),
                "state": row.state,
                "invited_by": row.invited_by,
                "version": row.version,
                "link_hash": row.link_hash,
                "created_at": row.created,
                "expires_at": row.expires,
            }
            for row in rows
        ],
    )


_FIND = select(invitations).where(invitations.c.id == bindparam("invitation"))


async def find(connection: AsyncConnection, invitation: str) -> InvitationRecord | None:
    found = await connection.execute(_FIND, {"invitation": invitation})
    row = found.mappings().one_or_none()
    return record(row) if row else None


async def by_hash(connection: AsyncConnection, link_hash: str) -> InvitationRecord | None:
    found = await connection.execute(select(invitations).where(invitations.c.link_hash == link_hash))
    row = found.mappings().one_or_none()
    return record(row) if row else None


async def pending_of(connection: AsyncConnection, member: str, *, space: str | None = None) -> list[InvitationRecord]:
    """What waits for one person's acceptance (expired by the clock or not)."""
    own = and_(invitations.c.member_id == member, invitations.c.state == "pending")
    which = own if space is None else and_(own, invitations.c.space_id == space)
    found = await connection.execute(select(invitations).where(which))
    return [record(row) for row in found.mappings().all()]


async def renew(
    tx: Transaction, invitation: InvitationRecord, *, link_hash: str, expires: datetime, role: str, entry: AuditEntry
) -> bool:
    """Raise the version: the earlier link is dead from now on. False: somebody else was first."""
    tx.note(entry)
    changed = await tx.connection.execute(
        update(invitations)
        .where(
            invitations.c.id == invitation.id,
            invitations.c.version == invitation.version,
            invitations.c.state.in_(("pending", "expired")),
        )
        .values(version=invitation.version + 1, link_hash=link_hash, expires_at=expires, role=role, state="pending")
    )
    return changed.rowcount == 1


async def end(tx: Transaction, invitation: InvitationRecord, state: str, *, entry: AuditEntry) -> bool:
    """Pending, with this very link, to accepted, revoked or expired. False: it is no longer so."""
    tx.note(entry)
    changed = await tx.connection.execute(
        update(invitations)
        .where(
            invitations.c.id == invitation.id,
            invitations.c.version == invitation.version,
            invitations.c.state == "pending",
        )
        .values(state=state, ended_at=tx.now)
    )
    return changed.rowcount == 1


async def end_all(tx: Transaction, member: str, state: str, *, entry: AuditEntry) -> None:
    """End everything that waits for one person's acceptance, or could be made to wait again by resending it."""
    tx.note(entry)
    own = and_(invitations.c.member_id == member, invitations.c.state.in_(("pending", "expired")))
    await tx.connection.execute(update(invitations).where(own).values(state=state, ended_at=tx.now))


@dataclass(frozen=True, slots=True)
class Row:
    invitation: InvitationRecord
    email: str
    name: str
    inviter: tuple[str, str, str] | None


async def page(
    connection: AsyncConnection,
    organization: str,
    *,
    spaces: Sequence[str] | None,
    after: tuple[datetime, str] | None,
    before: tuple[datetime, str] | None,
    limit: int,
) -> list[Row]:
    """Newest first, by key; ``before`` reads the page that ends just above that key. ``spaces`` None: all there are,
    those to the organization itself included."""
    inviters = members.alias("inviters")
    key = (invitations.c.created_at, invitations.c.id)
    statement = (
        select(
            invitations,
            members.c.email,
            members.c.name,
            inviters.c.id.label("inviter_id"),
            inviters.c.name.label("inviter_name"),
            inviters.c.email.label("inviter_email"),
        )
        .join(members, members.c.id == invitations.c.member_id)
        .outerjoin(inviters, inviters.c.id == invitations.c.invited_by)
        .where(invitations.c.organization_id == organization)
        .limit(limit)
    )
    if spaces is not None:
        statement = statement.where(invitations.c.space_id.in_(spaces))
    if before is not None:
        later = or_(key[0] > before[0], and_(key[0] == before[0], key[1] > before[1]))
        statement = statement.where(later).order_by(key[0], key[1])
    else:
        if after is not None:
            statement = statement.where(or_(key[0] < after[0], and_(key[0] == after[0], key[1] < after[1])))
        statement = statement.order_by(key[0].desc(), key[1].desc())
    rows = [_row(row) for row in (await connection.execute(statement)).mappings().all()]
    return rows[::-1] if before is not None else rows


def _row(row: RowMapping) -> Row:
    inviter = (row["inviter_id"], row["inviter_name"], row["inviter_email"]) if row["inviter_id"] else None
    return Row(record(row), row["email"], row["name"], inviter)


async def count(connection: AsyncConnection, organization: str, *, spaces: Sequence[str] | None) -> int:
    statement = select(func.count()).select_from(invitations).where(invitations.c.organization_id == organization)
    if spaces is not None:
        statement = statement.where(invitations.c.space_id.in_(spaces))
    return int((await connection.execute(statement)).scalar_one())


async def add_link(tx: Transaction, link: LinkRecord, *, entry: AuditEntry) -> None:
    """A new one-time link of an existing member; earlier ones of the same purpose die."""
    tx.note(entry)
    earlier = and_(links.c.member_id == link.member, links.c.purpose == link.purpose, links.c.used_at.is_(None))
    await tx.connection.execute(update(links).where(earlier).values(used_at=tx.now))
    await tx.connection.execute(
        insert(links).values(
            id=link.id,
            organization_id=link.organization,
            member_id=link.member,
            purpose=link.purpose,
            version=link.version,
            epoch=link.epoch,
            link_hash=link.link_hash,
            expires_at=link.expires,
        )
    )


async def link_by_hash(connection: AsyncConnection, link_hash: str) -> LinkRecord | None:
    row = (await connection.execute(select(links).where(links.c.link_hash == link_hash))).mappings().one_or_none()
    if row is None:
        return None
    return LinkRecord(
        id=row["id"],
        organization=row["organization_id"],
        member=row["member_id"],
        purpose=row["purpose"],
        version=row["version"],
        epoch=row["epoch"],
        link_hash=row["link_hash"],
        expires=row["expires_at"],
        used=row["used_at"],
    )


async def use_link(tx: Transaction, link: LinkRecord, *, entry: AuditEntry) -> bool:
    """Spend a link, once. False: it was spent before."""
    tx.note(entry)
    unused = and_(links.c.id == link.id, links.c.used_at.is_(None), links.c.expires_at > tx.now)
    return (await tx.connection.execute(update(links).where(unused).values(used_at=tx.now))).rowcount == 1


async def revoke_expired(tx: Transaction, invitation: InvitationRecord, *, entry: AuditEntry) -> None:
    """An expired invitation that is revoked leaves the list of those that can be resent."""
    tx.note(entry)
    expired = and_(invitations.c.id == invitation.id, invitations.c.state == "expired")
    await tx.connection.execute(update(invitations).where(expired).values(state="revoked", ended_at=tx.now))
