"""All that one member holds: every live grant, of whatever kind, in the order in which it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, case, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.current import NOW, live
from storage.tables import grants


@dataclass(frozen=True, slots=True)
class GrantRecord:
    """``space`` '' is the organization, ``ends`` None is lasting. ``kind``: role, addon, group, resource."""

    id: str
    organization: str
    member: str
    kind: str
    what: str
    space: str
    source: str
    starts: datetime
    ends: datetime | None


KINDS = ("role", "addon", "group", "resource")
_RANK = case({kind: at for at, kind in enumerate(KINDS)}, value=grants.c.kind, else_=len(KINDS))
_LIVE = live()
# A role for a while lies above the lasting one in its scope.
_ABOVE = grants.alias("above")
_COVERED = and_(
    grants.c.kind == "role",
    grants.c.ends_at.is_(None),
    select(_ABOVE.c.id)
    .where(
        _ABOVE.c.member_id == grants.c.member_id,
        _ABOVE.c.kind == "role",
        _ABOVE.c.space_id == grants.c.space_id,
        _ABOVE.c.ended_at.is_(None),
        _ABOVE.c.ends_at > NOW,
    )
    .exists(),
)


def _record(row: RowMapping) -> GrantRecord:
    return GrantRecord(
        id=row["id"],
        organization=row["organization_id"],
        member=row["member_id"],
        kind=row["kind"],
        what=row["what"],
        space=row["space_id"],
        source=row["source"],
        starts=row["starts_at"],
        ends=row["ends_at"],
    )


async def find(connection: AsyncConnection, grant: str, *, member: str, now: datetime) -> GrantRecord | None:
    """A live grant of one member; another's is one that does not exist."""
    statement = select(grants).where(grants.c.id == grant, grants.c.member_id == member, _LIVE)
    row = (await connection.execute(statement, {"now": now})).mappings().one_or_none()
    return _record(row) if row else None


async def anyhow(connection: AsyncConnection, grant: str) -> GrantRecord | None:
    """A grant whether it is live or not: what a timer speaks of."""
    row = (await connection.execute(select(grants).where(grants.c.id == grant))).mappings().one_or_none()
    return _record(row) if row else None


async def of_thing(
    connection: AsyncConnection, member: str, kind: str, what: str, *, space: str, now: datetime
) -> Sequence[GrantRecord]:
    """The live grants of one thing to one member, those with an end first."""
    same = and_(grants.c.kind == kind, grants.c.what == what, grants.c.space_id == space)
    statement = select(grants).where(grants.c.member_id == member, same, _LIVE).order_by(grants.c.ends_at.is_(None))
    return [_record(row) for row in (await connection.execute(statement, {"now": now})).mappings()]


async def page(
    connection: AsyncConnection,
    member: str,
    *,
    now: datetime,
    at: GrantRecord | None = None,
    down: bool = True,
    limit: int,
) -> Sequence[GrantRecord]:
    """Behind ``at``, or before it where ``down`` is False; None: from the first.

    Roles come first, then add-ons, groups and resources; a role that lies below one for a while is not shown.
    """
    statement = select(grants).where(grants.c.member_id == member, _LIVE, ~_COVERED)
    if at is not None:
        statement = statement.where(_behind(at, down=down))
    order = [column if down else column.desc() for column in _ORDER]
    statement = statement.order_by(*order).limit(limit)
    rows = (await connection.execute(statement, {"now": now})).mappings().all()
    return [_record(row) for row in (rows if down else rows[::-1])]


_ORDER: tuple[ColumnElement[Any], ...] = (_RANK, grants.c.space_id, grants.c.starts_at, grants.c.id)


def _behind(one: GrantRecord, *, down: bool) -> ColumnElement[bool]:
    rank = KINDS.index(one.kind) if one.kind in KINDS else len(KINDS)
    clauses: list[ColumnElement[bool]] = []
    same: list[ColumnElement[bool]] = []
    for column, value in zip(_ORDER, (rank, one.space, one.starts, one.id), strict=True):
        clauses.append(and_(*same, column > value if down else column < value))
        same.append(column == value)
    return or_(*clauses)
