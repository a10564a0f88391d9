"""All that is known about a few members beside what judging needs, in one statement: what their cards show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    RowMapping,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.current import NOW, live
from storage.groups import GROUP
from storage.hints import unindexed
from storage.members import ADDON, ROLE
from storage.tables import Moment, grants, groups, invitations, members, requests, resources, spaces

MOST = 100
"""Of each sort, for one card."""
Who = tuple[str, str, str]
"""A member's id, name and address."""
Part = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Held:
    """A group, or access to a resource (``sort``: its kind); ``ends`` None: for good."""

    id: str
    name: str
    ends: datetime | None
    sort: str = ""


@dataclass(frozen=True, slots=True)
class Promised:
    """An invitation, whatever became of it; ``space`` '' is the organization."""

    id: str
    role: str
    space: str
    state: str
    by: Who | None
    at: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class Asking:
    """A request that waits. ``about``: whom it is for or against, if anybody; ``place`` is the space's name."""

    id: str
    change: str
    old: str | None
    new: str | None
    space: str
    place: str | None
    by: Who
    about: Who | None
    expires: datetime


@dataclass(frozen=True, slots=True)
class About:
    """``owns``: how many resources of each kind. ``spaces``: the names of those in which they hold anything or are
    invited to, by id."""

    active: datetime | None = None
    owns: Mapping[str, int] = field(default_factory=dict[str, int])
    spaces: Mapping[str, str] = field(default_factory=dict[str, str])
    groups: tuple[Held, ...] = ()
    resources: tuple[Held, ...] = ()
    invitations: tuple[Promised, ...] = ()
    requests: tuple[Asking, ...] = ()


# Every part of the statement has these columns; what it does not know is NULL.
_COLUMNS: dict[str, Any] = {
    "member": Text(),
    "sort": Text(),
    "id": Text(),
    "name": Text(),
    "what": Text(),
    "old": Text(),
    "new": Text(),
    "space": Text(),
    "state": Text(),
    "by_id": Text(),
    "by_name": Text(),
    "by_email": Text(),
    "about_id": Text(),
    "about_name": Text(),
    "about_email": Text(),
    "at": Moment(),
    "ends": Moment(),
    "number": Integer(),
}
_IDS = bindparam("ids", type_=Text(), expanding=True)
_OWN = bindparam("organization", type_=Text())
_LIVE = live()


def _ours(table: Table) -> ColumnElement[bool]:
    """SQLite would rather read all of an organization than find one member."""
    return unindexed(table.c.organization_id) == _OWN


_OF_THEM = and_(_ours(grants), grants.c.member_id.in_(_IDS), _LIVE)


def _part(sort: str, **known: Any) -> Part:
    """PostgreSQL wants to be told the type of every NULL."""
    held: dict[str, ColumnElement[Any]] = {"sort": _text(sort), **known}
    columns = [held.get(name, cast(None, sort_of)).label(name) for name, sort_of in _COLUMNS.items()]
    return select(*columns)


def _text(value: str) -> ColumnElement[str]:
    return cast(value, Text())


def _themselves() -> Part:
    own = _part("self", member=members.c.id, at=members.c.active_at)
    return own.where(members.c.organization_id == _OWN, members.c.id.in_(_IDS))


def _owned() -> Part:
    counted = _part("owns", member=resources.c.owner_id, what=resources.c.kind, number=func.count())
    mine = and_(_ours(resources), resources.c.owner_id.in_(_IDS))
    return counted.where(mine).group_by(resources.c.owner_id, resources.c.kind)


def _spaces_held() -> Part:
    found = _part("space", member=grants.c.member_id, id=spaces.c.id, name=spaces.c.name)
    placed = found.join_from(grants, spaces, spaces.c.id == grants.c.space_id)
    return placed.where(_OF_THEM, grants.c.kind.in_((ROLE, ADDON)), spaces.c.deleted_at.is_(None)).distinct()


def _spaces_invited_to() -> Part:
    found = _part("space", member=invitations.c.member_id, id=spaces.c.id, name=spaces.c.name)
    placed = found.join_from(invitations, spaces, spaces.c.id == invitations.c.space_id)
    return placed.where(_INVITED, spaces.c.deleted_at.is_(None)).distinct()


def _in_groups() -> Part:
    found = _part("group", member=grants.c.member_id, id=groups.c.id, name=groups.c.name, ends=grants.c.ends_at)
    joined = found.join_from(grants, groups, groups.c.id == grants.c.what)
    return joined.where(_OF_THEM, grants.c.kind == GROUP).order_by(groups.c.name_folded, groups.c.id).limit(MOST)


def _for_a_while() -> Part:
    """Access to resources that ends; what is for good stands on the list of the resource."""
    held = {"id": resources.c.id, "name": resources.c.name, "what": resources.c.kind, "ends": grants.c.ends_at}
    found = _part("resource", member=grants.c.member_id, **held)
    joined = found.join_from(grants, resources, resources.c.id == grants.c.what)
    ending = and_(_OF_THEM, grants.c.kind == "resource", grants.c.ends_at.is_not(None))
    return joined.where(ending).order_by(grants.c.ends_at, grants.c.id).limit(MOST)


_INVITED = and_(_ours(invitations), invitations.c.member_id.in_(_IDS))
_BY, _FOR = members.alias("by"), members.alias("about")


def _invited() -> Part:
    found = _part(
        "invitation",
        member=invitations.c.member_id,
        id=invitations.c.id,
        what=invitations.c.role,
        space=invitations.c.space_id,
        state=invitations.c.state,
        at=invitations.c.created_at,
        ends=invitations.c.expires_at,
        **_who("by", _BY),
    )
    joined = found.select_from(invitations.outerjoin(_BY, _BY.c.id == invitations.c.invited_by))
    return joined.where(_INVITED).order_by(invitations.c.created_at.desc(), invitations.c.id.desc()).limit(MOST)


def _asked() -> list[Part]:
    """By them, about them, or both, and then told once. Each way has its own index."""
    beneficiary, by_them = requests.c.beneficiary_id.in_(_IDS), requests.c.requester_id.in_(_IDS)
    target = requests.c.target_id.in_(_IDS)
    return [
        _waiting(requests.c.requester_id, by_them),
        _waiting(requests.c.target_id, and_(target, ~by_them)),
        _waiting(requests.c.beneficiary_id, and_(beneficiary, ~by_them, or_(requests.c.target_id.is_(None), ~target))),
    ]


def _waiting(member: ColumnElement[Any], which: ColumnElement[bool]) -> Part:
    found = _part(
        "request",
        member=member,
        id=requests.c.id,
        name=spaces.c.name,
        what=requests.c.change,
        old=requests.c.old_value,
        new=requests.c.new_value,
        space=requests.c.space_id,
        at=requests.c.created_at,
        ends=requests.c.expires_at,
        **_who("by", _BY),
        **_who("about", _FOR),
    )
    whom = func.coalesce(requests.c.target_id, requests.c.beneficiary_id)
    people = requests.join(_BY, _BY.c.id == requests.c.requester_id).outerjoin(_FOR, _FOR.c.id == whom)
    joined = found.select_from(people.outerjoin(spaces, spaces.c.id == requests.c.space_id))
    open_ = and_(_ours(requests), requests.c.state == "pending", requests.c.expires_at > NOW)
    return joined.where(open_, which).order_by(requests.c.created_at.desc(), requests.c.id.desc()).limit(MOST)


def _who(role: str, table: Any) -> dict[str, Any]:
    return {f"{role}_id": table.c.id, f"{role}_name": table.c.name, f"{role}_email": table.c.email}


def _everything() -> CompoundSelect[*tuple[Any, ...]]:
    """What has an order or an end of its own stands in a statement of its own, as both databases want it."""
    bare = [_themselves(), _owned(), _spaces_held(), _spaces_invited_to()]
    cut = [_in_groups(), _for_a_while(), _invited(), *_asked()]
    return union_all(*bare, *(select(one.subquery()) for one in cut))


_ABOUT = _everything()


async def about(
    connection: AsyncConnection, organization: str, ids: Sequence[str], *, now: datetime
) -> dict[str, About]:
    """By member; whoever is not of that organization is missing."""
    if not ids:
        return {}
    asked = {"organization": organization, "ids": list(ids), "now": now}
    rows: dict[str, list[RowMapping]] = {}
    for row in (await connection.execute(_ABOUT, asked)).mappings():
        rows.setdefault(row["member"], []).append(row)
    return {member: _gathered(found) for member, found in rows.items()}


def _gathered(rows: Sequence[RowMapping]) -> About:
    def of(sort: str) -> list[RowMapping]:
        return [row for row in rows if row["sort"] == sort]

    return About(
        active=next((row["at"] for row in of("self")), None),
        owns={row["what"]: int(row["number"]) for row in of("owns")},
        spaces={row["id"]: row["name"] for row in of("space")},
        groups=tuple(_held(row) for row in of("group")),
        resources=tuple(_held(row) for row in of("resource")),
        invitations=tuple(_promised(row) for row in of("invitation")),
        requests=tuple(_asking(row) for row in of("request")),
    )


def _held(row: RowMapping) -> Held:
    return Held(row["id"], row["name"], row["ends"], row["what"] or "")


def _promised(row: RowMapping) -> Promised:
    return Promised(row["id"], row["what"], row["space"], row["state"], _named(row, "by"), row["at"], row["ends"])


def _asking(row: RowMapping) -> Asking:
    by, whom = _named(row, "by"), _named(row, "about")
    assert by is not None  # noqa: S101 - joined, not outer joined
    return Asking(row["id"], row["what"], row["old"], row["new"], row["space"], row["name"], by, whom, row["ends"])


def _named(row: RowMapping, role: str) -> Who | None:
    return (row[f"{role}_id"], row[f"{role}_name"], row[f"{role}_email"]) if row[f"{role}_id"] else None
