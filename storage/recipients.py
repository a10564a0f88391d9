"""Whom news goes to, some at a time: everybody on a resource's list, everybody who was in a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CTE, ColumnElement, and_, func, or_, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import grants, members, shares, slack_accounts, ties

ROLE, GROUP, RESOURCE, EMAIL = "role", "group", "resource", "email"


@dataclass(frozen=True, slots=True)
class Address:
    """A plain address on a list."""

    share: str
    email: str


def _live(now: datetime) -> ColumnElement[bool]:
    ends = or_(grants.c.ends_at.is_(None), grants.c.ends_at > now)
    return and_(grants.c.space_id == "", grants.c.ended_at.is_(None), ends)


def _on_list(organization: str, resource: str, now: datetime) -> ColumnElement[bool]:
    """Active members on the list themselves or by a group of theirs, each once, whatever their role (002-26)."""
    held = and_(grants.c.organization_id == organization, _live(now))
    by_name = select(grants.c.member_id).where(held, grants.c.kind == RESOURCE, grants.c.what == resource)
    of_groups = and_(shares.c.resource_id == resource, shares.c.kind == GROUP)
    by_group = (
        select(grants.c.member_id)
        .join(shares, shares.c.what == grants.c.what)
        .where(held, grants.c.kind == GROUP, of_groups)
    )
    # The names of both are looked up in the same index; one condition with "or" would look at every grant there is.
    return and_(_active(organization), members.c.id.in_(union(by_name, by_group)))


def _active(organization: str) -> ColumnElement[bool]:
    of_organization = members.c.organization_id == organization
    return and_(of_organization, members.c.status == "active", members.c.listed.is_(True))


async def members_on_list(
    connection: AsyncConnection, organization: str, resource: str, *, after: str, now: datetime, limit: int
) -> Sequence[str]:
    """The next members' ids."""
    statement = select(members.c.id).where(_on_list(organization, resource, now), members.c.id > after)
    return (await connection.execute(statement.order_by(members.c.id).limit(limit))).scalars().all()


_IN_SLACK = (
    select(ties.c.member_id)
    .join(slack_accounts, and_(slack_accounts.c.team == ties.c.team, slack_accounts.c.slack_user == ties.c.slack_user))
    .where(
        ties.c.member_id == members.c.id,
        slack_accounts.c.deleted.is_(False),
        slack_accounts.c.guest.is_(False),
        slack_accounts.c.bot.is_(False),
        slack_accounts.c.stranger.is_(False),
    )
    .exists()
)


def _told(organization: str, resource: str, now: datetime) -> CTE:
    """Those members once for the whole statement: looked up anew for each address they would be looked up too often."""
    told = select(members.c.email, members.c.email_folded, _IN_SLACK.label("in_slack"))
    once = told.where(_on_list(organization, resource, now)).cte("told")
    return once.prefix_with("MATERIALIZED", dialect="postgresql")


def _plain(resource: str, told: CTE) -> ColumnElement[bool]:
    """Plain addresses, without those of members who are on the list anyway: nobody is told twice."""
    same = select(told.c.email).where(told.c.email_folded == shares.c.what)
    return and_(shares.c.resource_id == resource, shares.c.kind == EMAIL, ~same.exists())


async def addresses_on_list(
    connection: AsyncConnection, organization: str, resource: str, *, after: str, now: datetime, limit: int
) -> list[Address]:
    """The next plain addresses."""
    plain = _plain(resource, _told(organization, resource, now))
    statement = select(shares.c.id, shares.c.name).where(plain, shares.c.id > after)
    rows = await connection.execute(statement.order_by(shares.c.id).limit(limit))
    return [Address(row.id, row.name) for row in rows]


async def address(connection: AsyncConnection, share: str, resource: str) -> str | None:
    """A plain address that still is on the list."""
    found = select(shares.c.name).where(shares.c.id == share, shares.c.resource_id == resource, shares.c.kind == EMAIL)
    return (await connection.execute(found)).scalar_one_or_none()


async def former_members(
    connection: AsyncConnection, organization: str, group: str, *, ended: datetime, after: str, limit: int
) -> Sequence[str]:
    """The next ids of those whose membership ended with the group itself."""
    of_group = and_(grants.c.organization_id == organization, grants.c.kind == GROUP, grants.c.space_id == "")
    held = select(grants.c.member_id).where(of_group, grants.c.what == group, grants.c.ended_at == ended)
    statement = select(members.c.id).where(_active(organization), members.c.id.in_(held), members.c.id > after)
    return (await connection.execute(statement.order_by(members.c.id).limit(limit))).scalars().all()


async def holders(
    connection: AsyncConnection, organization: str, roles: Sequence[str], *, after: str, now: datetime, limit: int
) -> Sequence[str]:
    """The next ids of active members with a live role of the organization among ``roles``."""
    held = and_(grants.c.organization_id == organization, grants.c.kind == ROLE, grants.c.what.in_(roles), _live(now))
    holding = select(grants.c.member_id).where(held)
    statement = select(members.c.id).where(_active(organization), members.c.id.in_(holding), members.c.id > after)
    return (await connection.execute(statement.order_by(members.c.id).limit(limit))).scalars().all()


@dataclass(frozen=True, slots=True)
class Counted:
    """How many are on a list, members and plain addresses; and how many of them only a mail can reach, some by name."""

    everybody: int
    only_by_mail: int
    some_by_mail: tuple[str, ...]


async def counted(
    connection: AsyncConnection, organization: str, resource: str, *, now: datetime, some: int
) -> Counted:
    told = _told(organization, resource, now)
    plain = select(shares.c.name.label("email")).where(_plain(resource, told))
    by_mail = plain.union_all(select(told.c.email).where(~told.c.in_slack)).subquery()
    people = select(func.count()).select_from(told).where(told.c.in_slack).scalar_subquery()
    many = select(func.count()).select_from(by_mail).scalar_subquery()
    in_slack, mailed = (await connection.execute(select(people, many))).one()
    if not (some and mailed):
        return Counted(in_slack + mailed, mailed, ())
    named = await connection.execute(select(by_mail.c.email).order_by(by_mail.c.email).limit(some))
    return Counted(in_slack + mailed, mailed, tuple(named.scalars()))
