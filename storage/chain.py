"""The audit chain: every record commits to the one before it, and the head lives in the organization's row.

A record chains opaque ids and a salted commitment to its details. The details lie beside it and can be erased; the
chain verifies with or without them. The database itself moves the head when a record is inserted (a trigger), which
saves a statement and leaves no way to write a record without moving it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import RowMapping, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.records import AuditEntry, OrganizationRecord, new_id
from storage.tables import audit, instance, organizations

if TYPE_CHECKING:
    from storage.transaction import Transaction

INSTANCE = "instance"


class NoSuchOrganization(LookupError):  # noqa: N818
    """The organization whose row should be taken does not exist (any more)."""


@dataclass(frozen=True, slots=True)
class Head:
    chain: str
    seq: int
    hash: str


# Built once, for building a statement costs more than what it does.
_TAKE_INSTANCE = update(instance).values(seq=instance.c.seq).returning(instance.c.seq, instance.c.head)
_TAKE = (
    update(organizations)
    .where(organizations.c.id == bindparam("organization"), organizations.c.closed_at.is_(None))
    .values(seq=organizations.c.seq)
    .returning(*organizations.c)
)
_APPEND = insert(audit)


async def take(tx: Transaction, organization: str | None) -> None:
    """Take the row that everything else waits for. Raises NoSuchOrganization."""
    if organization is None:
        row = (await tx.connection.execute(_TAKE_INSTANCE)).one()
        tx.head = Head(INSTANCE, row.seq, row.head)
        return
    found = await tx.connection.execute(_TAKE, {"organization": organization})
    row = found.mappings().one_or_none()
    if row is None:
        raise NoSuchOrganization(organization)
    adopt(tx, organization_record(row))


def adopt(tx: Transaction, organization: OrganizationRecord) -> None:
    """From now on this transaction writes into ``organization``'s chain."""
    tx.organization = organization
    tx.head = Head(organization.id, organization.seq, organization.head)


def organization_record(row: Mapping[str, Any] | RowMapping) -> OrganizationRecord:
    return OrganizationRecord(
        id=row["id"],
        workspace=row["workspace_id"],
        slug=row["slug"],
        name=row["name"],
        catalogue=row["catalogue"],
        plan=row["plan"],
        approvals_channel=row["approvals_channel"],
        invitation_days=row["invitation_days"],
        enforce_factor=row["enforce_factor"],
        seq=row["seq"],
        head=row["head"],
        hooked=row["hooked"],
        follow_slack=row["follow_slack"],
    )


async def append(tx: Transaction, entries: Sequence[AuditEntry]) -> Sequence[str]:
    """The ids of the records that tell of something done, oldest first."""
    rows: list[dict[str, Any]] = []
    for entry in entries:
        row = _link(tx.head, entry, tx)
        rows.append(row)
        tx.head = Head(tx.head.chain, row["seq"], row["hash"])
    await tx.connection.execute(_APPEND, rows)
    return [row["id"] for row in rows if not row["refused"]]


def _link(head: Head, entry: AuditEntry, tx: Transaction) -> dict[str, Any]:
    salt = secrets.token_bytes(16)
    details = json.dumps(dict(entry.details), ensure_ascii=False, sort_keys=True, default=str)
    row: dict[str, Any] = {
        "chain": head.chain,
        "seq": head.seq + 1,
        "id": new_id(),
        "at": tx.now,
        "actor": entry.actor,
        "action": entry.action,
        "target": entry.target,
        "scope": entry.scope,
        "request": entry.request,
        "refused": entry.refused,
        "commitment": commitment(salt, details),
        "previous": head.hash,
        "salt": salt,
        "details": details,
    }
    row["hash"] = fingerprint(row)
    return row


def commitment(salt: bytes, details: str) -> str:
    return hashlib.sha256(salt + details.encode()).hexdigest()


_CHAINED = ("chain", "seq", "id", "actor", "action", "target", "scope", "request", "refused", "commitment", "previous")


def fingerprint(row: RowMapping | dict[str, Any]) -> str:
    """SHA-256 over the chained columns and the time, in a form that no text in them can imitate (JSON)."""
    chained = [row[column] for column in _CHAINED] + [row["at"].isoformat(timespec="microseconds")]
    return hashlib.sha256(json.dumps(chained, ensure_ascii=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Walked:
    """How far a chain was walked from its start, and what is wrong first, if anything is."""

    head: Head
    wrong: str | None = None


ERASING = ("organization.erasing", "organization.erased")


async def chains(connection: AsyncConnection) -> Sequence[tuple[str, str]]:
    """Every chain with its organization's slug; the instance's own, whose slug is '', comes first.

    One that is being erased has no beginning any more, and is left out.
    """
    erased = await erasing(connection)
    found = await connection.execute(select(organizations.c.id, organizations.c.slug).order_by(organizations.c.slug))
    return [(INSTANCE, ""), *((row.id, row.slug) for row in found if row.id not in erased)]


async def erasing(connection: AsyncConnection) -> frozenset[str]:
    """The organizations of which the instance's own chain says that they were, or are just being, erased."""
    said = select(audit.c.target).where(audit.c.chain == INSTANCE, audit.c.action.in_(ERASING)).distinct()
    return frozenset(target.partition(":")[2] for target in (await connection.execute(said)).scalars())


async def broken(connection: AsyncConnection, chain: str) -> str | None:
    """Walk one chain from its start and say what is wrong first, or None."""
    return (await walk(connection, chain)).wrong


async def walk(connection: AsyncConnection, chain: str, *, past: Head | None = None) -> Walked:
    """Walk one chain from its start to its head. ``past`` is a head that was seen before, and that must lie on the way.

    Others may be writing: whatever was added behind us while we walked is walked as well.
    """
    at = Head(chain, 0, "")
    while True:
        walked = await _walk_on(connection, at, past)
        head = await _head(connection, chain)
        if walked.wrong is None and past is not None and walked.head.seq < past.seq:
            return Walked(walked.head, f"the records end at {walked.head.seq}, and once there were {past.seq}")
        if walked.wrong is not None or head == walked.head:
            return walked
        if head is None or walked.head == at:
            wrong = f"the records end at {walked.head.seq}, the head says {head.seq if head else 'nothing'}"
            return Walked(walked.head, wrong)
        at = walked.head


async def _walk_on(connection: AsyncConnection, at: Head, past: Head | None) -> Walked:
    """To the last record there is now, a thousand at a time."""
    while True:
        found = await connection.execute(
            select(audit).where(audit.c.chain == at.chain, audit.c.seq > at.seq).order_by(audit.c.seq).limit(1000)
        )
        try:
            rows = found.mappings().all()
        except (ValueError, TypeError):  # a time that is none, for example
            return Walked(at, f"a record after {at.seq} cannot be read")
        for row in rows:
            wrong = _wrong(row, at.seq, at.hash)
            if wrong is None and past is not None and row["seq"] == past.seq and row["hash"] != past.hash:
                wrong = "is not the one that was there before"
            if wrong:
                return Walked(at, f"record {row['seq']}: {wrong}")
            at = Head(at.chain, row["seq"], row["hash"])
        if not rows:
            return Walked(at)


def _wrong(row: RowMapping, seq: int, head: str) -> str | None:
    if row["seq"] != seq + 1:
        return f"record {seq + 1} is missing"
    if row["previous"] != head:
        return "does not follow the record before it"
    if row["hash"] != fingerprint(row):
        return "was changed"
    if row["details"] is not None and row["commitment"] != commitment(row["salt"] or b"", row["details"]):
        return "its details were changed"
    return None


async def _head(connection: AsyncConnection, chain: str) -> Head | None:
    table = instance if chain == INSTANCE else organizations
    row = (await connection.execute(select(table.c.seq, table.c.head).where(table.c.id == chain))).one_or_none()
    return Head(chain, row.seq, row.head) if row else None
