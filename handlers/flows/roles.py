"""Changing a role, for good or for a while, and asking for one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from handlers import policy
from handlers.catalogue import Role
from handlers.commands import ChangeRole, EndGrant, Noted, Person, Refusal, RequestAccess, Result, RoleChanged
from handlers.facts import Case, Facts, named
from handlers.flows import people
from handlers.flows.invitations import change_role_of_invited
from handlers.flows.work import Plan, Work, checked_reason, ending, known_role
from handlers.notices import Timer, Told
from storage import grants, invitations, members, requests
from storage.grants import NewRole
from storage.members import Wanted
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
    await _check_holders_left(work, facts, target, role, ends)
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
    pending = await invitations.pending_of(work.tx.connection, target.id, space=facts.place)
    known = facts.catalogue.space if facts.space else facts.catalogue.organization
    return known.get(pending[0].role) if pending else None


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


async def _check_holders_left(
    work: Work, facts: Facts, target: MemberRecord, role: Role, ends: datetime | None
) -> None:
    """Nothing leaves the organization without a lasting active holder of its highest role (I2), nor a space."""
    top = facts.catalogue.space_top if facts.space else facts.catalogue.top
    lasting = target.lasting(facts.place)
    if top is None or lasting is None or lasting.what != top.id or role.id == top.id:
        return
    del ends  # a temporary role lies above the lasting one, so it takes the highest role away just as well
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


async def plan_request(command: RequestAccess, work: Work) -> Plan:
    me = policy.acts(work.facts)
    if me is None:
        raise Refusal("not-connected")
    receiver = people.find(work, command.person) if command.person else me
    space = await people.find_space(work, command.space)
    facts = replace(work.facts, target=receiver, space=space)
    role = known_role(facts.catalogue, command.role, in_space=space is not None)
    reason = checked_reason(command.reason, needed=True)
    ends = ending(work.now, command.lasts, command.until)
    _check_request(facts, receiver, role, ends)
    await _check_holders_left(work, facts, receiver, role, ends)
    old = facts.role_here(receiver)
    resolved = replace(
        command,
        role=role.id,
        space=space.id if space else None,
        person=Person(id=receiver.id),
        reason=reason,
    )
    return Plan(
        command=resolved,
        facts=facts,
        case=Case("request-access", old=old, new=role, own=receiver.id == me.id),
        run=_run_request,
        old=old.id if old else None,
        new=role.id,
        beneficiary=receiver.id,
        reason=reason,
    )


def _check_request(facts: Facts, receiver: MemberRecord, role: Role, ends: datetime | None) -> None:
    if receiver.status != "active":
        raise Refusal("not-a-member", "person", person=receiver.name or receiver.email)
    if role.exactly_one:
        raise Refusal("exactly-one", "role", role=role.title)
    policy.check_cap(facts, facts.organization_role(receiver), role)
    held = facts.role_here(receiver) == role
    if held and (ends is not None or receiver.temporary(facts.place) is None):
        raise Refusal("holds-already", "role", role=role.title)


async def _run_request(work: Work, plan: Plan) -> Result:
    command, target = plan.command, plan.facts.target
    assert isinstance(command, RequestAccess)  # noqa: S101 - planned above
    assert target is not None  # noqa: S101 - planned above
    ends = ending(work.now, command.lasts, command.until)
    return await give(work, plan, target, Given(command.role, ends, command.reason))


async def end_grant(command: EndGrant, work: Work) -> Result:
    """A temporary role's time is over; what lay below it is in force again."""
    entry_target = await grants.holder(work.tx.connection, command.grant)
    if entry_target is None:
        return Noted(changed=False)
    entry = work.entry("role.ended", entry_target)
    ended = await grants.end_due(work.tx, command.grant, entry=entry)
    if ended is None:
        return Noted(changed=False)
    loaded = await members.load(work.tx.connection, work.organization, Wanted(ids=(ended.member,)), now=work.now)
    below = loaded[0].role(ended.space) if loaded else None
    await members.raise_epoch(work.tx, ended.member, entry=entry)
    await requests.voided_votes(work.tx, ended.member, entry=entry)
    space = ended.space or None
    work.post(Told(to=ended.member, about="access-ended", old=ended.what, new=below, space=space))
    return Noted()
