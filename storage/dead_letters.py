"""What could not be delivered: read by those who mend it, and put back among what is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Integer, Text, and_, bindparam, func, literal, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.records import AuditEntry
from storage.tables import Moment, imports, invitations, links, members, outbox, proofs, webhooks
from storage.transaction import Transaction

_DEAD = and_(outbox.c.organization_id == bindparam("organization"), outbox.c.state == "dead")
_COUNT = select(func.count()).select_from(outbox).where(_DEAD)


@dataclass(frozen=True, slots=True)
class Letter:
    """``tried``: when the last try was due; ``number`` tells rows apart, the newer the greater."""

    number: int
    key: str
    kind: str
    notice: str
    error: str
    attempts: int
    written: datetime
    tried: datetime


async def count(connection: AsyncConnection, organization: str) -> int:
    return int((await connection.execute(_COUNT, {"organization": organization})).scalar_one())


_AT = bindparam("at", type_=BigInteger())
_MOST = bindparam("most", type_=Integer())
_DOWN = select(outbox).where(_DEAD, outbox.c.id < _AT).order_by(outbox.c.id.desc()).limit(_MOST)
_UP = select(outbox).where(_DEAD, outbox.c.id > _AT).order_by(outbox.c.id).limit(_MOST)
_NEWEST = 2**62


async def page(
    connection: AsyncConnection, organization: str, at: int | None, *, down: bool, limit: int
) -> tuple[list[Letter], bool]:
    """Newest first, behind ``at`` or before it; and whether there are further ones that way."""
    asked = {"organization": organization, "at": _NEWEST if at is None else at, "most": limit + 1}
    found = (await connection.execute(_DOWN if down else _UP, asked)).mappings().all()
    rows = [
        Letter(
            number=row["id"],
            key=row["key"],
            kind=row["kind"],
            notice=row["notice"],
            error=row["error"] or "",
            attempts=row["attempts"],
            written=row["created_at"],
            tried=row["due_at"],
        )
        for row in found[:limit]
    ]
    return rows if down else rows[::-1], len(found) > limit


@dataclass(frozen=True, slots=True)
class Whom:
    """Somebody whom a letter is for, or the address of the web that it goes to."""

    name: str = ""
    email: str = ""
    url: str = ""


_IDS = bindparam("ids", type_=Text(), expanding=True)
_NONE = literal("")
_OF_MEMBERS = [
    select(table.c.id, members.c.name, members.c.email, _NONE.label("url"))
    .join(members, members.c.id == table.c.member_id)
    .where(table.c.organization_id == bindparam("organization"), table.c.id.in_(_IDS))
    for table in (invitations, proofs, links, imports)
]
_WHOM = union_all(
    select(members.c.id, members.c.name, members.c.email, _NONE.label("url")).where(
        members.c.organization_id == bindparam("organization"), members.c.id.in_(_IDS)
    ),
    *_OF_MEMBERS,
    select(webhooks.c.id, _NONE, _NONE, webhooks.c.url).where(
        webhooks.c.organization_id == bindparam("organization"), webhooks.c.id.in_(_IDS)
    ),
)


async def whom(connection: AsyncConnection, organization: str, ids: Sequence[str]) -> Mapping[str, Whom]:
    """By the id that a letter holds: of a member, an invitation, a proof, a link, an import or a webhook."""
    if not ids:
        return {}
    rows = await connection.execute(_WHOM, {"organization": organization, "ids": list(ids)})
    return {row.id: Whom(row.name, row.email, row.url) for row in rows}


async def keys(connection: AsyncConnection, organization: str, *, most: int) -> Sequence[tuple[str, str]]:
    """Key and kind of the oldest."""
    statement = select(outbox.c.key, outbox.c.kind).where(_DEAD).order_by(outbox.c.id).limit(_MOST)
    rows = await connection.execute(statement, {"organization": organization, "most": most})
    return [(row.key, row.kind) for row in rows]


async def find(connection: AsyncConnection, organization: str, key: str) -> tuple[str, str] | None:
    """Key and kind; None: it was sent meanwhile, or never was one of this organization."""
    statement = select(outbox.c.key, outbox.c.kind).where(_DEAD, outbox.c.key == bindparam("key"))
    row = (await connection.execute(statement, {"organization": organization, "key": key})).one_or_none()
    return (row.key, row.kind) if row else None


_AGAIN = (
    update(outbox)
    .where(_DEAD, outbox.c.key.in_(bindparam("keys", type_=Text(), expanding=True)))
    .values(state="waiting", attempts=0, due_at=bindparam("now", type_=Moment), leased_until=None, error=None)
)


async def send_again(tx: Transaction, organization: str, keys: Sequence[str], *, entries: Sequence[AuditEntry]) -> None:
    """Due now, as if it had never been tried."""
    for entry in entries:
        tx.note(entry)
    await tx.connection.execute(_AGAIN, {"organization": organization, "keys": list(keys), "now": tx.now})
    tx.wake()
