"""Requests as cards show them, and who could decide each: the same judgement as the gate's, without its lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast, get_args

from handlers import policy, recataloguing
from handlers.cases import case_of, command_of, grounds, taking_no_part
from handlers.commands import ChangeRole, ChangeSettings, Command, RequestAccess
from handlers.contents import Becomes, Names, contents, people_in, things_in
from handlers.facts import Case, Facts, named
from handlers.models import CardChange, RequestCard, RequestState
from handlers.parts import Catalogues, House
from storage import groups, members, names, organizations, requests
from storage.members import Wanted
from storage.records import MemberRecord, RequestRecord
from storage.store import Connection

_CHANGES: frozenset[str] = frozenset(get_args(CardChange))


class Cards:
    def __init__(self, house: House) -> None:
        self._house = house

    async def of(self, connection: Connection, records: Sequence[RequestRecord], *, now: datetime) -> list[RequestCard]:
        """All of one organization; what this version cannot read is left out."""
        if not records:
            return []
        organization = await organizations.find_even_closed(connection, records[0].organization)
        if organization is None:
            return []
        votes = await requests.votes_of(connection, [record.id for record in records])
        kept = {record.id: command for record in records if (command := command_of(record)) is not None}
        ids = {one for record in records for one in _people(record)} | {
            one for found in votes.values() for one in found
        }
        ids |= {one for command in kept.values() for one in people_in(command)}
        loaded = await members.load(connection, organization.id, Wanted(ids=tuple(ids)), now=now)
        things = {one for command in kept.values() for one in things_in(command)}
        things |= {record.space for record in records if record.space}
        known = Names(
            catalogue=self._house.catalogues.named(organization.catalogue),
            organization=organization.name,
            people={one.id: named(one) for one in loaded},
            things=await names.of_things(connection, organization.id, sorted(things)),
        )
        waiting = [record for record in records if record.state == "pending"]
        apart = await taking_no_part(connection, organization.id, waiting, now=now)
        around = _Around(known, votes, kept, self._house.catalogues, apart)
        return [card for record in records if (card := _card(record, around)) is not None]

    async def decidable(
        self, connection: Connection, records: Sequence[RequestRecord], facts: Facts
    ) -> list[RequestRecord]:
        """Those that ``facts.me`` could decide now, and has not voted on."""
        me = facts.me
        if me is None or not records:
            return []
        votes = await requests.votes_of(connection, [record.id for record in records])
        ids = {one for record in records for one in _people(record)}
        loaded = await members.load(connection, facts.organization.id, Wanted(ids=tuple(ids)), now=facts.now)
        everybody = {one.id: one for one in loaded}
        known = await grounds(connection, facts.organization.id, records, self._house.catalogues, now=facts.now)

        async def could(record: RequestRecord) -> bool:
            if record.lone and record.requester == me.id:
                return True
            found = case_of(record, facts, known, everybody)
            if found is None:
                return False
            able = able_to_decide(*found, [me], excluded=_involved(record))
            return bool(await not_gaining(connection, *found, able))

        waiting = [one for one in records if one.expires > facts.now and me.id not in votes.get(one.id, ())]
        return [one for one in waiting if await could(one)]

    async def deciders(self, connection: Connection, record: RequestRecord, facts: Facts) -> list[MemberRecord]:
        """Everybody who could decide one request, the owners of its space first where it is a person's own."""
        loaded = await members.load(connection, facts.organization.id, Wanted(ids=_people(record)), now=facts.now)
        known = await grounds(connection, facts.organization.id, [record], self._house.catalogues, now=facts.now)
        found = case_of(record, facts, known, {one.id: one for one in loaded})
        return await could_decide(connection, *found, excluded=_involved(record)) if found else []


async def could_decide(
    connection: Connection, case: Case, facts: Facts, *, excluded: frozenset[str]
) -> list[MemberRecord]:
    """Whoever could make the change themselves and is not involved in it.

    For a person's own request the owners of the space come first; only where there are none, others.
    """
    organization, now = facts.organization.id, facts.now
    inside: list[MemberRecord] = []
    if facts.space is not None:
        known = tuple(facts.catalogue.space)
        inside = await members.holding(connection, organization, known, space=facts.place, now=now)
        inside = await not_gaining(connection, case, facts, able_to_decide(case, facts, inside, excluded=excluded))
    if inside and case.own:
        return inside
    target_roles = frozenset(grant.what for grant in facts.target.roles if not grant.space) if facts.target else None
    roles = policy.approving_roles(case, facts, target_roles=target_roles or frozenset())
    above = await members.holding(connection, organization, tuple(roles), space="", now=now) if roles else []
    if case.resource is not None and case.resource.owner:
        owner = Wanted(ids=(case.resource.owner,))
        above = [*await members.load(connection, organization, owner, now=now), *above]
    already = {one.id for one in inside}
    others = {one.id: one for one in above if one.id not in already}
    able = able_to_decide(case, facts, list(others.values()), excluded=excluded)
    return [*inside, *await not_gaining(connection, case, facts, able)]


async def not_gaining(
    connection: Connection, case: Case, facts: Facts, able: Sequence[MemberRecord]
) -> list[MemberRecord]:
    """Without those to whom it would give something through a group that they are in (invariant 32)."""
    if not case.groups or not able:
        return list(able)
    ids = [one.id for one in able]
    gaining = await groups.anywhere_in(connection, facts.organization.id, case.groups, ids, now=facts.now)
    return [one for one in able if one.id not in gaining]


def able_to_decide(
    case: Case, facts: Facts, candidates: Sequence[MemberRecord], *, excluded: frozenset[str]
) -> list[MemberRecord]:
    return [one for one in candidates if _may(case, facts, one, excluded)]


def _may(case: Case, facts: Facts, candidate: MemberRecord, excluded: frozenset[str]) -> bool:
    """Whose Slack account is gone can decide nothing, and must not keep the lone way closed."""
    if candidate.team is not None and not candidate.slack_good:
        return False
    as_them = replace(facts, me=candidate, actor=replace(facts.actor, via="request"))
    return policy.may_approve(case, as_them, excluded=excluded) is None


def _people(record: RequestRecord) -> tuple[str, ...]:
    return tuple(one for one in (record.requester, record.beneficiary, record.target, record.decided_by) if one)


def _involved(record: RequestRecord) -> frozenset[str]:
    return frozenset(one for one in (record.requester, record.beneficiary, record.target) if one)


@dataclass(frozen=True, slots=True)
class _Around:
    """What the cards of one organization are made with; ``kept``: the commands that could be read."""

    names: Names
    votes: Mapping[str, tuple[str, ...]]
    kept: Mapping[str, Command]
    catalogues: Catalogues
    apart: Mapping[tuple[str, str], frozenset[str]]


def _card(record: RequestRecord, around: _Around) -> RequestCard | None:
    people, command = around.names.people, around.kept.get(record.id)
    if command is None or record.change not in _CHANGES or record.requester not in people:
        return None
    timed = command if isinstance(command, ChangeRole | RequestAccess) else None
    held = contents(command, around.names, old=record.old)
    asked_for = record.beneficiary if isinstance(command, RequestAccess) else None
    return RequestCard(
        id=record.id,
        organization=around.names.organization,
        catalogue=around.names.catalogue,
        change=cast("CardChange", record.change),
        state=cast("RequestState", record.state),
        requester=people[record.requester],
        target=people.get(record.target or asked_for or ""),
        emails=held.emails,
        old=record.old,
        new=held.new or record.new,
        space=around.names.things.get(record.space),
        lasts=timed.lasts if timed else None,
        until=timed.until if timed else None,
        reason=record.reason,
        approvals=record.approvals,
        votes=tuple(people[one] for one in around.votes.get(record.id, ()) if one in people),
        code=record.code,
        lone=record.lone,
        created=record.created,
        expires=record.expires,
        decided_by=people.get(record.decided_by or ""),
        decided_at=record.decided_at,
        why=record.why,
        channel=record.channel,
        asked=held.asked,
        extends=held.extends,
        thing=held.thing,
        sort=held.sort,
        people=held.people,
        others=held.others,
        becomes=(*held.becomes, *_effects(command, around)),
        apart=record.requester in around.apart.get((record.target or "", record.change), frozenset()),
        joined=held.joined,
        left=held.left,
        counts=held.counts,
        more=held.more,
    )


def _effects(command: Command, around: _Around) -> Becomes:
    """Whoever decides about another catalogue reads what it would mean; once it is in force, nothing is left to say."""
    name = command.catalogue if isinstance(command, ChangeSettings) else None
    new = around.catalogues.chosen(name) if name else None
    said = recataloguing.effects(around.names.catalogue, new) if new else ""
    return (("effects", said),) if said else ()
