"""Looking at groups: all of them, who is in one, and which resources it is on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.groups import GROUP
from storage.paging import Turn, page
from storage.tables import grants, groups, members, resources, shares

BY_NAME = ("name_folded", "id")


@dataclass(frozen=True, slots=True)
class GroupRow:
    id: str
    name: str
    people: int


@dataclass(frozen=True, slots=True)
class MemberRow:
    """``ends`` None: in the group for good."""

    id: str
    name: str
    email: str
    status: str
    ends: datetime | None


def _live(now: datetime) -> ColumnElement[bool]:
    ends = or_(grants.c.ends_at.is_(None), grants.c.ends_at > now)
    return and_(grants.c.kind == GROUP, grants.c.space_id == "", grants.c.ended_at.is_(None), ends)


def _people(now: datetime) -> Select[int]:
    """How many listed members are in a group."""
    return (
        select(func.count(func.distinct(grants.c.member_id)))
        .select_from(grants.join(members, members.c.id == grants.c.member_id))
        .where(_live(now), members.c.listed.is_(True))
    )


async def count(connection: AsyncConnection, organization: str) -> int:
    counted = select(func.count()).select_from(groups).where(groups.c.organization_id == organization)
    return int((await connection.execute(counted)).scalar_one())


async def every(
    connection: AsyncConnection, organization: str, turn: Turn, *, now: datetime, limit: int
) -> tuple[list[GroupRow], bool]:
    """By name, and whether there are more."""
    inside = and_(grants.c.organization_id == organization, grants.c.what == groups.c.id)
    people = _people(now).where(inside).correlate(groups).scalar_subquery()
    statement = select(groups.c.id, groups.c.name, people.label("people"))
    statement = statement.where(groups.c.organization_id == organization)
    found = await page(connection, statement, groups, BY_NAME, turn, own={"organization_id": organization}, limit=limit)
    return [GroupRow(row["id"], row["name"], row["people"]) for row in found.rows], found.more


async def count_within(connection: AsyncConnection, organization: str, group: str, *, now: datetime) -> int:
    inside = and_(grants.c.organization_id == organization, grants.c.what == group)
    return int((await connection.execute(_people(now).where(inside))).scalar_one())


async def within(
    connection: AsyncConnection, organization: str, group: str, turn: Turn, *, now: datetime, limit: int
) -> tuple[list[MemberRow], bool]:
    """Who is in a group, by name, and whether there are more. Somebody who is in it twice is in it for longer."""
    theirs = and_(grants.c.organization_id == organization, grants.c.what == group, _live(now))
    lasting = select(grants.c.id).where(theirs, grants.c.member_id == members.c.id, grants.c.ends_at.is_(None)).exists()
    last = select(func.max(grants.c.ends_at)).where(theirs, grants.c.member_id == members.c.id).scalar_subquery()
    statement = select(
        members.c.id, members.c.name, members.c.email, members.c.status, lasting.label("lasting"), last.label("ends")
    ).where(
        members.c.organization_id == organization,
        members.c.listed.is_(True),
        members.c.id.in_(select(grants.c.member_id).where(theirs)),
    )
    found = await page(
        connection, statement, members, BY_NAME, turn, own={"organization_id": organization}, limit=limit
    )
    rows = [
        MemberRow(row["id"], row["name"], row["email"], row["status"], None if row["lasting"] else row["ends"])
        for row in found.rows
    ]
    return rows, found.more


async def on_lists(
    connection: AsyncConnection, organization: str, group: str, *, limit: int
) -> tuple[Sequence[tuple[str, str, str]], int]:
    """The first resources that a group is on, as kind, outside id and name, and how many there are."""
    statement = (
        select(resources.c.kind, resources.c.outside_id, resources.c.name, func.count().over().label("total"))
        .join(shares, shares.c.resource_id == resources.c.id)
        .where(shares.c.organization_id == organization, shares.c.kind == GROUP, shares.c.what == group)
        .order_by(resources.c.kind, resources.c.name_folded, resources.c.id)
        .limit(limit)
    )
    rows = (await connection.execute(statement)).all()
    return [(row.kind, row.outside_id, row.name) for row in rows], rows[0].total if rows else 0
