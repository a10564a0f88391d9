"""Requests: changes that wait for approval, the votes they got, and where their cards are posted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgres
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.records import AuditEntry, RequestRecord
from storage.tables import cards, requests, votes
from storage.transaction import Transaction


def record(row: RowMapping) -> RequestRecord:
    return RequestRecord(
        id=row["id"],
        organization=row["organization_id"],
        change=row["change"],
        requester=row["requester_id"],
        beneficiary=row["beneficiary_id"],
        target=row["target_id"],
        space=row["space_id"],
        old=row["old_value"],
        new=row["new_value"],
        reason=row["reason"],
        state=row["state"],
        approvals=row["approvals"],
        code=row["code"],
        lone=row["lone"],
        channel=row["channel"],
        command=row["command"],
        command_version=row["command_version"],
        created=row["created_at"],
        expires=row["expires_at"],
        decided_at=row["decided_at"],
        decided_by=row["decided_by"],
        why=row["why"],
    )


async def add(tx: Transaction, request: RequestRecord, *, entry: AuditEntry) -> None:
    tx.note(entry)
    await tx.connection.execute(
        insert(requests).values(
            id=request.id,
            organization_id=request.organization,
            change=request.change,
            requester_id=request.requester,
            beneficiary_id=request.beneficiary,
            target_id=request.target,
            space_id=request.space,
            old_value=request.old,
            new_value=request.new,
            reason=request.reason,
            state=request.state,
            approvals=request.approvals,
            code=request.code,
            lone=request.lone,
            channel=request.channel,
            command=request.command,
            command_version=request.command_version,
            created_at=request.created,
            expires_at=request.expires,
        )
    )


async def find(connection: AsyncConnection, request: str) -> RequestRecord | None:
    row = (await connection.execute(select(requests).where(requests.c.id == request))).mappings().one_or_none()
    return record(row) if row else None


async def end(tx: Transaction, request: str, state: str, *, by: str | None, why: str = "", entry: AuditEntry) -> bool:
    """Pending to exactly one end, once (invariant 29). False: it had ended before."""
    tx.note(entry)
    changed = await tx.connection.execute(
        update(requests)
        .where(requests.c.id == request, requests.c.state == "pending")
        .values(state=state, decided_by=by, decided_at=tx.now, why=why)
    )
    return changed.rowcount == 1


async def vote(tx: Transaction, request: str, member: str, *, entry: AuditEntry) -> None:
    """Count one person's approval; the primary key lets nobody count twice."""
    tx.note(entry)
    await tx.connection.execute(insert(votes).values(request_id=request, member_id=member, at=tx.now))


async def votes_of(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Who approved, by request, first first."""
    found: dict[str, tuple[str, ...]] = {}
    if not ids:
        return found
    statement = select(votes.c.request_id, votes.c.member_id).where(votes.c.request_id.in_(ids)).order_by(votes.c.at)
    for row in await connection.execute(statement):
        found[row.request_id] = (*found.get(row.request_id, ()), row.member_id)
    return found


async def touching(connection: AsyncConnection, organization: str, member: str) -> list[RequestRecord]:
    """Pending requests that one person asked for, would get, or is the target of."""
    theirs = or_(requests.c.requester_id == member, requests.c.beneficiary_id == member, requests.c.target_id == member)
    return await _select(connection, organization, and_(requests.c.state == "pending", theirs), limit=500)


async def in_space(connection: AsyncConnection, organization: str, space: str) -> list[RequestRecord]:
    """Pending requests about one space."""
    there = and_(requests.c.state == "pending", requests.c.space_id == space)
    return await _select(connection, organization, there, limit=10_000)


async def voided_votes(tx: Transaction, member: str, *, entry: AuditEntry) -> None:
    """Take a person's approvals back from every request that still waits."""
    tx.note(entry)
    waiting = select(requests.c.id).where(requests.c.state == "pending")
    await tx.connection.execute(votes.delete().where(votes.c.member_id == member, votes.c.request_id.in_(waiting)))


async def pending(connection: AsyncConnection, organization: str, *, limit: int = 100) -> list[RequestRecord]:
    return await _select(connection, organization, requests.c.state == "pending", limit=limit)


async def of_requester(
    connection: AsyncConnection, organization: str, member: str, *, limit: int = 20
) -> list[RequestRecord]:
    """What one person asked for, newest first, ended or not."""
    return await _select(connection, organization, requests.c.requester_id == member, limit=limit)


async def _select(
    connection: AsyncConnection, organization: str, which: ColumnElement[bool], *, limit: int
) -> list[RequestRecord]:
    statement = (
        select(requests)
        .where(requests.c.organization_id == organization, which)
        .order_by(requests.c.created_at.desc(), requests.c.id.desc())
        .limit(limit)
    )
    return [record(row) for row in (await connection.execute(statement)).mappings().all()]


async def same_pending(connection: AsyncConnection, request: RequestRecord) -> RequestRecord | None:
    """A request that already waits for the very same change."""
    same = and_(
        requests.c.state == "pending",
        requests.c.change == request.change,
        requests.c.requester_id == request.requester,
        requests.c.space_id == request.space,
        requests.c.new_value.is_(request.new) if request.new is None else requests.c.new_value == request.new,
        requests.c.command == request.command,
    )
    found = await _select(connection, request.organization, same, limit=1)
    return found[0] if found else None


async def places(connection: AsyncConnection, request: str) -> list[tuple[str, str]]:
    """Channel and timestamp of every posted card."""
    found = await connection.execute(select(cards.c.channel, cards.c.ts).where(cards.c.request_id == request))
    return [(row.channel, row.ts) for row in found]


async def shown(connection: AsyncConnection, these: Sequence[str]) -> list[str]:
    """Those of these requests of which a card stands somewhere."""
    statement = select(cards.c.request_id).where(cards.c.request_id.in_(these)).distinct()
    return sorted((await connection.execute(statement)).scalars())


async def posted(tx: Transaction, request: str, where: Sequence[tuple[str, str]], *, entry: AuditEntry | None) -> None:
    """Remember where cards stand. Not a change of state, so delivery passes no entry."""
    if entry is not None:
        tx.note(entry)
    rows: list[dict[str, Any]] = [{"channel": channel, "ts": ts, "request_id": request} for channel, ts in where]
    if rows:
        # A recording whose end nobody heard of is written again.
        make = insert_sqlite if tx.connection.dialect.name == "sqlite" else insert_postgres
        await tx.connection.execute(make(cards).on_conflict_do_nothing(), rows)
