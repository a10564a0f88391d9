"""What is called so: a space and a group by their ids or names, in one statement."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Text, bindparam, literal, null, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.members import folded
from storage.spaces import LIVE
from storage.tables import groups, spaces


@dataclass(frozen=True, slots=True)
class Called:
    """``typed``: which of the names it was found by."""

    id: str
    name: str
    typed: str


@dataclass(frozen=True, slots=True)
class Both:
    space: Called | None = None
    group: Called | None = None


_ORGANIZATION = bindparam("organization", type_=Text())
_SPACE = bindparam("space", type_=Text(), expanding=True)
_GROUP = bindparam("group", type_=Text(), expanding=True)
_FIND = union_all(
    select(literal("space").label("sort"), spaces.c.id, spaces.c.name, spaces.c.name_folded, spaces.c.slug).where(
        spaces.c.organization_id == _ORGANIZATION,
        or_(spaces.c.id.in_(_SPACE), spaces.c.name_folded.in_(_SPACE), spaces.c.slug.in_(_SPACE)),
        LIVE,
    ),
    select(literal("group"), groups.c.id, groups.c.name, groups.c.name_folded, null()).where(
        groups.c.organization_id == _ORGANIZATION, or_(groups.c.id.in_(_GROUP), groups.c.name_folded.in_(_GROUP))
    ),
)


async def find(
    connection: AsyncConnection,
    organization: str,
    *,
    space: Sequence[str],
    group: Sequence[str],
    among: Collection[str] | None = None,
) -> Both:
    """A space by its id, name or slug and a group by its id or name: of several names the first that there is.

    ``among``: the spaces that are looked at; None: all.
    """
    if not (space or group):
        return Both()
    asked = {"organization": organization, "space": _keys(space), "group": _keys(group)}
    rows = (await connection.execute(_FIND, asked)).all()
    looked_at = [row for row in rows if row.sort == "space" and (among is None or row.id in among)]
    return Both(_first(looked_at, space), _first([row for row in rows if row.sort == "group"], group))


def _keys(named: Sequence[str]) -> list[str]:
    return [folded(name) for name in named]


def _first(rows: Sequence[Row[*tuple[Any, ...]]], named: Sequence[str]) -> Called | None:
    """Of two that the same words fit, an id is meant before a name, and a name before a slug, as elsewhere."""
    for name in named:
        for way in ("id", "name_folded", "slug"):
            for row in rows:
                if getattr(row, way) == folded(name):
                    return Called(row.id, row.name, name)
    return None
