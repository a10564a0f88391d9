"""The one-time link to set a password and a second factor, and tying a Slack account to a member."""

from __future__ import annotations

import hmac
from datetime import timedelta

from handlers import policy
from handlers.commands import (
    CodeSent,
    Connect,
    Connected,
    CredentialsSet,
    FinishSetup,
    LinkReady,
    Minted,
    OpenSetup,
    Refusal,
    Result,
    StartConnecting,
)
from handlers.facts import named
from handlers.finding import is_address
from handlers.flows import links
from handlers.flows.accepting import set_credentials
from handlers.flows.slack_accounts import at_home
from handlers.flows.work import Work, link_token
from handlers.notices import CodeMail, Told
from handlers.proof import CODE_DIGITS, digits
from storage import accounts, credentials, invitations, members
from storage.members import Wanted, folded
from storage.records import MemberRecord, ProofRecord, SlackAccountRecord, new_id

CODE_LIFE = timedelta(minutes=10)  # V6.5.5
MAILS = 5  # codes mailed to one Slack account within CODE_LIFE


async def open_setup(command: OpenSetup, work: Work) -> Result:
    del command
    me = policy.acts(work.facts)
    if me is None:
        raise Refusal("not-connected")
    if me.has_password and me.has_factor:
        raise Refusal("already-set-up")
    return await mint_setup(work, me)


async def mint_setup(work: Work, member: MemberRecord) -> LinkReady:
    """A link for the member's own eyes; it goes past the outbox, and any earlier one dies. Whose factor stays while the
    password is gone, as after a reset, chooses a password alone."""
    purpose: links.Purpose = "reset" if member.has_factor else "setup"
    link = await links.mint(work, member, purpose, entry=work.entry("setup.link-made", member.id))
    return LinkReady(Minted(purpose, link.id, link.version), named(member), link.expires)


async def finish_setup(command: FinishSetup, work: Work) -> Result:
    """Sets what was missing: a password that exists was asked for and stays; a factor that exists is never replaced."""
    enrolment = work.house.enrolments.opened(command.sealed, purpose="setup", token=link_token(work))
    link = await invitations.link_by_hash(work.tx.connection, enrolment.token_hash)
    if link is None or link.purpose != "setup" or link.used or link.expires <= work.now:
        raise Refusal("link-dead")
    loaded = await members.load(work.tx.connection, work.organization, Wanted(ids=(link.member,)), now=work.now)
    member = loaded[0] if loaded else None
    if member is None or member.status != "active" or member.epoch != link.epoch or member.has_factor:
        raise Refusal("link-dead")
    if enrolment.secret is None and policy_factor(work, member):
        raise Refusal("factor-needed", "code")
    factor = enrolment.secret is not None
    entry = work.entry("credentials.set", member.id, password=not member.has_password, factor=factor)
    if not await invitations.use_link(work.tx, link, entry=entry):
        raise Refusal("link-dead")
    await set_credentials(work, member.id, enrolment, set_password=not member.has_password, entry=entry)
    work.post(Told(to=member.id, about="factor-changed"))
    return CredentialsSet(work.facts.organization.name, factor)


def policy_factor(work: Work, member: MemberRecord) -> bool:
    """Whether this member may not go without a second factor."""
    role = work.facts.organization_role(member)
    return work.facts.organization.enforce_factor or work.facts.catalogue.manages_members(role)


def _account(work: Work, email: str) -> SlackAccountRecord:
    """Whoever is somebody here already is told so of their own address alone: of any other one the answer is that of an
    address nobody has, lest it tells who is in another organization (invariant 27)."""
    standing, me = work.standing, work.me
    if standing is None:
        raise Refusal("unknown-account")
    if not standing.account.good:
        raise Refusal("not-for-guests")
    if me is not None and (folded(me.email) == folded(email) or vouched(standing.account, email)):
        raise Refusal("already-connected", person=me.name)
    return standing.account


async def _to_be(work: Work, email: str) -> MemberRecord | None:
    """Whom the account would be; nobody where it is somebody already."""
    if work.me is not None:
        return None
    found = await members.load(work.tx.connection, work.organization, Wanted(emails=(folded(email),)), now=work.now)
    return next((one for one in found if one.status == "active" and one.listed), None)


async def start_connecting(command: StartConnecting, work: Work) -> Result:
    """The answer tells nothing about an address that Slack does not vouch for (invariant 27)."""
    account = _account(work, command.email)
    member = await _to_be(work, command.email)
    if vouched(account, command.email) and member is not None and member.has_factor:
        return CodeSent(command.email.strip(), "authenticator")
    if not work.house.mail:
        raise Refusal("no-mail", "email")
    await _mail_code(work, account, member)
    return CodeSent(command.email.strip(), "mail")


async def _mail_code(work: Work, account: SlackAccountRecord, member: MemberRecord | None) -> None:
    key = f"mails/{account.team}/{account.user}"
    if not await credentials.count(work.tx, key, limit=MAILS, window=CODE_LIFE, entry=None):
        raise Refusal("codes-locked", "email", minutes=str(CODE_LIFE // timedelta(minutes=1)))
    if member is None:
        return
    proof = ProofRecord(
        id=new_id(),
        organization=work.organization,
        member=member.id,
        team=account.team,
        slack_user=account.user,
        expires=work.now + CODE_LIFE,
        used=None,
    )
    await credentials.add_proof(work.tx, proof, entry=work.entry("account.code-mailed", member.id))
    work.post(CodeMail(proof.id))


def vouched(account: SlackAccountRecord, email: str) -> bool:
    """Whether Slack itself names this address as the account's own."""
    return account.email is not None and is_address(account.email, email)


async def connect(command: Connect, work: Work) -> Result:
    """Tie the account, by the authenticator code that was spent for this act or by the mailed one."""
    account = _account(work, command.email)
    member = await _to_be(work, command.email)
    if member is None:
        raise Refusal("code-wrong", "code")
    entry = work.entry("account.connected", member.id, email=member.email)
    if work.proven != member.id:
        await _use_mailed(work, account, member, command.code)
    await accounts.tie(work.tx, work.organization, account.team, account.user, member.id, entry=entry)
    work.post(Told(to=member.id, about="account-connected"))
    here = await at_home(work, entry=entry)
    return Connected(work.facts.organization.name, named(member), elsewhere=not here)


async def _use_mailed(work: Work, account: SlackAccountRecord, member: MemberRecord, typed: str) -> None:
    proof = await credentials.open_proof(
        work.tx.connection, work.organization, account.team, account.user, now=work.now
    )
    if proof is None or proof.member != member.id:
        raise Refusal("code-wrong", "code")
    codes = work.house.keyring.mailed_code(proof.id)
    if not any(hmac.compare_digest(digits(typed).encode(), code.encode()) for code in codes):
        raise Refusal("code-wrong", "code")
    if not await credentials.use_proof(work.tx, proof.id, entry=work.entry("account.code-used", member.id)):
        raise Refusal("code-wrong", "code")


def looks_like_authenticator(code: str) -> bool:
    """Six digits come from an authenticator, eight from a mail."""
    typed = digits(code)
    return len(typed) == CODE_DIGITS and typed.isascii() and typed.isdigit()
