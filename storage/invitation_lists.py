"""Invitations a page at a time, newest first, by what has become of them; and how many there are of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, case, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import paging
from storage.current import IS_OPEN
from storage.invitations import record
from storage.paging import Turn
from storage.records import InvitationRecord
from storage.tables import Moment, invitations, members, spaces

OPEN = "open"
"""What can still be resent or revoked: pending or expired."""
_INVITERS = members.alias("inviters")
_ROWS = (
    select(
        invitations,
        members.c.email,
        members.c.name,
        _INVITERS.c.id.label("inviter_id"),
        _INVITERS.c.name.label("inviter_name"),
        _INVITERS.c.email.label("inviter_email"),
        spaces.c.name.label("space_name"),
    )
    .join(members, members.c.id == invitations.c.member_id)
    .outerjoin(_INVITERS, _INVITERS.c.id == invitations.c.invited_by)
    .outerjoin(spaces, spaces.c.id == invitations.c.space_id)
)


@dataclass(frozen=True, slots=True)
class Asked:
    """``spaces`` None: all there are, those to the organization itself included. ``state`` '': whatever became of
    them; expiry is judged by ``now`` (invariant 4)."""

    organization: str
    now: datetime
    spaces: Sequence[str] | None = None
    state: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """``ended``: when it was accepted or revoked; ``space``: its name."""

    invitation: InvitationRecord
    email: str
    name: str
    inviter: tuple[str, str, str] | None
    space: str | None
    ended: datetime | None


def _row(row: RowMapping) -> Row:
    inviter = (row["inviter_id"], row["inviter_name"], row["inviter_email"]) if row["inviter_id"] else None
    return Row(record(row), row["email"], row["name"], inviter, row["space_name"], row["ended_at"])


def _overdue(now: datetime) -> ColumnElement[bool]:
    """Its time is over, though its timer may not have fired yet."""
    return and_(invitations.c.state == "pending", invitations.c.expires_at <= literal(now, Moment))


def _in_state(state: str, now: datetime) -> ColumnElement[bool]:
    match state:
        case "pending":
            return and_(invitations.c.state == "pending", invitations.c.expires_at > now)
        case "expired":
            return or_(invitations.c.state == "expired", _overdue(now))
        case _ if state == OPEN:
            return IS_OPEN
        case _:
            return invitations.c.state == state


def _where(asked: Asked) -> ColumnElement[bool]:
    clauses = [invitations.c.organization_id == asked.organization]
    if asked.spaces is not None:
        clauses.append(invitations.c.space_id.in_(asked.spaces))
    if asked.state:
        clauses.append(_in_state(asked.state, asked.now))
    return and_(*clauses)


async def page(connection: AsyncConnection, asked: Asked, turn: Turn, *, limit: int) -> tuple[list[Row], bool]:
    """The rows, and whether there are further ones in the direction that was taken."""
    up = Turn(turn.at, down=not turn.down)  # a page tells rows apart upwards, and the newest stand first
    order = ("created_at", "id")
    found = await paging.page(connection, _ROWS.where(_where(asked)), invitations, order, up, limit=limit)
    return [_row(row) for row in reversed(found.rows)], found.more


async def counts(connection: AsyncConnection, asked: Asked) -> Mapping[str, int]:
    """By state, whichever of them is asked for."""
    state: ColumnElement[Any] = case((_overdue(asked.now), "expired"), else_=invitations.c.state)
    every = Asked(asked.organization, asked.now, asked.spaces)
    states = select(state.label("state")).where(_where(every)).subquery()
    counted = select(states.c.state, func.count().label("many")).group_by(states.c.state)
    return {row.state: row.many for row in await connection.execute(counted)}


async def ids(connection: AsyncConnection, asked: Asked, *, until: datetime, limit: int) -> Sequence[str]:
    """Those in that state that were there at ``until`` already, newest first."""
    which = and_(_where(asked), invitations.c.created_at <= until)
    statement = select(invitations.c.id).where(which).order_by(invitations.c.created_at.desc(), invitations.c.id.desc())
    return (await connection.execute(statement.limit(limit))).scalars().all()
