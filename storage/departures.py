"""What somebody holds and owns, counted: for whoever is about to end it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.current import live
from storage.tables import grants, invitations, requests, resources


@dataclass(frozen=True, slots=True)
class Holds:
    """``owned``: resources by kind; ``requests``: those that wait, by them or about them."""

    spaces: int = 0
    groups: int = 0
    addons: int = 0
    lists: int = 0
    requests: int = 0
    invitations: int = 0
    owned: Mapping[str, int] = field(default_factory=dict[str, int])


def _held(member: str, now: datetime, sort: str, kind: str, *, in_spaces: bool = False) -> Select[str, str, int]:
    which: list[ColumnElement[bool]] = [grants.c.member_id == member, grants.c.kind == kind, live(now)]
    counted = func.count(grants.c.space_id.distinct()) if in_spaces else func.count()
    if in_spaces:
        which.append(grants.c.space_id != "")
    return select(literal(sort).label("sort"), literal("").label("kind"), counted.label("count")).where(*which)


async def holds(connection: AsyncConnection, organization: str, member: str, *, now: datetime) -> Holds:
    """All of it in one statement."""
    theirs = or_(*(requests.c[f"{who}_id"] == member for who in ("requester", "beneficiary", "target")))
    waiting = and_(requests.c.organization_id == organization, requests.c.state == "pending", theirs)
    invited = and_(invitations.c.member_id == member, invitations.c.state == "pending")
    owner = and_(resources.c.organization_id == organization, resources.c.owner_id == member)
    rows = await connection.execute(
        union_all(
            _held(member, now, "spaces", "role", in_spaces=True),
            _held(member, now, "groups", "group"),
            _held(member, now, "addons", "addon"),
            _held(member, now, "lists", "resource"),
            select(literal("requests"), literal(""), func.count()).select_from(requests).where(waiting),
            select(literal("invitations"), literal(""), func.count()).select_from(invitations).where(invited),
            select(literal("owned"), resources.c.kind, func.count()).where(owner).group_by(resources.c.kind),
        )
    )
    found = [(row[0], row[1], int(row[2])) for row in rows]
    counts = {sort: count for sort, _, count in found if sort != "owned"}
    owned = {kind: count for sort, kind, count in found if sort == "owned"}
    return Holds(**counts, owned=owned)
