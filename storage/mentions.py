"""What others wrote of somebody: audit records, requests, and the answers to deliveries."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select, update
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
    connection: AsyncConnection, chain: str, member: str, words: Sequence[str], *, after: int, until: int, most: int
) -> list[Said]:
    """The first records of a stretch in whose details one of ``words`` may stand, or that belong to a request of
    theirs."""
    about = audit.c.request.in_(_theirs(member))
    stretch = and_(audit.c.chain == chain, audit.c.seq > after, audit.c.seq <= until, audit.c.details.is_not(None))
    statement = select(audit.c.seq, audit.c.details, about.label("about"))
    may = or_(about, *(_may_stand_in(audit.c.details, one) for one in words))
    found = await connection.execute(statement.where(stretch, may).order_by(audit.c.seq).limit(most))
    return [Said(row.seq, row.details, bool(row.about)) for row in found]


async def silence_these(tx: Transaction, chain: str, seqs: Sequence[int], *, entry: AuditEntry) -> None:
    tx.note(entry)
    these = and_(audit.c.chain == chain, audit.c.seq.in_(seqs))
    await tx.connection.execute(update(audit).where(these).values(ERASED))


_SURE = frozenset(string.ascii_letters + string.digits + "@.+-") - frozenset("iksIKS")
"""Databases differ in the letter case of what is not ASCII, and some of that (ı, K, ſ) counts as i, k or s."""


def _may_stand_in(column: ColumnElement[str], words: str) -> ColumnElement[bool]:
    """True wherever these words stand, in any letter case and with any blanks between them; and here and there where
    they do not."""
    return and_(*(column.ilike(f"%{_in_any_case(word)}%") for word in words.split()))


def _in_any_case(word: str) -> str:
    return re.sub("%+", "%", "".join(char if char in _SURE else "%" for char in word))


@dataclass(frozen=True, slots=True)
class Kept:
    """The words of one request; ``about``: it is theirs or about them."""

    id: str
    change: str
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
    columns = (requests.c.id, requests.c.change, own, requests.c.command, requests.c.reason, requests.c.why)
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


async def answers_with(
    connection: AsyncConnection, organization: str, words: Sequence[str], *, after: str, most: int
) -> list[tuple[str, str]]:
    """The first answers to deliveries in which one of ``words`` may stand, with the ids of the deliveries; whose
    organization nobody wrote down may be theirs."""
    here = or_(deliveries.c.organization_id == organization, deliveries.c.organization_id.is_(None))
    may = or_(*(_may_stand_in(deliveries.c.outcome, one) for one in words))
    statement = select(deliveries.c.id, deliveries.c.outcome).where(deliveries.c.id > after, here, may)
    found = await connection.execute(statement.order_by(deliveries.c.id).limit(most))
    return [(row.id, row.outcome) for row in found]


async def forget_answers(tx: Transaction, these: Sequence[str], instead: str, *, entry: AuditEntry) -> None:
    """Should Slack deliver one once more, it is told no more than that it was dealt with."""
    tx.note(entry)
    await tx.connection.execute(update(deliveries).where(deliveries.c.id.in_(these)).values(outcome=instead))
