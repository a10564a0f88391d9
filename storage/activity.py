"""When members were last seen doing anything."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Text, bindparam, or_, select, update

from storage.records import AuditEntry
from storage.tables import members
from storage.transaction import Transaction

_IDS = bindparam("ids", type_=Text(), expanding=True)
# A row that a command holds is left alone: nobody waits for this, and it waits for nobody.
_FREE = (
    select(members.c.id)
    .where(members.c.id.in_(_IDS), members.c.status == "active")
    .order_by(members.c.id)
    .with_for_update(skip_locked=True)
)


async def note(tx: Transaction, ids: Collection[str], *, entry: AuditEntry | None) -> Sequence[str]:
    """That these are active now, in one statement; of whom it could be written."""
    if entry is not None:
        tx.note(entry)
    earlier = or_(members.c.active_at.is_(None), members.c.active_at < tx.now)
    statement = update(members).where(members.c.id.in_(_FREE), earlier).values(active_at=tx.now)
    return (await tx.connection.execute(statement.returning(members.c.id), {"ids": list(ids)})).scalars().all()
