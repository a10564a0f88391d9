"""Looking at groups: all of them, one with who is in it, and those that a form offers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from handlers.catalogue import Change
from handlers.commands import Named
from handlers.letters import Letters
from handlers.models import Choice, Desk, Status
from handlers.paging import PAGE, Turns, turn_of, turns
from storage import group_lists, groups
from storage.members import folded
from storage.paging import Turn
from storage.records import GroupRecord
from storage.store import Connection

MOST_ON = 10  # resources that a group's card names
OFFERED_TO: frozenset[Change] = frozenset({"groups", "share"})


@dataclass(frozen=True, slots=True)
class GroupRow:
    id: str
    name: str
    people: int


@dataclass(frozen=True, slots=True)
class GroupPage:
    """Ten a page, by name."""

    rows: tuple[GroupRow, ...]
    total: int
    turns: Turns


@dataclass(frozen=True, slots=True)
class Belonging:
    """One who is in a group; ``ends`` None: for good."""

    member: Named
    status: Status
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class GroupCard:
    """``things`` are the first of the resources that it is on, as kind, outside id and name."""

    id: str
    name: str
    people: int
    rows: tuple[Belonging, ...]
    turns: Turns
    things: tuple[tuple[str, str, str], ...]
    things_total: int


class GroupQueries(Letters):
    async def groups(self, desk: Desk, *, after: str | None = None) -> GroupPage:
        """For who may change them; nobody else sees any."""
        if desk.organization is None or "groups" not in desk.may:
            return GroupPage((), 0, Turns())
        organization, now = desk.organization.id, self._clock()
        async with self._store.reading() as connection:
            total = await group_lists.count(connection, organization)
            turn = turn_of(after)
            rows, more = await group_lists.every(connection, organization, turn, now=now, limit=PAGE)
            if not rows and turn.at is not None:
                turn = Turn()
                rows, more = await group_lists.every(connection, organization, turn, now=now, limit=PAGE)
        shown = tuple(GroupRow(row.id, row.name, row.people) for row in rows)
        return GroupPage(shown, total, turns([row.id for row in rows], turn, more=more))

    async def group(self, desk: Desk, named: str, *, after: str | None = None) -> GroupCard | None:
        """One by its name or id, with a page of who is in it."""
        if desk.organization is None or "groups" not in desk.may:
            return None
        async with self._store.reading() as connection:
            known = await groups.found(connection, desk.organization.id, (named,))
            group = known.get(named) or known.get(folded(named))
            return await self._group(connection, group, turn_of(after)) if group else None

    async def _group(self, connection: Connection, group: GroupRecord, turn: Turn) -> GroupCard:
        where, now = group.organization, self._clock()
        rows, more = await group_lists.within(connection, where, group.id, turn, now=now, limit=PAGE)
        if not rows and turn.at is not None:
            return await self._group(connection, group, Turn())
        things, things_total = await group_lists.on_lists(connection, where, group.id, limit=MOST_ON)
        return GroupCard(
            id=group.id,
            name=group.name,
            people=await group_lists.count_within(connection, where, group.id, now=now),
            rows=tuple(
                Belonging(Named(row.id, row.name or row.email, row.email), cast("Status", row.status), row.ends)
                for row in rows
            ),
            turns=turns([row.id for row in rows], turn, more=more),
            things=tuple(things),
            things_total=things_total,
        )

    async def groups_like(self, desk: Desk, words: str) -> tuple[Choice, ...]:
        """Groups whose name begins with ``words``, for the forms that need one."""
        if desk.organization is None or not desk.may & OFFERED_TO:
            return ()
        async with self._store.reading() as connection:
            found = await groups.like(connection, desk.organization.id, words)
        return tuple(Choice(one, name) for one, name in found)

    async def group_choice(self, desk: Desk, named: str) -> Choice | None:
        """The one of that name or id."""
        if desk.organization is None or not desk.may & OFFERED_TO:
            return None
        async with self._store.reading() as connection:
            known = await groups.found(connection, desk.organization.id, (named,))
        group = known.get(named) or known.get(folded(named))
        return Choice(group.id, group.name) if group else None

    async def known_group(self, desk: Desk, names: tuple[str, ...]) -> str | None:
        """The first of these names that is one of a group."""
        if desk.organization is None or "groups" not in desk.may:
            return None
        async with self._store.reading() as connection:
            known = await groups.found(connection, desk.organization.id, names)
        return next((name for name in names if folded(name) in known or name in known), None)
