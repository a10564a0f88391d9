"""What Slack says of its accounts."""

from __future__ import annotations

from dataclasses import replace

from handlers.commands import NoteAccount, Noted, Result
from handlers.flows.work import Work
from handlers.proof import name_from_outside
from storage import accounts, organizations
from storage.records import AuditEntry, SlackAccountRecord
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
    return Noted(changed=changed)


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
