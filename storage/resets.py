"""Taking away a password or a second factor, and who did or approved that lately."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select, union_all, update

from storage.records import AuditEntry
from storage.store import Connection
from storage.tables import audit, credentials, recovery_codes, requests, votes
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


async def who_did(
    connection: Connection, organization: str, members: Sequence[str], kinds: Mapping[str, str], *, since: datetime
) -> dict[tuple[str, str], frozenset[str]]:
    """By member and kind of change, who approved it for them since then, or did it at once. ``kinds`` by what the audit
    calls each."""
    approved = (
        select(requests.c.target_id, requests.c.change, votes.c.member_id)
        .join(votes, votes.c.request_id == requests.c.id)
        .where(
            requests.c.organization_id == organization,
            requests.c.target_id.in_(members),
            requests.c.change.in_(kinds.values()),
            requests.c.state == "approved",
            requests.c.decided_at > since,
        )
    )
    at_once = select(audit.c.target, audit.c.action, audit.c.actor).where(
        audit.c.chain == organization,
        audit.c.target.in_([_MEMBER + one for one in members]),
        audit.c.action.in_(kinds),
        audit.c.request == "",
        audit.c.refused.is_(False),
        audit.c.at > since,
    )
    found: dict[tuple[str, str], frozenset[str]] = {}
    for row in await connection.execute(union_all(approved, at_once)):
        key = (row.target_id.removeprefix(_MEMBER), kinds.get(row.change, row.change))
        found[key] = found.get(key, frozenset()) | {row.member_id.removeprefix(_MEMBER)}
    return found


_MEMBER = "member:"
