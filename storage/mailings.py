"""What became of the last mail to each member, for whoever asks why it did not arrive."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Select, literal, select
from sqlalchemy.dialects.postgresql import insert as insert_postgres
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from storage.records import AuditEntry
from storage.tables import Moment, invitations, links, mailings, members, proofs
from storage.transaction import Transaction

# Whose mail it is, by what it is about and the id that its notice holds.
_WHOSE: Mapping[str, Select[tuple[str]]] = {
    "invitation": select(invitations.c.member_id.label("member")).add_columns(invitations.c.id.label("key")),
    "reset": select(links.c.member_id.label("member")).add_columns(links.c.id.label("key")),
    "code": select(proofs.c.member_id.label("member")).add_columns(proofs.c.id.label("key")),
    "told": select(members.c.id.label("member")).add_columns(members.c.id.label("key")),
}


async def note(
    tx: Transaction, what: str, about: str, state: str, error: str | None, *, entry: AuditEntry | None
) -> None:
    """In one statement: the last mail counts. ``about`` is the id of the invitation, link, proof or member; of what
    is no more nothing is kept."""
    if entry is not None:
        tx.note(entry)
    whose = _WHOSE[what].subquery()
    row = select(whose.c.member, literal(what), literal(state), literal(error), literal(tx.now, type_=Moment)).where(
        whose.c.key == about
    )
    make = insert_sqlite if tx.connection.dialect.name == "sqlite" else insert_postgres
    statement = make(mailings).from_select(["member_id", "what", "state", "error", "at"], row)
    await tx.connection.execute(
        statement.on_conflict_do_update(
            index_elements=["member_id"],
            set_={name: getattr(statement.excluded, name) for name in ("what", "state", "error", "at")},
        )
    )
