"""Which organizations of a workspace a Slack account is tied to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import chain, members, paging
from storage.paging import Turn
from storage.records import MemberRecord, OrganizationRecord
from storage.tables import members as member_rows
from storage.tables import organizations, ties


def _open_in(workspace: str) -> ColumnElement[bool]:
    return and_(organizations.c.workspace_id == workspace, organizations.c.closed_at.is_(None))


def _tied(team: str, user: str) -> ColumnElement[bool]:
    return and_(ties.c.organization_id == organizations.c.id, ties.c.team == team, ties.c.slack_user == user)


async def of_account(connection: AsyncConnection, workspace: str, team: str, user: str) -> list[OrganizationRecord]:
    """The open ones, oldest first: as many as one person belongs to."""
    statement = (
        select(organizations)
        .join(ties, _tied(team, user))
        .where(_open_in(workspace))
        .order_by(organizations.c.created_at, organizations.c.id)
    )
    return [chain.organization_record(row) for row in (await connection.execute(statement)).mappings().all()]


async def has_another(connection: AsyncConnection, organization: str, account: tuple[str, str]) -> bool:
    """Whether an account is tied to another open organization of the same workspace."""
    here = organizations.alias("here")
    statement = (
        select(organizations.c.id)
        .join(ties, _tied(*account))
        .join(here, here.c.workspace_id == organizations.c.workspace_id)
        .where(here.c.id == organization, organizations.c.id != organization, organizations.c.closed_at.is_(None))
        .limit(1)
    )
    return (await connection.execute(statement)).first() is not None


@dataclass(frozen=True, slots=True)
class Membership:
    """An organization, and who the account is in it."""

    organization: OrganizationRecord
    member: MemberRecord


@dataclass(frozen=True, slots=True)
class Memberships:
    """A page of them; ``more``: there are further ones in the direction that was taken."""

    rows: tuple[Membership, ...]
    more: bool


async def page(
    connection: AsyncConnection, workspace: str, account: tuple[str, str], turn: Turn, *, limit: int, now: datetime
) -> Memberships:
    """By slug."""
    statement = select(organizations, ties.c.member_id).join(ties, _tied(*account)).where(_open_in(workspace))
    found = await paging.page(
        connection, statement, organizations, ("slug",), turn, own={"workspace_id": workspace}, limit=limit
    )
    people = await members.load_anywhere(connection, [row["member_id"] for row in found.rows], now=now)
    rows = tuple(
        Membership(chain.organization_record(row), people[row["member_id"]])
        for row in found.rows
        if row["member_id"] in people
    )
    return Memberships(rows, found.more)


async def of_address(
    connection: AsyncConnection, workspace: str, email: str, account: tuple[str, str], *, current: str
) -> str | None:
    """The organization to which an account can be tied by this (folded) address: the current one first, else the oldest
    in which somebody active has it and the account is nobody yet."""
    nobody_there = ~select(ties.c.member_id).where(_tied(*account)).correlate(organizations).exists()
    statement = (
        select(organizations.c.id)
        .join(member_rows, member_rows.c.organization_id == organizations.c.id)
        .where(
            _open_in(workspace),
            member_rows.c.email_folded == email,
            member_rows.c.status == "active",
            member_rows.c.listed.is_(True),
            nobody_there,
        )
        .order_by(case((organizations.c.id == current, 0), else_=1), organizations.c.created_at, organizations.c.id)
        .limit(1)
    )
    return (await connection.execute(statement)).scalar_one_or_none()
