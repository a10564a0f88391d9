"""What deciding needs to know of people and things: one statement, so that all of it is of one moment.

Its parts are rows of one shape. The organization's ``seq`` comes along and says of which moment they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.spaces import LIVE
from storage.tables import (
    Moment,
    dataset_choices,
    dataset_rules,
    grants,
    members,
    organizations,
    resources,
    shares,
    spaces,
    toggles,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom and what to load: folded addresses or ids of members, slugs of spaces, outside ids and their kinds, or ids
    of resources (then no kinds). More may come back than was asked for, never less."""

    emails: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    spaces: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldRecord:
    kind: str
    what: str
    space: str
    source: str
    source_id: str | None
    ends: datetime | None


@dataclass(slots=True)
class PersonRecord:
    """``held``: what was not ended; what has run out since is among it, for that is judged at use (invariant 4)."""

    id: str
    email: str
    folded: str
    name: str
    status: str
    listed: bool
    mode: str = "full"
    level: str = "write"
    held: list[HeldRecord] = field(default_factory=list[HeldRecord])
    choices: dict[str, str] = field(default_factory=dict[str, str])
    toggles: dict[str, bool] = field(default_factory=dict[str, bool])


@dataclass(slots=True)
class ThingRecord:
    """``groups``: those on its list."""

    id: str
    kind: str
    outside: str
    space: str
    owner: str | None
    groups: set[str] = field(default_factory=set[str])


@dataclass(slots=True)
class Moments:
    """All that was asked for as it was at one moment. ``spaces``: slug to id."""

    seq: int
    slug: str
    catalogue: str
    plan: str
    people: dict[str, PersonRecord] = field(default_factory=dict[str, PersonRecord])
    things: dict[str, ThingRecord] = field(default_factory=dict[str, ThingRecord])
    spaces: dict[str, str] = field(default_factory=dict[str, str])


# One shape for every part: what it is, whose, five texts, a time, a number.
_TEXT = cast(null(), Text)
_TIME = cast(null(), Moment)
_NUMBER = cast(null(), BigInteger)


def _part(tag: str, of: Any, *texts: Any, time: Any = _TIME, number: Any = _NUMBER) -> Select[*tuple[Any, ...]]:
    filled: list[Any] = [*texts, *([_TEXT] * (5 - len(texts)))]
    columns: list[Any] = [literal_column(f"'{tag}'", Text).label("tag"), of.label("of")]
    columns += [column.label(name) for column, name in zip(filled, "abcde", strict=True)]
    return select(*columns, time.label("time"), number.label("number"))


def _any_of(column: ColumnElement[Any], parameter: str) -> ColumnElement[bool]:
    return column.in_(bindparam(parameter, expanding=True))


def _flag(column: ColumnElement[Any]) -> ColumnElement[str]:
    return case((column, literal_column("'1'", Text)), else_=literal_column("'0'", Text))


_HERE = bindparam("organization", type_=Text)
_OPEN = and_(organizations.c.id == _HERE, organizations.c.closed_at.is_(None))
_PEOPLE = {"emails": members.c.email_folded, "members": members.c.id}
_THINGS = {"outside": resources.c.outside_id, "resources": resources.c.id}


@lru_cache(maxsize=64)
def _loading(asked: frozenset[str]) -> CompoundSelect[*tuple[Any, ...]]:
    """Only the parts that are asked for, so that every one of them is found by an index."""
    parts = [_organization()]
    people = [_any_of(column, name) for name, column in _PEOPLE.items() if name in asked]
    if people:
        parts += _people(and_(members.c.organization_id == _HERE, or_(*people)))
    if "spaces" in asked:
        here = and_(spaces.c.organization_id == _HERE, _any_of(spaces.c.slug, "spaces"), LIVE)
        parts.append(_part("space", spaces.c.id, spaces.c.slug).where(here))
    things = [_any_of(column, name) for name, column in _THINGS.items() if name in asked]
    if things:
        kinds = [_any_of(resources.c.kind, "kinds")] if "kinds" in asked else []
        parts += _things(and_(resources.c.organization_id == _HERE, or_(*things), *kinds))
    return union_all(*parts)


def _organization() -> Select[*tuple[Any, ...]]:
    one = organizations.c
    return _part("organization", one.slug, one.catalogue, one.plan, number=one.seq).where(_OPEN)


def _people(chosen: ColumnElement[bool]) -> list[Select[*tuple[Any, ...]]]:
    them, one, held = select(members.c.id).where(chosen), members.c, grants.c
    return [
        _part("person", one.id, one.email, one.email_folded, one.name, one.status, _flag(one.listed)).where(chosen),
        _part(
            "held",
            held.member_id,
            held.kind,
            held.what,
            held.space_id,
            held.source,
            held.source_id,
            time=held.ends_at,
        ).where(held.member_id.in_(them), held.ended_at.is_(None)),
        _part("rules", dataset_rules.c.member_id, dataset_rules.c.mode, dataset_rules.c.level).where(
            dataset_rules.c.member_id.in_(them)
        ),
        _part("choice", dataset_choices.c.member_id, dataset_choices.c.resource_id, dataset_choices.c.override).where(
            dataset_choices.c.member_id.in_(them)
        ),
        _part("toggle", toggles.c.member_id, toggles.c.toggle, _flag(toggles.c.on)).where(
            toggles.c.member_id.in_(them)
        ),
    ]


def _things(chosen: ColumnElement[bool]) -> list[Select[*tuple[Any, ...]]]:
    one = resources.c
    return [
        _part("thing", one.id, one.kind, one.outside_id, one.space_id, one.owner_id).where(chosen),
        _part("group", shares.c.resource_id, shares.c.what)
        .join(resources, resources.c.id == shares.c.resource_id)
        .where(shares.c.kind == "group", chosen),
    ]


async def load(connection: AsyncConnection, organization: str, asked: Asked) -> Moments | None:
    """None: there is no such organization (any more). Who or what does not exist in it is simply missing."""
    chosen = {name: value for name, value in asdict(asked).items() if value}
    parameters = {"organization": organization, **chosen}
    rows = (await connection.execute(_loading(frozenset(chosen)), parameters)).all()
    first = next((row for row in rows if row.tag == "organization"), None)
    if first is None:
        return None
    found = Moments(first.number, first.of, first.a, first.b)
    _fill(found, [row for row in rows if row.tag in ("person", "thing", "space")])
    _add(found, rows)
    return found


def _fill(found: Moments, rows: Iterable[Any]) -> None:
    for row in rows:
        match row.tag:
            case "person":
                found.people[row.of] = PersonRecord(row.of, row.a, row.b, row.c, row.d, row.e == "1")
            case "thing":
                found.things[row.of] = ThingRecord(row.of, row.a, row.b, row.c, row.d)
            case _:
                found.spaces[row.a] = row.of


def _add(found: Moments, rows: Iterable[Any]) -> None:
    """What belongs to the people and things that are there by now."""
    for row in rows:
        match row.tag:
            case "held":
                held = HeldRecord(row.a, row.b, row.c, row.d, row.e, row.time)
                found.people[row.of].held.append(held)
            case "rules":
                person = found.people[row.of]
                person.mode, person.level = row.a, row.b
            case "choice":
                found.people[row.of].choices[row.a] = row.b
            case "toggle":
                found.people[row.of].toggles[row.a] = row.b == "1"
            case "group":
                found.things[row.of].groups.add(row.a)
            case _:
                pass
