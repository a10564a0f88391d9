"""What the forms say that end a membership, an account or its data: in counts what will be lost and what will not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from handlers import finding, policy
from handlers.catalogue import Role
from handlers.commands import Actor, Named, Person, Refusal
from handlers.facts import Case, Facts, named
from handlers.letters import Letters
from handlers.models import Choice, Desk
from storage import departures, invitations, members, organizations, owners
from storage.departures import Holds
from storage.records import MemberRecord, SpaceRecord
from storage.store import Connection

Ending = Literal["deactivate", "remove", "delete", "delete-data"]
ASKED_OF_ONESELF: frozenset[Ending] = frozenset({"delete", "delete-data"})
ALSO_REMOVED: frozenset[Ending] = frozenset({"delete", "delete-data"})


@dataclass(frozen=True, slots=True)
class Departure:
    """``role`` is the title of what they hold in the organization. ``data`` are the resources that are their data, by
    title of the kind; ``kept`` is how many others they own. ``alone``: the spaces that nobody else owns. ``own``: by
    the member themselves; ``asks``: somebody else has to agree."""

    member: Named
    how: Ending
    role: str | None
    holds: Holds
    data: tuple[tuple[str, int], ...]
    kept: int
    alone: tuple[Choice, ...]
    own: bool
    asks: bool

    @property
    def resources(self) -> int:
        return sum(count for _, count in self.data)


class LeavingQueries(Letters):
    async def departure(self, desk: Desk, person: str, how: Ending) -> Departure:
        """Judged as the gate will judge what is sent. Raises Refusal."""
        if desk.organization is None or desk.member is None:
            raise Refusal("not-connected")
        async with self._store.reading() as connection:
            facts = await self._before(connection, desk, desk.organization.id, Person(id=person), how)
            target = facts.target
            assert target is not None  # noqa: S101 - else it was refused
            own = facts.me is not None and facts.me.id == target.id
            case = Case(how, old=await _promised(connection, facts, target), own=own)
            if own and how in ASKED_OF_ONESELF:
                policy.acts(facts)
            else:
                policy.check(case, facts)
            held = await departures.holds(connection, facts.organization.id, target.id, now=facts.now)
            alone = await _alone(connection, facts, target, how)
        return _departure(facts, case, how, held, alone)

    async def leaver(self, desk: Desk, email: str) -> Choice | None:
        """Whoever was removed is on no list any more, and is found by their whole address alone."""
        if desk.organization is None or ("delete" not in desk.may and "delete-data" not in desk.may):
            return None
        async with self._store.reading() as connection:
            wanted = finding.wanted(Person(email=email), desk.account.team)
            loaded = await members.load(connection, desk.organization.id, wanted, now=self._clock())
        found = next((one for one in loaded if not one.deleted and finding.is_address(one.email, email)), None)
        return Choice(found.id, found.name or found.email) if found else None

    async def _before(self, connection: Connection, desk: Desk, organization: str, who: Person, how: Ending) -> Facts:
        record = await organizations.find(connection, organization)
        mine = desk.member.id if desk.member else ""
        wanted = finding.wanted(who, desk.account.team)
        loaded = await members.load(
            connection, organization, replace(wanted, ids=(mine, *wanted.ids)), now=self._clock()
        )
        target = finding.find(loaded, who, also_removed=how in ALSO_REMOVED)
        me = next((one for one in loaded if one.id == mine), None)
        if record is None or me is None:
            raise Refusal("not-connected")
        actor = Actor(via="slack", account=desk.account)
        return Facts(self._clock(), actor, record, self._catalogue(record), me=me, target=target)


async def _promised(connection: Connection, facts: Facts, target: MemberRecord) -> Role | None:
    """What they hold, or were promised by an invitation that waits or can be sent again."""
    if target.status != "invited":
        return facts.organization_role(target)
    waiting = await invitations.waiting_of(connection, target.id, space="")
    return facts.catalogue.organization.get(waiting[0].role) if waiting else None


async def _alone(connection: Connection, facts: Facts, target: MemberRecord, how: Ending) -> Sequence[SpaceRecord]:
    top = facts.catalogue.space_top
    if top is None or how not in ("remove", "delete"):
        return ()
    return await owners.only_theirs(connection, facts.organization.id, target.id, top.id)


def _departure(facts: Facts, case: Case, how: Ending, held: Holds, alone: Sequence[SpaceRecord]) -> Departure:
    kinds, target = facts.catalogue.kinds, facts.target
    assert target is not None  # noqa: S101 - it was found
    data = {kind: count for kind, count in held.owned.items() if kind in kinds and kinds[kind].owned}
    verdict = policy.judge(case, facts)
    return Departure(
        member=named(target),
        how=how,
        role=case.old.title if case.old else None,
        holds=held,
        data=tuple((kinds[kind].title, count) for kind, count in sorted(data.items())),
        kept=sum(held.owned.values()) - sum(data.values()),
        alone=tuple(Choice(space.id, space.name) for space in alone),
        own=case.own,
        asks=bool(verdict.approvals or verdict.code),
    )
