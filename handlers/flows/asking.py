"""Asking for a role, an add-on, a group or a resource, or to keep it for longer: somebody else decides."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from handlers import policy
from handlers.cases import COUNTS_AS
from handlers.commands import Asked, EndGrant, GrantGiven, Person, Refusal, RequestAccess, Result
from handlers.facts import Case, named
from handlers.flows import people, roles
from handlers.flows.wanted import WANTED, Wanted
from handlers.flows.work import Plan, Work, checked_reason, ending
from handlers.notices import Timer, Told
from handlers.own_access import KINDS
from storage import grants, own_grants
from storage.grants import NewRole
from storage.own_grants import GrantRecord
from storage.records import AuditEntry, MemberRecord, new_id


async def plan_request(command: RequestAccess, work: Work) -> Plan:
    me = policy.acts(work.facts)
    if me is None:
        raise Refusal("not-connected")
    receiver = people.find(work, command.person) if command.person else me
    if receiver.status != "active":
        raise Refusal("not-a-member", "person", person=receiver.name or receiver.email)
    wanted = await WANTED[command.asked](command, work, receiver)
    reason = checked_reason(command.reason, needed=not command.extends)
    now_held = await own_grants.of_thing(
        work.tx.connection, receiver.id, KINDS[command.asked], wanted.what, space=wanted.place, now=work.now
    )
    command = _for_longer(command, wanted, now_held)
    ends = ending(work.now, command.lasts, command.until)
    _check_held(command, wanted, receiver, now_held, ends)
    if wanted.role is not None:
        await roles.check_holders_left(work, wanted.facts, receiver, wanted.role)
    return _plan(command, wanted, receiver, reason, now_held, own=receiver.id == me.id)


def _plan(
    command: RequestAccess,
    wanted: Wanted,
    receiver: MemberRecord,
    reason: str,
    now_held: Sequence[GrantRecord],
    *,
    own: bool,
) -> Plan:
    facts = wanted.facts
    old = facts.role_here(facts.target)
    of_role = command.asked == "role"
    resolved = replace(
        command,
        role=wanted.kept,
        space=wanted.place or None,
        person=Person(id=receiver.id),
        reason=reason,
    )
    return Plan(
        command=resolved,
        facts=facts,
        case=Case(
            "request-access",
            old=old,
            new=wanted.role,
            own=own,
            opens=wanted.opens,
            counts_as=COUNTS_AS[command.asked],
            resource=wanted.resource,
        ),
        run=_run_role if of_role else _run_thing(wanted, receiver, now_held),
        old=(old.id if old else None) if of_role else ",".join(one.id for one in now_held) or None,
        new=wanted.what,
        beneficiary=receiver.id,
        reason=reason,
    )


# What is held already -------------------------------------------------------------------------------------------------


def _for_longer(command: RequestAccess, wanted: Wanted, now_held: Sequence[GrantRecord]) -> RequestAccess:
    """To keep something for as long again, unless said otherwise; the clock starts when it is approved."""
    if not command.extends:
        return command
    for_a_while = next((one for one in now_held if one.ends is not None), None)
    if for_a_while is None or for_a_while.ends is None:
        raise Refusal("not-temporary" if now_held else "nothing-held", "role", thing=wanted.title)
    if command.lasts is None and command.until is None:
        return replace(command, lasts=_whole_minutes(for_a_while.ends - for_a_while.starts))
    return command


def _whole_minutes(length: timedelta) -> timedelta:
    return timedelta(minutes=max(round(length / timedelta(minutes=1)), 1))


def _check_held(
    command: RequestAccess,
    wanted: Wanted,
    receiver: MemberRecord,
    now_held: Sequence[GrantRecord],
    ends: datetime | None,
) -> None:
    """What ends one day can be asked for without an end, and for longer; everything else would change nothing."""
    if command.extends:
        last = max((one.ends for one in now_held if one.ends), default=None)
        if ends is not None and last is not None and ends < last:
            raise Refusal("not-longer", "until" if command.until else "lasts", thing=wanted.title)
        return
    lasting = any(one.ends is None for one in now_held)
    if wanted.role is not None:
        lasting = lasting and receiver.temporary(wanted.place) is None
    if lasting or (now_held and ends is not None and _in_force(wanted, receiver)):
        where = "role" if command.asked in ("role", "add-on") else "asked"
        raise Refusal("holds-already", where, thing=wanted.title)


def _in_force(wanted: Wanted, receiver: MemberRecord) -> bool:
    """A lasting role may lie below another one."""
    return wanted.role is None or receiver.role(wanted.place) == wanted.role.id


# Giving it ------------------------------------------------------------------------------------------------------------


async def _run_role(work: Work, plan: Plan) -> Result:
    command, target = plan.command, plan.facts.target
    assert isinstance(command, RequestAccess)  # noqa: S101 - planned above
    assert target is not None  # noqa: S101 - planned above
    ends = ending(work.now, command.lasts, command.until)
    return await roles.give(work, plan, target, roles.Given(command.role, ends, command.reason))


_GIVEN: Mapping[Asked, str] = {"add-on": "addon.given", "group": "group.joined", "resource": "access.given"}


def _run_thing(
    wanted: Wanted, receiver: MemberRecord, now_held: Sequence[GrantRecord]
) -> Callable[[Work, Plan], Awaitable[Result]]:
    """What is held for a while gives way to what was approved."""

    async def run(work: Work, plan: Plan) -> Result:
        command = plan.command
        assert isinstance(command, RequestAccess)  # noqa: S101 - planned above
        ends = ending(work.now, command.lasts, command.until)
        entry = _entry(work, command, wanted, receiver, ends)
        if now_held:
            await grants.end(work.tx, [one.id for one in now_held], entry=entry)
        row = _grant(work, command, wanted, receiver, ends)
        await grants.give(work.tx, work.organization, [row], entry=entry)
        if ends is not None:
            work.post(Timer(EndGrant(row.id)), due=ends)
        if plan.facts.me is None or plan.facts.me.id != receiver.id:
            work.post(_told(work, command, wanted, receiver, ends))
        space = plan.facts.space.name if plan.facts.space and wanted.place else None
        return GrantGiven(named(receiver), command.asked, wanted.title, space, ends)

    return run


def _entry(
    work: Work, command: RequestAccess, wanted: Wanted, receiver: MemberRecord, ends: datetime | None
) -> AuditEntry:
    details: dict[str, object] = {command.asked: wanted.kept, "name": wanted.title, "reason": command.reason}
    extended = "yes" if command.extends else ""
    return work.entry(_GIVEN[command.asked], receiver.id, **details, ends=ends, extended=extended)


def _grant(
    work: Work, command: RequestAccess, wanted: Wanted, receiver: MemberRecord, ends: datetime | None
) -> NewRole:
    return NewRole(
        id=new_id(),
        member=receiver.id,
        what=wanted.what,
        space=wanted.place,
        source="request",
        source_id=work.request or work.by,
        ends=ends,
        kind=KINDS[command.asked],
    )


def _told(work: Work, command: RequestAccess, wanted: Wanted, receiver: MemberRecord, ends: datetime | None) -> Told:
    return Told(
        to=receiver.id,
        about="access-given",
        by=work.approver or work.by,
        request=work.request or None,
        new=wanted.what,
        space=wanted.place or None,
        ends=ends,
        asked=command.asked,
    )
