"""Deleting a member: the account and its data, for good (001-16, 004-90). What others still refer to is a pseudonym."""

from __future__ import annotations

from dataclasses import replace

from handlers import affected, policy, traces
from handlers.cases import LEFT
from handlers.commands import DeleteMember, Departed, Erase, Named, Person, Refusal, Result
from handlers.facts import Case, Facts
from handlers.flows import erasing, people
from handlers.flows.erasing import Turn
from handlers.flows.leaving import check, is_own, only_owner, only_theirs, owned, say_goodbye, target_of
from handlers.flows.lifecycle import end_requests
from handlers.flows.roles import check_holder_may_leave, role_now
from handlers.flows.work import Plan, Work, checked_reason
from handlers.notices import Told
from storage import erasing as rows
from storage import mentions, owners
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
    heir = _heir(command, work, target, alone)
    case = replace(case, heir=heir, left=tuple(alone))
    _check_inherits(case, facts)
    reason = checked_reason(command.reason, needed=False)
    person = Person(id=target.id)
    resolved = replace(command, person=person, heir=Person(id=heir.id) if heir else None, reason=reason)
    return Plan(
        command=resolved,
        facts=facts,
        case=case,
        run=lambda doing, plan: _delete(doing, plan, alone, heir),
        old=case.old.id if case.old else None,
        new=LEFT.join(space.id for space in alone) or None,
        beneficiary=heir.id if heir else None,
        reason=reason,
    )


def _heir(command: DeleteMember, work: Work, target: MemberRecord, alone: list[SpaceRecord]) -> MemberRecord | None:
    """An active member who may own what would be left without an owner (I5); None: nothing would. Raises Refusal on
    ``heir``."""
    if not alone:
        return None
    if command.heir is None:
        raise only_owner(target, alone, "heir")
    heir = people.find(work, command.heir, field="heir")
    top = work.facts.catalogue.space_top
    assert top is not None  # noqa: S101 - it owns the spaces
    capped = work.facts.catalogue.capped(work.facts.organization_role(heir), top) is not top
    if heir.id == target.id or heir.status != "active" or capped:
        raise Refusal("heir-wrong", "heir", person=heir.name or heir.email)
    return heir


def _check_inherits(case: Case, facts: Facts) -> None:
    """Whoever deletes could give it to the heir themselves. Raises Refusal."""
    for part, there in affected.inherited(case, facts):
        try:
            policy.check(part, there)
        except Refusal as refusal:
            if refusal.code == "not-on-oneself":
                raise Refusal("not-on-oneself", "heir") from refusal
            raise policy.not_inherited(there) from refusal


async def _delete(work: Work, plan: Plan, alone: list[SpaceRecord], heir: MemberRecord | None) -> Result:
    """Everything of theirs goes at once; what others wrote of them goes with it, or where that is much, right after."""
    target = target_of(plan)
    shared = await rows.is_called_so(work.tx.connection, work.organization, target.id, target.name)
    known = replace(traces.of(target), shared=shared)
    called = traces.pseudonym(target.id)
    if heir is not None:
        await _hand_on(work, alone, heir)
    count = await owned(work, target)
    reason = known.without(plan.reason, about=True)
    entry = work.entry("member.deleted", target.id, reason=reason, resources=count)
    await end_requests(work, target, entry, how="deleted", called=called)
    await rows.leave(work.tx, target.id, entry=entry)
    await rows.bury(work.tx, Tombstone(target.id, called, f"deleted:{target.id}"), target.email, entry=entry)
    workspace = work.facts.organization.workspace
    accounts = await rows.accounts_of(work.tx.connection, work.organization, target.id)
    if target.team and target.slack_user:
        accounts.add((target.team, target.slack_user))
    await rows.forget_accounts(work.tx, workspace, target.email, accounts, entry=entry)
    await mentions.silence(work.tx, target.id, entry=entry)
    sealed = traces.sealed(known, work.house.keyring)
    left = Erase(work.organization, target.id, work.now, sealed, until=work.tx.head.seq, request=work.request)
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
