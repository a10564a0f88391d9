"""Slack accounts: what Slack says of them, which member each is tied to, and in which organization they act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    Text,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_postgres
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import chain
from storage.members import LIVE_OF_MEMBER, WIDE, folded, gathered
from storage.records import AuditEntry, MemberRecord, OrganizationRecord, SlackAccountRecord
from storage.tables import credentials, grants, members, organizations, slack_accounts, ties, workspaces
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Standing:
    """An account with the organization it acts in and the member it is tied to there."""

    account: SlackAccountRecord
    organization: OrganizationRecord | None
    member: MemberRecord | None


def _account(row: Mapping[str, Any] | RowMapping) -> SlackAccountRecord:
    return SlackAccountRecord(
        team=row["team"],
        user=row["slack_user"],
        workspace=row["workspace_id"],
        name=row["name"],
        email=row["email"],
        timezone=row["timezone"],
        deleted=row["deleted"],
        guest=row["guest"],
        bot=row["bot"],
        stranger=row["stranger"],
        workspace_admin=row["workspace_admin"],
        noted=row["noted_at"],
        organization=row["organization_id"],
    )


_OWN = and_(slack_accounts.c.team == bindparam("asked_team"), slack_accounts.c.slack_user == bindparam("asked_user"))


def _standing(organization: ColumnElement[Any]) -> Select[tuple[Any, ...]]:
    return (
        select(
            *(column.label(f"a_{column.name}") for column in slack_accounts.c),
            *(column.label(f"o_{column.name}") for column in organizations.c),
            *WIDE,
        )
        .select_from(slack_accounts)
        .outerjoin(
            organizations,
            and_(organizations.c.id == organization, organizations.c.closed_at.is_(None)),
        )
        .outerjoin(
            ties,
            and_(
                ties.c.organization_id == organizations.c.id,
                ties.c.team == slack_accounts.c.team,
                ties.c.slack_user == slack_accounts.c.slack_user,
            ),
        )
        .outerjoin(members, members.c.id == ties.c.member_id)
        .outerjoin(credentials, credentials.c.member_id == members.c.id)
        .outerjoin(grants, LIVE_OF_MEMBER)
        .where(_OWN)
    )


# Built once, for building a statement costs more than what it does.
_STANDING = _standing(slack_accounts.c.organization_id)
_STANDING_THERE = _standing(bindparam("asked_organization", type_=Text()))


async def standing(
    connection: AsyncConnection, team: str, user: str, *, now: datetime, organization: str | None = None
) -> Standing | None:
    """One account with its organization and the member it is tied to, in one statement; None: never heard of.

    ``organization``: another one than the account acts in now.
    """
    asked: dict[str, object] = {"asked_team": team, "asked_user": user, "now": now}
    if organization is not None:
        asked["asked_organization"] = organization
    statement = _STANDING if organization is None else _STANDING_THERE
    rows = (await connection.execute(statement, asked)).mappings().all()
    if not rows:
        return None
    account = _account(_part(rows[0], "a_"))
    there = chain.organization_record(_part(rows[0], "o_")) if rows[0]["o_id"] else None
    member = gathered(rows)[0] if rows[0]["id"] else None
    return Standing(account, there, member)


def _part(row: RowMapping, prefix: str) -> Mapping[str, Any]:
    return {key.removeprefix(prefix): value for key, value in row.items() if key.startswith(prefix)}


async def find(connection: AsyncConnection, team: str, user: str) -> SlackAccountRecord | None:
    own = and_(slack_accounts.c.team == team, slack_accounts.c.slack_user == user)
    row = (await connection.execute(select(slack_accounts).where(own))).mappings().one_or_none()
    return _account(row) if row else None


# The row that is there already; its column is written out, for SQLAlchemy would search the whole table for it here.
_CHOSEN = (
    select(organizations.c.id)
    .where(
        organizations.c.id == literal_column("slack_accounts.organization_id", Text()),
        organizations.c.closed_at.is_(None),
    )
    .scalar_subquery()
)


async def note(tx: Transaction, account: SlackAccountRecord, *, entry: AuditEntry | None) -> None:
    """Insert or refresh what Slack says. ``entry`` None only where nothing but the time of asking changes."""
    if entry is not None:
        tx.note(entry)
    values = {
        "team": account.team,
        "slack_user": account.user,
        "workspace_id": account.workspace,
        "name": account.name,
        "email": account.email,
        "email_folded": None if account.email is None else folded(account.email),
        "timezone": account.timezone,
        "deleted": account.deleted,
        "guest": account.guest,
        "bot": account.bot,
        "stranger": account.stranger,
        "workspace_admin": account.workspace_admin,
        "noted_at": account.noted,
        "organization_id": account.organization,
    }
    make = insert_sqlite if tx.connection.dialect.name == "sqlite" else insert_postgres
    kept: dict[str, Any] = {
        key: value for key, value in values.items() if key not in ("team", "slack_user", "organization_id")
    }
    # Somebody may have chosen another organization since ours was read: an open one stands.
    kept["organization_id"] = func.coalesce(_CHOSEN, account.organization)
    statement = make(slack_accounts).values(**values)
    await tx.connection.execute(statement.on_conflict_do_update(index_elements=["team", "slack_user"], set_=kept))


async def first_organization(connection: AsyncConnection, workspace: str) -> str | None:
    """The organization that accounts of a workspace act in until they choose another."""
    statement = (
        select(organizations.c.id)
        .where(organizations.c.workspace_id == workspace, organizations.c.closed_at.is_(None))
        .order_by(organizations.c.created_at, organizations.c.id)
        .limit(1)
    )
    return (await connection.execute(statement)).scalar_one_or_none()


async def take_workspace(tx: Transaction, workspace: str) -> None:
    """Take the workspace's row, made if need be: setting up has no organization's row to take yet."""
    make = insert_sqlite if tx.connection.dialect.name == "sqlite" else insert_postgres
    statement = make(workspaces).values(id=workspace, created_at=tx.now)
    await tx.connection.execute(
        statement.on_conflict_do_update(index_elements=["id"], set_={"created_at": workspaces.c.created_at})
    )


async def act_in(tx: Transaction, workspace: str, organization: str, *, entry: AuditEntry) -> None:
    """Let every account of the workspace that acts nowhere yet act in ``organization``."""
    tx.note(entry)
    homeless = and_(slack_accounts.c.workspace_id == workspace, slack_accounts.c.organization_id.is_(None))
    await tx.connection.execute(update(slack_accounts).where(homeless).values(organization_id=organization))


async def choose(tx: Transaction, team: str, user: str, organization: str, *, entry: AuditEntry) -> None:
    """From now on this account acts in ``organization``."""
    tx.note(entry)
    own = and_(slack_accounts.c.team == team, slack_accounts.c.slack_user == user)
    await tx.connection.execute(update(slack_accounts).where(own).values(organization_id=organization))


async def tie(tx: Transaction, organization: str, team: str, user: str, member: str, *, entry: AuditEntry) -> None:
    """Tie a Slack account to a member, in place of what either was tied to before."""
    tx.note(entry)
    own = and_(ties.c.team == team, ties.c.slack_user == user)
    before = and_(ties.c.organization_id == organization, own | (ties.c.member_id == member))
    await tx.connection.execute(delete(ties).where(before))
    row = {"organization_id": organization, "team": team, "slack_user": user, "member_id": member}
    await tx.connection.execute(insert(ties).values(**row, created_at=tx.now))


async def vouched(connection: AsyncConnection, workspace: str, email: str) -> Sequence[SlackAccountRecord]:
    """The accounts of a workspace for which Slack names this address."""
    same = and_(
        slack_accounts.c.workspace_id == workspace,
        slack_accounts.c.email_folded == folded(email),
        slack_accounts.c.email == email,
    )
    found = await connection.execute(select(slack_accounts).where(same))
    return [_account(row) for row in found.mappings().all()]


async def is_tied(connection: AsyncConnection, organization: str, team: str, user: str) -> bool:
    """To an organization that is open."""
    own = and_(ties.c.organization_id == organization, ties.c.team == team, ties.c.slack_user == user)
    there = and_(organizations.c.id == ties.c.organization_id, organizations.c.closed_at.is_(None))
    return (
        await connection.execute(select(ties.c.member_id).join(organizations, there).where(own))
    ).first() is not None
