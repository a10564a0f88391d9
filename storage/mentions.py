"""What others wrote of somebody: audit records, requests, and the answers to deliveries."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.records import AuditEntry
from storage.tables import audit, deliveries, requests
from storage.transaction import Transaction

ERASED: Mapping[str, None] = {"details": None, "salt": None}


def _theirs(member: str) -> Select[tuple[str]]:
    """The requests that are theirs or about them."""
    who = (requests.c.requester_id, requests.c.beneficiary_id, requests.c.target_id)
    return select(requests.c.id).where(or_(*(column == member for column in who)))


@dataclass(frozen=True, slots=True)
class Said:
    """The details of an audit record; ``about``: it belongs to a request that is theirs or about them."""

    seq: int
    details: str
    about: bool


async def silence(tx: Transaction, member: str, *, entry: AuditEntry) -> None:
    """The details of every audit record about them; ids stay, and the chain verifies as before."""
    tx.note(entry)
    organization = tx.organization.id if tx.organization else ""
    there = and_(audit.c.chain == organization, audit.c.target == f"member:{member}")
    await tx.connection.execute(update(audit).where(there).values(ERASED))


async def records_with(
    connection: AsyncConnection, chain: str, member: str, words: Sequence[str], *, after: int, until: int
) -> list[Said]:
    """The records of a stretch in whose details one of ``words`` stands, or that belong to a request of theirs."""
    found = [audit.c.details.icontains(_as_json(one), autoescape=True) for one in words]
    about = audit.c.request.in_(_theirs(member))
    stretch = and_(audit.c.chain == chain, audit.c.seq > after, audit.c.seq <= until, audit.c.details.is_not(None))
    statement = select(audit.c.seq, audit.c.details, about.label("about")).where(stretch, or_(about, *found))
    return [Said(row.seq, row.details, bool(row.about)) for row in await connection.execute(statement)]


async def silence_these(tx: Transaction, chain: str, seqs: Sequence[int], *, entry: AuditEntry) -> None:
    tx.note(entry)
    these = and_(audit.c.chain == chain, audit.c.seq.in_(seqs))
    await tx.connection.execute(update(audit).where(these).values(ERASED))


def _as_json(text: str) -> str:
    """As it stands within JSON."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


@dataclass(frozen=True, slots=True)
class Kept:
    """The words of one request; ``about``: it is theirs or about them."""

    id: str
    about: bool
    command: str
    reason: str
    why: str
    old: str | None
    new: str | None


async def next_requests(
    connection: AsyncConnection, organization: str, member: str, *, after: str, most: int
) -> list[Kept]:
    own = requests.c.id.in_(_theirs(member)).label("about")
    columns = (requests.c.id, own, requests.c.command, requests.c.reason, requests.c.why)
    statement = (
        select(*columns, requests.c.old_value, requests.c.new_value)
        .where(requests.c.organization_id == organization, requests.c.id > after)
        .order_by(requests.c.id)
        .limit(most)
    )
    return [Kept(*row) for row in await connection.execute(statement)]


_REWORD = (
    update(requests)
    .where(requests.c.id == bindparam("one"))
    .values({name: bindparam(f"new_{name}") for name in ("command", "reason", "why", "old_value", "new_value")})
)


async def reword(tx: Transaction, these: Sequence[Kept], *, entry: AuditEntry) -> None:
    tx.note(entry)
    await tx.connection.execute(_REWORD, [_words_of(one) for one in these])


def _words_of(one: Kept) -> dict[str, str | None]:
    words = {"command": one.command, "reason": one.reason, "why": one.why, "old_value": one.old, "new_value": one.new}
    return {"one": one.id, **{f"new_{name}": text for name, text in words.items()}}


async def forget_answers(tx: Transaction, words: Sequence[str], instead: str, *, entry: AuditEntry) -> None:
    """The answers to deliveries that name them: should Slack deliver one once more, it is told no more than that it
    was dealt with."""
    tx.note(entry)
    named = or_(*(deliveries.c.outcome.icontains(_as_json(one), autoescape=True) for one in words))
    await tx.connection.execute(update(deliveries).where(named).values(outcome=instead))
