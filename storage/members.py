"""Members: one wide SELECT that judging needs, and the writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    RowMapping,
    Select,
    and_,
    bindparam,
    case,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.current import live
from storage.records import AuditEntry, MemberRecord, RoleGrant
from storage.tables import credentials, grants, members, slack_accounts, ties
from storage.transaction import Transaction

ROLE, ADDON = "role", "addon"


def folded(text: str) -> str:
    """How names and addresses are compared: without letter case (I7)."""
    return " ".join(text.split()).casefold()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom to load: ids, folded addresses, who a Slack account (team, user) is tied to, Slack users of the same team,
    folded names (whole, or the first words)."""

    ids: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    account: tuple[str, str] | None = None
    slack_users: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


# The statements are built once, for building costs more than what they do. The time is always one of their parameters:
# expiry is judged at use, never by a cleaner (invariant 4).
_LIVE = live()
_LIVE_ROLE = and_(grants.c.kind == ROLE, _LIVE)
LIVE_OF_MEMBER = and_(grants.c.member_id == members.c.id, grants.c.kind.in_((ROLE, ADDON)), _LIVE)

_GOOD = and_(
    slack_accounts.c.deleted.is_(False),
    slack_accounts.c.guest.is_(False),
    slack_accounts.c.bot.is_(False),
    slack_accounts.c.stranger.is_(False),
)

# Members with their live roles and add-ons, tie and factor; one row per role or add-on.
WIDE = (
    *members.c,
    ties.c.team,
    ties.c.slack_user,
    case((_GOOD, True), else_=False).label("slack_good"),
    slack_accounts.c.noted_at,
    credentials.c.password_hash.is_not(None).label("has_password"),
    credentials.c.factor_at.is_not(None).label("has_factor"),
    grants.c.id.label("grant_id"),
    grants.c.kind.label("grant_kind"),
    grants.c.what,
    grants.c.space_id,
    grants.c.source,
    grants.c.starts_at,
    grants.c.ends_at,
)
TIED_TO = and_(slack_accounts.c.team == ties.c.team, slack_accounts.c.slack_user == ties.c.slack_user)
_ALL: Select[tuple[object, ...]] = (
    select(*WIDE)
    .select_from(members)
    .outerjoin(ties, ties.c.member_id == members.c.id)
    .outerjoin(slack_accounts, TIED_TO)
    .outerjoin(credentials, credentials.c.member_id == members.c.id)
    .outerjoin(grants, LIVE_OF_MEMBER)
)


def gathered(rows: Sequence[RowMapping]) -> list[MemberRecord]:
    """The rows of ``WIDE`` as members, in the order they came."""
    found: dict[str, MemberRecord] = {}
    for row in rows:
        member = found.get(row["id"]) or _member(row)
        if row["grant_kind"] == ROLE:
            member = replace(member, roles=(*member.roles, _role(row)))
        elif row["grant_kind"] == ADDON:
            member = replace(member, addons=(*member.addons, _role(row)))
        found[member.id] = member
    return list(found.values())


def _member(row: RowMapping) -> MemberRecord:
    return MemberRecord(
        id=row["id"],
        organization=row["organization_id"],
        email=row["email"],
        name=row["name"],
        timezone=row["timezone"],
        status=row["status"],
        listed=row["listed"],
        epoch=row["epoch"],
        team=row["team"],
        slack_user=row["slack_user"],
        slack_good=bool(row["slack_good"]),
        slack_noted=row["noted_at"],
        has_password=bool(row["has_password"]),
        has_factor=bool(row["has_factor"]),
        deleted=row["deleted_at"] is not None,
    )


def _role(row: RowMapping) -> RoleGrant:
    return RoleGrant(row["grant_id"], row["what"], row["space_id"], row["source"], row["starts_at"], row["ends_at"])


async def load(connection: AsyncConnection, organization: str, wanted: Wanted, *, now: datetime) -> list[MemberRecord]:
    """Everybody ``wanted`` names, in one statement; who does not exist is simply missing."""
    asked = _asked(wanted)
    if not asked:
        return []
    parameters = {"organization": organization, "now": now, **asked}
    return gathered((await connection.execute(_loading(tuple(asked)), parameters)).mappings().all())


async def load_anywhere(connection: AsyncConnection, ids: Sequence[str], *, now: datetime) -> dict[str, MemberRecord]:
    """By id, of whichever organizations: for what one person is in several of them."""
    if not ids:
        return {}
    found = await connection.execute(_ANYWHERE, {"ids": list(ids), "now": now})
    return {member.id: member for member in gathered(found.mappings().all())}


def _asked(wanted: Wanted) -> dict[str, object]:
    """Parameters; which of them there are tells the statement."""
    team, *own = wanted.account or (None,)
    users = [*wanted.slack_users, *own]
    asked: dict[str, object] = {
        "ids": wanted.ids,
        "emails": wanted.emails,
        "users": () if team else users,
        "team": team,
        "users_of_team": users if team else (),
        "names": wanted.names,
    }
    asked |= {f"{_BEGINNING}{number}": f"{escaped(name)} %" for number, name in enumerate(wanted.names)}
    return {name: value for name, value in asked.items() if value}


def escaped(words: str) -> str:
    return words.replace("/", "//").replace("%", "/%").replace("_", "/_")


def _any_of(column: ColumnElement[Any], parameter: str) -> ColumnElement[bool]:
    return column.in_(bindparam(parameter, expanding=True))


_BEGINNING = "beginning"
_ANYWHERE = _ALL.where(_any_of(members.c.id, "ids"))
_TIED = select(ties.c.member_id).where(ties.c.organization_id == bindparam("organization"))
_CLAUSES: Mapping[str, ColumnElement[bool]] = {
    "ids": _any_of(members.c.id, "ids"),
    "emails": _any_of(members.c.email_folded, "emails"),
    "users": members.c.id.in_(_TIED.where(_any_of(ties.c.slack_user, "users"))),
    "users_of_team": members.c.id.in_(
        _TIED.where(_any_of(ties.c.slack_user, "users_of_team"), ties.c.team == bindparam("team"))
    ),
    "names": _any_of(members.c.name_folded, "names"),
}


@lru_cache(maxsize=64)
def _loading(asked: tuple[str, ...]) -> Select[tuple[object, ...]]:
    clauses = [_CLAUSES[name] for name in asked if name in _CLAUSES]
    clauses += [
        members.c.name_folded.like(bindparam(name), escape="/") for name in asked if name.startswith(_BEGINNING)
    ]
    return _ALL.where(members.c.organization_id == bindparam("organization"), or_(*clauses))


async def holding(
    connection: AsyncConnection, organization: str, roles: Sequence[str], *, space: str, now: datetime, limit: int = 200
) -> list[MemberRecord]:
    """Active members with a live role among ``roles`` in that scope, oldest first; all their roles come along."""
    asked = {"organization": organization, "space": space, "roles": roles, "now": now, "most": limit}
    return gathered((await connection.execute(_HOLDING, asked)).mappings().all())


_HOLDERS = select(grants.c.member_id).where(
    grants.c.organization_id == bindparam("organization"),
    grants.c.space_id == bindparam("space"),
    _any_of(grants.c.what, "roles"),
    _LIVE_ROLE,
)
_CHOSEN = (
    select(members.c.id)
    .where(
        members.c.organization_id == bindparam("organization"),
        members.c.status == "active",
        members.c.id.in_(_HOLDERS),
    )
    .order_by(members.c.created_at, members.c.id)
    .limit(bindparam("most", type_=Integer))
)
_HOLDING = _ALL.where(members.c.id.in_(_CHOSEN)).order_by(members.c.created_at, members.c.id)


async def other_lasting_holders(tx: Transaction, role: str, *, space: str, besides: str) -> int:
    """How many other active members hold ``role`` for good, with nothing else lying above it."""
    above = grants.alias("above")
    covered = (
        select(above.c.id)
        .where(
            above.c.member_id == members.c.id,
            above.c.kind == ROLE,
            above.c.space_id == space,
            above.c.ended_at.is_(None),
            above.c.ends_at > tx.now,
            above.c.what != role,
        )
        .exists()
    )
    statement = (
        select(func.count())
        .select_from(members)
        .join(grants, grants.c.member_id == members.c.id)
        .where(
            grants.c.organization_id == members.c.organization_id,
            members.c.organization_id == (tx.organization.id if tx.organization else ""),
            members.c.status == "active",
            members.c.id != besides,
            grants.c.what == role,
            grants.c.space_id == space,
            grants.c.ends_at.is_(None),
            _LIVE_ROLE,
            ~covered,
        )
    )
    return int((await tx.connection.execute(statement, {"now": tx.now})).scalar_one())


_ADD = insert(members)


async def add(tx: Transaction, rows: Sequence[MemberRecord], *, entries: Sequence[AuditEntry]) -> None:
    """Insert members, each with its audit entry."""
    _note(tx, entries)
    await tx.connection.execute(_ADD, [_row(member, tx.now) for member in rows])


def _row(member: MemberRecord, now: datetime) -> dict[str, object]:
    return {
        "id": member.id,
        "organization_id": member.organization,
        "email": member.email,
        "email_folded": folded(member.email),
        "name": member.name,
        "name_folded": folded(member.name),
        "timezone": member.timezone,
        "status": member.status,
        "listed": member.listed,
        "epoch": member.epoch,
        "created_at": now,
    }


async def set_status(
    tx: Transaction, member: str, status: str, *, entry: AuditEntry, name: str | None = None, listed: bool | None = None
) -> None:
    """Change the status and kill everything the person holds in hand: the epoch is raised (invariants 2, 20)."""
    tx.note(entry)
    values: dict[str, object] = {"status": status, "epoch": members.c.epoch + 1}
    if name is not None:
        values |= {"name": name, "name_folded": folded(name)}
    if listed is not None:
        values["listed"] = listed
    await tx.connection.execute(update(members).where(members.c.id == member).values(**values))


async def raise_epoch(tx: Transaction, member: str, *, entry: AuditEntry) -> None:
    """Kill every link and session the person holds, at once and in every replica."""
    tx.note(entry)
    await tx.connection.execute(update(members).where(members.c.id == member).values(epoch=members.c.epoch + 1))


def _note(tx: Transaction, entries: Sequence[AuditEntry]) -> None:
    for entry in entries:
        tx.note(entry)
