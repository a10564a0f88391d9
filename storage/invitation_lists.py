"""Invitations a page at a time, newest first, by what has become of them; and how many there are of each.

The newest of each state stand in an index, those of the organization and those of one space. So a page is made of the
first few of each state that it shows, whatever else there is; only of several spaces together all are looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    RowMapping,
    Select,
    Text,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.hints import unindexed_time
from storage.invitations import record
from storage.listed import Counted
from storage.listing_filters import NOW, ORGANIZATION, text
from storage.listing_sizes import MOST_COUNTED
from storage.listing_ways import LIMIT
from storage.paging import Turn
from storage.records import InvitationRecord
from storage.tables import Moment, invitations, members, spaces

OPEN = "open"
"""What can still be resent or revoked: pending or expired."""
STATES = ("pending", "expired", "accepted", "revoked")
_INVITERS = members.alias("inviters")


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


@dataclass(frozen=True, slots=True)
class _Shape:
    """Of a question: statements are built once for each. ``spaces``: None, one, or several."""

    state: str = ""
    spaces: int | None = None
    turned: bool = False
    down: bool = True
    until: bool = False


def _shape(asked: Asked) -> _Shape:
    return _Shape(asked.state, None if asked.spaces is None else min(len(asked.spaces), 2))


def _values(asked: Asked, limit: int) -> dict[str, object]:
    spaces = asked.spaces or ()
    place = spaces[0] if spaces else ""
    return {"organization": asked.organization, "now": asked.now, "spaces": spaces, "place": place, "limit": limit}


# What each question goes along ----------------------------------------------------------------------------------------


def _is(state: str) -> ColumnElement[bool]:
    # Written out, so that a database knows its partial index fits.
    return invitations.c.state == literal_column(f"'{state}'", Text())


# Whose time is over, though its timer may not have fired yet, the index of those that wait tells for an organization;
# in a space, and in the order of the list, it is asked of one after another.
_WAITS, _OVERDUE = (
    and_(_is("pending"), one) for one in (invitations.c.expires_at > NOW, invitations.c.expires_at <= NOW)
)
_EXPIRES = unindexed_time(invitations.c.expires_at)
_WAITS_THERE, _OVERDUE_THERE = (and_(_is("pending"), one) for one in (_EXPIRES > NOW, _EXPIRES <= NOW))
_WALKS: Mapping[str, Sequence[ColumnElement[bool]]] = {
    "": [_is(state) for state in STATES],
    OPEN: [_is("pending"), _is("expired")],
    "pending": [_WAITS_THERE],
    "expired": [_is("expired"), _OVERDUE],
    "accepted": [_is("accepted")],
    "revoked": [_is("revoked")],
}


def _walks(shape: _Shape) -> Sequence[ColumnElement[bool]]:
    inside = shape.state == "expired" and shape.spaces is not None
    return [_is("expired"), _OVERDUE_THERE] if inside else _WALKS[shape.state]


def _where(spaces: int | None) -> list[ColumnElement[bool]]:
    own = invitations.c.organization_id == ORGANIZATION
    if spaces is None:
        return [own]
    if spaces == 1:
        return [own, invitations.c.space_id == text("place")]
    return [own, invitations.c.space_id.in_(bindparam("spaces", type_=Text(), expanding=True))]


def _behind(shape: _Shape) -> list[ColumnElement[bool]]:
    """Behind one of another organization is nothing, as behind none (invariant 27)."""
    if not shape.turned:
        return []
    there = invitations.alias("there")
    own = and_(there.c.id == text("at"), there.c.organization_id == ORGANIZATION)
    key = tuple_(invitations.c.created_at, invitations.c.id)
    at = tuple_(select(there.c.created_at).where(own).scalar_subquery(), text("at"))
    return [key < at if shape.down else key > at]


def _newest(keys: FromClause, *, down: bool, sort: bool = False) -> list[ColumnElement[Any]]:
    """``sort``: whatever else is asked leads to them sooner than an index that has this order."""
    order = (unindexed_time(keys.c.created_at) if sort else keys.c.created_at, keys.c.id)
    return [one.desc() for one in order] if down else list(order)


def _keys(shape: _Shape) -> Select[*tuple[Any, ...]]:
    """Of the next ``limit``; nothing else is looked at before they are chosen."""
    asked = [*_where(shape.spaces), *_behind(shape)]
    if shape.until:
        asked.append(invitations.c.created_at <= bindparam("until", type_=Moment))
    order = _newest(invitations, down=shape.down, sort=shape.spaces not in {None, 1})
    keys = select(invitations.c.id, invitations.c.created_at).where(*asked).order_by(*order).limit(LIMIT)
    walks = [select(keys.where(walk).subquery()) for walk in _walks(shape)]
    found = union_all(*walks).subquery()
    return select(found).order_by(*_newest(found, down=shape.down)).limit(LIMIT)


# The questions --------------------------------------------------------------------------------------------------------


async def page(connection: AsyncConnection, asked: Asked, turn: Turn, *, limit: int) -> tuple[list[Row], bool]:
    """The rows, and whether there are further ones in the direction that was taken."""
    statement = _page(replace(_shape(asked), turned=turn.at is not None, down=turn.down))
    found = await connection.execute(statement, _values(asked, limit + 1) | {"at": turn.at})
    rows = [_row(row) for row in found.mappings()]
    return rows[:limit] if turn.down else rows[:limit][::-1], len(rows) > limit


@lru_cache(maxsize=256)
def _page(shape: _Shape) -> Select[*tuple[Any, ...]]:
    keys = _keys(shape).cte().prefix_with("MATERIALIZED")
    return (
        select(
            invitations,
            members.c.email,
            members.c.name,
            _INVITERS.c.id.label("inviter_id"),
            _INVITERS.c.name.label("inviter_name"),
            _INVITERS.c.email.label("inviter_email"),
            spaces.c.name.label("space_name"),
        )
        .select_from(keys)
        .join(invitations, invitations.c.id == keys.c.id)
        .join(members, members.c.id == invitations.c.member_id)
        .outerjoin(_INVITERS, _INVITERS.c.id == invitations.c.invited_by)
        .outerjoin(spaces, spaces.c.id == invitations.c.space_id)
        .order_by(*_newest(keys, down=shape.down))
    )


async def counts(connection: AsyncConnection, asked: Asked) -> Mapping[str, Counted]:
    """By state, whichever of them is asked for."""
    given = _values(asked, MOST_COUNTED + 1)
    many = dict((await connection.execute(_counts(_shape(asked).spaces), given)).mappings().one())
    many["expired"] += many.pop("overdue")
    return {state: Counted(min(one, MOST_COUNTED), exact=one <= MOST_COUNTED) for state, one in many.items()}


@lru_cache(maxsize=4)
def _counts(spaces: int | None) -> Select[*tuple[Any, ...]]:
    waits, overdue = (_WAITS, _OVERDUE) if spaces is None else (_WAITS_THERE, _OVERDUE_THERE)
    kinds = {state: _is(state) for state in STATES} | {"pending": waits, "overdue": overdue}
    return select(*(_count(spaces, which).label(str(name)) for name, which in kinds.items()))


def _count(spaces: int | None, which: ColumnElement[bool]) -> ColumnElement[int]:
    some = (
        select(literal_column("1", Integer()))
        .select_from(invitations)
        .where(*_where(spaces), which)
        .limit(LIMIT)
        .subquery()
    )
    return select(func.count()).select_from(some).scalar_subquery()


async def ids(connection: AsyncConnection, asked: Asked, *, until: datetime, limit: int) -> Sequence[str]:
    """Those in that state that were there at ``until`` already, newest first."""
    found = await connection.execute(_ids(replace(_shape(asked), until=True)), _values(asked, limit) | {"until": until})
    return found.scalars().all()


@lru_cache(maxsize=64)
def _ids(shape: _Shape) -> Select[*tuple[Any, ...]]:
    return _keys(shape)
