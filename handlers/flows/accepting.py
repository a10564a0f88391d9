"""Accepting an invitation, on the web with a password or in Slack by a button."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.catalogue import Role
from handlers.commands import Accepted, AcceptInSlack, AcceptOnWeb, Refusal, Result
from handlers.facts import named
from handlers.finding import is_address
from handlers.flows import slack_accounts
from handlers.flows.work import Work, link_token
from handlers.notices import Told
from handlers.proof import Enrolment
from storage import accounts, credentials, grants, groups, invitations, members
from storage.grants import NewRole
from storage.members import Wanted
from storage.records import AuditEntry, InvitationRecord, MemberRecord


@dataclass(frozen=True, slots=True)
class Joining:
    """Whoever is about to become a member, with the invitation that lets them in."""

    invitation: InvitationRecord
    member: MemberRecord
    role: Role


async def _joining(invitation: InvitationRecord | None, work: Work) -> Joining:
    """Raises Refusal: the page and the button say the same for every way a link can be dead."""
    if invitation is None or invitation.state != "pending" or invitation.expires <= work.now:
        raise Refusal("link-dead")
    loaded = await members.load(work.tx.connection, work.organization, Wanted(ids=(invitation.member,)), now=work.now)
    catalogue = work.facts.catalogue
    role = (catalogue.space if invitation.space else catalogue.organization).get(invitation.role)
    if not loaded or loaded[0].status != "invited" or not loaded[0].listed or role is None:
        raise Refusal("link-dead")
    return Joining(invitation, loaded[0], role)


async def on_web(command: AcceptOnWeb, work: Work) -> Result:
    """All or nothing: password, factor, recovery codes, status and role, in one transaction (invariant 8)."""
    enrolment = work.house.enrolments.opened(command.sealed, purpose="invitation", token=link_token(work))
    joining = await _joining(await invitations.by_hash(work.tx.connection, enrolment.token_hash), work)
    if enrolment.secret is None and factor_required(work, joining.role):
        raise Refusal("factor-needed", "code")
    entry = _entry(work, joining, how="web", factor=enrolment.secret is not None)
    await _join(work, joining, name=enrolment.name or joining.member.name, entry=entry)
    await set_credentials(work, joining.member.id, enrolment, set_password=True, entry=entry)
    return _accepted(work, joining, name=enrolment.name or "", factor=enrolment.secret is not None)


def factor_required(work: Work, role: Role | None) -> bool:
    return work.facts.organization.enforce_factor or work.facts.catalogue.manages_members(role)


async def set_credentials(
    work: Work, member: str, enrolment: Enrolment, *, set_password: bool, entry: AuditEntry
) -> None:
    if set_password:
        await credentials.set_password(work.tx, member, enrolment.password_hash, entry=entry)
    if enrolment.secret is not None:
        await credentials.set_factor(
            work.tx,
            member,
            sealed=work.house.codes.seal_factor(member, enrolment.secret),
            step=enrolment.step,
            codes=enrolment.recovery_hashes,
            entry=entry,
        )


async def in_slack(command: AcceptInSlack, work: Work) -> Result:
    """Only by the Slack account whose own address is the invited one, as Slack itself says (X9)."""
    account = work.standing.account if work.standing else None
    if account is None or not account.good:
        raise Refusal("not-for-guests")
    if work.me is not None:  # who has joined already is told so, whatever became of the invitation
        raise Refusal("already-connected", person=work.me.name)
    found = await invitations.find(work.tx.connection, command.invitation)
    joining = await _joining(found if found and found.organization == work.organization else None, work)
    if account.email is None or not is_address(joining.member.email, account.email):
        raise Refusal("address-not-vouched")
    name = joining.member.name or account.name or joining.member.email
    entry = _entry(work, joining, how="slack", factor=False)
    await _join(work, joining, name=name, entry=entry)
    await accounts.tie(work.tx, work.organization, account.team, account.user, joining.member.id, entry=entry)
    here = await slack_accounts.at_home(work, entry=entry)
    return _accepted(work, joining, name=name, factor=False, elsewhere=not here)


def _entry(work: Work, joining: Joining, *, how: str, factor: bool) -> AuditEntry:
    return work.entry("invitation.accepted", joining.member.id, role=joining.role.id, how=how, factor=factor)


async def _join(work: Work, joining: Joining, *, name: str, entry: AuditEntry) -> None:
    invitation, member = joining.invitation, joining.member
    if not await invitations.end(work.tx, invitation, "accepted", entry=entry):
        raise Refusal("link-dead")
    await members.set_status(work.tx, member.id, "active", name=name, entry=entry)
    await grants.end_every_role(work.tx, member.id, entry=entry)
    await grants.give(work.tx, work.organization, _roles(work, joining), entry=entry)
    await groups.join(work.tx, work.organization, member.id, invitation.groups, source=invitation.id, entry=entry)
    if invitation.invited_by:
        work.post(Told(to=invitation.invited_by, about="invitation-accepted", subject=member.id, new=joining.role.id))


def _roles(work: Work, joining: Joining) -> list[NewRole]:
    """To a space, it gives an organization role too, where the catalogue wants everybody to have one.

    That is the lowest with which the space's role counts in full: a guest would be at most viewer (K4).
    """
    invitation, catalogue = joining.invitation, work.facts.catalogue
    given = [(joining.role.id, invitation.space)]
    if invitation.space and catalogue.rules.organization_role_required:
        fitting = [
            one for one in catalogue.organization.values() if catalogue.capped(one, joining.role) is joining.role
        ]
        given.append((min(fitting, key=lambda role: role.rank).id, ""))
    return [NewRole(invitation.member, role, space, "invitation", invitation.id) for role, space in given]


def _accepted(work: Work, joining: Joining, *, name: str, factor: bool, elsewhere: bool = False) -> Result:
    who = named(joining.member)
    shown = type(who)(who.id, name or who.name, who.email, who.slack)
    return Accepted(work.facts.organization.name, shown, joining.role.id, factor, elsewhere=elsewhere)
