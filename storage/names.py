"""What ids stand for, for those who read: the names of spaces, groups and resources in one statement."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Text, and_, bindparam, literal, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.records import ResourceRecord, SpaceRecord
from storage.resources import record_of as resource_record
from storage.spaces import LIVE
from storage.spaces import record as space_record
from storage.tables import groups, resources, spaces

_IDS = bindparam("ids", type_=Text(), expanding=True)
_ORGANIZATION = bindparam("organization", type_=Text())
_AS_TYPED = and_(
    resources.c.kind.in_(bindparam("kinds", type_=Text(), expanding=True)),
    resources.c.outside_id.in_(bindparam("outsides", type_=Text(), expanding=True)),
)
_NONE = literal("")
_NAMES = union_all(
    select(spaces.c.id, spaces.c.name, _NONE.label("kind"), _NONE.label("outside")).where(
        spaces.c.organization_id == _ORGANIZATION, spaces.c.id.in_(_IDS)
    ),
    select(groups.c.id, groups.c.name, _NONE, _NONE).where(
        groups.c.organization_id == _ORGANIZATION, groups.c.id.in_(_IDS)
    ),
    select(resources.c.id, resources.c.name, resources.c.kind, resources.c.outside_id).where(
        resources.c.organization_id == _ORGANIZATION, or_(resources.c.id.in_(_IDS), _AS_TYPED)
    ),
)


async def of_things(connection: AsyncConnection, organization: str, ids: Sequence[str]) -> dict[str, str]:
    """By id; a resource also by its kind and its id in the product (``dashboard:17``). What is gone is missing."""
    if not ids:
        return {}
    typed = [one.partition(":") for one in ids if ":" in one]
    asked = {
        "organization": organization,
        "ids": list(ids),
        "kinds": [kind for kind, _, _ in typed],
        "outsides": [outside for _, _, outside in typed],
    }
    names: dict[str, str] = {}
    for row in await connection.execute(_NAMES, asked):
        names[row.id] = row.name
        if row.kind:
            names[f"{row.kind}:{row.outside}"] = row.name
    return names


async def places(connection: AsyncConnection, organization: str, ids: Collection[str]) -> dict[str, SpaceRecord]:
    """The spaces that there still are, by id."""
    if not ids:
        return {}
    which = and_(spaces.c.organization_id == organization, spaces.c.id.in_(ids), LIVE)
    found = (await connection.execute(select(spaces).where(which))).mappings()
    return {one.id: one for one in map(space_record, found)}


async def resources_of(
    connection: AsyncConnection, organization: str, keys: Collection[str]
) -> dict[str, ResourceRecord]:
    """By the kind and the id in the product (``dashboard:17``)."""
    if not keys:
        return {}
    typed = [key.partition(":") for key in keys]
    which = and_(
        resources.c.kind.in_({kind for kind, _, _ in typed}), resources.c.outside_id.in_({out for _, _, out in typed})
    )
    found = await connection.execute(select(resources).where(resources.c.organization_id == organization, which))
    return {f"{one.kind}:{one.outside}": one for one in map(resource_record, found.mappings())}
