"""Resetting a password or a second factor that belongs to somebody else.

A reset of the one never touches the other. Whoever did or approved the one for somebody neither does nor approves the
other for them within ``APART``: both together are a whole account, so two people have to agree (invariant 17).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from handlers import policy
from handlers.commands import (
    CredentialsReset,
    CredentialsSet,
    FinishReset,
    PasswordRevealed,
    Person,
    Refusal,
    ResetFactor,
    ResetPassword,
    Result,
    Reveal,
)
from handlers.facts import Case, Facts, named
from handlers.flows import links, people
from handlers.flows.work import Plan, Work, checked_reason, link_token
from handlers.keys import hashed
from handlers.new_passwords import Purpose, lives
from handlers.notices import ResetLetter, Told
from handlers.resets_apart import apart
from storage import credentials, invitations, members, requests, resets
from storage.members import Wanted
from storage.records import AuditEntry, MemberRecord


def _target(command: ResetPassword | ResetFactor, work: Work) -> tuple[MemberRecord, Facts]:
    """Whom it is about, if the actor may do it to them. Raises Refusal."""
    target = people.find(work, command.person)
    facts = replace(work.facts, target=target)
    policy.check(_case(command, facts), facts)
    if target.status != "active":
        raise Refusal("nothing-to-reset", "person", person=named(target).name, status=target.status)
    return target, facts


def _case(command: ResetPassword | ResetFactor, facts: Facts) -> Case:
    return Case(command.kind, old=facts.organization_role(facts.target))


async def _judged(command: ResetPassword | ResetFactor, work: Work, facts: Facts) -> Case:
    """With those who take no part in it; whoever is no member waits for nobody."""
    case = _case(command, facts)
    if facts.target is None or facts.me is None:
        return case
    found = await apart(work.tx.connection, work.organization, {(facts.target.id, command.kind)}, now=work.now)
    return replace(case, apart=found[facts.target.id, command.kind])


async def plan_password(command: ResetPassword, work: Work) -> Plan:
    target, facts = _target(command, work)
    _way_to(work, target)
    return await _plan(command, work, facts, target)


async def plan_factor(command: ResetFactor, work: Work) -> Plan:
    target, facts = _target(command, work)
    if not target.has_factor:
        raise Refusal("no-factor-set", "person", person=named(target).name)
    return await _plan(command, work, facts, target)


async def _plan(command: ResetPassword | ResetFactor, work: Work, facts: Facts, target: MemberRecord) -> Plan:
    reason = checked_reason(command.reason, needed=False)
    resolved = replace(command, person=Person(id=target.id), reason=reason)
    run = _reset_password if isinstance(command, ResetPassword) else _reset_factor
    return Plan(resolved, facts, await _judged(command, work, facts), run, reason=reason)


def _in_slack(member: MemberRecord) -> bool:
    return member.slack_user is not None and member.slack_good


def _way_to(work: Work, member: MemberRecord) -> Literal["mail", "direct-message"]:
    """By mail, else by direct message. Raises Refusal."""
    if work.house.mail:
        return "mail"
    if not _in_slack(member):
        raise Refusal("not-reachable", "person", person=named(member).name)
    return "direct-message"


async def _reset_password(work: Work, plan: Plan) -> Result:
    """A link to choose a new one, or one to see a new one: the catalogue says which (X1). Earlier links die."""
    target = plan.facts.target
    assert target is not None  # noqa: S101 - planned above
    way = plan.facts.catalogue.rules.password_reset
    generate = way == "generate"
    purpose: Purpose = "reveal" if generate else "reset"
    entry = work.entry("password.reset", target.id, how=way, reason=plan.reason)
    if generate:
        await resets.forget_password(work.tx, target.id, entry=entry)
        await _out_of_hand(work, target, entry)
        target = replace(target, epoch=target.epoch + 1)
    link = await links.mint(work, target, purpose, entry=entry)
    work.post(ResetLetter(link.id))
    work.post(Told(to=target.id, about="password-reset", by=work.approver or work.by))
    what = "password-generated" if generate else "password-link"
    return CredentialsReset(named(target), what, _way_to(work, target), alone=work.alone)


async def _reset_factor(work: Work, plan: Plan) -> Result:
    target = plan.facts.target
    assert target is not None  # noqa: S101 - planned above
    entry = work.entry("factor.reset", target.id, reason=plan.reason)
    await resets.forget_factor(work.tx, target.id, entry=entry)
    await _out_of_hand(work, target, entry)
    by = work.approver or work.by
    work.post(Told(to=target.id, about="factor-reset", by=by))
    if work.house.mail and _in_slack(target):  # whoever took over the one is not the only one to read it
        work.post(Told(to=target.id, about="factor-reset", by=by, also="mail"))
    return CredentialsReset(named(target), "factor", _told(work, target), alone=work.alone)


def _told(work: Work, member: MemberRecord) -> Literal["mail", "direct-message", "both", "none"]:
    match (_in_slack(member), work.house.mail):
        case (True, True):
            return "both"
        case (True, False):
            return "direct-message"
        case (False, True):
            return "mail"
        case _:
            return "none"


async def _out_of_hand(work: Work, member: MemberRecord, entry: AuditEntry) -> None:
    """Links, sessions, and approvals of what still waits: whoever holds them may be somebody else (invariant 20)."""
    await members.raise_epoch(work.tx, member.id, entry=entry)
    await requests.voided_votes(work.tx, member.id, entry=entry)


# By the holder of the link --------------------------------------------------------------------------------------------


async def finish_reset(command: FinishReset, work: Work) -> Result:
    """The link proves the mailbox and gives a password; the second factor stays, and is asked for at sign-in as before
    (V6.4.3)."""
    member = await _set(work, "reset", command.sealed, must_change=False)
    return CredentialsSet(work.facts.organization.name, factor=member.has_factor)


async def reveal(command: Reveal, work: Work) -> Result:
    member = await _set(work, "reveal", command.sealed, must_change=True)
    return PasswordRevealed(work.facts.organization.name, named(member), member.has_factor, work.now)


async def _set(work: Work, purpose: Purpose, sealed: str, *, must_change: bool) -> MemberRecord:
    """Spend the link, once. Raises Refusal."""
    token = link_token(work)
    password = work.house.new_passwords.opened(sealed, purpose=purpose, token=token)
    link = await invitations.link_by_hash(work.tx.connection, hashed(token))
    wanted = Wanted(ids=(link.member,) if link else ())
    member = next(iter(await members.load(work.tx.connection, work.organization, wanted, now=work.now)), None)
    if link is None or member is None or not lives(link, purpose, member, now=work.now):
        raise Refusal("link-dead")
    entry = work.entry("password.set", member.id, how=purpose)
    if not await invitations.use_link(work.tx, link, entry=entry):
        raise Refusal("link-dead")
    await credentials.set_password(work.tx, member.id, password, must_change=must_change, entry=entry)
    await _out_of_hand(work, member, entry)
    work.post(Told(to=member.id, about="factor-changed"))
    return member
