"""Looking at resources: those that somebody sees, one with its list, and those that a form offers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, cast

from handlers import policy
from handlers.asked import known
from handlers.catalogue import Catalogue, Change
from handlers.commands import Actor, Named, Refusal
from handlers.facts import Case, Facts
from handlers.letters import Letters
from handlers.models import Choice, Desk
from handlers.paging import NO_TURNS, PAGE, Turns, turn_of, turns
from handlers.reach import sight
from storage import organizations, resource_lists, resources, spaces
from storage.decisions import Asked
from storage.paging import Turn
from storage.records import ResourceRecord
from storage.resource_lists import ResourceRow
from storage.store import Connection


@dataclass(frozen=True, slots=True)
class SeenResource:
    """``id`` is ours, ``sort`` the kind's id, ``outside`` the product's id."""

    id: str
    sort: str
    kind: str
    outside: str
    name: str
    space: str | None
    owner: Named | None

    @property
    def typed(self) -> str:
        return f"{self.sort}:{self.outside}"


@dataclass(frozen=True, slots=True)
class ResourcePage:
    """Ten a page, by name; ``kind`` '' is all of them."""

    rows: tuple[SeenResource, ...]
    total: int
    turns: Turns
    kind: str = ""


@dataclass(frozen=True, slots=True)
class ListedOne:
    sort: Literal["person", "group", "email"]
    name: str
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class ResourceCard:
    """``actions`` are what the reader may do with it; ``listed`` a page of its list, for who may share it."""

    resource: SeenResource
    actions: tuple[str, ...]
    may_share: bool
    may_remove: bool
    listed: tuple[ListedOne, ...] = ()
    total: int = 0
    turns: Turns = NO_TURNS


class ResourceQueries(Letters):
    async def resources(self, desk: Desk, kind: str = "", *, after: str | None = None) -> ResourcePage:
        """``kind`` is one that the catalogue knows."""
        kinds = (kind,) if kind else tuple(desk.catalogue.kinds)
        async with self._store.reading() as connection:
            facts = await self._looking(connection, desk)
            if facts is None:
                return ResourcePage((), 0, Turns(), kind)
            where, seen, now = facts.organization.id, sight(facts), facts.now
            turn = turn_of(after)
            rows, more = await resource_lists.seen(connection, where, seen, kinds, turn, now=now, limit=PAGE)
            if not rows and turn.at is not None:
                turn = Turn()
                rows, more = await resource_lists.seen(connection, where, seen, kinds, turn, now=now, limit=PAGE)
            total = await resource_lists.count(connection, where, seen, kinds, now=now)
        shown = tuple(_seen(row, desk.catalogue) for row in rows)
        return ResourcePage(shown, total, turns([row.id for row in shown], turn, more=more), kind)

    async def _looking(self, connection: Connection, desk: Desk) -> Facts | None:
        """None: whoever looks is nobody here, or not active."""
        if desk.organization is None or desk.member is None or desk.status != "active":
            return None
        organization = await organizations.find(connection, desk.organization.id)
        me = await self._member(connection, desk.organization.id, desk.member.id)
        if organization is None or me is None:
            return None
        return Facts(self._clock(), Actor(via="request"), organization, desk.catalogue, me=me)

    async def _called(self, connection: Connection, facts: Facts, typed: str) -> list[ResourceRecord]:
        """By ``KIND:NAME``, or by our own id."""
        sort, colon, named = typed.partition(":")
        if not colon:
            one = await resources.seen(connection, facts.organization.id, typed, sight(facts), now=facts.now)
            return [one] if one and one.kind in facts.catalogue.kinds else []
        kind = facts.catalogue.kind(sort)
        if kind is None:
            return []
        where = facts.organization.id
        return await resources.called(connection, where, kind.id, named, sight(facts), now=facts.now)

    async def resource(self, desk: Desk, typed: str, *, after: str | None = None) -> ResourceCard | list[str]:
        """The ids in the product where several have that name; none: there is nothing of that name to be seen."""
        async with self._store.reading() as connection:
            facts = await self._looking(connection, desk)
            found = await self._called(connection, facts, typed) if facts else []
            if facts is None or len(found) != 1:
                return [one.outside for one in found]
            return await self._card(connection, facts, found[0], turn_of(after))

    async def _card(self, connection: Connection, facts: Facts, found: ResourceRecord, turn: Turn) -> ResourceCard:
        row = await resource_lists.one(connection, found.id)
        space = await spaces.find(connection, found.organization, found.space) if found.space else None
        there = replace(facts, space=space)
        actions = await self._actions(connection, facts, found)
        kind = facts.catalogue.kinds[found.kind]
        card = ResourceCard(
            resource=_seen(row or ResourceRow(found, None, None), facts.catalogue),
            actions=actions,
            may_share=_may("share", found, there) and ("share" not in kind.actions or "share" in actions),
            may_remove=_may("remove-resource", found, there),
        )
        return await self._with_list(connection, card, found, turn) if card.may_share else card

    async def _with_list(
        self, connection: Connection, card: ResourceCard, found: ResourceRecord, turn: Turn
    ) -> ResourceCard:
        now = self._clock()
        rows, more = await resource_lists.listed(connection, found, turn, now=now, limit=PAGE)
        if not rows and turn.at is not None:
            return await self._with_list(connection, card, found, Turn())
        total = await resource_lists.count_listed(connection, found, now=now)
        listed = tuple(ListedOne(cast("Literal['person']", row.sort), row.name, row.ends) for row in rows)
        return replace(card, listed=listed, total=total, turns=turns([row.id for row in rows], turn, more=more))

    async def _actions(self, connection: Connection, facts: Facts, found: ResourceRecord) -> tuple[str, ...]:
        """What of all that its kind knows the reader may do, decided as for other software."""
        me = facts.me
        assert me is not None  # noqa: S101 - somebody looks
        asked = Asked(members=(me.id,), resources=(found.id,))
        facts_ = await known(connection, found.organization, asked, self._house.catalogues)
        if facts_ is None:
            return ()
        subject, target = facts_.subject(me.email), facts_.target(found.kind, found.outside)
        actions = facts.catalogue.kinds[found.kind].actions
        return tuple(one for one in actions if facts_.decided(subject, one, target, now=facts.now).allowed)

    # For forms --------------------------------------------------------------------------------------------------------

    async def resources_like(self, desk: Desk, words: str) -> tuple[Choice, ...]:
        """What somebody sees whose name begins with ``words``; the value is its kind and our own id of it.

        The words may name the kind before, as the options do.
        """
        sort, _, rest = words.partition(":")
        kind = desk.catalogue.kind(sort) if rest else None
        kinds, words = ((kind.id,), rest) if kind else (tuple(desk.catalogue.kinds), words)
        async with self._store.reading() as connection:
            facts = await self._looking(connection, desk)
            if facts is None:
                return ()
            found = await resource_lists.like(
                connection, facts.organization.id, sight(facts), kinds, words, now=facts.now
            )
        return tuple(_choice(one) for one in found)

    async def resource_choice(self, desk: Desk, typed: str) -> Choice | None:
        """The one that ``KIND:NAME``, or our own id, names."""
        async with self._store.reading() as connection:
            facts = await self._looking(connection, desk)
            found = await self._called(connection, facts, typed) if facts else []
        return _choice(found[0]) if len(found) == 1 else None


def _choice(one: ResourceRecord) -> Choice:
    return Choice(f"{one.kind}:{one.id}", f"{one.kind}:{one.name}")


def _seen(row: ResourceRow, catalogue: Catalogue) -> SeenResource:
    one = row.resource
    owner = Named(row.owner[0], row.owner[1] or row.owner[2], row.owner[2]) if row.owner else None
    kind = catalogue.kinds.get(one.kind)
    return SeenResource(one.id, one.kind, kind.title if kind else one.kind, one.outside, one.name, row.space, owner)


def _may(change: Change, found: ResourceRecord, facts: Facts) -> bool:
    """As the gate judges it when it is done."""
    try:
        policy.check(Case(change, resource=found), facts)
    except Refusal:
        return False
    return True
