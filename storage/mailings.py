"""What became of the last mail to each member, for whoever asks why it did not arrive."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, literal, select, true
from sqlalchemy.dialects.postgresql import insert as insert_postgres
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from storage.records import AuditEntry
from storage.tables import Moment, invitations, links, mailings, members, proofs
from storage.transaction import Transaction

# Whose mail it is, by what it is about: whose id its notice holds, and how that leads to a member.
_WHOSE: Mapping[str, tuple[ColumnElement[str], ColumnElement[bool]]] = {
    "invitation": (invitations.c.id, invitations.c.member_id == members.c.id),
    "reset": (links.c.id, links.c.member_id == members.c.id),
    "code": (proofs.c.id, proofs.c.member_id == members.c.id),
    "told": (members.c.id, true()),
}


async def note(
    tx: Transaction, what: str, about: str, state: str, error: str | None, *, entry: AuditEntry | None
) -> None:
    """In one statement: the last mail counts. ``about`` is the id of the invitation, link, proof or member; of what
    is no more nothing is kept, nor of who was deleted while it was on its way."""
    if entry is not None:
        tx.note(entry)
    key, theirs = _WHOSE[what]
    row = (
        select(members.c.id, literal(what), literal(state), literal(error), literal(tx.now, type_=Moment))
        .where(key == about, theirs, members.c.deleted_at.is_(None))
        .with_for_update(read=True, key_share=True, of=members)  # PostgreSQL looks again after it has waited
    )
    make = insert_sqlite if tx.connection.dialect.name == "sqlite" else insert_postgres
    statement = make(mailings).from_select(["member_id", "what", "state", "error", "at"], row)
    await tx.connection.execute(
        statement.on_conflict_do_update(
            index_elements=["member_id"],
            set_={name: getattr(statement.excluded, name) for name in ("what", "state", "error", "at")},
        )
    )
