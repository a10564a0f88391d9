"""Requests as cards show them, and who could decide each: the same judgement as the gate's, without its lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from pydantic import ValidationError

from handlers import policy
from handlers.catalogue import Catalogue
from handlers.commands import COMMANDS, ChangeRole, Invite, RequestAccess
from handlers.facts import Case, Facts, named
from handlers.models import CardChange, RequestCard, RequestState
from handlers.parts import House
from storage import members, organizations, requests
from storage.members import Wanted
from storage.records import MemberRecord, RequestRecord
from storage.store import Connection

_CHANGES: Mapping[str, CardChange] = {
    "invite": "invite",
    "change-role": "change-role",
    "request-access": "request-access",
    "deactivate": "deactivate",
    "reactivate": "reactivate",
}


class Cards:
    def __init__(self, house: House) -> None:
        self._house = house

    async def of(self, connection: Connection, records: Sequence[RequestRecord], *, now: datetime) -> list[RequestCard]:
        """All of one organization; what this version cannot read is left out."""
        if not records:
            return []
        organization = await organizations.find(connection, records[0].organization)
        if organization is None:
            return []
        votes = await requests.votes_of(connection, [record.id for record in records])
        ids = {one for record in records for one in _people(record)} | {
            one for found in votes.values() for one in found
        }
        loaded = await members.load(connection, organization.id, Wanted(ids=tuple(ids)), now=now)
        spaces = await organizations.space_names(connection, [record.space for record in records if record.space])
        everybody = {one.id: one for one in loaded}
        catalogue = self._house.catalogues.named(organization.catalogue)
        around = _Around(organization.name, catalogue, everybody, votes, spaces)
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
        return [
            record
            for record in records
            if record.expires > facts.now
            and me.id not in votes.get(record.id, ())
            and await self._could(connection, record, facts, everybody)
        ]

    async def _could(
        self, connection: Connection, record: RequestRecord, facts: Facts, everybody: dict[str, MemberRecord]
    ) -> bool:
        if facts.me is not None and record.lone and record.requester == facts.me.id:
            return True
        case, placed = await self._case(connection, record, facts, everybody)
        return policy.may_approve(case, placed, excluded=_involved(record)) is None

    async def _case(
        self, connection: Connection, record: RequestRecord, facts: Facts, everybody: dict[str, MemberRecord]
    ) -> tuple[Case, Facts]:
        space = await organizations.space(connection, facts.organization.id, record.space) if record.space else None
        known = facts.catalogue.space if record.space else facts.catalogue.organization
        target = everybody.get(record.target or "")
        placed = replace(facts, target=target, space=space)
        case = Case(
            change=policy.change_named(record.change),
            old=placed.role_here(target),
            new=known.get(record.new or ""),
            own=record.beneficiary == record.requester,
        )
        return case, placed

    async def deciders(self, connection: Connection, record: RequestRecord, facts: Facts) -> list[MemberRecord]:
        """Everybody who could decide one request, the owners of its space first where it is a person's own."""
        loaded = await members.load(connection, facts.organization.id, Wanted(ids=_people(record)), now=facts.now)
        case, placed = await self._case(connection, record, facts, {one.id: one for one in loaded})
        return await could_decide(connection, case, placed, excluded=_involved(record))


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
        inside = able_to_decide(case, facts, inside, excluded=excluded)
    if inside and case.own:
        return inside
    target_roles = frozenset(grant.what for grant in facts.target.roles if not grant.space) if facts.target else None
    roles = policy.approving_roles(case, facts, target_roles=target_roles or frozenset())
    above = await members.holding(connection, organization, tuple(roles), space="", now=now) if roles else []
    already = {one.id for one in inside}
    return [*inside, *(one for one in above if one.id not in already and _may(case, facts, one, excluded))]


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
    """What the cards of one organization are made with."""

    organization: str
    catalogue: Catalogue
    everybody: Mapping[str, MemberRecord]
    votes: Mapping[str, tuple[str, ...]]
    spaces: Mapping[str, str]


def _card(record: RequestRecord, around: _Around) -> RequestCard | None:
    everybody = around.everybody
    try:
        command = COMMANDS.validate_json(record.command)
    except ValidationError:
        return None
    change = _CHANGES.get(record.change)
    if change is None or record.requester not in everybody:
        return None
    timed = command if isinstance(command, ChangeRole | RequestAccess) else None
    target = everybody.get(record.target or "")
    decider = everybody.get(record.decided_by or "")
    return RequestCard(
        id=record.id,
        organization=around.organization,
        catalogue=around.catalogue,
        change=change,
        state=cast("RequestState", record.state),
        requester=named(everybody[record.requester]),
        target=named(target) if target else None,
        emails=command.emails if isinstance(command, Invite) else (),
        old=record.old,
        new=record.new,
        space=around.spaces.get(record.space),
        lasts=timed.lasts if timed else None,
        until=timed.until if timed else None,
        reason=record.reason,
        approvals=record.approvals,
        votes=tuple(named(everybody[one]) for one in around.votes.get(record.id, ()) if one in everybody),
        code=record.code,
        lone=record.lone,
        created=record.created,
        expires=record.expires,
        decided_by=named(decider) if decider else None,
        decided_at=record.decided_at,
        why=record.why,
        channel=record.channel,
    )
