"""Tokens of other software. The token itself is shown once; here is only its SHA-256 (invariant 3)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import RowMapping, and_, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.records import AuditEntry, TokenRecord
from storage.tables import organizations, tokens
from storage.transaction import Transaction

_COLUMNS = (tokens.c.id, tokens.c.organization_id, tokens.c.name, tokens.c.created_at)
_LIVE = tokens.c.revoked_at.is_(None)

# Asked with every request of other software. A closed organization's tokens open nothing.
_HOLDER = (
    select(*_COLUMNS)
    .join(organizations, organizations.c.id == tokens.c.organization_id)
    .where(tokens.c.hash == bindparam("hash"), _LIVE, organizations.c.closed_at.is_(None))
)


def _record(row: RowMapping) -> TokenRecord:
    return TokenRecord(row["id"], row["organization_id"], row["name"], row["created_at"])


async def by_hash(connection: AsyncConnection, token_hash: str) -> TokenRecord | None:
    """Looked up by an index over hashes, so that how long it takes tells nothing about any token."""
    row = (await connection.execute(_HOLDER, {"hash": token_hash})).mappings().one_or_none()
    return _record(row) if row else None


async def live(connection: AsyncConnection, organization: str) -> Sequence[TokenRecord]:
    """An organization's tokens, oldest first: as many as there are products that ask Usher."""
    theirs = select(*_COLUMNS).where(tokens.c.organization_id == organization, _LIVE)
    found = await connection.execute(theirs.order_by(tokens.c.created_at, tokens.c.id))
    return [_record(row) for row in found.mappings()]


async def add(tx: Transaction, token: TokenRecord, *, token_hash: str, entry: AuditEntry) -> None:
    tx.note(entry)
    await tx.connection.execute(
        insert(tokens).values(
            id=token.id,
            organization_id=token.organization,
            name=token.name,
            hash=token_hash,
            created_at=token.created,
        )
    )


async def revoke(tx: Transaction, token: str, *, entry: AuditEntry) -> None:
    """From the commit on it opens nothing, in any process."""
    tx.note(entry)
    await tx.connection.execute(update(tokens).where(and_(tokens.c.id == token, _LIVE)).values(revoked_at=tx.now))
