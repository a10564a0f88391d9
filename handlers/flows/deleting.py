"""Deleting a member: the account and its data, for good (001-16, 004-90). What others still refer to is a pseudonym."""

from __future__ import annotations

from dataclasses import replace

from handlers import policy, traces
from handlers.commands import DeleteMember, Departed, Erase, Named, Person, Refusal, Result
from handlers.facts import Case, Facts
from handlers.flows import erasing, people
from handlers.flows.erasing import Turn
from handlers.flows.leaving import check, is_own, only_owner, only_theirs, say_goodbye, target_of, what_goes
from handlers.flows.lifecycle import end_requests
from handlers.flows.roles import check_holder_may_leave, role_now
from handlers.flows.work import Plan, Work, checked_reason
from handlers.notices import Told
from storage import erasing as rows
from storage import owners
from storage.erasing import Tombstone
from storage.records import MemberRecord, SpaceRecord


async def plan_delete(command: DeleteMember, work: Work) -> Plan:
    """Nobody deletes their own account: they ask for it, and somebody else decides (D1, 004-120)."""
    target = people.find(work, command.person, also_removed=True)
    facts = replace(work.facts, target=target)
    case = Case("delete", old=await role_now(work, facts, target), own=is_own(facts))
    check(case, facts)
    await check_holder_may_leave(work, target)
    alone = await only_theirs(facts, work, target)
    heir = await _heir(command, work, target, alone)
    reason = checked_reason(command.reason, needed=False)
    person = Person(id=target.id)
    resolved = replace(command, person=person, heir=Person(id=heir.id) if heir else None, reason=reason)
    return Plan(
        command=resolved,
        facts=facts,
        case=case,
        run=lambda doing, plan: _delete(doing, plan, alone, heir),
        old=case.old.id if case.old else None,
        new=", ".join(space.id for space in alone) or None,
        beneficiary=heir.id if heir else None,
        reason=reason,
    )


async def _heir(
    command: DeleteMember, work: Work, target: MemberRecord, alone: list[SpaceRecord]
) -> MemberRecord | None:
    """Who owns what would be left without an owner (I5); None: nothing would. Raises Refusal on ``heir``."""
    if not alone:
        return None
    if command.heir is None:
        raise only_owner(target, alone, "heir")
    heir = people.find(work, command.heir, field="heir")
    for space in alone:
        _check_inherits(replace(work.facts, target=heir, space=space), heir, target)
    return heir


def _check_inherits(facts: Facts, heir: MemberRecord, target: MemberRecord) -> None:
    """An active member who may own it, and to whom whoever deletes could give it themselves."""
    top = facts.catalogue.space_top
    assert top is not None  # noqa: S101 - it owns the space
    capped = facts.catalogue.capped(facts.organization_role(heir), top) is not top
    if heir.id == target.id or heir.status != "active" or capped:
        raise Refusal("heir-wrong", "heir", person=heir.name or heir.email)
    try:
        policy.check(Case("change-role", old=facts.space_role(heir), new=top), facts)
    except Refusal as refusal:
        if refusal.code == "not-on-oneself":
            raise Refusal("not-on-oneself", "heir") from refusal
        raise Refusal(
            "heir-not-given", "heir", person=heir.name or heir.email, role=top.title, space=_name(facts)
        ) from refusal


def _name(facts: Facts) -> str:
    return facts.space.name if facts.space else ""


async def _delete(work: Work, plan: Plan, alone: list[SpaceRecord], heir: MemberRecord | None) -> Result:
    """Everything of theirs goes at once; what others wrote of them goes with it, or where that is much, right after."""
    target = target_of(plan)
    shared = await rows.is_called_so(work.tx.connection, work.organization, target.id, target.name)
    known = replace(traces.of(target), shared=shared)
    called = traces.pseudonym(target.id)
    if heir is not None:
        await _hand_on(work, alone, heir)
    count, said = await what_goes(work, target)
    entry = work.entry("member.deleted", target.id, reason=known.without(plan.reason), **said)
    await end_requests(work, target, entry, how="deleted", called=called)
    await rows.leave(work.tx, target.id, entry=entry)
    await rows.bury(work.tx, Tombstone(target.id, called, f"deleted:{target.id}"), target.email, entry=entry)
    workspace = work.facts.organization.workspace
    account = (target.team, target.slack_user)
    await rows.forget_account(work.tx, workspace, target.email, account, entry=entry)
    await rows.silence(work.tx, target.id, entry=entry)
    sealed = traces.sealed(known, work.house.keyring)
    left = Erase(work.organization, target.id, sealed, until=work.tx.head.seq)
    await erasing.begin(Turn(work, left, known, entry))
    say_goodbye(work, target, "deleted")
    return Departed(Named(target.id, called, ""), "deleted", resources=count, alone=work.alone)


async def _hand_on(work: Work, alone: list[SpaceRecord], heir: MemberRecord) -> None:
    top = work.facts.catalogue.space_top
    assert top is not None  # noqa: S101 - there are spaces to own
    placed = [work.with_facts(replace(work.facts, space=space)) for space in alone]
    old = [heir.role(space.id) for space in alone]
    entries = [one.entry("role.changed", heir.id, old=was, new=top.id) for one, was in zip(placed, old, strict=True)]
    source = ("request", work.request) if work.request else ("person" if work.me else "operator", work.by)
    ids = [space.id for space in alone]
    await owners.hand(work.tx, work.organization, ids, top.id, heir.id, source=source, entries=entries)
    for space, was in zip(alone, old, strict=True):
        told = Told(to=heir.id, about="role-changed", by=work.approver or work.by, old=was, new=top.id, space=space.id)
        work.post(told)
