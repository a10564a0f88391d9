"""Inviting, resending, revoking, copying the link, and what becomes of an invitation that nobody accepts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from handlers import policy
from handlers.commands import (
    AskAgain,
    AskedAgain,
    CopyLink,
    ExpireInvitation,
    InvitationChanged,
    Invite,
    Invited,
    LinkReady,
    Minted,
    Noted,
    Refusal,
    Resend,
    Result,
    Revoke,
)
from handlers.facts import Case, Facts, named
from handlers.flows import people
from handlers.flows.guests import Guest, announce, invite
from handlers.flows.work import Plan, Work, known_role, link_token
from handlers.inviting import MOST_ADDRESSES, Sorted, sort
from handlers.keys import hashed
from handlers.notices import Timer, Told
from handlers.proof import clean_name
from storage import credentials, groups, invitations, members
from storage.members import Wanted, folded
from storage.records import AuditEntry, InvitationRecord, MemberRecord


async def plan_invite(command: Invite, work: Work) -> Plan:
    space = await people.find_space(work, command.space)
    facts = replace(work.facts, space=space)
    role = known_role(facts.catalogue, command.role, in_space=space is not None)
    policy.check(Case("invite", new=role), facts)
    if len(command.emails) > MOST_ADDRESSES:
        raise Refusal("too-many-addresses", "emails", count=str(len(command.emails)), most=str(MOST_ADDRESSES))
    sorted_out = sort(command.emails, work.loaded)
    rows = len(sorted_out.fresh) + len(sorted_out.returning)
    if command.name and rows > 1:
        raise Refusal("name-for-many", "name")
    if not rows:
        raise _nobody(sorted_out)
    if command.groups:
        policy.check(Case("groups"), work.facts)
    chosen = await _groups(command.groups, work)
    resolved = replace(
        command,
        emails=sorted_out.invited,
        role=role.id,
        space=space.id if space else None,
        groups=chosen,
        name=clean_name(command.name) if command.name else None,
    )
    return Plan(
        command=resolved,
        facts=facts,
        case=Case("invite", new=role, rows=rows, joins=bool(chosen)),
        run=lambda doing, plan: _invite(doing, plan, sorted_out),
        new=role.id,
    )


async def _groups(typed: tuple[str, ...], work: Work) -> tuple[str, ...]:
    if not typed:
        return ()
    found = await groups.find(work.tx.connection, work.organization, typed)
    for name in typed:
        if folded(name) not in found:
            raise Refusal("unknown-group", "groups", group=name, word=work.facts.catalogue.words.group)
    return tuple(dict.fromkeys(found[folded(name)] for name in typed))


def _nobody(sorted_out: Sorted) -> Refusal:
    """I3: say which address is what, so that the answer can offer what helps."""
    facts = {one.email: one.why for one in sorted_out.left_out}
    return Refusal("nobody-invited" if facts else "no-addresses", "emails", **facts)


async def _invite(work: Work, plan: Plan, sorted_out: Sorted) -> Result:
    command = plan.command
    assert isinstance(command, Invite)  # noqa: S101 - planned above
    guest = Guest("", command.role, space=command.space or "", groups=command.groups, name=command.name or "")
    fresh = [replace(guest, email=email) for email in sorted_out.fresh]
    back = [replace(guest, email=member.email, known=member) for member in sorted_out.returning]
    sent = await invite(work, [*fresh, *back])
    return Invited(
        people=tuple(named(one.member) for one in sent),
        left_out=sorted_out.left_out,
        role=command.role,
        space=plan.facts.space.name if plan.facts.space else None,
        expires=sent[0].invitation.expires,
        mailed=work.house.mail,
    )


@dataclass(frozen=True, slots=True)
class Manageable:
    """A pending invitation that the actor may manage."""

    invitation: InvitationRecord
    member: MemberRecord
    facts: Facts


async def _manageable(invitation: str, work: Work) -> Manageable:
    """Raises Refusal: unknown here, ended, or not the actor's to manage."""
    found = await invitations.find(work.tx.connection, invitation)
    if found is None or found.organization != work.organization:
        policy.check(Case("invite"), work.facts)
        raise Refusal("invitation-gone")
    space = await people.find_space(work, found.space)
    facts = judged(found, replace(work.facts, space=space))
    loaded = await members.load(work.tx.connection, work.organization, Wanted(ids=(found.member,)), now=work.now)
    return Manageable(found, still_invited(loaded), facts)


def judged(found: InvitationRecord, facts: Facts) -> Facts:
    """May the actor manage this invitation, and is it open? Raises Refusal."""
    known = facts.catalogue.space if facts.space else facts.catalogue.organization
    policy.check(Case("invite", new=known.get(found.role)), facts)
    if found.state not in ("pending", "expired"):
        raise Refusal("invitation-gone")
    return facts


def still_invited(loaded: Sequence[MemberRecord]) -> MemberRecord:
    """Raises Refusal."""
    if not loaded or not loaded[0].listed or loaded[0].status != "invited":
        raise Refusal("invitation-gone")
    return loaded[0]


async def _renew(work: Work, row: InvitationRecord, *, role: str, entry: AuditEntry) -> InvitationRecord:
    """A new link with a new life; every earlier one is dead (004-96, X10)."""
    renewed = anew(work, replace(row, role=role))
    kept = await invitations.renew(
        work.tx, row, link_hash=renewed.link_hash, expires=renewed.expires, role=role, entry=entry
    )
    if not kept:
        raise Refusal("invitation-gone")
    return renewed


def anew(work: Work, row: InvitationRecord) -> InvitationRecord:
    """With the next link and a new life."""
    token = work.house.keyring.token("invitation", row.id, row.version + 1)
    expires = work.now + work.invitation_life()
    return replace(row, version=row.version + 1, state="pending", link_hash=hashed(token), expires=expires)


async def resend(command: Resend, work: Work) -> Result:
    found = await _manageable(command.invitation, work)
    entry = work.entry("invitation.resent", found.member.id, address=found.member.email)
    announce(work, await _renew(work, found.invitation, role=found.invitation.role, entry=entry))
    return InvitationChanged("resent", named(found.member), work.house.mail)


async def change_role_of_invited(work: Work, member: MemberRecord, role: str, *, space: str, entry: AuditEntry) -> None:
    """Somebody invited gets another role at acceptance: the earlier link dies (invariant 2), a new one goes out."""
    waiting = await invitations.waiting_of(work.tx.connection, member.id, space=space)
    if not waiting:
        raise Refusal("invitation-gone")
    announce(work, await _renew(work, waiting[0], role=role, entry=entry))


async def copy_link(command: CopyLink, work: Work) -> Result:
    found = await _manageable(command.invitation, work)
    entry = work.entry("invitation.link-copied", found.member.id, address=found.member.email)
    renewed = await _renew(work, found.invitation, role=found.invitation.role, entry=entry)
    work.post(Timer(ExpireInvitation(renewed.id)), due=renewed.expires)
    return LinkReady(Minted("invitation", renewed.id, renewed.version), named(found.member), renewed.expires)


async def revoke(command: Revoke, work: Work) -> Result:
    found = await _manageable(command.invitation, work)
    entry = work.entry("invitation.revoked", found.member.id, address=found.member.email)
    if found.invitation.state == "pending":
        await invitations.end(work.tx, found.invitation, "revoked", entry=entry)
    else:
        await invitations.revoke_expired(work.tx, found.invitation, entry=entry)
    await members.set_status(work.tx, found.member.id, "invited", listed=False, entry=entry)
    return InvitationChanged("revoked", named(found.member), mailed=False)


async def expire(command: ExpireInvitation, work: Work) -> Result:
    """A stale timer changes nothing: the clock and the row decide."""
    found = await invitations.find(work.tx.connection, command.invitation)
    if found is None or found.state != "pending" or found.expires > work.now:
        return Noted(changed=False)
    entry = work.entry("invitation.expired", found.member)
    return Noted(changed=await invitations.end(work.tx, found, "expired", entry=entry))


async def ask_again(command: AskAgain, work: Work) -> Result:
    """Whoever holds a dead link may ask; who invited is told, once a day. The page says the same in every case."""
    del command
    invitation = await invitations.by_hash(work.tx.connection, hashed(link_token(work)))
    if invitation is None or invitation.state in ("accepted", "revoked"):
        return AskedAgain()
    loaded = await members.load(
        work.tx.connection,
        work.organization,
        Wanted(ids=tuple(one for one in (invitation.invited_by, invitation.member) if one)),
        now=work.now,
    )
    inviter = next((one for one in loaded if one.id == invitation.invited_by and one.status == "active"), None)
    asker = next((one for one in loaded if one.id == invitation.member and one.status == "invited"), None)
    if inviter and asker and asker.listed and await _first_today(work, invitation):
        work.tx.note(work.entry("invitation.asked-again", asker.id))
        work.post(Told(to=inviter.id, about="asked-again", subject=asker.id))
    return AskedAgain()


async def _first_today(work: Work, invitation: InvitationRecord) -> bool:
    """Nobody fills the inviter's messages by pressing again."""
    key = f"ask-again/{invitation.id}"
    return await credentials.count(work.tx, key, limit=1, window=timedelta(days=1), entry=None)
