"""Who and what a search has to look at: a few of them at a time, never everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.spaces import LIVE
from storage.tables import grants, members, resources, shares, spaces


@dataclass(frozen=True, slots=True)
class Clause:
    """Grants of which somebody must hold at least one: roles and add-ons of the organization, those of ``space``, and
    what makes one resource visible; or be its owner."""

    roles: frozenset[str] = frozenset()
    addons: frozenset[str] = frozenset()
    space: str = ""
    space_roles: frozenset[str] = frozenset()
    owner: str | None = None
    resource: str = ""
    groups: frozenset[str] = frozenset()


async def people_after(
    connection: AsyncConnection, organization: str, clauses: Sequence[Clause], *, after: str, limit: int
) -> list[str]:
    """Ids of active members who hold something of each clause, by folded address, after that of ``after``."""
    statement = (
        select(members.c.id)
        .where(
            members.c.organization_id == organization,
            members.c.status == "active",
            members.c.listed.is_(True),
            members.c.email_folded > after,
            *(_holds(clause, organization) for clause in clauses),
        )
        .order_by(members.c.email_folded)
        .limit(limit)
    )
    return list((await connection.execute(statement)).scalars())


def _holds(clause: Clause, organization: str) -> ColumnElement[bool]:
    here = grants.c.space_id == clause.space
    wanted = [
        and_(grants.c.kind == "role", grants.c.space_id == "", grants.c.what.in_(clause.roles)),
        and_(grants.c.kind == "addon", grants.c.space_id.in_({"", clause.space}), grants.c.what.in_(clause.addons)),
        and_(grants.c.kind == "role", here, grants.c.what.in_(clause.space_roles)),
        and_(grants.c.kind == "resource", grants.c.what == clause.resource),
        and_(grants.c.kind == "group", grants.c.what.in_(clause.groups)),
    ]
    there = (clause.roles, clause.addons, clause.space_roles, clause.resource, clause.groups)
    chosen = [one for one, given in zip(wanted, there, strict=True) if given]
    holders = select(grants.c.member_id).where(
        grants.c.organization_id == organization, grants.c.ended_at.is_(None), or_(literal_column("1 = 0"), *chosen)
    )
    return or_(members.c.id.in_(holders), members.c.id == (clause.owner or ""))


@dataclass(frozen=True, slots=True)
class Seen:
    """The resources that one member may see at most: theirs, in these spaces, on these lists; or all there are."""

    owner: str
    spaces: frozenset[str]
    resources: frozenset[str]
    groups: frozenset[str]
    everything: bool


async def things_after(
    connection: AsyncConnection, organization: str, kind: str, seen: Seen, *, after: str, limit: int
) -> list[str]:
    """The outside ids of resources of a kind, in order, after ``after``."""
    on_groups = select(shares.c.resource_id).where(
        shares.c.organization_id == organization, shares.c.kind == "group", shares.c.what.in_(seen.groups)
    )
    ways = or_(
        resources.c.owner_id == seen.owner,
        resources.c.space_id.in_(seen.spaces),
        resources.c.id.in_(seen.resources),
        resources.c.id.in_(on_groups),
    )
    statement = (
        select(resources.c.outside_id)
        .where(resources.c.organization_id == organization, resources.c.kind == kind, resources.c.outside_id > after)
        .where(*([] if seen.everything else [ways]))
        .order_by(resources.c.outside_id)
        .limit(limit)
    )
    return list((await connection.execute(statement)).scalars())


async def slugs_after(connection: AsyncConnection, organization: str, *, after: str, limit: int) -> list[str]:
    statement = (
        select(spaces.c.slug)
        .where(spaces.c.organization_id == organization, spaces.c.slug > after, LIVE)
        .order_by(spaces.c.slug)
        .limit(limit)
    )
    return list((await connection.execute(statement)).scalars())
