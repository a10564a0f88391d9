"""Looking at resources: those that somebody sees, and who is on the list of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, Subquery, and_, func, literal, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.members import folded
from storage.paging import Turn, page
from storage.records import ResourceRecord
from storage.resources import EMAIL, GROUP, RESOURCE, Sight, live, record_of, visible
from storage.tables import grants, groups, members, resources, shares, spaces

PERSON = "person"
BY_NAME = ("name_folded", "id")


@dataclass(frozen=True, slots=True)
class ResourceRow:
    """With the names of its space and of its owner, and the owner's address."""

    resource: ResourceRecord
    space: str | None
    owner: tuple[str, str, str] | None


def _row(row: RowMapping) -> ResourceRow:
    owner = (row["owner_id"], row["owner_name"], row["owner_email"]) if row["owner_email"] is not None else None
    return ResourceRow(record_of(row), row["space_name"], owner)


def _seen(organization: str, sight: Sight, kinds: Sequence[str], now: datetime) -> ColumnElement[bool]:
    return and_(resources.c.organization_id == organization, resources.c.kind.in_(kinds), visible(sight, now))


_WITH_NAMES: Select[*tuple[Any, ...]] = (
    select(
        resources,
        spaces.c.name.label("space_name"),
        members.c.name.label("owner_name"),
        members.c.email.label("owner_email"),
    )
    .outerjoin(spaces, spaces.c.id == resources.c.space_id)
    .outerjoin(members, and_(members.c.id == resources.c.owner_id, members.c.listed.is_(True)))
)


async def seen(
    connection: AsyncConnection,
    organization: str,
    sight: Sight,
    kinds: Sequence[str],
    turn: Turn,
    *,
    now: datetime,
    limit: int,
) -> tuple[list[ResourceRow], bool]:
    """By name, and whether there are more."""
    statement = _WITH_NAMES.where(_seen(organization, sight, kinds, now))
    found = await page(
        connection, statement, resources, BY_NAME, turn, own={"organization_id": organization}, limit=limit
    )
    return [_row(row) for row in found.rows], found.more


async def count(
    connection: AsyncConnection, organization: str, sight: Sight, kinds: Sequence[str], *, now: datetime
) -> int:
    statement = select(func.count()).select_from(resources).where(_seen(organization, sight, kinds, now))
    return int((await connection.execute(statement)).scalar_one())


async def like(
    connection: AsyncConnection,
    organization: str,
    sight: Sight,
    kinds: Sequence[str],
    words: str,
    *,
    now: datetime,
    limit: int = 100,
) -> list[ResourceRecord]:
    """Those whose name or id begins with ``words``, by name."""
    begins = resources.c.name_folded.startswith(folded(words), autoescape=True)
    near = or_(begins, resources.c.outside_id.startswith(words, autoescape=True))
    statement = select(resources).where(near, _seen(organization, sight, kinds, now))
    rows = await connection.execute(statement.order_by(resources.c.name_folded, resources.c.id).limit(limit))
    return [record_of(row) for row in rows.mappings()]


async def find(connection: AsyncConnection, resource: str) -> ResourceRecord | None:
    """By our own id."""
    row = (await connection.execute(select(resources).where(resources.c.id == resource))).mappings().one_or_none()
    return record_of(row) if row else None


async def one(connection: AsyncConnection, resource: str) -> ResourceRow | None:
    row = (await connection.execute(_WITH_NAMES.where(resources.c.id == resource))).mappings().one_or_none()
    return _row(row) if row else None


# The list of one ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """One on a list: a person, a group or an address; ``ends`` None: for good."""

    id: str
    sort: str
    name: str
    ends: datetime | None


async def listed(
    connection: AsyncConnection, resource: ResourceRecord, turn: Turn, *, now: datetime, limit: int
) -> tuple[list[Entry], bool]:
    """People, groups and addresses together, by name."""
    entries = _entries(resource, now)
    statement: Select[*tuple[Any, ...]] = select(entries)
    found = await page(connection, statement, entries, BY_NAME, turn, own={}, limit=limit)
    return [Entry(row["id"], row["sort"], row["name"], row["ends_at"]) for row in found.rows], found.more


async def count_listed(connection: AsyncConnection, resource: ResourceRecord, *, now: datetime) -> int:
    counted = select(func.count()).select_from(_entries(resource, now))
    return int((await connection.execute(counted)).scalar_one())


def _entries(resource: ResourceRecord, now: datetime) -> Subquery:
    called = func.coalesce(func.nullif(members.c.name, ""), members.c.email)
    people = (
        select(
            grants.c.id,
            literal(PERSON).label("sort"),
            called.label("name"),
            func.coalesce(func.nullif(members.c.name_folded, ""), members.c.email_folded).label("name_folded"),
            grants.c.ends_at,
        )
        .join(members, members.c.id == grants.c.member_id)
        .where(
            grants.c.organization_id == resource.organization,
            grants.c.kind == RESOURCE,
            grants.c.what == resource.id,
            members.c.listed.is_(True),
            live(now),
        )
    )
    never = literal(None, grants.c.ends_at.type).label("ends_at")
    of_groups = (
        select(shares.c.id, shares.c.kind.label("sort"), groups.c.name, groups.c.name_folded, never)
        .join(groups, groups.c.id == shares.c.what)
        .where(shares.c.resource_id == resource.id, shares.c.kind == GROUP)
    )
    plain = select(
        shares.c.id, shares.c.kind.label("sort"), shares.c.name, shares.c.what.label("name_folded"), never
    ).where(shares.c.resource_id == resource.id, shares.c.kind == EMAIL)
    return union_all(people, of_groups, plain).subquery("entries")
