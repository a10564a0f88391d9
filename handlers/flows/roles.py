"""Changing a role, for good or for a while."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from handlers import policy
from handlers.catalogue import Role
from handlers.commands import ChangeRole, EndGrant, Person, Refusal, Result, RoleChanged
from handlers.facts import Case, Facts, named
from handlers.flows import people
from handlers.flows.invitations import change_role_of_invited
from handlers.flows.work import Plan, Work, checked_reason, ending, known_role
from handlers.notices import Timer, Told
from storage import grants, invitations, members, requests
from storage.grants import NewRole
from storage.records import AuditEntry, MemberRecord, new_id


async def plan_change(command: ChangeRole, work: Work) -> Plan:
    target = people.find(work, command.person)
    space = await people.find_space(work, command.space)
    facts = replace(work.facts, target=target, space=space)
    role = known_role(facts.catalogue, command.role, in_space=space is not None)
    ends = ending(work.now, command.lasts, command.until)
    old = await role_now(work, facts, target)
    case = Case("change-role", old=old, new=role)
    policy.check(case, facts)
    _check_change(facts, target, role, ends)
    await check_holders_left(work, facts, target, role)
    resolved = replace(
        command,
        person=Person(id=target.id),
        role=role.id,
        space=space.id if space else None,
        reason=checked_reason(command.reason, needed=False),
    )
    return Plan(
        command=resolved,
        facts=facts,
        case=case,
        run=_run_change,
        old=old.id if old else None,
        new=role.id,
        beneficiary=target.id,
        reason=resolved.reason,
    )


async def role_now(work: Work, facts: Facts, target: MemberRecord) -> Role | None:
    """What the target holds, or will hold once the invitation is accepted."""
    if target.status != "invited":
        return facts.role_here(target)
    waiting = await invitations.waiting_of(work.tx.connection, target.id, space=facts.place)
    known = facts.catalogue.space if facts.space else facts.catalogue.organization
    return known.get(waiting[0].role) if waiting else None


def _check_change(facts: Facts, target: MemberRecord, role: Role, ends: datetime | None) -> None:
    who = target.name or target.email
    if target.status == "deactivated":
        raise Refusal("not-a-member", "person", person=who)
    if target.status == "invited" and ends is not None:
        raise Refusal("not-a-member", "person", person=who)
    if role.exactly_one:
        raise Refusal("exactly-one", "role", role=role.title)
    policy.check_cap(facts, facts.organization_role(target), role)
    if facts.role_here(target) == role and (ends is not None or target.temporary(facts.place) is None):
        raise Refusal("same-role", "role", person=who, role=role.title)


async def check_holders_left(work: Work, facts: Facts, target: MemberRecord, role: Role) -> None:
    """Nothing leaves the organization without a lasting active holder of its highest role (I2), nor a space.

    A temporary role lies above the lasting one, so it takes the highest role away just as well.
    """
    top = facts.catalogue.space_top if facts.space else facts.catalogue.top
    lasting = target.lasting(facts.place)
    if top is None or lasting is None or lasting.what != top.id or role.id == top.id:
        return
    others = await members.other_lasting_holders(work.tx, top.id, space=facts.place, besides=target.id)
    if not others:
        raise Refusal("last-holder", "person", person=target.name or target.email, role=top.title)


async def check_holder_may_leave(work: Work, target: MemberRecord) -> None:
    """The same for somebody about to be deactivated."""
    top = work.facts.catalogue.top
    lasting = target.lasting()
    if target.status != "active" or lasting is None or lasting.what != top.id:
        return
    if not await members.other_lasting_holders(work.tx, top.id, space="", besides=target.id):
        raise Refusal("last-holder", "person", person=target.name or target.email, role=top.title)


async def _run_change(work: Work, plan: Plan) -> Result:
    command, target = plan.command, plan.facts.target
    assert isinstance(command, ChangeRole)  # noqa: S101 - planned above
    assert target is not None  # noqa: S101 - planned above
    ends = ending(work.now, command.lasts, command.until)
    return await give(work, plan, target, Given(command.role, ends, command.reason))


@dataclass(frozen=True, slots=True)
class Given:
    """A role on its way to somebody."""

    role: str
    ends: datetime | None
    reason: str


async def give(work: Work, plan: Plan, target: MemberRecord, given: Given) -> Result:
    """A lasting role replaces everything; a temporary one lies above the lasting one until it ends."""
    place = plan.facts.place
    entry = work.entry("role.changed", target.id, old=plan.old, new=given.role, ends=given.ends, reason=given.reason)
    if target.status == "invited":
        await change_role_of_invited(work, target, given.role, space=place, entry=entry)
    else:
        await _grant(work, target, given, place, entry)
    await _let_go(work, plan, target, entry)
    if not (work.request and plan.command.kind == "request-access" and _asked_for_oneself(plan, target)):
        work.post(_told(work, plan, target, given))
    return RoleChanged(
        member=named(target),
        old=plan.old,
        new=given.role,
        space=plan.facts.space.name if plan.facts.space else None,
        ends=given.ends,
        alone=work.alone,
    )


def _asked_for_oneself(plan: Plan, target: MemberRecord) -> bool:
    return plan.facts.me is not None and plan.facts.me.id == target.id


def _told(work: Work, plan: Plan, target: MemberRecord, given: Given) -> Told:
    return Told(
        to=target.id,
        about="role-changed",
        by=work.approver or work.by,
        request=work.request or None,
        old=plan.old,
        new=given.role,
        space=plan.facts.place or None,
        ends=given.ends,
    )


async def _grant(work: Work, target: MemberRecord, given: Given, place: str, entry: AuditEntry) -> None:
    # Also where nothing is in force: a temporary role whose time is over may still wait for its timer.
    await grants.end_roles(work.tx, target.id, space=place, lasting=given.ends is None, entry=entry)
    role = NewRole(
        id=new_id(),
        member=target.id,
        what=given.role,
        space=place,
        source="request" if work.request else _source(work),
        source_id=work.request or work.by,
        ends=given.ends,
    )
    await grants.give(work.tx, work.organization, [role], entry=entry)
    if given.ends is not None:
        work.post(Timer(EndGrant(role.id)), due=given.ends)


def _source(work: Work) -> str:
    return "person" if work.me else "operator"


async def _let_go(work: Work, plan: Plan, target: MemberRecord, entry: AuditEntry) -> None:
    """Links made under the old role die (invariant 2); whoever is lowered loses the approvals they gave (20)."""
    if target.status != "active":
        return
    await members.raise_epoch(work.tx, target.id, entry=entry)
    old, new = plan.case.old, plan.case.new
    could_approve = old is not None and bool(old.gives or old.gives_in_spaces)
    if could_approve and old is not None and new is not None and new.rank < old.rank:
        await requests.voided_votes(work.tx, target.id, entry=entry)
