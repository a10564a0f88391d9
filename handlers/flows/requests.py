"""Changes that wait: keeping them, deciding them, and every way they end.

States are one dictionary; a test proves that it is complete and the README draws it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from handlers import affected, policy
from handlers.cards import able_to_decide, could_decide, not_gaining
from handlers.cases import command_of
from handlers.commands import (
    COMMANDS,
    Approve,
    Approved,
    Cancel,
    Command,
    Deny,
    ExpireRequest,
    Noted,
    Outcome,
    Ran,
    Refusal,
    Refused,
    RequestEnded,
    Result,
    Voted,
    Waiting,
)
from handlers.commands import Done as Finished
from handlers.facts import named
from handlers.flows import people
from handlers.flows.work import Plan, Work, actor_through_request, checked_reason
from handlers.notices import About, CardPost, CardUpdate, Timer, Told
from handlers.policy import Verdict
from storage import members, requests
from storage.members import Wanted
from storage.records import MemberRecord, RequestRecord, new_id

VERSION = 1

TRANSITIONS: Mapping[str, frozenset[str]] = {
    "pending": frozenset({"approved", "denied", "expired", "cancelled", "void"}),
    "approved": frozenset(),
    "denied": frozenset(),
    "expired": frozenset(),
    "cancelled": frozenset(),
    "void": frozenset(),
}

Ended = Literal["denied", "cancelled", "expired", "void"]
Planner = Callable[[Command, Work], Awaitable[Plan]]


async def approvers(work: Work, plan: Plan) -> list[MemberRecord]:
    """Who may decide: whoever could make the change themselves and is neither requester, beneficiary nor target."""
    return await could_decide(work.tx.connection, plan.case, plan.facts, excluded=_involved(plan, work.by))


def _involved(plan: Plan, requester: str | None) -> frozenset[str]:
    target = plan.facts.target.id if plan.facts.target else None
    return frozenset(one for one in (requester, plan.beneficiary, target) if one)


async def park(work: Work, plan: Plan, verdict: Verdict) -> Waiting:
    """Keep the change until somebody decides. Raises Refusal where nobody could."""
    me = work.me
    if me is None:
        raise Refusal("not-connected")
    who = await approvers(work, plan)
    lone = not who
    if lone:
        _check_lone(work, plan, me)
    request = _record(work, plan, verdict, me, approvals=max(1, min(verdict.approvals, len(who))), lone=lone)
    if same := await requests.same_pending(work.tx.connection, request):
        if same.lone and lone:
            return Waiting("code", same.id, code=True)
        raise Refusal("already-asked", request=same.id)
    details = {"change": plan.command.kind, "old": plan.old, "new": plan.new, "reason": plan.reason, "lone": lone}
    entry = replace(work.entry("request.made", request.about, **details), request=request.id)
    await requests.add(work.tx, request, entry=entry)
    work.post(Timer(ExpireRequest(request.id)), due=request.expires)
    if lone:
        return Waiting("code", request.id, code=True)
    work.post(CardPost(request.id))
    return Waiting(
        "approval",
        request.id,
        approvers=tuple(named(one) for one in who[:10]),
        approvals=request.approvals,
        code=request.code,
        apart=me.id in plan.case.apart,
    )


def _check_lone(work: Work, plan: Plan, me: MemberRecord) -> None:
    """Nobody else may approve: only who could make the change themselves goes on, and only downwards."""
    _check_alone(work, plan, me)
    if not me.has_factor:
        raise Refusal("no-factor")


def _check_alone(work: Work, plan: Plan, me: MemberRecord) -> None:
    """What somebody does not hold they never give alone (invariant 24), unless nobody stands above them."""
    own, highest = plan.case.change == "request-access", plan.facts.organization_role(me) is plan.facts.catalogue.top
    gives = any("gives more than held" in policy.conditions(*part) for part in affected.parts(plan.case, plan.facts))
    more = gives and not highest
    if own or more or me.id in plan.case.apart or not policy.outranks(plan.facts, me, plan.facts.target):
        raise Refusal("nobody-approves", role=_whom_to_ask(work))


def _whom_to_ask(work: Work) -> str:
    return work.facts.catalogue.top.title


def _record(work: Work, plan: Plan, verdict: Verdict, me: MemberRecord, *, approvals: int, lone: bool) -> RequestRecord:
    return RequestRecord(
        id=new_id(),
        organization=work.organization,
        change=plan.command.kind,
        requester=me.id,
        beneficiary=plan.beneficiary,
        target=plan.facts.target.id if plan.facts.target else None,
        space=plan.facts.place,
        old=plan.old,
        new=plan.new,
        reason=plan.reason,
        state="pending",
        approvals=approvals,
        code=verdict.code or lone,
        lone=lone,
        channel=_channel(work, plan),
        command=COMMANDS.dump_json(plan.command).decode(),
        command_version=VERSION,
        created=work.now,
        expires=work.now + work.facts.catalogue.rules.request_life,
    )


def _channel(work: Work, plan: Plan) -> str | None:
    """The approvals channel; none set: a person's own request goes where it was asked."""
    space, organization = plan.facts.space, work.facts.organization
    fixed = (space and space.approvals_channel) or organization.approvals_channel or work.house.approvals_channel
    own = plan.case.change == "request-access"
    return fixed or (work.facts.actor.channel if own else None)


@dataclass(frozen=True, slots=True)
class Void:
    """The change cannot run as it was shown; the words go on the card."""

    why: str


async def waiting_request(work: Work, request: str) -> RequestRecord:
    """Raises Refusal: unknown here, ended, or pressed on a message that is not its card (invariants 27, 29, 35)."""
    found = await requests.find(work.tx.connection, request)
    if found is None or found.organization != work.organization:
        raise Refusal("request-gone")
    if found.state != "pending":
        raise Refusal("request-ended", state=found.state)
    card = work.facts.actor.card
    if card is not None and (card.channel, card.ts) not in await requests.places(work.tx.connection, request):
        raise Refusal("not-the-card")
    return found


async def stored_plan(work: Work, request: RequestRecord, plan_for: Planner) -> tuple[Work, Plan] | Void:
    """What was asked for, judged again with today's people and rules, as its requester (invariants 31, 33)."""
    command = command_of(request) if request.command_version == VERSION else None
    if command is None:
        return Void("it was asked for under an older version of Usher")
    actor = actor_through_request(work.facts.actor)
    ids = tuple(one for one in (request.requester, request.beneficiary, request.target) if one)
    wanted = replace(people.wanted_by(command, actor, ids=ids), account=None)
    loaded = await members.load(work.tx.connection, work.organization, wanted, now=work.now)
    requester = next((one for one in loaded if one.id == request.requester), None)
    if requester is not None and _gone_from_slack(requester):
        return Void("not-for-guests")
    facts = replace(work.facts, me=requester, actor=actor)
    asked = replace(work, facts=facts, loaded=tuple(loaded), request=request.id, alone=request.lone)
    try:
        plan = await plan_for(command, asked)
    except Refusal as refusal:
        return Void(refusal.code)
    stricter = policy.judge(plan.case, plan.facts).code and not request.code
    if (plan.old, plan.new) != (request.old, request.new) or plan.command != command or stricter:
        return Void("changed-meanwhile")
    return asked.with_facts(plan.facts), plan


def _gone_from_slack(member: MemberRecord) -> bool:
    """Whose Slack account was deleted or became a guest's acts no more, also not by what they asked for before."""
    return member.team is not None and not member.slack_good


async def check_decider(
    work: Work, request: RequestRecord, asked: Work, plan: Plan, *, approving: bool = True
) -> MemberRecord:
    """May whoever pressed decide this? Raises Refusal (invariants 31, 32). To leave something as it is never takes a
    second person."""
    me = policy.acts(work.facts)
    if me is None:
        raise Refusal("not-connected")
    case = plan.case if approving else replace(plan.case, apart=frozenset())
    if request.lone and me.id == request.requester:
        if await approvers(asked, plan):
            raise Refusal("own-request")
        _check_alone(asked, replace(plan, case=case), me)
        return me
    decider = replace(plan.facts, me=me, actor=work.facts.actor)
    refusal = policy.may_approve(case, decider, excluded=_involved(plan, request.requester))
    if refusal is not None:
        raise refusal
    if not await not_gaining(work.tx.connection, plan.case, plan.facts, [me]):
        raise Refusal("own-request")
    return me


async def approve(command: Approve, work: Work, plan_for: Planner) -> Outcome:
    """Count one approval; with the last one run what was shown, in this very transaction."""
    request = await waiting_request(work, command.request)
    if request.expires <= work.now:
        return await _close(work, request, "expired", "request-expired")
    found = await stored_plan(work, request, plan_for)
    if isinstance(found, Void):
        policy.acts(work.facts)
        return await _close(work, request, "void", "request-void", why=found.why)
    asked, plan = found
    me = await check_decider(work, request, asked, plan)
    if request.code and work.proven != me.id:
        raise Refusal("code-needed" if me.has_factor else "no-factor", "code")
    voters = (await requests.votes_of(work.tx.connection, [request.id])).get(request.id, ())
    if me.id in voters:
        raise Refusal("already-voted")
    earlier = await _still_count(work, request, plan, voters)
    entry = replace(work.entry("request.approved", request.about), request=request.id)
    await requests.vote(work.tx, request.id, me.id, entry=entry)
    missing = request.approvals - earlier - 1
    if missing > 0:
        work.post(CardUpdate(request.id))
        return Finished(Voted(request.id, missing))
    return await _run(work, request, replace(asked, approver=me.id), plan)


async def _still_count(work: Work, request: RequestRecord, plan: Plan, voters: tuple[str, ...]) -> int:
    """How many earlier approvals come from people who could still give them (invariant 31)."""
    if not voters:
        return 0
    loaded = await members.load(work.tx.connection, work.organization, Wanted(ids=voters), now=work.now)
    there = [one for one in loaded if not _gone_from_slack(one)]
    able = able_to_decide(plan.case, plan.facts, there, excluded=_involved(plan, request.requester))
    return len(await not_gaining(work.tx.connection, plan.case, plan.facts, able))


async def _run(work: Work, request: RequestRecord, asked: Work, plan: Plan) -> Outcome:
    assert work.me is not None  # noqa: S101 - checked before
    ended = replace(work.entry("request.executed", request.about), request=request.id)
    if not await requests.end(work.tx, request.id, "approved", by=work.me.id, entry=ended):
        raise Refusal("request-ended", state="approved")
    result = await plan.run(asked, plan)
    work.post(CardUpdate(request.id))
    if request.lone:
        await _tell_managers(work, request)
    else:
        _tell(work, request, "request-approved")
    assert isinstance(result, Ran)  # noqa: S101 - what waits comes to one of these
    return Finished(Approved(request.id, result))


async def _tell_managers(work: Work, request: RequestRecord) -> None:
    """A change that one person made alone is never silent."""
    catalogue = work.facts.catalogue
    roles = tuple(role.id for role in catalogue.organization.values() if catalogue.manages_members(role))
    found = await members.holding(work.tx.connection, work.organization, roles, space="", now=work.now)
    for one in found:
        if one.id not in (work.by, request.beneficiary):
            work.post(Told(to=one.id, about="changed-alone", by=work.by, request=request.id))


def _tell(work: Work, request: RequestRecord, about: About) -> None:
    if request.requester != work.by:
        work.post(Told(to=request.requester, about=about, by=work.by, request=request.id))


async def _close(work: Work, request: RequestRecord, state: Ended, about: About, *, why: str = "") -> Outcome:
    """End a request without running it; the card says so and the asker is told."""
    entry = replace(work.entry(f"request.{state}", request.about, why=why), request=request.id)
    if not await requests.end(work.tx, request.id, state, by=work.by, why=why, entry=entry):
        raise Refusal("request-ended", state=state)
    work.post(CardUpdate(request.id))
    _tell(work, request, about)
    if state in ("void", "expired") and work.facts.actor.via != "system":
        code = "request-void" if state == "void" else "request-ended"
        return Refused(code, None, {"state": state, "why": why})
    return Finished(RequestEnded(request.id, state, why))


async def deny(command: Deny, work: Work, plan_for: Planner) -> Outcome:
    """Whether somebody may is judged before what they say, so that a door can ask for the reason after that."""
    request = await waiting_request(work, command.request)
    if request.expires <= work.now:
        return await _close(work, request, "expired", "request-expired")
    found = await stored_plan(work, request, plan_for)
    if isinstance(found, Void):
        policy.acts(work.facts)
        return await _close(work, request, "void", "request-void", why=found.why)
    await check_decider(work, request, *found, approving=False)
    reason = checked_reason(command.reason, needed=True)
    return await _close(work, request, "denied", "request-denied", why=reason)


async def cancel(command: Cancel, work: Work, plan_for: Planner) -> Outcome:
    """By whoever asked, or is to get the access, and by whoever may deny (invariant 36)."""
    request = await waiting_request(work, command.request)
    me = policy.acts(work.facts)
    asked_for = (request.requester, request.beneficiary if request.change == "request-access" else None)
    if me is None or me.id not in asked_for:
        found = await stored_plan(work, request, plan_for)
        if isinstance(found, Void):
            return await _close(work, request, "void", "request-void", why=found.why)
        await check_decider(work, request, *found, approving=False)
    return await _close(work, request, "cancelled", "request-cancelled")


async def expire(command: ExpireRequest, work: Work) -> Result:
    """A stale timer changes nothing."""
    request = await requests.find(work.tx.connection, command.request)
    if request is None or request.state != "pending" or request.expires > work.now:
        return Noted(changed=False)
    await _close(work, request, "expired", "request-expired")
    return Noted()
