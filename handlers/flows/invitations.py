"""Inviting, resending, revoking, copying the link, and what becomes of an invitation that nobody accepts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from email_validator import EmailNotValidError, validate_email

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
    NotInvited,
    Refusal,
    Resend,
    Result,
    Revoke,
)
from handlers.facts import Case, Facts, named
from handlers.flows import people
from handlers.flows.work import Plan, Work, known_role, link_token
from handlers.keys import hashed
from handlers.notices import InvitationMail, InvitationOffer, Timer, Told
from handlers.proof import clean_name
from storage import credentials, groups, invitations, members
from storage.members import Wanted, folded
from storage.records import AuditEntry, InvitationRecord, MemberRecord, new_id

MOST_ADDRESSES = 200


@dataclass(frozen=True, slots=True)
class _Sorted:
    """A typed list of addresses, each once, told apart by what can be done with it."""

    fresh: tuple[str, ...]
    returning: tuple[MemberRecord, ...]
    left_out: tuple[NotInvited, ...]


async def plan_invite(command: Invite, work: Work) -> Plan:
    space = await people.find_space(work, command.space)
    facts = replace(work.facts, space=space)
    role = known_role(facts.catalogue, command.role, in_space=space is not None)
    policy.check(Case("invite", new=role), facts)
    if len(command.emails) > MOST_ADDRESSES:
        raise Refusal("too-many-addresses", "emails", count=str(len(command.emails)), most=str(MOST_ADDRESSES))
    sorted_out = _sort(command.emails, work)
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
        emails=(*sorted_out.fresh, *(member.email for member in sorted_out.returning)),
        role=role.id,
        space=space.id if space else None,
        groups=chosen,
        name=clean_name(command.name) if command.name else None,
    )
    return Plan(
        command=resolved,
        facts=facts,
        case=Case("invite", new=role, rows=rows),
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


def _nobody(sorted_out: _Sorted) -> Refusal:
    """I3: say which address is what, so that the answer can offer what helps."""
    facts = {one.email: one.why for one in sorted_out.left_out}
    return Refusal("nobody-invited" if facts else "no-addresses", "emails", **facts)


def _sort(typed: tuple[str, ...], work: Work) -> _Sorted:
    checked = {folded(email): checked_address(email) for email in typed if email.strip()}
    valid = {folded(address): address for address in checked.values() if address}
    loaded = {folded(member.email): member for member in work.loaded}
    known = {key: loaded[key] for key in valid if key in loaded}
    wrong = [NotInvited(email, "not-an-address") for email, address in checked.items() if not address]
    taken = [NotInvited(m.email, why, m.id) for m in known.values() if (why := _why(m))]
    return _Sorted(
        fresh=tuple(address for key, address in valid.items() if key not in known),
        returning=tuple(member for member in known.values() if not _why(member)),
        left_out=(*wrong, *taken),
    )


def checked_address(typed: str) -> str | None:
    """As it is written when it is one; None for what is none."""
    try:
        return validate_email(typed.strip(), strict=True, check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def _why(member: MemberRecord) -> Literal["already-member", "already-invited", "deactivated"] | None:
    """Why a known address is not invited again; None: they left, or never came, and may come back (X2)."""
    if not member.listed or (member.status == "deactivated" and not member.roles):
        return None
    match member.status:
        case "active":
            return "already-member"
        case "invited":
            return "already-invited"
        case _:
            return "deactivated"


async def _invite(work: Work, plan: Plan, sorted_out: _Sorted) -> Result:
    command = plan.command
    assert isinstance(command, Invite)  # noqa: S101 - planned above
    fresh = [_member(work, email, command.name or "") for email in sorted_out.fresh]
    back = [replace(member, status="invited", listed=True) for member in sorted_out.returning]
    everybody = [*fresh, *back]
    rows = [_invitation(work, member, command) for member in everybody]
    entries = [
        work.entry("member.invited", member.id, address=member.email, role=command.role, groups=list(command.groups))
        for member in everybody
    ]
    if fresh:
        await members.add(work.tx, fresh, entries=entries[: len(fresh)])
    for member, entry in zip(back, entries[len(fresh) :], strict=True):
        await members.set_status(work.tx, member.id, "invited", listed=True, entry=entry)
    await invitations.add(work.tx, rows, entries=entries)
    for row in rows:
        _announce(work, row)
    return Invited(
        people=tuple(named(member) for member in everybody),
        left_out=sorted_out.left_out,
        role=command.role,
        space=plan.facts.space.name if plan.facts.space else None,
        expires=rows[0].expires,
        mailed=work.house.mail,
    )


def _member(work: Work, email: str, name: str) -> MemberRecord:
    return MemberRecord(
        id=new_id(),
        organization=work.organization,
        email=email,
        name=name,
        timezone=work.me.timezone if work.me else "UTC",
        status="invited",
        listed=True,
        epoch=0,
        team=None,
        slack_user=None,
        slack_good=False,
        slack_noted=None,
        has_password=False,
        has_factor=False,
    )


def _invitation(work: Work, member: MemberRecord, command: Invite) -> InvitationRecord:
    invitation = new_id()
    return InvitationRecord(
        id=invitation,
        organization=work.organization,
        member=member.id,
        role=command.role,
        space=command.space or "",
        groups=command.groups,
        state="pending",
        invited_by=work.by,
        version=1,
        link_hash=hashed(work.house.keyring.token("invitation", invitation, 1)),
        created=work.now,
        expires=work.now + work.invitation_life(),
    )


def _announce(work: Work, row: InvitationRecord) -> None:
    if work.house.mail:
        work.post(InvitationMail(row.id, row.version))
    work.post(InvitationOffer(row.id, row.version))
    work.post(Timer(ExpireInvitation(row.id)), due=row.expires)


@dataclass(frozen=True, slots=True)
class _Open:
    """A pending invitation that the actor may manage."""

    invitation: InvitationRecord
    member: MemberRecord
    facts: Facts


async def _manageable(invitation: str, work: Work) -> _Open:
    """Raises Refusal: unknown here, ended, or not the actor's to manage."""
    found = await invitations.find(work.tx.connection, invitation)
    if found is None or found.organization != work.organization:
        policy.check(Case("invite"), work.facts)
        raise Refusal("invitation-gone")
    space = await people.find_space(work, found.space)
    facts = replace(work.facts, space=space)
    known = facts.catalogue.space if space else facts.catalogue.organization
    policy.check(Case("invite", new=known.get(found.role)), facts)
    if found.state not in ("pending", "expired"):
        raise Refusal("invitation-gone")
    loaded = await members.load(work.tx.connection, work.organization, Wanted(ids=(found.member,)), now=work.now)
    if not loaded or not loaded[0].listed or loaded[0].status != "invited":
        raise Refusal("invitation-gone")
    return _Open(found, loaded[0], facts)


async def _renew(work: Work, row: InvitationRecord, *, role: str, entry: AuditEntry) -> InvitationRecord:
    """A new link with a new life; every earlier one is dead (004-96, X10)."""
    token = work.house.keyring.token("invitation", row.id, row.version + 1)
    renewed = replace(
        row,
        version=row.version + 1,
        role=role,
        state="pending",
        link_hash=hashed(token),
        expires=work.now + work.invitation_life(),
    )
    kept = await invitations.renew(
        work.tx, row, link_hash=renewed.link_hash, expires=renewed.expires, role=role, entry=entry
    )
    if not kept:
        raise Refusal("invitation-gone")
    return renewed


async def resend(command: Resend, work: Work) -> Result:
    found = await _manageable(command.invitation, work)
    entry = work.entry("invitation.resent", found.member.id, address=found.member.email)
    _announce(work, await _renew(work, found.invitation, role=found.invitation.role, entry=entry))
    return InvitationChanged("resent", named(found.member), work.house.mail)


async def change_role_of_invited(work: Work, member: MemberRecord, role: str, *, space: str, entry: AuditEntry) -> None:
    """Somebody invited gets another role at acceptance: the earlier link dies (invariant 2), a new one goes out."""
    pending = await invitations.pending_of(work.tx.connection, member.id, space=space)
    if not pending:
        raise Refusal("invitation-gone")
    _announce(work, await _renew(work, pending[0], role=role, entry=entry))


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
