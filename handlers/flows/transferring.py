"""Handing the highest role over: it goes to somebody else, and whoever had it takes the next one below (000-02)."""

from __future__ import annotations

from dataclasses import replace

from handlers import policy
from handlers.catalogue import Catalogue, Role
from handlers.commands import OrganizationChanged, Person, Refusal, Result, TransferOrganization
from handlers.facts import Case, named
from handlers.flows import people
from handlers.flows.work import Plan, Work, checked_reason
from handlers.notices import Told
from storage import grants, members, requests
from storage.grants import NewRole
from storage.records import AuditEntry, MemberRecord


async def plan_transfer(command: TransferOrganization, work: Work) -> Plan:
    target = people.find(work, command.person)
    facts = replace(work.facts, target=target)
    top, old = facts.catalogue.top, facts.organization_role(target)
    case = Case("transfer", old=old, new=top)
    policy.check(case, facts)
    await _giver(work)
    _check_receiver(target, top)
    reason = checked_reason(command.reason, needed=False)
    return Plan(
        command=replace(command, person=Person(id=target.id), reason=reason),
        facts=facts,
        case=case,
        run=_run,
        old=old.id if old else None,
        new=top.id,
        beneficiary=target.id,
        reason=reason,
    )


def _check_receiver(target: MemberRecord, top: Role) -> None:
    """Somebody who can act from the next moment on, or the organization would have nobody at its head (I2)."""
    who, lasting = target.name or target.email, target.lasting()
    gone = target.team is not None and not target.slack_good
    if target.status != "active" or gone:
        raise Refusal("not-a-member", "person", person=who)
    if lasting is not None and lasting.what == top.id:
        raise Refusal("same-role", "person", person=who, role=top.title)


async def _giver(work: Work) -> MemberRecord:
    """Whoever hands it over: a lasting holder; where the operator acts, the only one there is. Raises Refusal."""
    top = work.facts.catalogue.top
    holders = [work.me] if work.me else await _holders(work, top)
    lasting = [one for one in holders if (grant := one.lasting()) is not None and grant.what == top.id]
    if len(lasting) != 1:
        raise Refusal("may-not", change="transfer")
    return lasting[0]


async def _holders(work: Work, top: Role) -> list[MemberRecord]:
    return await members.holding(work.tx.connection, work.organization, (top.id,), space="", now=work.now)


async def _run(work: Work, plan: Plan) -> Result:
    target, giver = plan.facts.target, await _giver(work)
    assert target is not None  # noqa: S101 - planned above
    top = work.facts.catalogue.top
    below = _next_below(work.facts.catalogue, top)
    entry = work.entry("organization.transferred", target.id, old=plan.old, new=top.id, reason=plan.reason)
    await _hand(work, target, top.id, entry)
    lowered = work.entry("role.changed", giver.id, old=top.id, new=below.id if below else None)
    await _hand(work, giver, below.id if below else None, lowered)
    await requests.voided_votes(work.tx, giver.id, entry=lowered)
    by = work.approver or work.by
    work.post(Told(to=target.id, about="role-changed", by=by, request=work.request or None, old=plan.old, new=top.id))
    if giver.id != by:
        new = below.id if below else None
        work.post(Told(to=giver.id, about="role-changed", by=by, request=work.request or None, old=top.id, new=new))
    organization = work.facts.organization
    return OrganizationChanged(
        "transferred", organization.name, organization.slug, member=named(target), alone=work.alone
    )


def _next_below(catalogue: Catalogue, top: Role) -> Role | None:
    """None where the catalogue knows no other role."""
    lower = [role for role in catalogue.organization.values() if role.rank < top.rank]
    return max(lower, key=lambda role: role.rank, default=None)


async def _hand(work: Work, member: MemberRecord, role: str | None, entry: AuditEntry) -> None:
    """For good, in place of everything they held in the organization; what they have in hand dies with it (20)."""
    await grants.end_roles(work.tx, member.id, space="", lasting=True, entry=entry)
    if role is not None:
        source = "request" if work.request else "person" if work.me else "operator"
        given = NewRole(member.id, role, "", source, work.request or work.by)
        await grants.give(work.tx, work.organization, [given], entry=entry)
    await members.raise_epoch(work.tx, member.id, entry=entry)
