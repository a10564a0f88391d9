"""Grants: which role somebody holds where, since when, until when, and from whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.members import ROLE
from storage.records import AuditEntry, new_id
from storage.tables import grants
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class NewRole:
    """A role or, by its ``kind``, an add-on about to be given; ``ends`` None: lasting.

    ``source`` is invitation, request, person, setup, operator.
    """

    member: str
    what: str
    space: str
    source: str
    source_id: str | None
    ends: datetime | None = None
    id: str = ""
    kind: str = ROLE


async def give(tx: Transaction, organization: str, roles: Sequence[NewRole], *, entry: AuditEntry) -> None:
    """Insert grants of roles and add-ons. A role that lies in the place of another must have been ended before."""
    tx.note(entry)
    await tx.connection.execute(insert(grants), [_row(tx, organization, role) for role in roles])


def _row(tx: Transaction, organization: str, role: NewRole) -> dict[str, object]:
    return {
        "id": role.id or new_id(),
        "organization_id": organization,
        "member_id": role.member,
        "kind": role.kind,
        "what": role.what,
        "space_id": role.space,
        "source": role.source,
        "source_id": role.source_id,
        "starts_at": tx.now,
        "ends_at": role.ends,
    }


async def end_roles(tx: Transaction, member: str, *, space: str, lasting: bool, entry: AuditEntry) -> None:
    """End the temporary role in that scope, and with ``lasting`` the lasting one too."""
    tx.note(entry)
    place = and_(grants.c.member_id == member, grants.c.kind == ROLE, grants.c.space_id == space)
    which = place if lasting else and_(place, grants.c.ends_at.is_not(None))
    await tx.connection.execute(update(grants).where(which, grants.c.ended_at.is_(None)).values(ended_at=tx.now))


async def end(tx: Transaction, ids: Sequence[str], *, entry: AuditEntry) -> None:
    """End these grants, of whatever kind, now."""
    tx.note(entry)
    await tx.connection.execute(
        update(grants).where(grants.c.id.in_(ids), grants.c.ended_at.is_(None)).values(ended_at=tx.now)
    )


@dataclass(frozen=True, slots=True)
class Ended:
    """A temporary role that a timer has just closed."""

    member: str
    what: str
    space: str


async def end_due(tx: Transaction, grant: str, *, entry: AuditEntry) -> Ended | None:
    """Close one temporary grant whose time is over; None: it ended before, or is not due."""
    ended = await tx.connection.execute(
        update(grants)
        .where(grants.c.id == grant, grants.c.ended_at.is_(None), grants.c.ends_at <= tx.now)
        .values(ended_at=tx.now)
        .returning(grants.c.member_id, grants.c.what, grants.c.space_id)
    )
    row = ended.one_or_none()
    if row is None:
        return None
    tx.note(entry)
    return Ended(row.member_id, row.what, row.space_id)


async def holder(connection: AsyncConnection, grant: str) -> str | None:
    """The member who holds, or held, a grant."""
    return (await connection.execute(select(grants.c.member_id).where(grants.c.id == grant))).scalar_one_or_none()


async def end_every_role(tx: Transaction, member: str, *, entry: AuditEntry) -> None:
    """Whoever comes back by an invitation starts with what it says, not with what they once held."""
    tx.note(entry)
    own = and_(grants.c.member_id == member, grants.c.ended_at.is_(None))
    await tx.connection.execute(update(grants).where(own).values(ended_at=tx.now))


async def organization_of(connection: AsyncConnection, grant: str) -> str | None:
    found = select(grants.c.organization_id).where(grants.c.id == grant)
    return (await connection.execute(found)).scalar_one_or_none()
