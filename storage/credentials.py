"""Passwords, second factors, recovery codes, and the counters of guesses.

Everything that is spent once is spent by compare-and-set, and every guess is counted before it is looked at
(invariants 11, 14, 15): of any number of guesses at once at most the limit is ever evaluated.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, and_, case, delete, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgres
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.records import AuditEntry, CredentialRecord, ProofRecord, new_id
from storage.tables import credentials, guesses, proofs, recovery_codes
from storage.transaction import Transaction


async def set_password(
    tx: Transaction, member: str, password_hash: str, *, must_change: bool = False, entry: AuditEntry
) -> None:
    tx.note(entry)
    await _set(tx, member, {"password_hash": password_hash, "password_at": tx.now, "must_change": must_change})


async def set_factor(
    tx: Transaction, member: str, *, sealed: bytes, step: int, codes: Sequence[str], entry: AuditEntry
) -> None:
    """Replace the second factor and its recovery codes; ``step`` is used up by the enrolment (invariant 14)."""
    tx.note(entry)
    values: dict[str, object] = {"factor_sealed": sealed, "factor_at": tx.now, "last_step": step, "guesses": 0}
    values |= {"last_delivery": None, "drift": None}
    await _set(tx, member, values)
    await tx.connection.execute(delete(recovery_codes).where(recovery_codes.c.member_id == member))
    await tx.connection.execute(
        insert(recovery_codes), [{"id": new_id(), "member_id": member, "hash": code} for code in codes]
    )


async def _set(tx: Transaction, member: str, values: dict[str, object]) -> None:
    make = insert_sqlite if tx.connection.dialect.name == "sqlite" else insert_postgres
    statement = make(credentials).values(member_id=member, **values)
    await tx.connection.execute(statement.on_conflict_do_update(index_elements=["member_id"], set_=values))


async def count_guess(
    tx: Transaction, member: str, *, limit: int, window: timedelta, entry: AuditEntry | None
) -> CredentialRecord | None:
    """Count one guess against a member's codes and hand out what verifying needs; None: locked, or no factor.

    A window of guesses starts with the first; the guess that reaches the limit starts the lock, as long as a window.
    """
    if entry is not None:
        tx.note(entry)
    over = or_(credentials.c.guesses_since.is_(None), credentials.c.guesses_since <= tx.now - window)
    counted = await tx.connection.execute(
        update(credentials)
        .where(
            credentials.c.member_id == member,
            credentials.c.factor_sealed.is_not(None),
            or_(over, credentials.c.guesses < limit),
        )
        .values(
            guesses=case((over, 1), else_=credentials.c.guesses + 1),
            guesses_since=case(
                (over, tx.now), (credentials.c.guesses == limit - 1, tx.now), else_=credentials.c.guesses_since
            ),
        )
        .returning(*credentials.c)
    )
    row = counted.mappings().one_or_none()
    return _record(row) if row else None


def _record(row: RowMapping) -> CredentialRecord:
    return CredentialRecord(
        member=row["member_id"],
        password_hash=row["password_hash"],
        factor_sealed=row["factor_sealed"],
        last_step=row["last_step"],
        last_delivery=row["last_delivery"],
        guesses=row["guesses"],
    )


async def find(connection: AsyncConnection, member: str) -> CredentialRecord | None:
    found = await connection.execute(select(credentials).where(credentials.c.member_id == member))
    row = found.mappings().one_or_none()
    return _record(row) if row else None


async def spend_step(
    tx: Transaction, member: str, step: int, *, drift: int, delivery: str | None, entry: AuditEntry | None
) -> bool:
    """Use up a time step, once. False: this step or a later one was used before."""
    if entry is not None:
        tx.note(entry)
    spent = await tx.connection.execute(
        update(credentials)
        .where(credentials.c.member_id == member, credentials.c.last_step < step)
        .values(last_step=step, last_delivery=delivery, guesses=0, drift=drift)
    )
    return spent.rowcount == 1


async def note_drift(tx: Transaction, member: str, drift: int | None, *, entry: AuditEntry | None) -> None:
    """What a wrong code tells of the phone's clock. None: nothing. It is written all the same, so that how long it
    takes tells nobody whether their guess was a code of some minutes ago or hence."""
    if entry is not None:
        tx.note(entry)
    kept = credentials.c.drift if drift is None else drift
    await tx.connection.execute(update(credentials).where(credentials.c.member_id == member).values(drift=kept))


async def forgive(tx: Transaction, member: str, *, entry: AuditEntry | None) -> None:
    """Take back the guess of a delivery that had already proved itself."""
    if entry is not None:
        tx.note(entry)
    await tx.connection.execute(
        update(credentials)
        .where(credentials.c.member_id == member, credentials.c.guesses > 0)
        .values(guesses=credentials.c.guesses - 1)
    )


async def locked(connection: AsyncConnection, member: str, *, limit: int, window: timedelta, now: datetime) -> bool:
    own = credentials.c.member_id == member
    full = and_(own, credentials.c.guesses >= limit, credentials.c.guesses_since > now - window)
    return (await connection.execute(select(credentials.c.member_id).where(full))).first() is not None


async def count(tx: Transaction, key: str, *, limit: int, window: timedelta, entry: AuditEntry | None) -> bool:
    """Count one try at ``key`` (a link's page, a form, a Slack account) before it is looked at. False: the limit is
    reached within the window that the first try began."""
    if entry is not None:
        tx.note(entry)
    make = insert_sqlite if tx.connection.dialect.name == "sqlite" else insert_postgres
    over = guesses.c.guesses_since <= tx.now - window
    statement = make(guesses).values(id=key, guesses=1, guesses_since=tx.now)
    counted = await tx.connection.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_={
                "guesses": case((over, 1), else_=guesses.c.guesses + 1),
                "guesses_since": case((over, tx.now), else_=guesses.c.guesses_since),
            },
            where=or_(over, guesses.c.guesses < limit),
        ).returning(guesses.c.id)
    )
    return counted.first() is not None


async def add_proof(tx: Transaction, proof: ProofRecord, *, entry: AuditEntry) -> None:
    """A code about to be mailed; earlier ones for the same Slack account die."""
    tx.note(entry)
    await tx.connection.execute(
        update(proofs)
        .where(
            proofs.c.organization_id == proof.organization,
            proofs.c.team == proof.team,
            proofs.c.slack_user == proof.slack_user,
            proofs.c.used_at.is_(None),
        )
        .values(used_at=tx.now)
    )
    await tx.connection.execute(
        insert(proofs).values(
            id=proof.id,
            organization_id=proof.organization,
            member_id=proof.member,
            team=proof.team,
            slack_user=proof.slack_user,
            expires_at=proof.expires,
        )
    )


async def open_proof(
    connection: AsyncConnection, organization: str, team: str, user: str, *, now: datetime
) -> ProofRecord | None:
    statement = select(proofs).where(
        proofs.c.organization_id == organization,
        proofs.c.team == team,
        proofs.c.slack_user == user,
        proofs.c.used_at.is_(None),
        proofs.c.expires_at > now,
    )
    row = (await connection.execute(statement)).mappings().first()
    return _proof(row) if row else None


async def find_proof(connection: AsyncConnection, proof: str) -> ProofRecord | None:
    row = (await connection.execute(select(proofs).where(proofs.c.id == proof))).mappings().one_or_none()
    return _proof(row) if row else None


def _proof(row: RowMapping) -> ProofRecord:
    return ProofRecord(
        id=row["id"],
        organization=row["organization_id"],
        member=row["member_id"],
        team=row["team"],
        slack_user=row["slack_user"],
        expires=row["expires_at"],
        used=row["used_at"],
    )


async def use_proof(tx: Transaction, proof: str, *, entry: AuditEntry) -> bool:
    tx.note(entry)
    unused = and_(proofs.c.id == proof, proofs.c.used_at.is_(None), proofs.c.expires_at > tx.now)
    return (await tx.connection.execute(update(proofs).where(unused).values(used_at=tx.now))).rowcount == 1


async def password_hash(connection: AsyncConnection, member: str) -> str | None:
    found = select(credentials.c.password_hash).where(credentials.c.member_id == member)
    return (await connection.execute(found)).scalar_one_or_none()
