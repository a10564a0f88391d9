"""What explaining a decision looks up beside it: who stands behind a grant, and the thing that was named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Text, and_, bindparam, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.members import folded
from storage.resources import live
from storage.tables import grants, invitations, members, requests, resources

_HERE = bindparam("organization", type_=Text())
_IDS = bindparam("ids", type_=Text(), expanding=True)
# A grant's source is a request that somebody approved, an invitation that somebody sent, or whoever gave it.
_GIVERS = union_all(
    select(requests.c.id, requests.c.decided_by.label("giver")).where(
        requests.c.organization_id == _HERE, requests.c.id.in_(_IDS)
    ),
    select(invitations.c.id, invitations.c.invited_by.label("giver")).where(
        invitations.c.organization_id == _HERE, invitations.c.id.in_(_IDS)
    ),
    select(members.c.id, members.c.id.label("giver")).where(members.c.organization_id == _HERE, members.c.id.in_(_IDS)),
)


async def givers(connection: AsyncConnection, organization: str, sources: Sequence[str]) -> dict[str, str]:
    """By the id of a grant's source, the id of the member who gave it."""
    if not sources:
        return {}
    found = await connection.execute(_GIVERS, {"organization": organization, "ids": list(sources)})
    return {row.id: row.giver for row in found if row.giver}


async def resources_like(
    connection: AsyncConnection,
    organization: str,
    kind: str,
    words: str,
    *,
    seen_by: str | None,
    now: datetime,
    limit: int = 100,
) -> Sequence[tuple[str, str, str]]:
    """Ids, ids in the product and names that begin with ``words``. ``seen_by``: only what is theirs or lists them."""
    typed = folded(words)
    begins = or_(
        resources.c.name_folded.startswith(typed, autoescape=True),
        resources.c.outside_id.startswith(words.strip(), autoescape=True),
    )
    listed = select(grants.c.what).where(and_(grants.c.member_id == seen_by, grants.c.kind == "resource", live(now)))
    mine = [or_(resources.c.owner_id == seen_by, resources.c.id.in_(listed))] if seen_by else []
    statement = (
        select(resources.c.id, resources.c.outside_id, resources.c.name)
        .where(resources.c.organization_id == organization, resources.c.kind == kind, begins, *mine)
        .order_by(resources.c.name_folded, resources.c.id)
        .limit(limit)
    )
    return [(row.id, row.outside_id, row.name) for row in await connection.execute(statement)]
