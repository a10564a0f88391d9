"""How many hold what in an organization: counted by the database, never a directory of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Text, and_, bindparam, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.current import NOW, live
from storage.members import ADDON, ROLE
from storage.tables import grants, invitations, members

Sort = Literal["role", "addon", "invitation"]


@dataclass(frozen=True, slots=True)
class Held:
    """``what`` is the id of a role or add-on; ``invitation``: the role that open invitations promise."""

    sort: Sort
    what: str
    in_space: bool
    holders: int


_OWN = bindparam("organization", type_=Text())
_IN_SPACE = (grants.c.space_id != "").label("in_space")
_INVITED_TO = (invitations.c.space_id != "").label("in_space")
_HELD = (
    select(grants.c.kind.label("sort"), grants.c.what, _IN_SPACE, func.count(grants.c.member_id.distinct()))
    .where(
        grants.c.organization_id == _OWN,
        grants.c.kind.in_((ROLE, ADDON)),
        live(),
    )
    .group_by(grants.c.kind, grants.c.what, _IN_SPACE)
)
_PROMISED = (
    select(literal("invitation"), invitations.c.role, _INVITED_TO, func.count(invitations.c.member_id.distinct()))
    .where(
        invitations.c.organization_id == _OWN,
        invitations.c.state == "pending",
        invitations.c.expires_at > NOW,
    )
    .group_by(invitations.c.role, _INVITED_TO)
)
_EVERYTHING = union_all(_HELD, _PROMISED)


async def counted(connection: AsyncConnection, organization: str, *, now: datetime) -> Sequence[Held]:
    """In one statement, with a row for each role and add-on that somebody holds or is promised."""
    found = await connection.execute(_EVERYTHING, {"organization": organization, "now": now})
    return [Held(row[0], row[1], bool(row[2]), int(row[3])) for row in found]


_LASTING = (
    select(func.count())
    .select_from(members)
    .join(
        grants,
        and_(
            grants.c.member_id == members.c.id,
            grants.c.kind == ROLE,
            grants.c.space_id == "",
            grants.c.what == bindparam("role"),
            grants.c.ends_at.is_(None),
            grants.c.ended_at.is_(None),
        ),
    )
    .where(members.c.organization_id == _OWN, members.c.status == "active")
)


async def lasting(connection: AsyncConnection, organization: str, role: str) -> int:
    """How many active members hold an organization role for good."""
    asked = {"organization": organization, "role": role}
    return int((await connection.execute(_LASTING, asked)).scalar_one())
