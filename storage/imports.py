"""Files of people to invite: what each line says, what would become of it, and what became of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Text,
    and_,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.current import live
from storage.members import ROLE, folded
from storage.records import AuditEntry
from storage.tables import grants, import_lines, imports, members
from storage.transaction import Transaction

WILL_INVITE = "will-invite"
TOGETHER = 1000  # lines written at once: between two of these, others have their turn


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """``ignored`` and ``guessed`` are what reading the file had to say about all of it."""

    id: str
    organization: str
    member: str
    file: str
    state: str
    lines: int
    people: int
    created: datetime
    ignored: tuple[str, ...] = ()
    guessed: str = ""
    why: str = ""
    dealt: int = 0
    invited: int = 0
    request: str = ""
    channel: str | None = None
    ts: str | None = None
    started: datetime | None = None
    told: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class LineRecord:
    """``role`` and ``groups`` are ids where the verdict is to invite, else as they were typed."""

    line: int
    email: str
    name: str
    role: str
    groups: tuple[str, ...]
    timezone: str
    verdict: str
    why: str = ""
    result: str | None = None


def _record(row: RowMapping) -> ImportRecord:
    return ImportRecord(
        id=row["id"],
        organization=row["organization_id"],
        member=row["member_id"],
        file=row["file"],
        state=row["state"],
        lines=row["lines"],
        people=row["people"],
        created=row["created_at"],
        ignored=tuple(row["ignored"]),
        guessed=row["guessed"],
        why=row["why"],
        dealt=row["dealt"],
        invited=row["invited"],
        request=row["request_id"],
        channel=row["channel"],
        ts=row["ts"],
        started=row["started_at"],
        told=row["told_at"],
        ended=row["ended_at"],
    )


def _line(row: RowMapping) -> LineRecord:
    return LineRecord(
        line=row["line"],
        email=row["email"],
        name=row["name"],
        role=row["role"],
        groups=tuple(row["groups"]),
        timezone=row["timezone"],
        verdict=row["verdict"],
        why=row["why"],
        result=row["result"],
    )


# Reading --------------------------------------------------------------------------------------------------------------


_FIND = select(imports).where(imports.c.id == bindparam("import"))
_OF = import_lines.c.import_id == bindparam("import")
_COUNTS = select(import_lines.c.verdict, func.count().label("many")).where(_OF).group_by(import_lines.c.verdict)
_UNDONE = and_(_OF, import_lines.c.verdict == WILL_INVITE, import_lines.c.result.is_(None))


async def find(connection: AsyncConnection, prepared: str) -> ImportRecord | None:
    row = (await connection.execute(_FIND, {"import": prepared})).mappings().one_or_none()
    return _record(row) if row else None


async def counts(connection: AsyncConnection, prepared: str) -> dict[str, int]:
    """How many lines of each verdict."""
    rows = await connection.execute(_COUNTS, {"import": prepared})
    return {row.verdict: row.many for row in rows}


async def roles(connection: AsyncConnection, prepared: str) -> dict[str, int]:
    """How many are to be invited to each role."""
    found = select(import_lines.c.role, func.count().label("many")).where(_UNDONE).group_by(import_lines.c.role)
    return {row.role: row.many for row in await connection.execute(found, {"import": prepared})}


async def groups_joined(connection: AsyncConnection, prepared: str) -> list[str]:
    """The groups that somebody who is invited joins on acceptance, those first that most join."""
    named = cast(import_lines.c.groups, Text).label("named")
    joining = select(named, func.count().label("many")).where(_UNDONE, named != "[]").group_by(named)
    joined = Counter[str]()
    for row in await connection.execute(joining, {"import": prepared}):
        for group in json.loads(row.named):
            joined[group] += row.many
    return sorted(joined, key=lambda group: (-joined[group], group))


async def addresses(connection: AsyncConnection, prepared: str, roles: Sequence[str], *, limit: int) -> list[str]:
    """Who is to be invited to one of these roles, in the file's order."""
    found = select(import_lines.c.email).where(_UNDONE, import_lines.c.role.in_(roles))
    first = found.order_by(import_lines.c.line).limit(limit)
    return list((await connection.execute(first, {"import": prepared})).scalars())


async def undone(connection: AsyncConnection, prepared: str, *, limit: int) -> list[LineRecord]:
    """The next to be invited, in the file's order."""
    found = select(import_lines).where(_UNDONE).order_by(import_lines.c.line).limit(limit)
    return [_line(row) for row in (await connection.execute(found, {"import": prepared})).mappings()]


async def page(
    connection: AsyncConnection,
    prepared: str,
    *,
    invited: bool,
    after: int = 0,
    before: int | None = None,
    limit: int,
) -> list[LineRecord]:
    """Lines of which somebody would be ``invited``, or those of which nobody would, in the file's order; ``before``:
    those just above that line."""
    verdict = import_lines.c.verdict
    which = and_(_OF, verdict == WILL_INVITE if invited else verdict != WILL_INVITE, import_lines.c.line > after)
    found = select(import_lines).where(which).order_by(import_lines.c.line).limit(limit)
    if before is not None:
        above = and_(which, import_lines.c.line < before)
        found = select(import_lines).where(above).order_by(import_lines.c.line.desc()).limit(limit)
    lines = [_line(row) for row in (await connection.execute(found, {"import": prepared})).mappings()]
    return lines[::-1] if before is not None else lines


async def lines(connection: AsyncConnection, prepared: str) -> list[LineRecord]:
    found = select(import_lines).where(_OF).order_by(import_lines.c.line)
    return [_line(row) for row in (await connection.execute(found, {"import": prepared})).mappings()]


# Changing -------------------------------------------------------------------------------------------------------------


_ADD, _ADD_LINES = insert(imports), insert(import_lines)


async def add(tx: Transaction, made: ImportRecord, *, entry: AuditEntry) -> None:
    tx.note(entry)
    row = {
        "id": made.id,
        "organization_id": made.organization,
        "member_id": made.member,
        "file": made.file,
        "state": made.state,
        "lines": made.lines,
        "people": made.people,
        "ignored": list(made.ignored),
        "guessed": made.guessed,
        "created_at": made.created,
    }
    await tx.connection.execute(_ADD, row)


async def add_lines(tx: Transaction, prepared: str, read: Sequence[LineRecord], *, entry: AuditEntry) -> None:
    tx.note(entry)
    values = {"lines": imports.c.lines + len(read)}
    await tx.connection.execute(update(imports).where(imports.c.id == prepared).values(**values))
    for start in range(0, len(read), TOGETHER):
        rows = [_row(prepared, line) for line in read[start : start + TOGETHER]]
        await tx.connection.execute(_ADD_LINES, rows)


def _row(prepared: str, line: LineRecord) -> dict[str, Any]:
    return {
        "import_id": prepared,
        "line": line.line,
        "email": line.email,
        "email_folded": folded(line.email),
        "name": line.name,
        "role": line.role,
        "groups": list(line.groups),
        "timezone": line.timezone,
        "verdict": line.verdict,
        "why": line.why,
    }


# Whoever stands here by that address and is not invited again; who left, or never came, may come back.
_HOLDS = exists().where(grants.c.member_id == members.c.id, grants.c.kind == ROLE, live())
_TAKEN: ColumnElement[bool] = and_(
    members.c.organization_id == bindparam("organization"),
    members.c.email_folded == import_lines.c.email_folded,
    members.c.listed.is_(True),
    or_(members.c.status != "deactivated", _HOLDS),
)
_VERDICT = case(
    (members.c.status == "active", "already-member"),
    (members.c.status == "invited", "already-invited"),
    else_="deactivated",
)
_JUDGE = (
    update(import_lines)
    .where(_UNDONE, exists(select(members.c.id).where(_TAKEN).correlate(import_lines)))
    .values(verdict=select(_VERDICT).where(_TAKEN).correlate(import_lines).scalar_subquery())
)


async def judge(tx: Transaction, made: ImportRecord, *, entry: AuditEntry) -> None:
    """The file is read. Set apart in one statement whoever is here already, however many lines there are."""
    tx.note(entry)
    await tx.connection.execute(update(imports).where(imports.c.id == made.id).values(state="ready"))
    asked = {"import": made.id, "organization": made.organization, "now": tx.now}
    await tx.connection.execute(_JUDGE, asked)


async def begin(tx: Transaction, prepared: str, *, request: str, people: int, entry: AuditEntry) -> bool:
    """False: it is no longer ready."""
    tx.note(entry)
    ready = and_(imports.c.id == prepared, imports.c.state == "ready")
    values = {"state": "running", "request_id": request, "people": people, "started_at": tx.now}
    return (await tx.connection.execute(update(imports).where(ready).values(**values))).rowcount == 1


_KEEP = (
    update(import_lines)
    .where(_OF, import_lines.c.line == bindparam("number"))
    .values(result=bindparam("became"), verdict=bindparam("judged"), why=bindparam("because"))
)


async def keep_results(
    tx: Transaction, prepared: str, results: Sequence[LineRecord], *, entry: AuditEntry | None
) -> None:
    """What became of these lines. Whoever was invited by them has an entry of their own."""
    if entry is not None:
        tx.note(entry)
    rows = [
        {"import": prepared, "number": one.line, "became": one.result, "judged": one.verdict, "because": one.why}
        for one in results
    ]
    await tx.connection.execute(_KEEP, rows)
    invited = sum(1 for one in results if one.result == "invited")
    values = {"dealt": imports.c.dealt + len(rows), "invited": imports.c.invited + invited}
    await tx.connection.execute(update(imports).where(imports.c.id == prepared).values(**values))


async def end(tx: Transaction, prepared: str, state: str, *, why: str = "", entry: AuditEntry) -> None:
    tx.note(entry)
    values = {"state": state, "why": why, "ended_at": tx.now}
    await tx.connection.execute(update(imports).where(imports.c.id == prepared).values(**values))


async def told(tx: Transaction, prepared: str, where: tuple[str, str], *, entry: AuditEntry | None) -> None:
    """Where the message stands that tells how far it is. Not a change of state, so delivery passes no entry."""
    if entry is not None:
        tx.note(entry)
    values = {"channel": where[0], "ts": where[1], "told_at": tx.now}
    await tx.connection.execute(update(imports).where(imports.c.id == prepared).values(**values))


async def forget(tx: Transaction, prepared: str, *, entry: AuditEntry | None) -> None:
    """The lines, with all the names and addresses in them: they have served."""
    if entry is not None:
        tx.note(entry)
    await tx.connection.execute(delete(import_lines).where(import_lines.c.import_id == prepared))
    await tx.connection.execute(update(imports).where(imports.c.id == prepared).values(guessed=""))
