"""Leaving the organization, with everything kept that is somebody's own; and giving up what they own, and staying."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from handlers import policy, traces
from handlers.commands import DataDeleted, DeleteData, Departed, Erase, Person, Refusal, RemoveMember, Result
from handlers.facts import Case, Facts, named
from handlers.flows import erasing, people
from handlers.flows.erasing import Turn
from handlers.flows.lifecycle import end_requests
from handlers.flows.roles import check_holder_may_leave, role_now
from handlers.flows.work import Plan, Work, checked_reason
from handlers.notices import Told
from storage import erasing as rows
from storage import owners
from storage.records import MemberRecord, SpaceRecord

Goodbye = Literal["removed", "deleted"]
MOST_SPACES = 10


def target_of(plan: Plan) -> MemberRecord:
    assert plan.facts.target is not None  # noqa: S101 - planned with one
    return plan.facts.target


# Removing from the organization ---------------------------------------------------------------------------------------


async def plan_remove(command: RemoveMember, work: Work) -> Plan:
    target = people.find(work, command.person)
    facts = replace(work.facts, target=target)
    case = Case("remove", old=await role_now(work, facts, target))
    policy.check(case, facts)
    await check_holder_may_leave(work, target)
    if alone := await only_theirs(facts, work, target):
        raise only_owner(target, alone, "person")
    reason = checked_reason(command.reason, needed=False)
    resolved = replace(command, person=Person(id=target.id), reason=reason)
    return Plan(resolved, facts, case, _remove, old=case.old.id if case.old else None, reason=reason)


async def only_theirs(facts: Facts, work: Work, target: MemberRecord) -> list[SpaceRecord]:
    """The spaces that nobody else owns (I5)."""
    top = facts.catalogue.space_top
    if top is None:
        return []
    return await owners.only_theirs(work.tx.connection, work.organization, target.id, top.id)


def only_owner(target: MemberRecord, alone: list[SpaceRecord], field: str) -> Refusal:
    several = "" if len(alone) <= MOST_SPACES else f" and {len(alone) - MOST_SPACES} more"
    where = ", ".join(space.name for space in alone[:MOST_SPACES]) + several
    return Refusal("only-owner", field, person=target.name or target.email, space=where)


async def _remove(work: Work, plan: Plan) -> Result:
    """The record stays, unlisted, with what they own; an invitation brings both back."""
    target = target_of(plan)
    entry = work.entry("member.removed", target.id, old=target.status, role=plan.old, reason=plan.reason)
    await end_requests(work, target, entry, how="removed")
    await rows.leave(work.tx, target.id, entry=entry)
    say_goodbye(work, target, "removed")
    return Departed(named(target), "removed", alone=work.alone)


def say_goodbye(work: Work, target: MemberRecord, about: Goodbye) -> None:
    """Nothing leads to them any more by the time this is sent, so it carries where it goes."""
    if target.status == "invited":
        return
    sealed = traces.sealed(traces.of(target), work.house.keyring)
    work.post(Told(to=target.id, about=about, by=work.approver or work.by, sealed=sealed))


# Deleting data --------------------------------------------------------------------------------------------------------


async def plan_delete_data(command: DeleteData, work: Work) -> Plan:
    """Of one's own, at once or after somebody else agreed, as the catalogue says (001-24, X14)."""
    target = people.find(work, command.person, also_removed=True)
    facts = replace(work.facts, target=target)
    case = Case("delete-data", old=await role_now(work, facts, target), own=is_own(facts))
    check(case, facts)
    if not await owned(work, target):
        raise Refusal("nothing-owned", "person", person=target.name or target.email)
    reason = checked_reason(command.reason, needed=False)
    resolved = replace(command, person=Person(id=target.id), reason=reason)
    return Plan(resolved, facts, case, _delete_data, old=case.old.id if case.old else None, reason=reason)


def is_own(facts: Facts) -> bool:
    return facts.me is not None and facts.target is not None and facts.me.id == facts.target.id


def check(case: Case, facts: Facts) -> None:
    """Everybody may ask for the end of what is theirs; whoever decides must be able to end it. Raises Refusal."""
    if case.own:
        policy.acts(facts)
    else:
        policy.check(case, facts)


async def _delete_data(work: Work, plan: Plan) -> Result:
    target = target_of(plan)
    count = await owned(work, target)
    entry = work.entry("member.data_deleted", target.id, reason=plan.reason)
    await erasing.begin(Turn(work, Erase(work.organization, target.id, work.now), None, entry))
    # Whoever asked for it themselves hears of it anyway.
    if target.listed and not plan.case.own:
        work.post(Told(to=target.id, about="data-deleted", by=work.approver or work.by))
    return DataDeleted(named(target), count, own=plan.case.own, alone=work.alone)


async def owned(work: Work, target: MemberRecord) -> int:
    """How many resources are their data."""
    return await rows.owned(work.tx.connection, work.organization, target.id, erasing.owned_kinds(work))
