"""What somebody holds, and what they can ask for: for themselves to see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from handlers.catalogue import Catalogue
from handlers.catalogue_types import spelt
from handlers.letters import Letters
from handlers.models import Access, Choice, Desk, HeldPage
from handlers.own_access import ASKED, extendable, keeps, rests
from handlers.paging import PAGE, turn_of, turns
from storage import askable, members, names, own_grants, resources, spaces
from storage.members import Wanted, folded
from storage.own_grants import GrantRecord
from storage.records import MemberRecord
from storage.resources import EVERYTHING
from storage.store import Connection

# Whoever asks knows roughly what for: the whole list is for those who may see it.
LETTERS = 3
MOST_OFFERED = 20
# Among so many things of their own a name is looked for.
MOST_HELD = 500


@dataclass(frozen=True, slots=True)
class Meant:
    """What words stand for where no role or add-on goes by them: the ids of the group and of the space of that name."""

    group: Choice | None
    space: Choice | None


class AccessQueries(Letters):
    async def access(self, desk: Desk) -> tuple[Access, ...]:
        return (await self.held(desk)).rows

    async def held(self, desk: Desk, *, after: str | None = None) -> HeldPage:
        """A page of it. ``after`` is an opaque key; nonsense is the first page."""
        async with self._store.reading() as connection:
            me = await self._holder(connection, desk)
            if me is None:
                return HeldPage(())
            turn = turn_of(after)
            at = await own_grants.anyhow(connection, turn.at) if turn.at else None
            at = at if at is not None and at.member == me.id else None
            down = turn.down or at is None
            found = await own_grants.page(connection, me.id, now=self._clock(), at=at, down=down, limit=PAGE + 1)
            shown = found[:PAGE] if down else found[-PAGE:]
            rows = await self._held_rows(connection, desk.catalogue, me, shown)
        turning = turns([one.id for one in shown], turn if at else turn_of(None), more=len(found) > PAGE)
        return HeldPage(rows, turning.next, turning.previous)

    async def holdings(self, desk: Desk, name: str | None, *, which: Literal["extend", "give-back"]) -> list[Access]:
        """What can be kept for longer, or given back, among what goes by that name; None: among everything."""
        async with self._store.reading() as connection:
            me = await self._holder(connection, desk)
            if me is None:
                return []
            every = await own_grants.page(connection, me.id, now=self._clock(), limit=MOST_HELD)
            rows = await self._held_rows(connection, desk.catalogue, me, every)
        able = [one for one in rows if (one.extendable if which == "extend" else one.returnable)]
        return [one for one in able if name is None or _goes_by(one, name, desk.catalogue)]

    async def _holder(self, connection: Connection, desk: Desk) -> MemberRecord | None:
        if desk.member is None or desk.organization is None:
            return None
        wanted = Wanted(ids=(desk.member.id,))
        found = await members.load(connection, desk.organization.id, wanted, now=self._clock())
        return found[0] if found else None

    async def _held_rows(
        self, connection: Connection, catalogue: Catalogue, me: MemberRecord, shown: Sequence[GrantRecord]
    ) -> tuple[Access, ...]:
        ids = {one.space for one in shown if one.space} | {one.what for one in shown if one.kind in _NAMED}
        known = await names.of_things(connection, me.organization, sorted(ids))
        return tuple(_row(one, catalogue, me, known) for one in shown if one.kind in ASKED)

    async def one_held(self, desk: Desk, grant: str) -> Access | None:
        """One thing of their own."""
        async with self._store.reading() as connection:
            me = await self._holder(connection, desk)
            found = await own_grants.find(connection, grant, member=me.id, now=self._clock()) if me else None
            rows = await self._held_rows(connection, desk.catalogue, me, [found]) if me and found else ()
        return rows[0] if rows else None

    # What can be asked for --------------------------------------------------------------------------------------------

    async def askable(self, desk: Desk, words: str) -> tuple[Choice, ...]:
        """Groups and resources whose name begins with ``words``, from the third letter on; as they are shown, too."""
        _, _, name = words.rpartition(": ")
        words = name or words
        if desk.organization is None or desk.status != "active" or len(folded(words)) < LETTERS:
            return ()
        async with self._store.reading() as connection:
            found = await askable.like(connection, desk.organization.id, words, limit=MOST_OFFERED)
        return tuple(Choice(*_offered(desk.catalogue, one)) for one in found)

    async def askable_named(self, desk: Desk, typed: str) -> Choice | None:
        """``group:NAME`` or ``resource:KIND:NAME``, or the value that a choice of it has."""
        asked, _, named = typed.partition(":")
        if desk.organization is None or desk.status != "active":
            return None
        where = desk.organization.id
        async with self._store.reading() as connection:
            if asked == "group":
                group = await askable.group(connection, where, named)
                return Choice(*_offered(desk.catalogue, group)) if group else None
            kind, _, name = named.partition(":")
            found = await resources.called(connection, where, kind, name, EVERYTHING, now=self._clock())
        if len(found) != 1:
            return None
        return Choice(*_offered(desk.catalogue, askable.Askable(found[0].id, found[0].kind, found[0].name)))

    async def meant(self, desk: Desk, words: str) -> Meant:
        if desk.organization is None or desk.status != "active":
            return Meant(None, None)
        async with self._store.reading() as connection:
            group = await askable.group(connection, desk.organization.id, words)
            space = await spaces.find(connection, desk.organization.id, words) if desk.catalogue.space else None
        return Meant(
            Choice(f"group:{group.id}", group.name) if group else None,
            Choice(space.id, space.name) if space else None,
        )


_NAMED = ("group", "resource")


def _offered(catalogue: Catalogue, one: askable.Askable) -> tuple[str, str]:
    if not one.sort:
        return f"group:{one.id}", f"{catalogue.words.group.capitalize()}: {one.name}"
    known = catalogue.kinds.get(one.sort)
    return f"resource:{one.id}", f"{known.title if known else one.sort}: {one.name}"


def _row(one: GrantRecord, catalogue: Catalogue, me: MemberRecord, known: dict[str, str]) -> Access:
    below = me.lasting(one.space) if one.kind == "role" and one.ends is not None else None
    return Access(
        role=one.what,
        space=known.get(one.space) if one.space else None,
        ends=one.ends,
        source=_SOURCES.get(one.source, "person"),
        returns_to=below.what if below else None,
        id=one.id,
        asked=ASKED[one.kind],
        thing=known.get(one.what, "") if one.kind in _NAMED else "",
        place=one.space,
        rests=rests(catalogue, me, one),
        extendable=extendable(one),
        returnable=keeps(catalogue, me, one) is None,
    )


def _goes_by(one: Access, name: str, catalogue: Catalogue) -> bool:
    """A role or add-on goes by its name, alone or with its space; everything by what it is called."""
    typed = spelt(name)
    called = {spelt(called) for called in _called(one, catalogue) if called}
    where = {spelt(f"{called} in {one.space}") for called in called} if one.space else set[str]()
    return typed in called | where or (one.space is not None and typed == spelt(one.space))


def _called(one: Access, catalogue: Catalogue) -> tuple[str, ...]:
    match one.asked:
        case "role":
            role = (catalogue.space if one.place else catalogue.organization).get(one.role)
            return one.role, role.title if role else ""
        case "add-on":
            addon = catalogue.addons.get(one.role)
            return one.role, addon.title if addon else ""
        case _:
            return one.id, one.thing


_SOURCES: dict[str, Literal["setup", "invitation", "person", "request", "operator"]] = {
    "setup": "setup",
    "invitation": "invitation",
    "person": "person",
    "request": "request",
    "operator": "operator",
}
