"""Who is among those that a list of members was narrowed to, as SQL over ``directory``.

Building a statement costs more than running it, so each shape of one is built once and takes values as parameters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    bindparam,
    func,
    literal_column,
    not_,
    or_,
    select,
    union_all,
)

from storage.current import IS_OPEN, NOW, live
from storage.groups import GROUP
from storage.listed import Narrow
from storage.members import ROLE, escaped
from storage.tables import MAYBE, directory, grants, invitations, placed

# An index of words knows nothing shorter.
SHORTEST = 3
INVITED = "invited"
Ids = Select[*tuple[Any, ...]]


def text(name: str) -> ColumnElement[str]:
    return bindparam(name, type_=Text())


def any_of(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    return column.in_(bindparam(name, type_=Text(), expanding=True))


ORGANIZATION, ROLE_ID = text("organization"), text("role")


def needle(word: str) -> str:
    """What to look for in ``directory.words``: one or two letters only where a word begins."""
    return word.rjust(SHORTEST)


def values(organization: str, narrow: Narrow, now: datetime | None = None) -> dict[str, object]:
    """The parameters of every statement here."""
    words = [needle(word) for word in narrow.words]
    quoted = ['"' + word.replace('"', '""') + '"' for word in words]
    return {
        "organization": organization,
        "now": now,
        "status": narrow.status,
        "factor": narrow.factor,
        "role": narrow.role,
        "spaces": narrow.spaces or (),
        "place": narrow.spaces[0] if narrow.spaces else "",
        "group": narrow.group,
        # Between quotation marks nothing means anything but itself.
        "match": " AND ".join(quoted),
        **{f"word{number}": word for number, word in enumerate(words)},
        **{f"like{number}": f"%{escaped(word)}%" for number, word in enumerate(words)},
    }


@dataclass(frozen=True, slots=True)
class Among:
    """The shape of what narrows a list. ``sqlite``: which words the database understands."""

    sqlite: bool
    words: int
    status: str
    factor: bool
    role: bool
    in_space: bool
    spaces: int | None
    group: bool

    @classmethod
    def of(cls, narrow: Narrow, *, sqlite: bool) -> Among:
        return cls(
            sqlite=sqlite,
            words=len(narrow.words),
            status=narrow.status,
            factor=narrow.factor is not None,
            role=bool(narrow.role),
            in_space=narrow.in_space,
            spaces=None if narrow.spaces is None else min(len(narrow.spaces), 2),
            group=bool(narrow.group),
        )

    def ordered(self, d: FromClause = directory) -> Iterator[ColumnElement[bool]]:
        """What the row itself says; an index has them in order."""
        yield d.c.organization_id == ORGANIZATION
        if self.status:
            yield d.c.status == text("status")
        if self.factor:
            yield d.c.factor == bindparam("factor", type_=Boolean())

    def places(self) -> list[str]:
        """The parameters that name one space or group each: those who are there stand in order in ``placed``."""
        return [*(["place"] if self.spaces == 1 else []), *(["group"] if self.group else [])]

    @property
    def bears(self) -> bool:
        return self.role and not self.in_space

    def held(self, d: FromClause = directory, *, along: str = "") -> Iterator[ColumnElement[bool]]:
        """What is known only by looking at grants and invitations, one member at a time; except about the place that
        ``d`` goes ``along``, of which its rows tell mostly."""
        if self.bears:
            doubtful = and_(d.c.role == _MAYBE, _exists(d, *_HERE, *_OF_ROLE))
            yield or_(d.c.role == ROLE_ID, doubtful)
        for *places, of in self._roles_held():
            has = self._has(d, *places, of=of)
            yield self._told(d, has, of=of) if along == "place" else has
        if self.group:
            has = _exists(d, _IN_GROUP, LIVE)
            yield self._told(d, has) if along == "group" else has

    @staticmethod
    def _told(d: FromClause, has: ColumnElement[bool], *, of: bool = False) -> ColumnElement[bool]:
        certain = d.c.there == ROLE_ID if of else d.c.there != _MAYBE
        return or_(certain, and_(d.c.there == _MAYBE, has))

    def said(self, d: FromClause = directory) -> Iterator[ColumnElement[bool]]:
        """Written so that no index of words comes in: for rows that were found by something else."""
        found = func.instr if self.sqlite else func.strpos
        return (found(d.c.words, text(f"word{number}")) > 0 for number in range(self.words))

    def like(self) -> Iterator[ColumnElement[bool]]:
        """Written so that PostgreSQL's index of words comes in."""
        return (directory.c.words.like(text(f"like{number}"), escape="/") for number in range(self.words))

    def drivers(self) -> list[Ids]:
        """Each is a way to everybody among them, and to others: whoever is in the space or in the group, in the order
        of ``places``; whoever holds a role in one of the spaces; last whoever bears the role."""
        found: list[Ids] = [select(placed.c.member_id).where(*standing(place)) for place in self.places()]
        if self.spaces != 1:
            found += [self._with_role(*places, of=of) for *places, of in self._roles_held()]
        if self.bears:
            found.append(select(directory.c.member_id).where(*self.ordered(), bearing()))
        return found

    def _roles_held(self) -> Iterator[tuple[ColumnElement[bool], ColumnElement[bool], bool]]:
        """Where a role is held, where it is promised, and whether a certain one."""
        if self.spaces is not None:
            here = any_of(grants.c.space_id, "spaces"), any_of(invitations.c.space_id, "spaces")
            yield *here, self.role and self.in_space
        elif self.in_space:
            yield grants.c.space_id != "", invitations.c.space_id != "", self.role

    def _with_role(self, held_in: ColumnElement[bool], promised_in: ColumnElement[bool], *, of: bool) -> Ids:
        holds = select(grants.c.member_id).where(_OURS, held_in, _IS_ROLE, _HELD)
        own = invitations.c.organization_id == ORGANIZATION
        promised = select(invitations.c.member_id).where(own, promised_in, IS_OPEN)
        if of:
            holds, promised = holds.where(grants.c.what == ROLE_ID), promised.where(invitations.c.role == ROLE_ID)
        if self.status:
            return promised if self.status == INVITED else holds
        both = union_all(holds, promised).subquery()
        return select(both.c.member_id)

    def _has(
        self, d: FromClause, held_in: ColumnElement[bool], promised_in: ColumnElement[bool], *, of: bool
    ) -> ColumnElement[bool]:
        """Whose role in force there is this one; for who is invited, to whom it is promised."""
        holds = _exists(d, held_in, _IS_ROLE, LIVE, *(_OF_ROLE if of else ()))
        theirs = and_(invitations.c.member_id == d.c.member_id, promised_in, IS_OPEN)
        promised = select(invitations.c.id).where(theirs, *((invitations.c.role == ROLE_ID,) if of else ()))
        waits = _is_there(promised.correlate(d))
        if self.status:
            return waits if self.status == INVITED else holds
        return or_(and_(d.c.status != INVITED, holds), and_(d.c.status == INVITED, waits))


def bearing() -> ColumnElement[bool]:
    """Holds the role, or may do so."""
    return directory.c.role.in_((ROLE_ID, _MAYBE))


def standing(place: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return placed.c.organization_id == ORGANIZATION, placed.c.place == text(place)


_OURS = grants.c.organization_id == ORGANIZATION
_IN_GROUP = and_(grants.c.kind == GROUP, grants.c.space_id == "", grants.c.what == text("group"))
# As it stands in partial indexes, which are used only where the same is written.
_IS_ROLE = grants.c.kind == literal_column(f"'{ROLE}'", Text())
_HELD = grants.c.ended_at.is_(None)
LIVE = live()


def _is_there(some: Select[str]) -> ColumnElement[bool]:
    """Of EXISTS PostgreSQL would look for everybody at once, though only the first few are asked about."""
    return some.limit(literal_column("1")).scalar_subquery().is_not(None)


def _covered() -> ColumnElement[bool]:
    """A temporary role lies above the lasting one."""
    above = grants.alias("above")
    temporary = and_(above.c.kind == literal_column(f"'{ROLE}'", Text()), above.c.ends_at.is_not(None))
    there = and_(above.c.member_id == grants.c.member_id, above.c.space_id == grants.c.space_id)
    lies = select(above.c.id).where(there, temporary, above.c.ended_at.is_(None), above.c.ends_at > NOW)
    return _is_there(lies.correlate(grants))


# That role in force, and any in the organization itself.
_OF_ROLE = (grants.c.what == ROLE_ID, or_(grants.c.ends_at.is_not(None), not_(_covered())))
_HERE = (grants.c.space_id == literal_column("''", Text()), _IS_ROLE, LIVE)
_MAYBE = literal_column(f"'{MAYBE}'", Text())


def _exists(d: FromClause, *clauses: ColumnElement[bool]) -> ColumnElement[bool]:
    return _is_there(select(grants.c.id).where(grants.c.member_id == d.c.member_id, *clauses).correlate(d))


def no_one_can_be(narrow: Narrow) -> bool:
    """PostgreSQL keeps no NUL, and neither database half a character; whoever seeks them finds nobody."""
    return any("\0" in word or any("\ud800" <= sign <= "\udfff" for sign in word) for word in narrow.words)
