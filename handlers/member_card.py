"""The card of one member: everything about them that whoever looks may see, and everything that they may do to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from handlers import finding, listing, policy
from handlers.able import givable, may, standing
from handlers.catalogue import Role
from handlers.commands import Actor, Named, Person, Refusal
from handlers.deeds import Ground, offered
from handlers.facts import Case, Facts, named
from handlers.letters import Letters
from handlers.member_card_models import Addition, Editable, MemberCard, Pending, Profile, There, Waits, Whole
from handlers.models import CardChange, Choice, Desk, Status
from handlers.space_models import Standing
from storage import members, one_member, organizations
from storage.members import Wanted
from storage.one_member import About, Asking, Promised
from storage.records import MemberRecord, SpaceRecord
from storage.store import Connection

NAMESAKES = 20
"""So many of one name are told apart at most."""


MOST_SPACES = 12
"""With their controls; how many more there are is said."""
MOST_INVITATIONS = 6
"""Likewise; with the spaces they come to what Slack takes in one message."""


class MemberCards(Letters):
    async def member(self, desk: Desk, who: Person) -> MemberCard:
        """Whom somebody named, or chose in a list. Raises Refusal: unknown, as whoever they may not see is, too; or
        several of that name."""
        if desk.organization is None or desk.member is None:
            raise Refusal("not-connected")
        async with self._store.reading() as connection:
            facts, about = await self._on_card(connection, desk, desk.member.id, desk.organization.id, who)
        return card_of(facts, about)

    async def editable(self, desk: Desk, member: str) -> Editable:
        """Judged as the gate will judge what is sent. Raises Refusal."""
        if desk.organization is None or desk.member is None:
            raise Refusal("not-connected")
        async with self._store.reading() as connection:
            facts, about = await self._on_card(
                connection, desk, desk.member.id, desk.organization.id, Person(id=member)
            )
        return _editable(facts, about)

    async def profile(self, desk: Desk) -> Profile | None:
        """One's own; None: not connected."""
        if desk.organization is None or desk.member is None:
            return None
        async with self._store.reading() as connection:
            wanted = Wanted(ids=(desk.member.id,))
            found = await members.load(connection, desk.organization.id, wanted, now=self._clock())
        return Profile(found[0].name, found[0].timezone) if found else None

    async def listed_member(self, desk: Desk, member: str) -> Choice | None:
        """By id, as a form names them; None: nobody, or nobody whom they may list."""
        try:
            shown = (await self.member(desk, Person(id=member))).member
        except Refusal:
            return None
        label = f"{shown.name} ({shown.email})" if shown.name != shown.email else shown.email
        return Choice(shown.id, label, shown.email)

    async def _on_card(
        self, connection: Connection, desk: Desk, mine: str, organization: str, who: Person
    ) -> tuple[Facts, About]:
        unknown = Refusal("unknown-person", "person", person=who.typed)
        record = await organizations.find(connection, organization)
        wanted = finding.wanted(who, desk.account.team)
        loaded = await members.load(
            connection, organization, replace(wanted, ids=(mine, *wanted.ids)), now=self._clock()
        )
        me = next((one for one in loaded if one.id == mine), None)
        if record is None or me is None:
            raise unknown
        facts = Facts(self._clock(), Actor(via="slack", account=desk.account), record, self._catalogue(record), me=me)
        lists = listing.viewer(facts).lists
        meant = [one for one in loaded if one.listed and finding.is_meant(one, who)][:NAMESAKES]
        known = await one_member.about(connection, organization, [one.id for one in meant], now=facts.now)
        seen = [one for one in meant if _sees(lists, one, known.get(one.id, About()))]
        target = finding.find(seen, who)
        return replace(facts, target=target), known.get(target.id, About())


def _sees(lists: tuple[str, ...] | None, one: MemberRecord, about: About) -> bool:
    """Whoever lists only the people of certain spaces knows of nobody else (invariant 27)."""
    if lists is None:
        return True
    held = {grant.space for grant in one.roles}
    promised = {row.space for row in about.invitations if _waits(row)} if one.status == "invited" else set[str]()
    return not (held | promised).isdisjoint(lists)


def _waits(row: Promised) -> bool:
    """One that was revoked or accepted is over; an expired one can be sent again."""
    return row.state in ("pending", "expired")


def _editable(facts: Facts, about: About) -> Editable:
    target, view = _target(facts), _View(facts, about, None)
    role = facts.organization_role(target) or view.promised("")
    policy.check(Case("edit", old=role), facts)
    grouping = target.status == "active" and may(Case("groups", old=role), facts)
    return Editable(
        member=named(target),
        name=target.name,
        timezone=target.timezone,
        role=role.id if role else None,
        gives=view.gives(facts, role),
        groups=tuple(Choice(one.id, one.name) for one in about.groups) if grouping else None,
    )


# Drawing it up --------------------------------------------------------------------------------------------------------


def card_of(facts: Facts, about: About) -> MemberCard:
    target, lists = _target(facts), listing.viewer(facts).lists
    view = _View(facts, about, lists)
    first = next((row for row in about.invitations if row.by is not None and view.shows(row.space)), None)
    promised = view.promised("")
    ground = Ground(facts, target, facts.organization_role(target) or promised, about.owns)
    places = sorted(
        (one for one in about.spaces if view.shows(one)), key=lambda one: (about.spaces[one].casefold(), one)
    )
    status = cast("Status", target.status)
    invited = [row for row in about.invitations if _waits(row) and view.shows(row.space)] if status == "invited" else []
    return MemberCard(
        member=named(target),
        status=status,
        whole=_whole(view, ground) if lists is None else None,
        spaces=tuple(there for one in places[:MOST_SPACES] if (there := view.there(one)) is not None),
        more_spaces=max(len(places) - MOST_SPACES, 0),
        addons=tuple(
            Addition(grant.what, about.spaces.get(grant.space), grant.ends)
            for grant in target.addons
            if view.shows(grant.space)
        ),
        invited_by=Named(*first.by) if first and first.by else None,
        invited_at=first.at if first else None,
        invitations=tuple(view.pending(row) for row in invited[:MOST_INVITATIONS]),
        more_invitations=max(len(invited) - MOST_INVITATIONS, 0),
        requests=tuple(_waiting(row) for row in about.requests if view.tells(row)),
        deeds=offered(ground, status),
        now=facts.now,
    )


def _target(facts: Facts) -> MemberRecord:
    assert facts.target is not None  # noqa: S101 - found before
    return facts.target


def _whole(view: _View, ground: Ground) -> Whole:
    target, about, now = ground.target, view.about, ground.facts.now
    above, lasting = target.temporary(), target.lasting()
    return Whole(
        role=ground.role.id if ground.role else target.role(),
        ends=above.ends if above else None,
        returns_to=lasting.what if above and lasting else None,
        gives=view.gives(ground.facts, ground.role),
        factor=target.has_factor,
        groups=tuple((one.name, one.ends) for one in about.groups),
        active=about.active,
        timezone=target.timezone,
        tied=target.slack_user is not None,
        owns=sum(about.owns.values()),
        things=tuple((one.sort, one.name, one.ends) for one in about.resources if one.ends and one.ends > now),
    )


@dataclass(frozen=True, slots=True)
class _View:
    """What somebody sees of one member. ``lists`` as the list of members has it."""

    facts: Facts
    about: About
    lists: tuple[str, ...] | None

    def shows(self, space: str) -> bool:
        return self.lists is None or space in self.lists

    def tells(self, row: Asking) -> bool:
        """Whoever is to lose something hears of it when it is decided, not from here."""
        me = self.facts.me.id if self.facts.me else ""
        against_me = row.about is not None and row.about[0] == me != row.by[0]
        return self.shows(row.space) and not against_me

    def promised(self, space: str) -> Role | None:
        """The role that an invitation holds out there: one that waits, else one that can be sent again."""
        known = self.facts.catalogue.space if space else self.facts.catalogue.organization
        waiting = sorted(
            (row for row in self.about.invitations if _waits(row) and row.space == space),
            key=lambda row: row.state != "pending",
        )
        return known.get(waiting[0].role) if waiting and _target(self.facts).status == "invited" else None

    def there(self, space: str) -> There | None:
        """None: only an add-on is held there, or an invitation to it is over."""
        target = _target(self.facts)
        placed = replace(
            self.facts, space=SpaceRecord(space, self.facts.organization.id, "", self.about.spaces[space], None)
        )
        held, promised = standing(placed, target), self.promised(space)
        given = placed.space_role(target) or promised
        if given is None:
            return None
        return There(
            id=space,
            name=self.about.spaces[space],
            standing=held if held.role else Standing(given.id),
            gives=self.gives(placed, given),
            revocable=held.role is not None and may(Case("remove", old=given), placed),
        )

    def gives(self, facts: Facts, old: Role | None) -> tuple[str, ...]:
        """Nobody deactivated is given a role, nor somebody invited another than the one that they are promised."""
        status = _target(facts).status
        open_ = status == "active" or (status == "invited" and self.promised(facts.place) is not None)
        return givable(facts, old) if open_ else ()

    def pending(self, row: Promised) -> Pending:
        space = SpaceRecord(row.space, self.facts.organization.id, "", "", None) if row.space else None
        known = self.facts.catalogue.space if row.space else self.facts.catalogue.organization
        placed = replace(self.facts, space=space, target=None)
        gone = row.state != "pending" or row.expires <= self.facts.now
        return Pending(
            id=row.id,
            role=row.role,
            space=self.about.spaces.get(row.space),
            state="expired" if gone else "pending",
            expires=row.expires,
            manageable=may(Case("invite", new=known.get(row.role)), placed),
        )


def _waiting(row: Asking) -> Waits:
    return Waits(
        id=row.id,
        change=cast("CardChange", row.change),
        old=row.old,
        new=row.new,
        space=row.place,
        by=Named(*row.by),
        about=Named(*row.about) if row.about else None,
        expires=row.expires,
    )
