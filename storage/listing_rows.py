"""What the list of members shows of each, in the statement that finds them."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
)

from storage.current import IS_OPEN
from storage.groups import GROUP
from storage.listed import MOST_THERE, Listed
from storage.listing_filters import INVITED, LIVE, Among, any_of
from storage.members import ROLE, folded
from storage.tables import MAYBE, grants, groups, invitations, members, spaces

_NONE = "[]"


def shown(among: Among, keys: FromClause) -> Select[*tuple[Any, ...]]:
    """A row for each of the members in ``keys``, which say of them what the directory knows."""
    nowhere = literal_column("''", Text())
    return select(
        members.c.id,
        members.c.name,
        members.c.email,
        members.c.status,
        members.c.active_at,
        members.c.timezone,
        case((keys.c.role == MAYBE, _role(nowhere)), else_=func.nullif(keys.c.role, nowhere)).label("role"),
        (_there(sqlite=among.sqlite) if among.spaces else literal(None, Text())).label("there"),
        _groups(sqlite=among.sqlite).label("groups"),
        keys.c.factor,
    ).select_from(keys.join(members, members.c.id == keys.c.member_id))


def listed(row: Row[*tuple[Any, ...]]) -> Listed:
    # By place: an export makes a million of these, and a name is looked up more slowly.
    member, name, email, status, active, timezone, role, there, within, factor = row
    return Listed(
        id=member,
        name=name,
        email=email,
        status=status,
        role=role,
        there=_placed(there),
        groups=_named(within),
        factor=bool(factor),
        active=active,
        timezone=timezone,
    )


def _named(groups: str | None) -> tuple[str, ...]:
    found = () if groups is None or groups == _NONE else json.loads(groups)
    return tuple(found) if len(found) < 2 else tuple(sorted(set(found), key=folded))  # noqa: PLR2004 - to be sorted


def _placed(there: str | None) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str, str]] = [] if there is None or there == _NONE else json.loads(there)
    first = {space: (name, role) for space, name, role in reversed(found)}
    return tuple(first[space] for space in dict.fromkeys(space for space, *_ in found))[: MOST_THERE + 1]


def _role(space: ColumnElement[str]) -> ColumnElement[str | None]:
    """The temporary one lies above the lasting one."""
    held = (
        select(grants.c.what)
        .where(grants.c.member_id == members.c.id, grants.c.kind == ROLE, grants.c.space_id == space, LIVE)
        .order_by(grants.c.ends_at.is_(None))
        .limit(1)
        .scalar_subquery()
    )
    theirs = and_(invitations.c.member_id == members.c.id, invitations.c.space_id == space)
    promised = (
        select(invitations.c.role)
        .where(theirs, IS_OPEN)
        .order_by(invitations.c.created_at.desc(), invitations.c.id)
        .limit(1)
        .scalar_subquery()
    )
    return case((members.c.status == INVITED, promised), else_=held)


def _there(*, sqlite: bool) -> ColumnElement[str | None]:
    """A JSON list of the spaces that are asked about, and the role in each: the temporary one before the lasting one,
    the last one promised before those promised earlier."""
    placed = grants.join(spaces, spaces.c.id == grants.c.space_id)
    held = (
        select(spaces.c.id, spaces.c.name, grants.c.what.label("role"))
        .select_from(placed)
        .where(grants.c.member_id == members.c.id, grants.c.kind == ROLE, any_of(grants.c.space_id, "spaces"), LIVE)
        .order_by(spaces.c.name_folded, spaces.c.id, grants.c.ends_at.is_(None))
    )
    invited = invitations.join(spaces, spaces.c.id == invitations.c.space_id)
    theirs = and_(invitations.c.member_id == members.c.id, any_of(invitations.c.space_id, "spaces"))
    promised = (
        select(spaces.c.id, spaces.c.name, invitations.c.role)
        .select_from(invited)
        .where(theirs, IS_OPEN)
        .order_by(spaces.c.name_folded, spaces.c.id, invitations.c.created_at.desc(), invitations.c.id)
    )
    return case((members.c.status == INVITED, _as_list(promised, sqlite=sqlite)), else_=_as_list(held, sqlite=sqlite))


def _as_list(found: Select[*tuple[Any, ...]], *, sqlite: bool) -> ColumnElement[str]:
    # Hardly anybody has more than two roles in one space, of which the first is told.
    some = found.limit(2 * (MOST_THERE + 1)).correlate(members).subquery()
    each = (func.json_array if sqlite else func.json_build_array)(some.c.id, some.c.name, some.c.role)
    together = func.json_group_array if sqlite else func.json_agg
    return select(cast(together(each), Text())).select_from(some).scalar_subquery()


def _groups(*, sqlite: bool) -> ColumnElement[str]:
    """A JSON list of names."""
    together = func.json_group_array if sqlite else func.json_agg
    within = and_(grants.c.member_id == members.c.id, grants.c.kind == GROUP, LIVE)
    found = select(cast(together(groups.c.name), Text())).join(grants, grants.c.what == groups.c.id).where(within)
    return found.correlate(members).scalar_subquery()
