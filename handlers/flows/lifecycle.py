"""Deactivating and reactivating. What a person holds in hand dies with their status (I4, invariant 20)."""

from __future__ import annotations

from dataclasses import replace

from handlers import policy
from handlers.commands import Deactivate, Person, Reactivate, Refusal, Result, StatusChanged
from handlers.facts import Case, named
from handlers.flows import people
from handlers.flows.roles import check_holder_may_leave, role_now
from handlers.flows.work import Plan, Work, checked_reason
from handlers.notices import CardUpdate, Told
from storage import invitations, members, requests
from storage.records import AuditEntry, MemberRecord


async def plan_deactivate(command: Deactivate, work: Work) -> Plan:
    target = people.find(work, command.person)
    facts = replace(work.facts, target=target)
    case = Case("deactivate", old=facts.organization_role(target))
    policy.check(replace(case, old=await role_now(work, facts, target)), facts)
    if target.status == "deactivated":
        raise Refusal("same-status", "person", person=target.name or target.email, status="deactivated")
    await check_holder_may_leave(work, target)
    reason = checked_reason(command.reason, needed=False)
    resolved = replace(command, person=Person(id=target.id), reason=reason)
    return Plan(resolved, facts, case, _deactivate, old=target.status, new="deactivated", reason=reason)


async def _deactivate(work: Work, plan: Plan) -> Result:
    target = plan.facts.target
    assert target is not None  # noqa: S101 - planned above
    entry = work.entry("member.deactivated", target.id, old=target.status, reason=plan.reason)
    await close_doors(work, target, entry)
    if target.status != "invited":
        work.post(Told(to=target.id, about="deactivated", by=work.approver or work.by))
    return StatusChanged(named(target), "deactivated", alone=work.alone)


async def close_doors(work: Work, target: MemberRecord, entry: AuditEntry) -> None:
    """From now on they are deactivated, and what they held in hand is dead."""
    await members.set_status(work.tx, target.id, "deactivated", entry=entry)
    if target.status == "invited":
        await invitations.end_all(work.tx, target.id, "revoked", entry=entry)
    await end_requests(work, target, entry)


async def end_requests(
    work: Work, target: MemberRecord, entry: AuditEntry, *, how: str = "deactivated", called: str = ""
) -> None:
    """What they asked for is cancelled, what is about them is void, what they approved does not count any more.

    ``how`` they ended, and what they are ``called`` where that is said.
    """
    for request in await requests.touching(work.tx.connection, work.organization, target.id):
        if request.id == work.request:
            continue
        theirs = request.requester == target.id
        why = f"{called or target.name or target.email} was {how}"
        ended = work.entry("request.cancelled" if theirs else "request.void", request.about, why=how)
        ended = replace(ended, request=request.id)
        state = "cancelled" if theirs else "void"
        await requests.end(work.tx, request.id, state, by=work.approver or work.by, why=why, entry=ended)
        work.post(CardUpdate(request.id))
        if not theirs:
            work.post(Told(to=request.requester, about="request-void", request=request.id))
    if target.status == "active":
        await requests.voided_votes(work.tx, target.id, entry=entry)


async def plan_reactivate(command: Reactivate, work: Work) -> Plan:
    target = people.find(work, command.person)
    facts = replace(work.facts, target=target)
    role = facts.organization_role(target)
    case = Case("reactivate", old=role, new=role)
    policy.check(case, facts)
    if target.status != "deactivated":
        raise Refusal("same-status", "person", person=target.name or target.email, status=target.status)
    if not target.roles:
        raise Refusal("never-accepted", "person", person=target.name or target.email, email=target.email)
    reason = checked_reason(command.reason, needed=False)
    resolved = replace(command, person=Person(id=target.id), reason=reason)
    return Plan(resolved, facts, case, _reactivate, old="deactivated", new="active", reason=reason)


async def _reactivate(work: Work, plan: Plan) -> Result:
    """Back with the roles they had."""
    target = plan.facts.target
    assert target is not None  # noqa: S101 - planned above
    entry = work.entry("member.reactivated", target.id, reason=plan.reason)
    await members.set_status(work.tx, target.id, "active", entry=entry)
    work.post(Told(to=target.id, about="reactivated", by=work.approver or work.by))
    return StatusChanged(named(target), "active", alone=work.alone)
