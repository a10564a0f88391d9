"""What Slack says of its accounts, and what follows from it for members who are tied to them or invited."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

from handlers.commands import FollowSlack, NoteAccount, Noted, Result
from handlers.flows.work import Work, row_of
from handlers.notices import InvitationOffer, Notice, Timer, Told
from handlers.proof import name_from_outside
from storage import accounts, credentials, follows, organizations
from storage.follows import Tie
from storage.members import folded
from storage.records import AuditEntry, OutboxRecord, SlackAccountRecord
from storage.transaction import Transaction


async def note(command: NoteAccount, tx: Transaction) -> Result:
    """Write what Slack says. Only the time of asking is written without an audit entry."""
    key = command.account
    known = await accounts.find(tx.connection, key.team, key.user)
    fresh = SlackAccountRecord(
        team=key.team,
        user=key.user,
        workspace=command.workspace,
        name=name_from_outside(command.name),
        email=command.email,
        timezone=command.timezone,
        deleted=command.deleted,
        guest=command.guest,
        bot=command.bot,
        stranger=command.stranger,
        workspace_admin=command.workspace_admin,
        noted=tx.now,
        organization=known.organization if known else None,
    )
    if fresh.organization is None or await organizations.find(tx.connection, fresh.organization) is None:
        fresh = replace(fresh, organization=await accounts.first_organization(tx.connection, command.workspace))
    changed = known is None or replace(known, noted=tx.now) != fresh
    entry = AuditEntry(
        action="account.noted",
        actor="system",
        target=f"slack:{key.team}/{key.user}",
        details={"name": fresh.name, "email": command.email, "deleted": command.deleted, "guest": command.guest},
    )
    await accounts.note(tx, fresh, entry=entry if changed else None)
    for row in await _following(tx, known, fresh) if changed else ():
        tx.post(row)
    return Noted(changed=changed)


async def _following(
    tx: Transaction, known: SlackAccountRecord | None, fresh: SlackAccountRecord
) -> list[OutboxRecord]:
    """What has to follow in organizations, each in a command or message of its own."""
    found: list[tuple[str, Notice]] = []
    if known is not None and (known.deleted != fresh.deleted or (fresh.good and known.name != fresh.name)):
        for tie in await follows.tied(tx.connection, fresh.team, fresh.user):
            found += [(tie.organization, one) for one in await _of_tie(tx, tie, known, fresh)]
    if fresh.good and fresh.email and not _vouched(known, fresh.email):
        waiting = await follows.offers(tx.connection, fresh.workspace, folded(fresh.email), now=tx.now)
        found += [(one.organization, InvitationOffer(one.invitation, one.version)) for one in waiting]
    return [row_of(notice, organization=organization, due=tx.now) for organization, notice in found]


def _vouched(known: SlackAccountRecord | None, email: str) -> bool:
    """Whether Slack has said before that this address is theirs."""
    return known is not None and known.good and folded(known.email or "") == folded(email)


async def _of_tie(tx: Transaction, tie: Tie, known: SlackAccountRecord, fresh: SlackAccountRecord) -> list[Notice]:
    if known.deleted != fresh.deleted:
        concerned = "active" if fresh.deleted else "deactivated"
        return [Timer(FollowSlack(tie.organization, tie.member))] if tie.follows and tie.status == concerned else []
    offered = tie.status == "active" and fresh.name and fresh.name != tie.name
    if offered and await _first_offer(tx, tie.member, fresh.name):
        return [Told(to=tie.member, about="name-offered", new=fresh.name)]
    return []


async def _first_offer(tx: Transaction, member: str, name: str) -> bool:
    """The same name is offered to the same member once, however often Slack's changes back and forth."""
    key = f"name/{member}/{sha256(name.encode()).hexdigest()[:32]}"
    return await credentials.count(tx, key, limit=1, window=timedelta(days=365), entry=None)


async def at_home(work: Work, *, entry: AuditEntry) -> bool:
    """Whoever was nobody where they acted until now acts here from now on. False: they are somebody there, and nobody
    is moved unasked from where they believe to be."""
    standing, here = work.standing, work.organization
    if standing is None or (standing.organization is not None and standing.organization.id == here):
        return True
    if standing.member is not None:
        return False
    await accounts.choose(work.tx, standing.account.team, standing.account.user, here, entry=entry)
    return True
