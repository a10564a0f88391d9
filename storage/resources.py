"""What products register here, and the list (ACL) of each: members, groups and plain addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    and_,
    delete,
    false,
    insert,
    literal,
    or_,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.members import folded
from storage.records import AuditEntry, ResourceRecord, new_id
from storage.tables import dataset_choices, grants, resources, shares
from storage.transaction import Transaction

RESOURCE, GROUP, EMAIL = "resource", "group", "email"


def record_of(row: RowMapping) -> ResourceRecord:
    return ResourceRecord(
        id=row["id"],
        organization=row["organization_id"],
        kind=row["kind"],
        outside=row["outside_id"],
        name=row["name"],
        space=row["space_id"],
        owner=row["owner_id"],
    )


# Who sees what --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reach:
    """What a member's roles lead to, the lists apart."""

    everything: bool = False
    every_space: bool = False
    spaces: tuple[str, ...] = ()
    own: bool = False


@dataclass(frozen=True, slots=True)
class Sight:
    """Who looks. ``member`` None: whoever sees all of it. ``managed``: what leads to ``list_kinds``, whose lists alone
    say who sees them, for those who are to look after them."""

    member: str | None = None
    organization: str = ""
    reach: Reach = Reach()
    managed: Reach = Reach()
    list_kinds: tuple[str, ...] = ()


EVERYTHING = Sight()
"""For those who may name what they do not see."""


def visible(sight: Sight, now: datetime) -> ColumnElement[bool]:
    """The condition on a resource that somebody sees it."""
    if sight.member is None:
        return true()
    reached = _reached(sight.reach, sight.member)
    if sight.list_kinds:
        on_list_only = resources.c.kind.in_(sight.list_kinds)
        managed = and_(on_list_only, _reached(sight.managed, sight.member))
        reached = or_(and_(~on_list_only, reached), managed)
    return or_(reached, _listed(sight.organization, sight.member, now))


def _reached(reach: Reach, member: str) -> ColumnElement[bool]:
    if reach.everything:
        return true()
    ways: list[ColumnElement[bool]] = [resources.c.space_id.in_(reach.spaces)] if reach.spaces else []
    ways += [resources.c.space_id != ""] if reach.every_space else []
    ways += [resources.c.owner_id == member] if reach.own else []
    return or_(false(), *ways)


def live(now: datetime) -> ColumnElement[bool]:
    ends = or_(grants.c.ends_at.is_(None), grants.c.ends_at > now)
    return and_(grants.c.space_id == "", grants.c.ended_at.is_(None), ends)


def _listed(organization: str, member: str, now: datetime) -> ColumnElement[bool]:
    held = and_(grants.c.member_id == member, live(now))
    groups = select(grants.c.what).where(held, grants.c.kind == GROUP)
    of_groups = and_(shares.c.organization_id == organization, shares.c.kind == GROUP, shares.c.what.in_(groups))
    by_group = select(shares.c.resource_id).where(of_groups)
    by_name = select(grants.c.what).where(held, grants.c.kind == RESOURCE)
    return or_(resources.c.id.in_(by_name), resources.c.id.in_(by_group))


# Finding --------------------------------------------------------------------------------------------------------------


async def called(
    connection: AsyncConnection, organization: str, kind: str, named: str, sight: Sight, *, now: datetime
) -> list[ResourceRecord]:
    """Those that somebody sees under an id of ours, an id of the product's or a name, nearest first; a few of many."""
    by_id, by_outside = resources.c.id == named, resources.c.outside_id == named
    statement = (
        select(resources, by_id.label("by_id"), by_outside.label("by_outside"))
        .where(
            resources.c.organization_id == organization,
            resources.c.kind == kind,
            or_(by_id, by_outside, resources.c.name_folded == folded(named)),
            visible(sight, now),
        )
        .order_by(by_id.desc(), by_outside.desc(), resources.c.id)
        .limit(6)
    )
    rows = (await connection.execute(statement)).mappings().all()
    exact = [row for row in rows if row["by_id"]] or [row for row in rows if row["by_outside"]]
    return [record_of(row) for row in exact[:1] or rows]


async def seen(
    connection: AsyncConnection, organization: str, resource: str, sight: Sight, *, now: datetime
) -> ResourceRecord | None:
    """By our own id, if somebody sees it."""
    which = and_(resources.c.organization_id == organization, resources.c.id == resource, visible(sight, now))
    row = (await connection.execute(select(resources).where(which))).mappings().one_or_none()
    return record_of(row) if row else None


async def seen_there(
    connection: AsyncConnection, organization: str, space: str, kinds: Sequence[str], sight: Sight, *, now: datetime
) -> bool:
    """Whether somebody sees anything of these kinds in a space."""
    there = and_(
        resources.c.organization_id == organization, resources.c.space_id == space, resources.c.kind.in_(kinds)
    )
    found = select(resources.c.id).where(there, visible(sight, now)).limit(1)
    return (await connection.execute(found)).first() is not None


async def at(connection: AsyncConnection, organization: str, kind: str, outside: str) -> ResourceRecord | None:
    """The one of that kind and that id in the product, whoever sees it."""
    which = and_(resources.c.kind == kind, resources.c.outside_id == outside)
    found = await connection.execute(select(resources).where(resources.c.organization_id == organization, which))
    row = found.mappings().one_or_none()
    return record_of(row) if row else None


async def owned_by(
    connection: AsyncConnection, organization: str, member: str, kinds: Sequence[str], *, limit: int
) -> list[ResourceRecord]:
    """Some of what a member owns, of these kinds."""
    own = and_(resources.c.owner_id == member, resources.c.kind.in_(kinds))
    statement = select(resources).where(resources.c.organization_id == organization, own).order_by(resources.c.id)
    return [record_of(row) for row in (await connection.execute(statement.limit(limit))).mappings()]


# Registering ----------------------------------------------------------------------------------------------------------


async def add(tx: Transaction, resource: ResourceRecord, *, entry: AuditEntry) -> None:
    tx.note(entry)
    row = {"id": resource.id, "organization_id": resource.organization, "created_at": tx.now, **_values(resource)}
    await tx.connection.execute(insert(resources).values(**row))


async def change(tx: Transaction, resource: ResourceRecord, *, entry: AuditEntry) -> None:
    """Name, space and owner as the record has them."""
    tx.note(entry)
    await tx.connection.execute(update(resources).where(resources.c.id == resource.id).values(**_values(resource)))


def _values(resource: ResourceRecord) -> dict[str, object]:
    return {
        "kind": resource.kind,
        "outside_id": resource.outside,
        "name": resource.name,
        "name_folded": folded(resource.name),
        "space_id": resource.space,
        "owner_id": resource.owner,
    }


async def remove(tx: Transaction, organization: str, ids: Sequence[str], *, entry: AuditEntry) -> None:
    """Take resources out of Usher, each with its list, with what members hold of it and with their choices."""
    tx.note(entry)
    of_organization = and_(grants.c.organization_id == organization, grants.c.kind == RESOURCE, grants.c.space_id == "")
    held = and_(of_organization, grants.c.what.in_(ids), grants.c.ended_at.is_(None))
    await tx.connection.execute(update(grants).where(held).values(ended_at=tx.now))
    await tx.connection.execute(delete(shares).where(shares.c.resource_id.in_(ids)))
    await tx.connection.execute(delete(dataset_choices).where(dataset_choices.c.resource_id.in_(ids)))
    await tx.connection.execute(delete(resources).where(resources.c.id.in_(ids)))


# The list -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listed:
    """Members by id, groups by id and addresses as they are compared; who of those asked about is on a list."""

    people: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()


async def on_list(
    connection: AsyncConnection, resource: ResourceRecord, asked: Listed, *, now: datetime
) -> tuple[Listed, frozenset[str]]:
    """Which of these are on the list now, and which members of them only for a while."""
    people = select(literal(RESOURCE).label("kind"), grants.c.member_id.label("what"), grants.c.ends_at).where(
        _held(resource), grants.c.member_id.in_(asked.people), live(now)
    )
    others = select(shares.c.kind, shares.c.what, literal(None, grants.c.ends_at.type)).where(
        shares.c.resource_id == resource.id, shares.c.what.in_(asked.groups | asked.emails)
    )
    rows = (await connection.execute(union_all(people, others))).all()
    lasting = {row.what for row in rows if row.kind == RESOURCE and row.ends_at is None}
    found = Listed(*(frozenset(row.what for row in rows if row.kind == kind) for kind in (RESOURCE, GROUP, EMAIL)))
    return found, found.people - lasting


def _held(resource: ResourceRecord) -> ColumnElement[bool]:
    of_organization = and_(grants.c.organization_id == resource.organization, grants.c.space_id == "")
    return and_(of_organization, grants.c.kind == RESOURCE, grants.c.what == resource.id)


async def put_people(
    tx: Transaction,
    resource: ResourceRecord,
    people: Sequence[str],
    *,
    source: str,
    by: str | None,
    entry: AuditEntry,
) -> None:
    """Members on the list, for good."""
    tx.note(entry)
    rows = [
        {
            "id": new_id(),
            "organization_id": resource.organization,
            "member_id": one,
            "kind": RESOURCE,
            "what": resource.id,
            "source": source,
            "source_id": by,
            "starts_at": tx.now,
        }
        for one in people
    ]
    await tx.connection.execute(insert(grants), rows)


async def take_people(tx: Transaction, resource: ResourceRecord, people: Sequence[str], *, entry: AuditEntry) -> None:
    tx.note(entry)
    theirs = and_(_held(resource), grants.c.member_id.in_(people), grants.c.ended_at.is_(None))
    await tx.connection.execute(update(grants).where(theirs).values(ended_at=tx.now))


@dataclass(frozen=True, slots=True)
class NewShare:
    """A group by its id, or an address as it is compared, with what it is called."""

    kind: str
    what: str
    name: str = ""


async def put_shares(tx: Transaction, resource: ResourceRecord, rows: Sequence[NewShare], *, entry: AuditEntry) -> None:
    """Groups and addresses on the list."""
    tx.note(entry)
    same = {"organization_id": resource.organization, "resource_id": resource.id, "created_at": tx.now}
    values = [{"id": new_id(), "kind": row.kind, "what": row.what, "name": row.name, **same} for row in rows]
    await tx.connection.execute(insert(shares), values)


async def take_shares(tx: Transaction, resource: ResourceRecord, whats: Sequence[str], *, entry: AuditEntry) -> None:
    tx.note(entry)
    these = and_(shares.c.resource_id == resource.id, shares.c.what.in_(whats))
    await tx.connection.execute(delete(shares).where(these))
