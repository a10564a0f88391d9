"""Taking away a password or a second factor, and who approved that lately."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update

from storage.records import AuditEntry
from storage.store import Connection
from storage.tables import credentials, recovery_codes, requests, votes
from storage.transaction import Transaction


async def forget_password(tx: Transaction, member: str, *, entry: AuditEntry) -> None:
    """The password is no more; the second factor stays as it is (invariant 17)."""
    tx.note(entry)
    own = credentials.c.member_id == member
    await tx.connection.execute(update(credentials).where(own).values(password_hash=None, password_at=None))


async def forget_factor(tx: Transaction, member: str, *, entry: AuditEntry) -> None:
    """The secret and the recovery codes are no more, and wrong codes are forgiven; the password stays as it is
    (invariant 17). The last step stays too: no code up to it is ever taken again (invariant 14)."""
    tx.note(entry)
    gone = dict.fromkeys(["factor_sealed", "factor_at", "last_delivery", "drift", "guesses_since"])
    own = credentials.c.member_id == member
    await tx.connection.execute(update(credentials).where(own).values(**gone, guesses=0))
    await tx.connection.execute(delete(recovery_codes).where(recovery_codes.c.member_id == member))


async def who_approved(
    connection: Connection, organization: str, members: Sequence[str], kinds: Sequence[str], *, since: datetime
) -> dict[tuple[str, str], frozenset[str]]:
    """By member and kind of change, who approved it for them since then."""
    statement = (
        select(requests.c.target_id, requests.c.change, votes.c.member_id)
        .join(votes, votes.c.request_id == requests.c.id)
        .where(
            requests.c.organization_id == organization,
            requests.c.target_id.in_(members),
            requests.c.change.in_(kinds),
            requests.c.state == "approved",
            requests.c.decided_at > since,
        )
    )
    found: dict[tuple[str, str], frozenset[str]] = {}
    for row in await connection.execute(statement):
        key = (row.target_id, row.change)
        found[key] = found.get(key, frozenset()) | {row.member_id}
    return found
