"""Reading spaces: a page of them, how many people and things are in one, and who has access to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, not_, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import paging
from storage.members import ROLE, folded
from storage.paging import Page, Turn
from storage.spaces import LIVE
from storage.tables import grants, invitations, members, resources, spaces

_ORDER = ("name_folded", "id")


def _those(organization: str, words: str, among: Sequence[str] | None) -> ColumnElement[bool]:
    """Spaces with a name that begins with ``words``, or one of whose later words does; ``among`` None: of all."""
    key = folded(words)
    near = or_(
        spaces.c.name_folded.startswith(key, autoescape=True),
        spaces.c.name_folded.contains(f" {key}", autoescape=True),
    )
    own = and_(spaces.c.organization_id == organization, LIVE, near)
    return own if among is None else and_(own, spaces.c.id.in_(among))


async def page(
    connection: AsyncConnection, organization: str, words: str, *, among: Sequence[str] | None, turn: Turn, limit: int
) -> Page:
    statement = select(spaces).where(_those(organization, words, among))
    return await paging.page(
        connection, statement, spaces, _ORDER, turn, own={"organization_id": organization}, limit=limit
    )


async def count(connection: AsyncConnection, organization: str, words: str, *, among: Sequence[str] | None) -> int:
    counted = select(func.count()).select_from(spaces).where(_those(organization, words, among))
    return int((await connection.execute(counted)).scalar_one())


# What is in one -------------------------------------------------------------------------------------------------------


async def people_in(connection: AsyncConnection, space: str, *, now: datetime) -> int:
    """How many active members hold a role there."""
    counted = select(func.count()).select_from(members).where(_active(), _holds(space, now))
    return int((await connection.execute(counted)).scalar_one())


async def invitations_to(connection: AsyncConnection, space: str) -> int:
    """How many wait for somebody's acceptance, expired by the clock or not."""
    waiting = and_(invitations.c.space_id == space, invitations.c.state == "pending")
    return int((await connection.execute(select(func.count()).select_from(invitations).where(waiting))).scalar_one())


async def resources_in(connection: AsyncConnection, space: str) -> list[tuple[str, int]]:
    """Kinds and how many of each."""
    counted = select(resources.c.kind, func.count()).where(resources.c.space_id == space)
    found = await connection.execute(counted.group_by(resources.c.kind).order_by(resources.c.kind))
    return [(str(row[0]), int(row[1])) for row in found]


def _active() -> ColumnElement[bool]:
    return and_(members.c.status == "active", members.c.listed.is_(True))


def _live_role(now: datetime) -> ColumnElement[bool]:
    return and_(
        grants.c.kind == ROLE, grants.c.ended_at.is_(None), or_(grants.c.ends_at.is_(None), grants.c.ends_at > now)
    )


def _holds(space: str, now: datetime) -> ColumnElement[bool]:
    there = select(grants.c.member_id).where(grants.c.space_id == space, _live_role(now))
    return members.c.id.in_(there)


def _reaches(organization: str, roles: Sequence[str], now: datetime) -> ColumnElement[bool]:
    """Whose role in force is one of these; a temporary one lies above the lasting one."""
    above = grants.alias("above")
    covered = (
        select(above.c.id)
        .where(
            above.c.member_id == grants.c.member_id,
            above.c.kind == ROLE,
            above.c.space_id == "",
            above.c.ended_at.is_(None),
            above.c.ends_at > now,
        )
        .exists()
    )
    theirs = select(grants.c.member_id).where(
        grants.c.organization_id == organization,
        grants.c.space_id == "",
        grants.c.what.in_(roles),
        _live_role(now),
        or_(grants.c.ends_at.is_not(None), not_(covered)),
    )
    return members.c.id.in_(theirs)


# Who has access -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AccessTurn:
    """Where a page begins: behind this member, or before where ``down`` is False. ``direct``: in the first part."""

    member: str
    direct: bool
    down: bool = True


@dataclass(frozen=True, slots=True)
class Access:
    """``reaching`` are the organization's roles that reach every space unasked."""

    organization: str
    space: str
    reaching: Sequence[str]
    words: str
    now: datetime


async def access(
    connection: AsyncConnection, asked: Access, turn: AccessTurn | None, *, limit: int
) -> tuple[list[tuple[str, bool]], bool]:
    """Ids, and whether they hold a role there: those first, then who reaches it unasked. True: there are more."""
    down = turn is None or turn.down
    arms = [select(arm.subquery()) for arm in _arms(asked, turn, limit + 1)]
    both = union_all(*arms).subquery()
    order = (both.c.part, both.c.name_folded, both.c.id)
    statement = select(both).order_by(*(order if down else (one.desc() for one in order))).limit(limit + 1)
    rows = [(str(row.id), row.part == 0) for row in await connection.execute(statement)]
    shown = rows[:limit]
    return shown if down else shown[::-1], len(rows) > limit


def _arms(asked: Access, turn: AccessTurn | None, most: int) -> Iterator[Select[*tuple[Any, ...]]]:
    """Each part by itself, so that the database need not sort everybody to show ten."""
    direct = _holds(asked.space, asked.now)
    unasked = and_(_reaches(asked.organization, asked.reaching, asked.now), not_(direct))
    down = turn is None or turn.down
    for part, which in ((0, direct), (1, unasked)):
        behind = _behind(asked.organization, turn, part)
        if behind is None:
            continue
        arm = select(literal(part).label("part"), members.c.name_folded, members.c.id).where(
            members.c.organization_id == asked.organization, _active(), which, _named(asked.words), behind
        )
        order = (members.c.name_folded, members.c.id)
        yield arm.order_by(*(order if down else (one.desc() for one in order))).limit(most)


def _behind(organization: str, turn: AccessTurn | None, part: int) -> ColumnElement[bool] | None:
    """None: the whole part lies on the other side of the key."""
    if turn is None:
        return literal(1) == 1
    at = 0 if turn.direct else 1
    if part != at:
        return (literal(1) == 1) if (part > at) is turn.down else None
    there = members.alias("there")
    own = and_(there.c.id == turn.member, there.c.organization_id == organization)
    name = select(there.c.name_folded).where(own).scalar_subquery()
    column, key = members.c.name_folded, members.c.id
    if turn.down:
        return or_(column > name, and_(column == name, key > turn.member))
    return or_(column < name, and_(column == name, key < turn.member))


def _named(words: str) -> ColumnElement[bool]:
    key = folded(words)
    if not key:
        return literal(1) == 1
    return or_(
        members.c.name_folded.startswith(key, autoescape=True),
        members.c.name_folded.contains(f" {key}", autoescape=True),
        members.c.email_folded.startswith(key, autoescape=True),
    )
