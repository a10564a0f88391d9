"""What ends soon, and whose it is: invitations that wait, and whatever somebody holds for a while."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, and_, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.members import ROLE
from storage.tables import grants, groups, invitations, members, resources, spaces


@dataclass(frozen=True, slots=True)
class Ending:
    """``kind``: role, addon, group, resource, or invitation, which promises the role ``what``. ``place`` '' is the
    organization, ``space`` the name of it otherwise; ``thing`` that of the group or resource."""

    id: str
    member: str
    name: str
    email: str
    kind: str
    what: str
    place: str
    space: str | None
    thing: str
    ends: datetime


_PERSON = (members.c.name.label("member_name"), members.c.email)
_GRANTS = (
    select(
        grants.c.id,
        grants.c.member_id,
        *_PERSON,
        grants.c.kind,
        grants.c.what,
        grants.c.space_id,
        grants.c.ends_at,
        spaces.c.name.label("space"),
        groups.c.name.label("group"),
        resources.c.name.label("resource"),
    )
    .join(members, members.c.id == grants.c.member_id)
    .outerjoin(spaces, spaces.c.id == grants.c.space_id)
    .outerjoin(groups, and_(grants.c.kind == "group", groups.c.id == grants.c.what))
    .outerjoin(resources, and_(grants.c.kind == "resource", resources.c.id == grants.c.what))
)


async def access(
    connection: AsyncConnection,
    organization: str,
    *,
    now: datetime,
    until: datetime,
    within: Collection[str] | None,
    acts_on: Collection[str],
    besides: str,
    limit: int,
) -> list[Ending]:
    """What active members hold and what ends by ``until``, the first first; ``within`` these spaces, or None: anywhere,
    of those who hold no other role in the organization than those in ``acts_on``. Never what ``besides`` holds."""
    ending = and_(grants.c.ended_at.is_(None), grants.c.ends_at > now, grants.c.ends_at <= until)
    whose = _of_those(acts_on, now) if within is None else grants.c.space_id.in_(within)
    ours = and_(grants.c.organization_id == organization, members.c.status == "active", members.c.id != besides)
    statement = _GRANTS.where(ours, ending, whose).order_by(grants.c.ends_at, grants.c.id).limit(limit)
    return [_held(row) for row in (await connection.execute(statement)).mappings()]


def _of_those(roles: Collection[str], now: datetime) -> ColumnElement[bool]:
    other = grants.alias("other")
    live = and_(other.c.ended_at.is_(None), other.c.ends_at.is_(None) | (other.c.ends_at > now))
    theirs = and_(other.c.member_id == members.c.id, other.c.kind == ROLE, other.c.space_id == "")
    return ~select(other.c.id).where(theirs, live, other.c.what.not_in(roles)).exists()


def _held(row: RowMapping) -> Ending:
    return Ending(
        id=row["id"],
        member=row["member_id"],
        name=row["member_name"],
        email=row["email"],
        kind=row["kind"],
        what=row["what"],
        place=row["space_id"],
        space=row["space"],
        thing=row["group"] or row["resource"] or "",
        ends=row["ends_at"],
    )


async def promised(
    connection: AsyncConnection,
    organization: str,
    *,
    now: datetime,
    until: datetime,
    within: Sequence[str] | None,
    limit: int,
) -> list[Ending]:
    """Invitations that still wait and end by ``until``; ``within`` None: those to the organization too."""
    # Written out, so that a database knows its partial index fits.
    pending = invitations.c.state == literal_column("'pending'")
    waiting = and_(pending, invitations.c.expires_at > now, invitations.c.expires_at <= until)
    statement = (
        select(invitations, *_PERSON, spaces.c.name.label("space"))
        .join(members, members.c.id == invitations.c.member_id)
        .outerjoin(spaces, spaces.c.id == invitations.c.space_id)
        .where(invitations.c.organization_id == organization, waiting)
        .order_by(invitations.c.expires_at, invitations.c.id)
        .limit(limit)
    )
    if within is not None:
        statement = statement.where(invitations.c.space_id.in_(within))
    return [_promised(row) for row in (await connection.execute(statement)).mappings()]


def _promised(row: RowMapping) -> Ending:
    return Ending(
        id=row["id"],
        member=row["member_id"],
        name=row["member_name"],
        email=row["email"],
        kind="invitation",
        what=row["role"],
        place=row["space_id"],
        space=row["space"],
        thing="",
        ends=row["expires_at"],
    )
