"""What can be seen of spaces, for whoever stands before a door: only those that they reach."""

from __future__ import annotations

from dataclasses import dataclass, replace

from handlers import policy
from handlers.able import givable, may, standing
from handlers.catalogue import Change
from handlers.commands import Actor, Refusal
from handlers.facts import Case, Facts, named
from handlers.letters import Letters
from handlers.models import Choice, Desk
from handlers.paging import PAGE, Turns, turn_of, turns
from handlers.reach import spaces_of
from handlers.space_models import AccessPage, AccessRow, SpaceCard, SpacePage, SpaceRow
from storage import directory, members, organizations, space_lists, spaces
from storage.members import Wanted
from storage.paging import Turn
from storage.records import MemberRecord, SpaceRecord
from storage.space_lists import Access, AccessTurn
from storage.store import Connection

_SHOWN: tuple[Change, ...] = ("list", "invite", "change-role", "remove", "rename-space", "delete-space")


class SpaceQueries(Letters):
    async def space_page(self, desk: Desk, *, words: str = "", after: str | None = None) -> SpacePage:
        """The spaces that somebody reaches, by name. ``after`` is an opaque key; nonsense is the first page."""
        async with self._store.reading() as connection:
            facts = await self._insider(connection, desk)
            if facts is None:
                return SpacePage((), 0, Turns())
            return await _page(connection, facts, words, turn_of(after))

    async def space(self, desk: Desk, name: str) -> SpaceCard | None:
        """None: there is no such space, or it is not theirs to see."""
        async with self._store.reading() as connection:
            facts = await self._inside(connection, desk, name)
            return await _card(connection, facts) if facts else None

    async def reached_spaces(self, desk: Desk, words: str) -> tuple[Choice, ...]:
        """For a select: those that somebody reaches and whose name begins with ``words``."""
        async with self._store.reading() as connection:
            facts = await self._insider(connection, desk)
            if facts is None or facts.me is None:
                return ()
            found = await spaces.like(connection, facts.organization.id, words, among=spaces_of(facts, facts.me))
        return tuple(Choice(one, name) for one, name in found)

    async def space_access(
        self, desk: Desk, space: str, *, words: str = "", after: str | None = None
    ) -> AccessPage | Refusal:
        """Who has access, ten a page; only for who may list them there (001-61, 001-70)."""
        async with self._store.reading() as connection:
            facts = await self._inside(connection, desk, space)
            if facts is None:
                return Refusal("unknown-space", "space", place=desk.catalogue.words.space)
            try:
                policy.check(Case("list"), facts)
            except Refusal as refusal:
                return refusal
            return await _access(connection, facts, words, _access_turn(after))

    async def people_to_add(self, desk: Desk, space: str, words: str) -> tuple[Choice, ...]:
        """Active members to give a role in a space; for who may give one there, though they list no members."""
        async with self._store.reading() as connection:
            facts = await self._inside(connection, desk, space)
            if facts is None or facts.me is None or not policy.holds(facts, facts.me, "change-role"):
                return ()
            found = await directory.beginning(connection, facts.organization.id, words, status="active")
        return tuple(Choice(one.id, f"{one.name} ({one.email})" if one.name else one.email) for one in found)

    async def _insider(self, connection: Connection, desk: Desk) -> Facts | None:
        """Judged as the gate judges; None: nobody who could see anything."""
        if desk.organization is None or desk.member is None:
            return None
        found = await organizations.find(connection, desk.organization.id)
        wanted = Wanted(ids=(desk.member.id,))
        loaded = await members.load(connection, desk.organization.id, wanted, now=self._clock())
        if found is None or not loaded or loaded[0].status != "active":
            return None
        by = Actor(via="slack", account=desk.account)
        return Facts(self._clock(), by, found, self._catalogue(found), me=loaded[0])

    async def _inside(self, connection: Connection, desk: Desk, name: str) -> Facts | None:
        facts = await self._insider(connection, desk)
        space = await spaces.find(connection, facts.organization.id, name) if facts else None
        if facts is None or space is None or facts.me is None:
            return None
        reached = spaces_of(facts, facts.me)
        return replace(facts, space=space) if reached is None or space.id in reached else None


# Pages and cards ------------------------------------------------------------------------------------------------------


async def _page(connection: Connection, facts: Facts, words: str, turn: Turn) -> SpacePage:
    me, organization = facts.me, facts.organization.id
    assert me is not None  # noqa: S101 - an insider
    among = spaces_of(facts, me)
    found = await space_lists.page(connection, organization, words, among=among, turn=turn, limit=PAGE)
    if not found.rows and turn.at is not None:
        return await _page(connection, facts, words, Turn())
    rows = [spaces.record(row) for row in found.rows]
    return SpacePage(
        rows=tuple(_row(facts, me, one) for one in rows),
        total=await space_lists.count(connection, organization, words, among=among),
        turns=turns([one.id for one in rows], turn, more=found.more),
    )


def _row(facts: Facts, me: MemberRecord, space: SpaceRecord) -> SpaceRow:
    return SpaceRow(space.id, space.name, space.slug, standing(replace(facts, space=space), me))


async def _card(connection: Connection, facts: Facts) -> SpaceCard:
    space, me = facts.space, facts.me
    assert space is not None and me is not None  # noqa: S101, PT018 - an insider in a space
    may: set[Change] = {change for change in _SHOWN if policy.holds(facts, me, change)}
    return SpaceCard(
        id=space.id,
        name=space.name,
        slug=space.slug,
        standing=standing(facts, me),
        people=await space_lists.people_in(connection, space.id, now=facts.now),
        invitations=await space_lists.invitations_to(connection, space.id) if may else None,
        resources=tuple(await space_lists.resources_in(connection, space.id)),
        may=frozenset(may),
    )


# Who has access -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Key:
    """`a~0~ID`: the way, the part of the list, and the member."""

    way: str
    part: str
    member: str

    @staticmethod
    def load(text: str | None) -> _Key | None:
        parts = (text or "").split("~")
        return _Key(*parts) if len(parts) == 3 and parts[2] else None  # noqa: PLR2004 - as written above


def _access_turn(after: str | None) -> AccessTurn | None:
    key = _Key.load(after)
    return AccessTurn(key.member, direct=key.part == "0", down=key.way != "b") if key else None


async def _access(connection: Connection, facts: Facts, words: str, turn: AccessTurn | None) -> AccessPage:
    reaching = [role.id for role in facts.catalogue.organization.values() if role.reaches_every_space]
    asked = Access(facts.organization.id, facts.place, reaching, words, facts.now)
    found, more = await space_lists.access(connection, asked, turn, limit=PAGE)
    if not found and turn is not None:
        return await _access(connection, facts, words, None)
    loaded = await members.load(
        connection, facts.organization.id, Wanted(ids=tuple(one for one, _ in found)), now=facts.now
    )
    known = {member.id: member for member in loaded}
    down, space = turn is None or turn.down, facts.space
    assert space is not None  # noqa: S101 - an insider in a space
    return AccessPage(
        id=space.id,
        name=space.name,
        rows=tuple(_access_row(facts, known[one]) for one, _ in found if one in known),
        addable=givable(facts, None),
        turns=Turns(
            next=_made_key("a", *found[-1]) if found and (more or not down) else None,
            previous=_made_key("b", *found[0]) if found and turn is not None and (down or more) else None,
        ),
    )


def _made_key(way: str, member: str, direct: bool) -> str:  # noqa: FBT001 - a row as storage gives it
    return f"{way}~{0 if direct else 1}~{member}"


def _access_row(facts: Facts, member: MemberRecord) -> AccessRow:
    placed = replace(facts, target=member)
    given = placed.space_role(member)
    return AccessRow(
        member=named(member),
        standing=standing(placed, member),
        roles=givable(placed, given),
        revocable=given is not None and may(Case("remove", old=given), placed),
    )
