"""What follows from what Slack says of an account: whom it is tied to, and who waits for it to accept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import Moment, invitations, members, organizations, ties

MOST = 200


@dataclass(frozen=True, slots=True)
class Tie:
    """A member of an open organization to whom an account is tied."""

    organization: str
    follows: bool
    member: str
    name: str
    status: str


_HERE = and_(organizations.c.id == ties.c.organization_id, organizations.c.closed_at.is_(None))
_TIES = (
    select(ties.c.organization_id, organizations.c.follow_slack, members.c.id, members.c.name, members.c.status)
    .join(organizations, _HERE)
    .join(members, members.c.id == ties.c.member_id)
    .where(ties.c.team == bindparam("team"), ties.c.slack_user == bindparam("slack_user"), members.c.listed.is_(True))
    .limit(MOST)
)


async def tied(connection: AsyncConnection, team: str, user: str) -> list[Tie]:
    rows = await connection.execute(_TIES, {"team": team, "slack_user": user})
    return [Tie(row.organization_id, row.follow_slack, row.id, row.name, row.status) for row in rows]


@dataclass(frozen=True, slots=True)
class Offer:
    organization: str
    invitation: str
    version: int


_OFFERS = (
    select(invitations.c.organization_id, invitations.c.id, invitations.c.version)
    .join(members, members.c.id == invitations.c.member_id)
    .join(organizations, organizations.c.id == members.c.organization_id)
    .where(
        organizations.c.workspace_id == bindparam("workspace"),
        organizations.c.closed_at.is_(None),
        members.c.email_folded == bindparam("email"),
        members.c.status == "invited",
        members.c.listed.is_(True),
        invitations.c.state == "pending",
        invitations.c.expires_at > bindparam("now", type_=Moment),
        invitations.c.offered < invitations.c.version,
    )
    .limit(MOST)
)


async def offers(connection: AsyncConnection, workspace: str, email: str, *, now: datetime) -> list[Offer]:
    """Pending invitations of a folded address in a workspace that were not offered in Slack yet."""
    rows = await connection.execute(_OFFERS, {"workspace": workspace, "email": email, "now": now})
    return [Offer(row.organization_id, row.id, row.version) for row in rows]
