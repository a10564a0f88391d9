"""Invitations and the one-time links of existing members. Only hashes of link tokens are kept (invariant 3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Integer, RowMapping, Text, and_, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.current import IS_OPEN
from storage.records import AuditEntry, InvitationRecord, LinkRecord
from storage.tables import Moment, invitations, links, members
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
        offered=row["offered"],
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


_FIND_SEVERAL = select(invitations).where(
    invitations.c.organization_id == bindparam("organization"), invitations.c.id.in_(bindparam("ids", expanding=True))
)


async def find_several(connection: AsyncConnection, organization: str, ids: Sequence[str]) -> list[InvitationRecord]:
    """Those of one organization; what does not exist is missing."""
    found = await connection.execute(_FIND_SEVERAL, {"organization": organization, "ids": list(ids)})
    return [record(row) for row in found.mappings().all()]


async def by_hash(connection: AsyncConnection, link_hash: str) -> InvitationRecord | None:
    found = await connection.execute(select(invitations).where(invitations.c.link_hash == link_hash))
    row = found.mappings().one_or_none()
    return record(row) if row else None


async def waiting_of(connection: AsyncConnection, member: str, *, space: str | None = None) -> list[InvitationRecord]:
    """What waits for one person's acceptance, and after it what has expired and can be sent again."""
    own = and_(invitations.c.member_id == member, invitations.c.state.in_(("pending", "expired")))
    which = own if space is None else and_(own, invitations.c.space_id == space)
    newest = (invitations.c.state.desc(), invitations.c.created_at.desc(), invitations.c.id)
    found = await connection.execute(select(invitations).where(which).order_by(*newest))
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
            IS_OPEN,
        )
        .values(version=invitation.version + 1, link_hash=link_hash, expires_at=expires, role=role, state="pending")
    )
    return changed.rowcount == 1


_RENEW_SEVERAL = (
    update(invitations)
    .where(
        invitations.c.id == bindparam("renewed", type_=Text()),
        invitations.c.version == bindparam("seen", type_=Integer()),
    )
    .values(
        version=bindparam("raised", type_=Integer()),
        link_hash=bindparam("hashed", type_=Text()),
        expires_at=bindparam("until", type_=Moment),
        state="pending",
    )
)


async def renew_several(tx: Transaction, renewed: Sequence[InvitationRecord], *, entries: Sequence[AuditEntry]) -> None:
    """As ``renew``, for many that were read under the organization's lock: nobody else was there between."""
    for entry in entries:
        tx.note(entry)
    rows = [
        {
            "renewed": one.id,
            "seen": one.version - 1,
            "raised": one.version,
            "hashed": one.link_hash,
            "until": one.expires,
        }
        for one in renewed
    ]
    await tx.connection.execute(_RENEW_SEVERAL, rows)


_TAKE_BACK = (
    update(invitations)
    .where(invitations.c.id.in_(bindparam("ids", expanding=True)), IS_OPEN)
    .values(state="revoked", ended_at=bindparam("now", type_=Moment))
)
_UNLIST = (
    update(members)
    .where(members.c.id.in_(bindparam("ids", expanding=True)), members.c.status == "invited")
    .values(listed=False, epoch=members.c.epoch + 1)
)


async def take_back(tx: Transaction, taken: Sequence[InvitationRecord], *, entries: Sequence[AuditEntry]) -> None:
    """Revoke many, pending or expired; whom they invited is not listed any more."""
    for entry in entries:
        tx.note(entry)
    await tx.connection.execute(_TAKE_BACK, {"ids": [one.id for one in taken], "now": tx.now})
    await tx.connection.execute(_UNLIST, {"ids": [one.member for one in taken]})


async def offered(tx: Transaction, invitation: str, version: int, *, entry: AuditEntry | None) -> None:
    """It was offered in Slack. ``entry`` None: a delivery of what was written before."""
    if entry is not None:
        tx.note(entry)
    own = and_(invitations.c.id == invitation, invitations.c.version == version)
    await tx.connection.execute(update(invitations).where(own).values(offered=version))


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
    own = and_(invitations.c.member_id == member, IS_OPEN)
    await tx.connection.execute(update(invitations).where(own).values(state=state, ended_at=tx.now))


async def add_link(tx: Transaction, link: LinkRecord, *, kills: Sequence[str], entry: AuditEntry) -> None:
    """A new one-time link of an existing member; earlier ones for the purposes that it ``kills`` die."""
    tx.note(entry)
    earlier = and_(links.c.member_id == link.member, links.c.purpose.in_(kills), links.c.used_at.is_(None))
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
    return _link(row) if row else None


async def find_link(connection: AsyncConnection, link: str) -> LinkRecord | None:
    row = (await connection.execute(select(links).where(links.c.id == link))).mappings().one_or_none()
    return _link(row) if row else None


def _link(row: RowMapping) -> LinkRecord:
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
